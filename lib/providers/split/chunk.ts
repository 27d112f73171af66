import type { TimeRange } from '../provider.ts';

/** A part of a query's time range; where one tick alone holds too many rows, a share of them. */
export interface Chunk extends TimeRange {
  /** Of the rows of the only tick, those whose hash modulo `count` is `index`. */
  readonly bucket?: { readonly index: number; readonly count: number };
}

const MOST_BUCKETS = 4096;

/**
 * The two halves of a chunk: together they are it, and no instant is in both. A chunk of one tick (nothing is
 * shorter) is halved by the hash of its rows; null when that has gone as far as it can, for then rows are the same.
 */
export function halves(chunk: Chunk): readonly [Chunk, Chunk] | null {
  const { start, end, bucket } = chunk;
  if (end - start > 1n) {
    const middle = start + (end - start) / 2n;
    return [
      { start, end: middle },
      { start: middle, end },
    ];
  }
  // `index` modulo `count` is `index` or `index + count` modulo twice as many.
  const { index, count } = bucket ?? { index: 0, count: 1 };
  if (count * 2 > MOST_BUCKETS) return null;
  return [
    { start, end, bucket: { index, count: count * 2 } },
    { start, end, bucket: { index: index + count, count: count * 2 } },
  ];
}

/** Earlier chunks first; of one tick, in order of buckets. */
export function compareChunks(a: Chunk, b: Chunk): number {
  if (a.start !== b.start) return a.start < b.start ? -1 : 1;
  return (a.bucket?.index ?? 0) - (b.bucket?.index ?? 0);
}
