import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BIGINT, type DuckDBAppender, type DuckDBConnection, DuckDBDataChunk, VARCHAR } from '@duckdb/node-api';
import { sqlText } from '../duckdb.ts';
import type { ReaderLog, RecordBlock } from './record-block.ts';
import { repairJson } from './repair-json.ts';

export interface StagingOptions {
  /** Where batches lie when a file has more than one. */
  readonly folder: string;
  /** Text per batch: the bound of memory. Default 16 MiB. */
  readonly batchInCharacters?: number;
  /**
   * How a record's kind, a small integer, is told: SQL over `j` (its JSON text) that extracts what is needed, and SQL
   * over `v` (what was extracted) that gives the kind. Default: all are 0.
   */
  readonly classifier?: { readonly extract: string; readonly kindSql: string };
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

  constructor(connection: DuckDBConnection, log: ReaderLog, options: StagingOptions) {
    this.#connection = connection;
    this.#log = log;
    this.#options = { batchInCharacters: 16 * 2 ** 20, classifier: { extract: 'NULL', kindSql: '0' }, ...options };
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
    const { extract, kindSql } = this.#options.classifier;
    const line = `CASE WHEN lines IS NULL THEN place ELSE string_split(lines, ',')[place - first + 1]::BIGINT END`;
    await this.#connection.run(
      `CREATE TEMP TABLE ${table} AS
       SELECT line, j, CASE WHEN valid THEN ${kindSql} END AS kind FROM (
         SELECT line, j, valid, CASE WHEN valid THEN ${extract} END AS v FROM (
           SELECT ${line} AS line, j, CASE WHEN json_valid(j) THEN json_type(j) = 'OBJECT' ELSE false END AS valid
           FROM (${numbered}) WHERE length(j) > 1 OR trim(j, chr(13) || ' ') <> ''))`,
    );
    await this.#connection.run(`DROP TABLE ${this.#name}_blocks`);
    const recordCount = await this.#repair(table);
    this.#inMemory = table;
    this.#batches.push({ relation: table, recordCount });
    this.#recordCount += recordCount;
  }

  /** Reports what is no JSON object, or mends it where only the strict parser minds. Gives the number of records. */
  async #repair(table: string): Promise<number> {
    const { extract, kindSql } = this.#options.classifier;
    const repaired: [bigint, string][] = [];
    const invalid = await this.#connection.stream(`SELECT line, j FROM ${table} WHERE kind IS NULL ORDER BY line`);
    let found = 0;
    for (;;) {
      const chunk = await invalid.fetchChunk();
      if (!chunk || chunk.rowCount === 0) break;
      for (const [line, text] of chunk.getRows() as [bigint, string][]) {
        found++;
        const result = repairJson(text);
        if ('json' in result) {
          this.#log.altered(result.altered);
          repaired.push([line, result.json]);
        } else this.#log.bad(Number(line), result.reason);
      }
    }
    if (found > 0) {
      await this.#connection.run(`DELETE FROM ${table} WHERE kind IS NULL`);
      for (const [line, json] of repaired) {
        await this.#connection.run(
          `INSERT INTO ${table} SELECT line, j, ${kindSql} FROM (SELECT line, j, ${extract} AS v FROM (SELECT $1::BIGINT AS line, $2::VARCHAR AS j))`,
          [line, json],
        );
      }
      if (repaired.length > 0) {
        await this.#connection.run(`CREATE TEMP TABLE ${table}_sorted AS SELECT * FROM ${table} ORDER BY line`);
        await this.#connection.run(`DROP TABLE ${table}`);
        await this.#connection.run(`ALTER TABLE ${table}_sorted RENAME TO ${table}`);
      }
    }
    const counted = await this.#connection.runAndReadAll(`SELECT count(*) FROM ${table}`);
    return Number(counted.getRows()[0]![0]);
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
