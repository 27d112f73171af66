import type { ChartPayload } from '../payload.ts';
import { drawingRows } from '../spec.ts';

export interface LevelCells {
  readonly stepInMs: number;
  readonly rows: Record<string, string | number>[];
}

const MAX_ROWS = 9000;
const MIN_CELL_PX = 2;

interface Unpacked {
  readonly stepInMs: number;
  readonly times: Float64Array;
  readonly groups: readonly number[];
  readonly counts: readonly number[];
}

function lowerBound(times: Float64Array, time: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Chooses the finest cells that are still wide enough to see and few enough to draw. */
export function makeLevels(
  payload: ChartPayload,
): { at(range: readonly [number, number], widthInPx: number): LevelCells } | undefined {
  if (!payload.levels || payload.levels.length === 0) return undefined;
  const base: LevelCells = { stepInMs: 0, rows: drawingRows(payload.data['cells'] ?? {}) };
  const levels: Unpacked[] = payload.levels.map(({ stepInMs, cells }) => {
    const times = Float64Array.from((cells['t'] ?? []) as readonly number[]);
    for (let index = 1; index < times.length; index++) times[index]! += times[index - 1]!;
    return { stepInMs, times, groups: cells['g'] as readonly number[], counts: cells['n'] as readonly number[] };
  });
  return {
    at(range, widthInPx) {
      const span = range[1] - range[0];
      for (let index = levels.length - 1; index >= 0; index--) {
        const { stepInMs, times, groups, counts } = levels[index]!;
        if ((stepInMs / span) * widthInPx < MIN_CELL_PX) continue;
        const from = lowerBound(times, range[0] - stepInMs);
        const to = lowerBound(times, range[1]);
        if (to - from > MAX_ROWS) continue;
        const rows = Array.from({ length: to - from }, (_, offset) => {
          const at = from + offset;
          return { g: groups[at]!, t: times[at]!, u: times[at]! + stepInMs, n: counts[at]! };
        });
        return { stepInMs, rows };
      }
      return base;
    },
  };
}
