import { detectFormat } from '../../../../lib/tables/formats/detect.ts';
import { type BadLine, READER_LIMITS, type ReaderLimits } from '../../../../lib/tables/formats/record-block.ts';

/** The chunks of a text or of bytes, cut every so many bytes. */
export async function* chunksOf(content: string | Uint8Array, size = 1 << 16): AsyncGenerator<Uint8Array> {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
}

export interface ReadRecords {
  readonly format: string;
  readonly records: unknown[];
  readonly lines: number[];
  readonly bad: BadLine[];
  readonly altered: string[];
}

/** Reads a whole file's content as the loader does, but parses the records here. */
export async function readContent(
  content: string | Uint8Array,
  options: { name?: string; chunk?: number; limits?: Partial<ReaderLimits>; modified?: string } = {},
): Promise<ReadRecords> {
  const bytes = Buffer.from(typeof content === 'string' ? Buffer.from(content) : content);
  const head = bytes.subarray(0, 65536);
  const format = detectFormat(head, head.length === bytes.length, options.name ?? 'data.log');
  const result: ReadRecords = { format: format.name, records: [], lines: [], bad: [], altered: [] };
  const log = {
    bad: (line: number, reason: string) => result.bad.push({ line, reason }),
    altered: (what: string) => result.altered.push(what),
  };
  const limits = { ...READER_LIMITS, ...options.limits };
  const context = { modifiedInMs: Date.parse(options.modified ?? '2026-11-21T00:00:00Z') };
  for await (const block of format.read(format.decode(chunksOf(bytes, options.chunk)), log, limits, context)) {
    const texts = Buffer.from(block.text).toString().split('\n');
    texts.forEach((text, index) => {
      if (text.trim() === '') return;
      const line = block.lines ? block.lines[index]! : block.firstLine + index;
      try {
        result.records.push(JSON.parse(text));
        result.lines.push(line);
      } catch {
        result.bad.push({ line, reason: 'not JSON' });
      }
    });
  }
  return result;
}
