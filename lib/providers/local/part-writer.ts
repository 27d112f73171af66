import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { sqlName } from '../../tables/duckdb.ts';
import { copyToParquet, type TableSchema } from '../../tables/index.ts';
import { WORKING_TYPES } from '../../tables/parquet-form.ts';

/** A table that a file was loaded into. */
export interface LoadedTable {
  readonly name: string;
  readonly schema: TableSchema;
  readonly parts: readonly { readonly path: string; readonly rowCount: number }[];
  /** First and last `TimeGenerated` in ticks; null if no row has one. */
  timeRange: { min: bigint; max: bigint } | null;
  /** True if its rows are also in another table, in another form. */
  readonly view: boolean;
  /** Values that did not fit their column's type and are empty therefore, by column. */
  readonly unfit: Map<string, number>;
}

/** The name of the column that tables are ordered and cut by. */
export const TIME_COLUMN = 'TimeGenerated';

/** A batch's rows of one table while the batch is under way. */
export interface WrittenRows {
  readonly name: string;
  readonly temporary: string;
  /** The columns that the temporary table has. */
  readonly schema: TableSchema;
}

interface GrowingTable extends Omit<LoadedTable, 'parts'> {
  readonly parts: { readonly batch: number; readonly path: string; readonly rowCount: number }[];
}

/** Writes tables batch by batch, a Parquet part for each; batches may come side by side. */
export class PartWriter {
  readonly #folder: string;
  readonly #tables = new Map<string, GrowingTable>();
  #number = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** What was written, in order of names; parts in order of batches. */
  get tables(): readonly LoadedTable[] {
    const byName = [...this.#tables].sort(([a], [b]) => (a < b ? -1 : 1));
    return byName.map(([, table]) => ({
      ...table,
      parts: table.parts.toSorted((a, b) => a.batch - b.batch).map(({ path, rowCount }) => ({ path, rowCount })),
    }));
  }

  /**
   * Adds the rows of an SQL query, in its order: `line`, columns of the schema (those that are missing are empty) and,
   * but for views, `@unfit`. Gives the temporary table that holds them, for views; the caller drops it.
   */
  async write(
    connection: DuckDBConnection,
    batch: number,
    { name, schema, view }: Pick<LoadedTable, 'name' | 'schema' | 'view'>,
    sql: string,
  ): Promise<WrittenRows> {
    const number = this.#number++;
    const temporary = `part${number}`;
    const run = (text: string) => connection.runAndReadAll(text);
    await run(`CREATE TEMP TABLE ${temporary} AS ${sql}`);
    const described = (await run(`DESCRIBE ${temporary}`)).getRows() as [string][];
    const filled = new Set(described.map(([column]) => column));
    const written = { name, temporary, schema: schema.filter((column) => filled.has(column.name)) };
    const timed = written.schema.some((column) => column.name === TIME_COLUMN && column.type === 'datetime');
    const range = timed ? `min(${TIME_COLUMN}), max(${TIME_COLUMN})` : 'NULL, NULL';
    const [row] = (await run(`SELECT count(*), ${range} FROM ${temporary}`)).getRows();
    const [count, min, max] = row as [bigint, bigint | null, bigint | null];
    if (count === 0n) return written;
    const table = this.#table(name, schema, view);
    if (!view) {
      const unfit = await run(
        `SELECT name, count(*) FROM (SELECT unnest("@unfit") AS name FROM ${temporary}) GROUP BY name ORDER BY name`,
      );
      for (const [column, n] of unfit.getRows() as [string, bigint][]) {
        table.unfit.set(column, (table.unfit.get(column) ?? 0) + Number(n));
      }
    }
    if (min !== null && max !== null) {
      const before = table.timeRange;
      table.timeRange = {
        min: before && before.min < min ? before.min : min,
        max: before && before.max > max ? before.max : max,
      };
    }
    const path = join(this.#folder, `${number}.parquet`);
    const columns = schema.map(({ name: column, type }) =>
      filled.has(column) ? sqlName(column) : `NULL::${WORKING_TYPES[type]} AS ${sqlName(column)}`,
    );
    const select = `SELECT ${columns.join(', ')} FROM ${temporary}`;
    await copyToParquet(connection, select, schema, path, { cheap: true });
    table.parts.push({ batch, path, rowCount: Number(count) });
    return written;
  }

  #table(name: string, schema: TableSchema, view: boolean): GrowingTable {
    // Rows of one table may come with different columns: what was reshaped, and what had the table's form already.
    const key = JSON.stringify([name, schema]);
    let table = this.#tables.get(key);
    if (!table) {
      table = { name, schema, parts: [], timeRange: null, view, unfit: new Map() };
      this.#tables.set(key, table);
    }
    return table;
  }
}
