import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  BIGINT,
  BLOB,
  blobValue,
  type DuckDBAppender,
  type DuckDBConnection,
  DuckDBDataChunk,
  VARCHAR,
} from '@duckdb/node-api';
import { sqlText } from '../duckdb.ts';
import type { ReaderLog, RecordBlock } from './record-block.ts';
import { RecordKeys } from './record-keys.ts';
import { repairJson } from './repair-json.ts';

export interface StagingOptions {
  /** Where batches lie that memory is not kept for. */
  readonly folder: string;
  /** Text per batch. Default 16 MiB. */
  readonly batchInBytes?: number;
  /** Text of batches that are kept in memory; earlier ones lie on disk. Default 64 MiB. */
  readonly memoryInBytes?: number;
  /** How a record's kind, a small integer, is told. Default: all are 0. */
  readonly classify?: (present: ReadonlySet<string>) => Classifier;
}

/**
 * SQL of a query that adds to a relation of `line` and `j` (a record's JSON text) what is needed, and SQL over it that
 * gives the kind. Made anew for each batch, knowing which keys its records have at all: so little is extracted.
 */
export interface Classifier {
  select(relation: string): string;
  readonly kindSql: string;
}

/** A part of a file's records: a relation of `line`, `j` (JSON text of an object) and `kind`, in order of lines. */
export interface Batch {
  readonly relation: string;
  readonly recordCount: number;
}

/** Two connections to one database: one takes records, the other looks through those of the batch before. */
export interface StagingConnections {
  readonly append: DuckDBConnection;
  readonly seal: DuckDBConnection;
}

let stagingNumber = 0;

/**
 * Takes a file's records into a database in batches: the last ones in memory, earlier ones on disk. Here it is found
 * which lines are no JSON objects; whatever is staged afterwards can be queried without a look at its form.
 */
export class RecordStaging {
  readonly #connections: StagingConnections;
  readonly #options: Required<StagingOptions>;
  readonly #log: ReaderLog;
  readonly #name = `staged${stagingNumber++}`;
  readonly #batches: Batch[] = [];
  #appender: DuckDBAppender | undefined;
  #blocksTable = '';
  #bytes = 0;
  #recordCount = 0;
  #blockCount = 0;
  /** Indexes of the batches in memory, oldest first. */
  readonly #inMemory: number[] = [];
  #sealing: Promise<void> = Promise.resolve();
  /** The keys that records have, in the order of their appearance. */
  readonly keys = new RecordKeys();

  constructor(connections: StagingConnections, log: ReaderLog, options: StagingOptions) {
    this.#connections = connections;
    this.#log = log;
    this.#options = {
      batchInBytes: 16 * 2 ** 20,
      memoryInBytes: 64 * 2 ** 20,
      classify: () => ({ select: (relation: string) => `SELECT * FROM ${relation}`, kindSql: '0' }),
      ...options,
    };
  }

  /** Records staged so far. */
  get recordCount(): number {
    return this.#recordCount;
  }

  /** Adds records. While a full batch is looked through, the next one is filled. */
  async add(block: RecordBlock): Promise<void> {
    if (!this.#appender) {
      this.#blocksTable = `${this.#name}_blocks${this.#blockCount++}`;
      await this.#connections.append.run(`CREATE TABLE ${this.#blocksTable} (first BIGINT, text BLOB, lines VARCHAR)`);
      this.#appender = await this.#connections.append.createAppender(this.#blocksTable);
    }
    const chunk = DuckDBDataChunk.create([BIGINT, BLOB, VARCHAR], 1);
    chunk.setColumnValues(0, [BigInt(block.firstLine)]);
    // Bytes go over as they are; a string would be encoded, and copied twice more.
    const bytes = typeof block.text === 'string' ? Buffer.from(block.text) : block.text;
    chunk.setColumnValues(1, [blobValue(bytes)]);
    chunk.setColumnValues(2, [block.lines ? block.lines.join(',') : null]);
    this.#appender.appendDataChunk(chunk);
    this.#bytes += bytes.length;
    if (this.#bytes >= this.#options.batchInBytes) await this.#startSealing();
  }

  /** All batches, ready to be queried. */
  async finish(): Promise<readonly Batch[]> {
    await this.#startSealing();
    await this.#sealing;
    return this.#batches;
  }

  /** Removes what lies in the database and on disk. */
  async drop(): Promise<void> {
    this.#appender?.closeSync();
    await this.#sealing.catch(() => undefined);
    const { seal } = this.#connections;
    for (let index = 0; index < this.#blockCount; index++) {
      await seal.run(`DROP TABLE IF EXISTS ${this.#name}_blocks${index}`);
    }
    for (const index of this.#inMemory) await seal.run(`DROP TABLE IF EXISTS ${this.#table(index)}`);
    for (let index = 0; index < this.#batches.length; index++) await rm(this.#path(index), { force: true });
  }

  /** Hands the blocks over, after waiting for the batch before: at most two batches are in memory. */
  async #startSealing(): Promise<void> {
    await this.#sealing;
    if (!this.#appender) return;
    this.#appender.closeSync();
    this.#appender = undefined;
    this.#bytes = 0;
    this.#sealing = this.#seal(this.#blocksTable);
    // Whoever waits next gets the error; until then nobody does, and that must not end the process.
    this.#sealing.catch(() => undefined);
  }

  async #seal(blocks: string): Promise<void> {
    const { seal } = this.#connections;
    const { batchInBytes, memoryInBytes } = this.#options;
    while ((this.#inMemory.length + 1) * batchInBytes > memoryInBytes && this.#inMemory.length > 0) {
      await this.#spill(this.#inMemory.shift()!);
    }
    const index = this.#batches.length;
    const table = this.#table(index);
    const numbered = `SELECT unnest(string_split(text, chr(10))) AS j, first + generate_subscripts(string_split(text, chr(10)), 1) - 1 AS place, first, lines FROM (SELECT first, decode(text) AS text, lines FROM ${blocks})`;
    const line = `CASE WHEN lines IS NULL THEN place ELSE string_split(lines, ',')[place - first + 1]::BIGINT END`;
    await seal.run(
      `CREATE TABLE ${table}_raw AS
       SELECT ${line} AS line, j, CASE WHEN json_valid(j) THEN json_type(j) = 'OBJECT' ELSE false END AS valid
       FROM (${numbered}) WHERE j[1] = '{' OR trim(j, chr(13) || chr(9) || ' ') <> ''`,
    );
    await seal.run(`DROP TABLE ${blocks}`);
    const repaired = await this.#repair(`${table}_raw`);
    const present = await this.keys.gather(seal, `(SELECT line, j FROM ${table}_raw WHERE valid)`);
    const { select, kindSql } = this.#options.classify(present);
    await seal.run(
      `CREATE TABLE ${table} AS SELECT line, j, ${kindSql} AS kind
       FROM (${select(`(SELECT line, j FROM ${table}_raw WHERE valid)`)})${repaired ? ' ORDER BY line' : ''}`,
    );
    await seal.run(`DROP TABLE ${table}_raw`);
    const counted = await seal.runAndReadAll(`SELECT count(*) FROM ${table}`);
    const recordCount = Number(counted.getRows()[0]![0]);
    this.#inMemory.push(index);
    this.#batches.push({ relation: table, recordCount });
    this.#recordCount += recordCount;
  }

  /** Reports what is no JSON object, or mends it where only the strict parser minds. True if any was mended. */
  async #repair(table: string): Promise<boolean> {
    const { seal } = this.#connections;
    const repaired: [bigint, string][] = [];
    const invalid = await seal.stream(`SELECT line, j FROM ${table} WHERE NOT valid ORDER BY line`);
    for (;;) {
      const chunk = await invalid.fetchChunk();
      if (!chunk || chunk.rowCount === 0) break;
      for (const [line, text] of chunk.getRows() as [bigint, string][]) {
        const result = repairJson(text);
        if ('json' in result) {
          this.#log.altered(result.altered);
          repaired.push([line, result.json]);
        } else this.#log.bad(Number(line), result.reason);
      }
    }
    for (const [line, json] of repaired) {
      await seal.run(`INSERT INTO ${table} SELECT $1::BIGINT, j, json_valid(j) FROM (SELECT $2 AS j)`, [line, json]);
    }
    return repaired.length > 0;
  }

  /** Moves a batch from memory to disk. */
  async #spill(index: number): Promise<void> {
    const path = this.#path(index);
    const { seal } = this.#connections;
    await seal.run(`COPY ${this.#table(index)} TO ${sqlText(path)} (FORMAT parquet, COMPRESSION snappy)`);
    await seal.run(`DROP TABLE ${this.#table(index)}`);
    this.#batches[index] = { ...this.#batches[index]!, relation: `read_parquet(${sqlText(path)})` };
  }

  #table(index: number): string {
    return `${this.#name}_${index}`;
  }

  #path(index: number): string {
    return join(this.#options.folder, `${this.#name}-${index}.staged.parquet`);
  }
}
