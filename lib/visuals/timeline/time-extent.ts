import type { DrawingData } from '../spec.ts';
import { roundStep } from '../time-steps.ts';
import type { Reference } from './references.ts';

/** First and last of the times; undefined if there are none. */
export function extentOf(...lists: readonly Float64Array[]): [number, number] | undefined {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const times of lists) {
    for (let row = 0; row < times.length; row++) {
      const time = times[row]!;
      if (time < from) from = time;
      if (time > to) to = time;
    }
  }
  return from <= to ? [from, to] : undefined;
}

/** Room at the ends of a span: little of a long one; half a minute where all is at one instant. */
export const padOf = (spanInMs: number): number => (spanInMs > 0 ? Math.max(spanInMs * 0.012, 1) : 30_000);

/** How far outside a span a reference is still marked. */
export const nearOf = (spanInMs: number): number => (spanInMs > 0 ? spanInMs / 2 : 3_600_000);

/** A little room at both ends, and as much as near references need; those far outside are left out. */
export function padExtent(
  [from, to]: readonly [number, number],
  references: readonly Reference[],
): { extent: [number, number]; inside: Reference[]; outside: number } {
  const pad = padOf(to - from);
  const room = nearOf(to - from);
  const inside = references.filter(({ timeInMs }) => timeInMs >= from - room && timeInMs <= to + room);
  const extent = inside.reduce<[number, number]>(
    ([low, high], { timeInMs }) => [Math.min(low, timeInMs - pad), Math.max(high, timeInMs + pad)],
    [from - pad, to + pad],
  );
  return { extent, inside, outside: references.length - inside.length };
}

/** Numbers of events in round bins, for the overview. */
export function countsOverTime(times: Float64Array, [from, to]: readonly [number, number], maxBins = 400): DrawingData {
  const step = roundStep(Math.max(to - from, 1), maxBins);
  const start = Math.floor(from / step) * step;
  const counts = new Array<number>(Math.floor((to - start) / step) + 1).fill(0);
  for (let row = 0; row < times.length; row++) {
    const bin = Math.floor((times[row]! - start) / step);
    if (bin >= 0 && bin < counts.length) counts[bin]!++;
  }
  return {
    t: counts.map((_, bin) => start + bin * step),
    u: counts.map((_, bin) => start + (bin + 1) * step),
    n: counts,
  };
}
