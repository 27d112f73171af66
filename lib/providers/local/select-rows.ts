import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import { TrailhoundError } from '../../errors.ts';
import { sqlName, withConnection } from '../../tables/duckdb.ts';
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

/** The rows of a table that a request asks for, written to a Parquet file without passing through JavaScript. */
export async function selectRows(
  table: LocalTable,
  request: QueryRequest,
  outFile: string,
): Promise<{ readonly table: ParquetTable; readonly partial: boolean }> {
  return withConnection(async (connection) => {
    const conditions = new Conditions();
    for (const [column, value] of Object.entries(request.where ?? {})) conditions.equal(table, column, value);
    if (request.timeRange && table.timeRange) {
      conditions.add(`${TIME_COLUMN} >= ${request.timeRange.start} AND ${TIME_COLUMN} < ${request.timeRange.end}`);
    }
    const relation = await relationOf(connection, table);
    const order = table.timeRange
      ? `${sqlName(TIME_COLUMN)} NULLS LAST, part, file_row_number`
      : 'part, file_row_number';
    const columns = table.schema.map(({ name }) => sqlName(name)).join(', ');
    const limit = request.maxRows === undefined ? '' : ` LIMIT ${Math.max(0, Math.floor(request.maxRows)) + 1}`;
    const filtered = await conditions.run(
      connection,
      `SELECT ${columns} FROM ${relation} WHERE ${conditions.sql} ORDER BY ${order}${limit}`,
    );
    try {
      const counted = await connection.runAndReadAll(`SELECT count(*) FROM ${filtered}`);
      const found = Number(counted.getRows()[0]![0]);
      const partial = request.maxRows !== undefined && found > request.maxRows;
      const rowCount = partial ? request.maxRows! : found;
      await copyToParquet(
        connection,
        `SELECT * FROM ${filtered}${partial ? ` LIMIT ${rowCount}` : ''}`,
        table.schema,
        outFile,
      );
      return { table: { schema: table.schema, parts: [{ path: outFile, rowCount }] }, partial };
    } finally {
      await connection.run(`DROP TABLE IF EXISTS ${filtered}`);
    }
  });
}

/** All parts in working form, with `part` and `file_row_number`. */
async function relationOf(connection: DuckDBConnection, table: LocalTable): Promise<string> {
  if (table.stored.parts.length === 0) throw new TrailhoundError('internal', `table ${table.name} has no parts`);
  const parts = [];
  for (const [index, { path }] of table.stored.parts.entries()) {
    parts.push(`SELECT *, ${index} AS part FROM ${await workingRelation(connection, path, table.schema)}`);
  }
  return `(${parts.join(' UNION ALL ')})`;
}

/** Conditions as SQL with bound values: no value is ever part of the text. */
class Conditions {
  readonly #texts: string[] = [];
  readonly #values: DuckDBValue[] = [];

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
    this.#values.push(bound);
    const place = `$${this.#values.length}`;
    if (isTextType(type)) return `lower(coalesce(${column}, '')) = lower(${place})`;
    return `${column} = ${place}`;
  }

  async run(connection: DuckDBConnection, select: string): Promise<string> {
    const name = `selected${selectionNumber++}`;
    await connection.run(`CREATE TEMP TABLE ${name} AS ${select}`, this.#values);
    return name;
  }
}

let selectionNumber = 0;

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
