import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import { TrailhoundError } from '../../errors.ts';
import { openDatabase, sqlName } from '../../tables/duckdb.ts';
import {
  copyToParquet,
  isTextType,
  type KqlType,
  type ParquetTable,
  ticksFromIso,
  ticksFromMs,
  workingRelation,
} from '../../tables/index.ts';
import type { QueryRequest, QueryValue } from '../provider.ts';
import type { LocalTable } from './local-data.ts';
import { TIME_COLUMN } from './part-writer.ts';

/**
 * The rows of a table that a request asks for, written to Parquet without passing through JavaScript. First the places of
 * the rows are found and ordered, then the rows are copied, some ten thousand at once.
 */
export async function selectRows(
  table: LocalTable,
  request: QueryRequest,
  outFile: string,
): Promise<{ readonly table: ParquetTable; readonly partial: boolean }> {
  const scratch = `${outFile}.tmp`;
  const database = await openDatabase({ memoryLimitInBytes: MEMORY_IN_BYTES, tempFolder: scratch });
  const connection = await database.connect();
  try {
    const conditions = new Conditions();
    for (const [column, value] of Object.entries(request.where ?? {})) conditions.equal(table, column, value);
    if (request.timeRange && table.timeRange) {
      conditions.add(`${TIME_COLUMN} >= ${request.timeRange.start} AND ${TIME_COLUMN} < ${request.timeRange.end}`);
    }
    const { parts } = table.stored;
    const all = await relationOf(connection, table, [...parts.keys()]);
    const order = table.timeRange ? `${TIME_COLUMN} NULLS LAST, "@part", file_row_number` : `"@part", file_row_number`;
    const limit = request.maxRows === undefined ? undefined : Math.max(0, Math.floor(request.maxRows));
    const cut = limit === undefined ? '' : ` LIMIT ${limit + 1}`;
    await connection.run(
      `CREATE TEMP TABLE hits AS SELECT row_number() OVER (ORDER BY ${order}) - 1 AS place, "@part", file_row_number
       FROM ${all} WHERE ${conditions.sql} ORDER BY place${cut}`,
      conditions.values,
    );
    const found = Number((await connection.runAndReadAll('SELECT count(*) FROM hits')).getRows()[0]![0]);
    const partial = limit !== undefined && found > limit;
    const rowCount = partial ? limit : found;
    if (rowCount <= ROWS_AT_ONCE) await copySlice(connection, table, 0, rowCount, outFile);
    else {
      await mkdir(scratch, { recursive: true });
      const slices: string[] = [];
      for (let start = 0; start < rowCount; start += ROWS_AT_ONCE) {
        const path = join(scratch, `${slices.length}.parquet`);
        await copySlice(connection, table, start, Math.min(ROWS_AT_ONCE, rowCount - start), path);
        slices.push(path);
      }
      await joinSlices(connection, table, slices, outFile);
    }
    return { table: { schema: table.schema, parts: [{ path: outFile, rowCount }] }, partial };
  } finally {
    connection.closeSync();
    database.closeSync();
    await rm(scratch, { recursive: true, force: true });
  }
}

const MEMORY_IN_BYTES = 512 * 2 ** 20;
/** Rows that are put in order at once: sorting wide rows needs memory for all of them. */
const ROWS_AT_ONCE = 30_000;

/** Copies the rows at some places, in order. Only the parts that hold them are read: logs mostly are in order of time. */
async function copySlice(
  connection: DuckDBConnection,
  table: LocalTable,
  start: number,
  count: number,
  path: string,
): Promise<void> {
  const slice = `(SELECT * FROM hits WHERE place >= ${start} AND place < ${start + count})`;
  const held = await connection.runAndReadAll(`SELECT DISTINCT "@part" FROM ${slice} ORDER BY 1`);
  const parts = held.getRows().map(([part]) => Number(part));
  const relation = await relationOf(connection, table, parts.length > 0 ? parts : [0]);
  const columns = table.schema.map(({ name }) => `r.${sqlName(name)}`).join(', ');
  const select = `SELECT ${columns} FROM ${relation} r JOIN ${slice} h
    ON r."@part" = h."@part" AND r.file_row_number = h.file_row_number ORDER BY h.place`;
  await copyToParquet(connection, select, table.schema, path, { cheap: true });
}

/** Files that follow each other as one. */
async function joinSlices(
  connection: DuckDBConnection,
  table: LocalTable,
  slices: readonly string[],
  path: string,
): Promise<void> {
  const columns = table.schema.map(({ name }) => sqlName(name)).join(', ');
  const selects: string[] = [];
  for (const slice of slices) {
    selects.push(`SELECT ${columns} FROM ${await workingRelation(connection, slice, table.schema)}`);
  }
  await copyToParquet(connection, selects.join(' UNION ALL '), table.schema, path, { cheap: true });
}

/** Some of the table's parts in working form, with `part` and `file_row_number`. */
async function relationOf(connection: DuckDBConnection, table: LocalTable, parts: readonly number[]): Promise<string> {
  const selects: string[] = [];
  for (const part of parts) {
    const { path } = table.stored.parts[part]!;
    selects.push(`SELECT *, ${part} AS "@part" FROM ${await workingRelation(connection, path, table.schema)}`);
  }
  return `(${selects.join(' UNION ALL ')})`;
}

/** Conditions as SQL with bound values: no value is ever part of the text. */
class Conditions {
  readonly #texts: string[] = [];
  readonly values: DuckDBValue[] = [];

  get sql(): string {
    return this.#texts.join(' AND ') || 'true';
  }

  add(text: string): void {
    this.#texts.push(text);
  }

  equal(table: LocalTable, name: string, value: QueryValue): void {
    const column = table.schema.find((candidate) => candidate.name === name);
    if (!column) {
      throw new TrailhoundError('usage', `table ${table.name} has no column "${name}"`, {
        hint: `It has: ${table.schema.map((candidate) => candidate.name).join(', ')}`,
      });
    }
    const wanted = Array.isArray(value) ? (value as readonly QueryValue[]) : [value];
    const alternatives = wanted.map((item) => this.#alternative(name, column.type, item));
    this.#texts.push(alternatives.length === 0 ? 'false' : `(${alternatives.join(' OR ')})`);
  }

  #alternative(name: string, type: KqlType, value: QueryValue): string {
    const column = sqlName(name);
    if (value === null) return isTextType(type) ? `coalesce(${column}, '') = ''` : `${column} IS NULL`;
    const bound = boundValue(name, type, value);
    this.values.push(bound);
    const place = `$${this.values.length}`;
    if (isTextType(type)) return `lower(coalesce(${column}, '')) = lower(${place})`;
    return `${column} = ${place}`;
  }
}

/** The value in the working form of the column's type; a usage error if it is none of that type. */
function boundValue(name: string, type: KqlType, value: QueryValue): DuckDBValue {
  const wrong = () => new TrailhoundError('usage', `the value for column "${name}" is no ${type}`);
  if (isTextType(type)) {
    if (value instanceof Date) return value.toISOString();
    return String(value);
  }
  switch (type) {
    case 'datetime': {
      const ticks =
        value instanceof Date
          ? ticksFromMs(value.getTime())
          : typeof value === 'bigint'
            ? value
            : typeof value === 'string'
              ? ticksFromIso(value)
              : null;
      if (ticks === null) throw wrong();
      return ticks;
    }
    case 'bool': {
      const flag =
        typeof value === 'boolean'
          ? value
          : /^(true|false)$/i.test(String(value))
            ? /^true$/i.test(String(value))
            : undefined;
      if (flag === undefined) throw wrong();
      return flag;
    }
    case 'real': {
      const number = Number(value);
      if (value === '' || Number.isNaN(number)) throw wrong();
      return number;
    }
    default: {
      const text = String(value).trim();
      if (!/^[+-]?(\d{1,19}|0x[0-9a-f]{1,16})$/i.test(text)) throw wrong();
      return BigInt(text.replace(/^\+/, ''));
    }
  }
}
