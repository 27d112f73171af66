import type { TimeRange } from '../provider.ts';

/** A part of a query's time range; where one tick alone holds too many rows, a share of them. */
export interface Chunk extends TimeRange {
  /** Of the rows of the only tick, those whose hash modulo `count` is `index`. */
  readonly bucket?: { readonly index: number; readonly count: number };
}

const MOST_BUCKETS = 4096;

/**
 * The parts of a chunk: together they are it, and no instant is in two. A chunk of one tick (nothing is shorter) is
 * halved by the hash of its rows; null when that has gone as far as it can, for then rows are the same.
 *
 * @param count how many parts of time, at least 2; fewer where the chunk has fewer ticks
 */
export function slices(chunk: Chunk, count = 2): readonly Chunk[] | null {
  const { start, end, bucket } = chunk;
  const ticks = end - start;
  if (ticks > 1n) {
    const parts = BigInt(count) < ticks ? BigInt(count) : ticks;
    const at = (part: bigint) => start + (ticks * part) / parts;
    return Array.from({ length: Number(parts) }, (_, part) => ({
      start: at(BigInt(part)),
      end: at(BigInt(part) + 1n),
    }));
  }
  // `index` modulo `count` is `index` or `index + count` modulo twice as many.
  const { index, count: shares } = bucket ?? { index: 0, count: 1 };
  if (shares * 2 > MOST_BUCKETS) return null;
  return [
    { start, end, bucket: { index, count: shares * 2 } },
    { start, end, bucket: { index: index + shares, count: shares * 2 } },
  ];
}

/** Earlier chunks first; of one tick, in order of buckets. */
export function compareChunks(a: Chunk, b: Chunk): number {
  if (a.start !== b.start) return a.start < b.start ? -1 : 1;
  return (a.bucket?.index ?? 0) - (b.bucket?.index ?? 0);
}
