import type { OrderedGroups } from '../groups.ts';
import type { Level } from '../picture.ts';
import type { DrawingData } from '../spec.ts';
import { ROUND_STEPS } from '../time-steps.ts';
import type { Density } from './density.ts';

const MAX_LEVEL_CELLS = 150_000;

/** The cells that hold events, but for groups whose events are drawn one by one. */
export function cellsOf(density: Density, groupCount: number, drawnSingly: ReadonlySet<number>): DrawingData {
  const { counts, bins, startInMs, stepInMs } = density;
  const cells = { g: [] as number[], t: [] as number[], u: [] as number[], n: [] as number[] };
  for (let bin = 0; bin < bins; bin++) {
    for (let group = 0; group < groupCount; group++) {
      const count = counts[group * bins + bin]!;
      if (count === 0 || drawnSingly.has(group)) continue;
      cells.g.push(group);
      cells.t.push(startInMs + bin * stepInMs);
      cells.u.push(startInMs + (bin + 1) * stepInMs);
      cells.n.push(count);
    }
  }
  return cells;
}

/** Events of all groups by bin, for the overview. */
export function totalsByBin({ counts, bins, startInMs, stepInMs }: Density, groupCount: number): DrawingData {
  const totals = new Array<number>(bins).fill(0);
  for (let group = 0; group < groupCount; group++) {
    for (let bin = 0; bin < bins; bin++) totals[bin]! += counts[group * bins + bin]!;
  }
  return {
    t: totals.map((_, bin) => startInMs + bin * stepInMs),
    u: totals.map((_, bin) => startInMs + (bin + 1) * stepInMs),
    n: totals,
  };
}

/** Finer cells for zooming in, while they stay few enough for a page. */
export function levelsOf(
  times: Float64Array,
  groups: OrderedGroups,
  extent: readonly [number, number],
  stepInMs: number,
  drawnSingly: ReadonlySet<number>,
): Level[] {
  const levels: Level[] = [];
  let room = MAX_LEVEL_CELLS;
  for (let step = stepInMs / 5; step >= 1 && (extent[1] - extent[0]) / step < 4e6; step = levels.at(-1)!.stepInMs / 5) {
    const finer = [...ROUND_STEPS].reverse().find((round) => round <= step);
    if (finer === undefined) break;
    const cells = sparseCells(times, groups.codes, drawnSingly, finer, extent[0], room);
    if (!cells) break;
    levels.push({ stepInMs: finer, cells });
    room -= cells['n']!.length;
  }
  return levels;
}

function sparseCells(
  times: Float64Array,
  codes: Int32Array,
  drawnSingly: ReadonlySet<number>,
  stepInMs: number,
  fromInMs: number,
  maxCells: number,
): DrawingData | undefined {
  const start = Math.floor(fromInMs / stepInMs);
  const counts = new Map<number, number>();
  for (let row = 0; row < times.length; row++) {
    const group = codes[row]!;
    if (group < 0 || drawnSingly.has(group)) continue;
    const key = (Math.floor(times[row]! / stepInMs) - start) * 1024 + group;
    const count = counts.get(key);
    if (count !== undefined) counts.set(key, count + 1);
    else if (counts.size >= maxCells) return undefined;
    else counts.set(key, 1);
  }
  const keys = Float64Array.from(counts.keys()).sort();
  const cells = { g: [] as number[], t: [] as number[], n: [] as number[] };
  let before = 0;
  for (const key of keys) {
    const bin = Math.floor(key / 1024);
    cells.g.push(key % 1024);
    cells.t.push((start + bin) * stepInMs - before);
    before = (start + bin) * stepInMs;
    cells.n.push(counts.get(key)!);
  }
  return cells;
}
