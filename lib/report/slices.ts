import { setImmediate as breathe } from 'node:timers/promises';

const SLICE_ROWS = 16_384;

/** The rows of a table in slices; between two of them the event loop gets its turn. */
export async function* slicesOf(rowCount: number): AsyncGenerator<{ start: number; end: number }> {
  for (let start = 0; start < rowCount; start += SLICE_ROWS) {
    yield { start, end: Math.min(rowCount, start + SLICE_ROWS) };
    await breathe();
  }
}
