import { isUtf8 } from 'node:buffer';
import type { ReaderLimits, ReaderLog } from './record-block.ts';

const NEWLINE = 10;

/** Whole lines of a file, joined by newlines as in the file. */
export interface LineBlock {
  readonly bytes: Buffer;
  readonly firstLine: number;
  readonly lineCount: number;
}

/**
 * Cuts a stream of bytes at line ends. A line above the limit is reported and left empty, so that line numbers stay
 * right; it is never held in memory whole.
 */
export async function* lineBlocks(
  bytes: AsyncIterable<Uint8Array>,
  log: ReaderLog,
  limits: ReaderLimits,
): AsyncGenerator<LineBlock> {
  let rest: Buffer[] = [];
  let restLength = 0;
  let skipping = false;
  let line = 1;
  const tooLong = () => log.bad(line, `the line is longer than ${limits.recordInBytes / 2 ** 20} MiB`);
  for await (const chunk of bytes) {
    let buffer = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (skipping) {
      const end = buffer.indexOf(NEWLINE);
      if (end < 0) continue;
      // The empty line stands for the one that was skipped.
      buffer = buffer.subarray(end);
      skipping = false;
    }
    const last = buffer.lastIndexOf(NEWLINE);
    if (last < 0) {
      rest.push(buffer);
      restLength += buffer.length;
      if (restLength > limits.recordInBytes) {
        tooLong();
        rest = [];
        restLength = 0;
        skipping = true;
      }
      continue;
    }
    const whole = Buffer.concat([...rest, buffer.subarray(0, last)]);
    const { block, lineCount } = dropLongLines(whole, line, log, limits);
    yield { bytes: block, firstLine: line, lineCount };
    line += lineCount;
    rest = last + 1 < buffer.length ? [buffer.subarray(last + 1)] : [];
    restLength = rest[0]?.length ?? 0;
  }
  if (restLength > 0) yield { bytes: Buffer.concat(rest), firstLine: line, lineCount: 1 };
}

function dropLongLines(whole: Buffer, firstLine: number, log: ReaderLog, limits: ReaderLimits) {
  let lineCount = 1;
  const kept: Buffer[] = [];
  let keptUntil = 0;
  let start = 0;
  for (;;) {
    const found = whole.indexOf(NEWLINE, start);
    const end = found < 0 ? whole.length : found;
    if (end - start > limits.recordInBytes) {
      log.bad(firstLine + lineCount - 1, `the line is longer than ${limits.recordInBytes / 2 ** 20} MiB`);
      kept.push(whole.subarray(keptUntil, start));
      keptUntil = end;
    }
    if (found < 0) break;
    lineCount++;
    start = found + 1;
  }
  return { block: kept.length > 0 ? Buffer.concat([...kept, whole.subarray(keptUntil)]) : whole, lineCount };
}

/** The text of a block; bytes that are not UTF-8 become U+FFFD, and the lines that hold them are counted. */
export function textOf(block: Buffer, log: ReaderLog): string {
  const text = block.toString('utf8');
  if (!isUtf8(block)) {
    for (let start = 0; start <= block.length; ) {
      const found = block.indexOf(NEWLINE, start);
      const end = found < 0 ? block.length : found;
      if (!isUtf8(block.subarray(start, end))) log.altered('bytes that are not UTF-8 were replaced');
      start = end + 1;
    }
  }
  return text;
}

/** The lines of a text file one by one, with their numbers (from 1), without line ends. */
export async function* textLines(
  bytes: AsyncIterable<Uint8Array>,
  log: ReaderLog,
  limits: ReaderLimits,
): AsyncGenerator<{ readonly firstLine: number; readonly lines: readonly string[] }> {
  for await (const block of lineBlocks(bytes, log, limits)) {
    const lines = textOf(block.bytes, log).split('\n');
    yield { firstLine: block.firstLine, lines: lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line)) };
  }
}
