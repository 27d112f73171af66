/** A bound was met or a record cannot be read: the record is left out, counted, and named by its line. */
export interface BadLine {
  readonly line: number;
  readonly reason: string;
}

/**
 * JSON objects of a file, one per line of `text`, in the file's order. Readers hand over text rather than objects, so
 * that the common case (JSON lines) is parsed once only, by the database's own parser.
 */
export interface RecordBlock {
  /** Text, or its bytes in UTF-8 where it never was text here. */
  readonly text: string | Uint8Array;
  /** The file's line (from 1) of the first record. Record n is on line `firstLine + n` unless `lines` says otherwise. */
  readonly firstLine: number;
  /** The file's line of each record, where they do not simply follow each other. */
  readonly lines?: readonly number[];
}

/** What a reader tells besides records. */
export interface ReaderLog {
  /** A record that is lost. */
  bad(line: number, reason: string): void;
  /** Something that changed a value but lost no record, by a short name; counted. */
  altered(what: string): void;
}

export interface ReaderLimits {
  /** A longer record is a bad line. */
  readonly recordInBytes: number;
  /** Columns of a CSV or Zeek header, above which the file is refused. */
  readonly columns: number;
}

export const READER_LIMITS: ReaderLimits = { recordInBytes: 16 * 2 ** 20, columns: 10_000 };

/** What a reader may need to know of the file. */
export interface ReaderContext {
  /** The file's date in milliseconds since 1970, for times without a year. */
  readonly modifiedInMs: number;
}

/** A reader of one format: bytes in, blocks of records out; memory bounded by the limits, not by the file. */
export type RecordReader = (
  bytes: AsyncIterable<Uint8Array>,
  log: ReaderLog,
  limits: ReaderLimits,
  context: ReaderContext,
) => AsyncGenerator<RecordBlock>;

const BLOCK_CHARACTERS = 1 << 20;

/** Gathers records of readers that make objects into blocks. */
export class BlockBuilder {
  #texts: string[] = [];
  #lines: number[] = [];
  #characters = 0;

  /** Adds a record's JSON; gives a block when enough is gathered. */
  add(line: number, json: string): RecordBlock | undefined {
    this.#texts.push(json);
    this.#lines.push(line);
    this.#characters += json.length;
    return this.#characters >= BLOCK_CHARACTERS ? this.flush() : undefined;
  }

  flush(): RecordBlock | undefined {
    if (this.#texts.length === 0) return undefined;
    const block = { text: this.#texts.join('\n'), firstLine: this.#lines[0]!, lines: this.#lines };
    this.#texts = [];
    this.#lines = [];
    this.#characters = 0;
    return block;
  }
}
