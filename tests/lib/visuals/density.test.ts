import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ROUND_STEPS, roundStep } from '../../../lib/visuals/time-steps.ts';
import { decimate, rowsInTime } from '../../../lib/visuals/timeline/decimate.ts';
import { densityOf, spikesOf } from '../../../lib/visuals/timeline/density.ts';

const times = fc.array(fc.integer({ min: 0, max: 10_000_000 }), { minLength: 1, maxLength: 300 });

describe('densityOf', () => {
  it('counts every event in exactly the cell of its time and group', () => {
    fc.assert(
      fc.property(times, fc.constantFrom(...ROUND_STEPS.slice(15, 24)), (list, step) => {
        const from = Math.min(...list);
        const to = Math.max(...list);
        const groups = Int32Array.from(list, (_, row) => row % 3);
        const { counts, bins, startInMs } = densityOf(Float64Array.from(list), groups, 3, step, from, to);
        const expected = new Uint32Array(counts.length);
        list.forEach((time, row) => {
          expected[(row % 3) * bins + Math.floor((time - startInMs) / step)]!++;
        });
        expect(counts).toEqual(expected);
        expect(startInMs % step).toBe(0);
      }),
    );
  });

  it('leaves out events without a time or a group', () => {
    const { counts } = densityOf(Float64Array.of(1, Number.NaN, 3), Int32Array.of(0, 0, -1), 1, 10, 0, 9);
    expect([...counts]).toEqual([1]);
  });
});

describe('spikesOf', () => {
  it('finds the burst and not the day’s ordinary rise', () => {
    const counts = Uint32Array.from({ length: 100 }, (_, bin) => (bin === 40 ? 90 : bin > 60 && bin < 80 ? 9 : 5));
    expect(spikesOf({ counts, bins: 100, startInMs: 0, stepInMs: 1 }, 0)).toEqual([
      { group: 0, bin: 40, count: 90, median: 5 },
    ]);
  });
});

describe('decimate', () => {
  it('keeps the first, lowest, highest and last of every bin', () => {
    fc.assert(
      fc.property(times, (list) => {
        const axis = Float64Array.from(list);
        const values = Float64Array.from(list, (time, row) => (time * 31 + row * 17) % 1000);
        const rows = rowsInTime(axis);
        const step = 500_000;
        const kept = new Set(decimate(rows, axis, values, step));
        const bins = new Map<number, number[]>();
        for (const row of rows) {
          const bin = Math.floor(axis[row]! / step);
          bins.set(bin, [...(bins.get(bin) ?? []), row]);
        }
        for (const bin of bins.values()) {
          const own = bin.filter((row) => kept.has(row)).map((row) => values[row]!);
          expect(Math.max(...own)).toBe(Math.max(...bin.map((row) => values[row]!)));
          expect(Math.min(...own)).toBe(Math.min(...bin.map((row) => values[row]!)));
          expect(kept.has(bin[0]!) && kept.has(bin.at(-1)!)).toBe(true);
          expect(own.length).toBeLessThanOrEqual(4);
        }
      }),
    );
  });
});

it('roundStep gives lengths that people count in', () => {
  expect(roundStep(7 * 86_400_000, 550)).toBe(30 * 60_000);
  expect(roundStep(5, 550)).toBe(1);
  expect(roundStep(1e15, 10)).toBe(36_500 * 86_400_000);
});
