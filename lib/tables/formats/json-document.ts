import {
  BlockBuilder,
  type ReaderLimits,
  type ReaderLog,
  type RecordBlock,
  type RecordReader,
} from './record-block.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const NEWLINE = 0x0a;
const SPACE = 0x20;
const COMMA = 0x2c;

/**
 * JSON in any layout: documents that follow each other, over as many lines as they like, and arrays of records.
 * `depth` is how many opening brackets lie around a record: 0 for documents, 1 for `[…]`, 2 for `{"Records": […]}`.
 * A scan of bytes finds where records begin and end, so no more than one record is in memory.
 */
export function jsonDocumentReader(depth: 0 | 1 | 2): RecordReader {
  return async function* (bytes, log, limits) {
    const scanner = new RecordScanner(depth, log, limits);
    for await (const chunk of bytes) yield* scanner.scan(chunk);
    yield* scanner.end();
  };
}

/** Documents that follow each other, and top-level arrays of records among them. */
class RecordScanner {
  readonly #recordDepth: number;
  readonly #log: ReaderLog;
  readonly #limits: ReaderLimits;
  readonly #blocks = new BlockBuilder();
  #depth = 0;
  #inString = false;
  #escaped = false;
  #line = 1;
  #recordLine = 1;
  #parts: Uint8Array[] = [];
  #length = 0;
  #inRecord = false;
  #stray = false;

  constructor(recordDepth: number, log: ReaderLog, limits: ReaderLimits) {
    this.#recordDepth = recordDepth;
    this.#log = log;
    this.#limits = limits;
  }

  *scan(chunk: Uint8Array): Generator<RecordBlock> {
    let start = this.#inRecord ? 0 : -1;
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i]!;
      if (byte === NEWLINE) {
        this.#line++;
        if (!this.#inString) this.#stray = false;
        continue;
      }
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (byte === BACKSLASH) this.#escaped = true;
        else if (byte === QUOTE) this.#inString = false;
        continue;
      }
      if (byte === QUOTE) this.#inString = true;
      else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        if (this.#depth === this.#recordDepth && !this.#inRecord) {
          this.#inRecord = true;
          this.#recordLine = this.#line;
          start = i;
        }
        this.#depth++;
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        this.#depth--;
        if (this.#inRecord && this.#depth === this.#recordDepth) {
          this.#keep(chunk.subarray(start, i + 1));
          const block = this.#close();
          if (block) yield block;
          start = -1;
        }
        if (this.#depth < 0) {
          this.#depth = 0;
          this.#log.bad(this.#line, 'a bracket is closed that was never opened');
        }
      } else if (this.#depth === this.#recordDepth && !this.#inRecord && byte > SPACE && byte !== COMMA) {
        if (!this.#stray && this.#recordDepth < 2) this.#log.bad(this.#line, 'not a JSON object');
        this.#stray = true;
      }
    }
    if (this.#inRecord) this.#keep(chunk.subarray(start));
  }

  *end(): Generator<RecordBlock> {
    if (this.#inRecord) this.#log.bad(this.#recordLine, 'the file ends within this record');
    else if (this.#depth > 0) this.#log.altered('the file ends before its last bracket is closed');
    const block = this.#blocks.flush();
    if (block) yield block;
  }

  #keep(part: Uint8Array): void {
    this.#length += part.length;
    if (this.#length <= this.#limits.recordInBytes) this.#parts.push(part.slice());
    else this.#parts = [];
  }

  #close(): RecordBlock | undefined {
    const whole = Buffer.concat(this.#parts);
    const tooLong = this.#length > this.#limits.recordInBytes;
    this.#parts = [];
    this.#length = 0;
    this.#inRecord = false;
    if (tooLong) {
      this.#log.bad(this.#recordLine, `the record is longer than ${this.#limits.recordInBytes / 2 ** 20} MiB`);
      return undefined;
    }
    // Inside a record a line end is only layout; a JSON string cannot hold one.
    const text = whole.toString('utf8').replaceAll('\0', '\\u0000').replaceAll('\n', ' ');
    return this.#blocks.add(this.#recordLine, text);
  }
}
