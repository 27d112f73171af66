import { createWriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { TrailhoundError } from '../../../errors.ts';

/** Bytes that may still be unpacked from one file on disk, whatever lies in it. */
export interface UnpackBudget {
  remaining: number;
}

/** Logs pack at most some sixty to one; archives that promise far more are bombs. */
const GREATEST_RATIO = 200;
const ALWAYS_ALLOWED_IN_BYTES = 2 ** 30;

/** The budget of a packed file of that size. */
export function unpackBudget(packedSizeInBytes: number): UnpackBudget {
  return { remaining: Math.max(ALWAYS_ALLOWED_IN_BYTES, packedSizeInBytes * GREATEST_RATIO) };
}

const OVER_BUDGET = 'the archive unpacks to far more than logs do: the rest was left out';

/** Copies a stream to a file; above the budget it stops with a limit error. */
export async function copyBounded(source: Readable, path: string, budget: UnpackBudget): Promise<void> {
  await pipeline(
    source,
    async function* (chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        budget.remaining -= chunk.length;
        if (budget.remaining < 0) throw new TrailhoundError('limit', OVER_BUDGET);
        yield chunk;
      }
    },
    createWriteStream(path),
  );
}

/** What a stream gave before it failed. */
export interface StreamEnd {
  bytes: number;
  /** Why bytes are missing; undefined if all came. */
  loss?: string;
}

/**
 * Passes a stream on. Damage at some point (an archive cut off, a wrong checksum) ends it there instead of failing, so
 * that what was read is kept; `end` then tells the loss. Also ends where the budget does.
 */
export async function* untilDamage(
  source: Readable,
  end: StreamEnd,
  bounds: { readonly budget: UnpackBudget; readonly expectedSize?: number | undefined },
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      end.bytes += chunk.length;
      bounds.budget.remaining -= chunk.length;
      if (bounds.budget.remaining < 0) {
        end.loss = OVER_BUDGET;
        source.destroy();
        return;
      }
      yield chunk;
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    end.loss =
      code === 'Z_BUF_ERROR'
        ? 'the data is cut off: what came before was kept'
        : `damaged data (${code ?? (error as Error).message})`;
    return;
  }
  if (bounds.expectedSize !== undefined && bounds.expectedSize !== end.bytes) {
    end.loss = `${end.bytes} bytes came of ${bounds.expectedSize}`;
  }
}
