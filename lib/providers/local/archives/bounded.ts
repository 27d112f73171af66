import { createWriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { TrailhoundError } from '../../../errors.ts';

/** Copies a stream to a file; above the bound it stops with a limit error. */
export async function copyBounded(source: Readable, path: string, maxBytes: number): Promise<void> {
  let total = 0;
  await pipeline(
    source,
    async function* (chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        total += chunk.length;
        if (total > maxBytes) throw new TrailhoundError('limit', `an archive holds more than ${maxBytes} bytes`);
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
 * that what was read is kept; `end` then tells the loss. Also ends at a bound on the unpacked size, against bombs.
 */
export async function* untilDamage(
  source: Readable,
  end: StreamEnd,
  bounds: { readonly maxBytes: number; readonly expectedSize?: number | undefined },
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      end.bytes += chunk.length;
      if (end.bytes > bounds.maxBytes) {
        end.loss = `more than ${bounds.maxBytes} bytes: the rest was left out`;
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
