import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BIGINT, type DuckDBAppender, type DuckDBConnection, DuckDBDataChunk, VARCHAR } from '@duckdb/node-api';
import { sqlText } from '../duckdb.ts';
import type { ReaderLog, RecordBlock } from './record-block.ts';
import { RecordKeys } from './record-keys.ts';
import { repairJson } from './repair-json.ts';

export interface StagingOptions {
  /** Where batches lie when a file has more than one. */
  readonly folder: string;
  /** Text per batch: the bound of memory. Default 16 MiB. */
  readonly batchInCharacters?: number;
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

let stagingNumber = 0;

/**
 * Takes a file's records into a database in batches: the last one in memory, earlier ones on disk. Here it is found
 * which lines are no JSON objects; whatever is staged afterwards can be queried without a look at its form.
 */
export class RecordStaging {
  readonly #connection: DuckDBConnection;
  readonly #options: Required<StagingOptions>;
  readonly #log: ReaderLog;
  readonly #name = `staged${stagingNumber++}`;
  readonly #batches: Batch[] = [];
  #appender: DuckDBAppender | undefined;
  #characters = 0;
  #recordCount = 0;
  #inMemory: string | undefined;
  /** The keys that records have, in the order of their appearance. */
  readonly keys = new RecordKeys();

  constructor(connection: DuckDBConnection, log: ReaderLog, options: StagingOptions) {
    this.#connection = connection;
    this.#log = log;
    this.#options = {
      batchInCharacters: 16 * 2 ** 20,
      classify: () => ({ select: (relation: string) => `SELECT * FROM ${relation}`, kindSql: '0' }),
      ...options,
    };
  }

  /** Records staged so far. */
  get recordCount(): number {
    return this.#recordCount;
  }

  async add(block: RecordBlock): Promise<void> {
    if (!this.#appender) {
      await this.#connection.run(
        `CREATE OR REPLACE TEMP TABLE ${this.#name}_blocks (first BIGINT, text VARCHAR, lines VARCHAR)`,
      );
      this.#appender = await this.#connection.createAppender(`${this.#name}_blocks`);
    }
    const chunk = DuckDBDataChunk.create([BIGINT, VARCHAR, VARCHAR], 1);
    chunk.setColumnValues(0, [BigInt(block.firstLine)]);
    chunk.setColumnValues(1, [block.text]);
    chunk.setColumnValues(2, [block.lines ? block.lines.join(',') : null]);
    this.#appender.appendDataChunk(chunk);
    this.#characters += block.text.length;
    if (this.#characters >= this.#options.batchInCharacters) await this.#seal();
  }

  /** All batches, ready to be queried. */
  async finish(): Promise<readonly Batch[]> {
    await this.#seal();
    return this.#batches;
  }

  /** Removes what lies in the database and on disk. */
  async drop(): Promise<void> {
    this.#appender?.closeSync();
    await this.#connection.run(`DROP TABLE IF EXISTS ${this.#name}_blocks`);
    if (this.#inMemory) await this.#connection.run(`DROP TABLE IF EXISTS ${this.#inMemory}`);
    for (let index = 0; index < this.#batches.length; index++) await rm(this.#path(index), { force: true });
  }

  async #seal(): Promise<void> {
    if (!this.#appender) return;
    this.#appender.closeSync();
    this.#appender = undefined;
    this.#characters = 0;
    await this.#spill();
    const index = this.#batches.length;
    const table = `${this.#name}_${index}`;
    const numbered = `SELECT unnest(string_split(text, chr(10))) AS j, first + generate_subscripts(string_split(text, chr(10)), 1) - 1 AS place, first, lines FROM ${this.#name}_blocks`;
    const line = `CASE WHEN lines IS NULL THEN place ELSE string_split(lines, ',')[place - first + 1]::BIGINT END`;
    await this.#connection.run(
      `CREATE TEMP TABLE ${table}_raw AS
       SELECT ${line} AS line, j, CASE WHEN json_valid(j) THEN json_type(j) = 'OBJECT' ELSE false END AS valid
       FROM (${numbered}) WHERE length(j) > 1 OR trim(j, chr(13) || ' ') <> ''`,
    );
    await this.#connection.run(`DROP TABLE ${this.#name}_blocks`);
    const repaired = await this.#repair(`${table}_raw`);
    const present = await this.keys.gather(this.#connection, `(SELECT line, j FROM ${table}_raw WHERE valid)`);
    const { select, kindSql } = this.#options.classify(present);
    await this.#connection.run(
      `CREATE TEMP TABLE ${table} AS SELECT line, j, ${kindSql} AS kind
       FROM (${select(`(SELECT line, j FROM ${table}_raw WHERE valid)`)})${repaired ? ' ORDER BY line' : ''}`,
    );
    await this.#connection.run(`DROP TABLE ${table}_raw`);
    const counted = await this.#connection.runAndReadAll(`SELECT count(*) FROM ${table}`);
    const recordCount = Number(counted.getRows()[0]![0]);
    this.#inMemory = table;
    this.#batches.push({ relation: table, recordCount });
    this.#recordCount += recordCount;
  }

  /** Reports what is no JSON object, or mends it where only the strict parser minds. True if any was mended. */
  async #repair(table: string): Promise<boolean> {
    const repaired: [bigint, string][] = [];
    const invalid = await this.#connection.stream(`SELECT line, j FROM ${table} WHERE NOT valid ORDER BY line`);
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
      await this.#connection.run(`INSERT INTO ${table} SELECT $1::BIGINT, j, json_valid(j) FROM (SELECT $2 AS j)`, [
        line,
        json,
      ]);
    }
    return repaired.length > 0;
  }

  /** Moves the batch in memory to disk. */
  async #spill(): Promise<void> {
    const table = this.#inMemory;
    if (!table) return;
    const index = this.#batches.length - 1;
    const path = this.#path(index);
    await this.#connection.run(`COPY ${table} TO ${sqlText(path)} (FORMAT parquet, COMPRESSION snappy)`);
    await this.#connection.run(`DROP TABLE ${table}`);
    this.#batches[index] = { ...this.#batches[index]!, relation: `read_parquet(${sqlText(path)})` };
    this.#inMemory = undefined;
  }

  #path(index: number): string {
    return join(this.#options.folder, `${this.#name}-${index}.staged.parquet`);
  }
}
