import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  type DuckDBAppender,
  type DuckDBConnection,
  DuckDBDataChunk,
  type DuckDBType,
  INTEGER,
  VARCHAR,
} from '@duckdb/node-api';
import { TrailhoundError } from '../errors.ts';
import { type Column, isTextColumn, isTextType } from './column.ts';
import { sqlName, sqlText, withConnection } from './duckdb.ts';
import { parquetOptions, SCHEMA_METADATA_KEY, storedSelect, WORKING_TYPES, workingSelect } from './parquet-form.ts';
import type { KqlType, TableSchema } from './schema.ts';
import { makeTable, schemaOf, selectRows, type Table } from './table.ts';
import type { TableSource } from './table-source.ts';

/** A table that lies in Parquet on this machine's disk, in one part or several that follow each other. */
export interface ParquetTable {
  readonly schema: TableSchema;
  readonly parts: readonly { readonly path: string; readonly rowCount: number }[];
}

/** The rows of a table, wherever it lies. */
export function rowCountOf(table: Table | ParquetTable): number {
  return 'parts' in table ? table.parts.reduce((sum, part) => sum + part.rowCount, 0) : table.rowCount;
}

const CHUNK_ROWS = 2048;
const GATHERED_CELLS = 1_000_000;
const DUCKDB_TYPES: Readonly<Record<string, DuckDBType>> = { VARCHAR, BIGINT, INTEGER, DOUBLE, BOOLEAN };

/** Writes a table to one Parquet file (zstd); the same rows give the same bytes. */
export async function writeParquet(table: Table, path: string): Promise<ParquetTable> {
  const schema = schemaOf(table);
  if (schema.length === 0) throw new TrailhoundError('internal', 'a table without columns cannot be stored');
  await withConnection(async (connection) => {
    const name = await appendTable(connection, table);
    await copyToParquet(connection, `SELECT * FROM ${name}`, schema, path, { cheap: true });
    await connection.run(`DROP TABLE ${name}`);
  });
  return { schema, parts: [{ path, rowCount: table.rowCount }] };
}

/**
 * Writes tables of one schema, one after the other, to one Parquet file; no more than one of them has to be in memory.
 * Null, and no file, if they have no rows.
 */
export async function writeTables(
  tables: Iterable<Table> | AsyncIterable<Table>,
  path: string,
): Promise<ParquetTable | null> {
  return withConnection(async (connection) => {
    let growing: { name: string; schema: TableSchema; appender: DuckDBAppender } | undefined;
    let rowCount = 0;
    for await (const table of gathered(tables)) {
      if (!growing) {
        const schema = schemaOf(table);
        const name = await createTable(connection, schema);
        growing = { name, schema, appender: await connection.createAppender(name) };
      }
      appendRows(growing.appender, table);
      rowCount += table.rowCount;
    }
    if (!growing) return null;
    const { name, schema, appender } = growing;
    appender.closeSync();
    await copyToParquet(connection, `SELECT * FROM ${name}`, schema, path, { cheap: true });
    await connection.run(`DROP TABLE ${name}`);
    return { schema, parts: [{ path, rowCount }] };
  });
}

/** Tables put together to such as are worth a chunk; those without rows are left out. */
async function* gathered(tables: Iterable<Table> | AsyncIterable<Table>): AsyncGenerator<Table> {
  let few: Table[] = [];
  let rowCount = 0;
  for await (const table of tables) {
    if (table.rowCount === 0) continue;
    few.push(table);
    rowCount += table.rowCount;
    if (rowCount < CHUNK_ROWS && rowCount * table.columns.length < GATHERED_CELLS) continue;
    yield concatTables(schemaOf(table), few);
    few = [];
    rowCount = 0;
  }
  if (few.length > 0) yield concatTables(schemaOf(few[0]!), few);
}

/**
 * Writes the result of an SQL query, whose columns are in working form and order of the schema, to a Parquet file.
 * The query runs once; say `cheap` where running it twice costs less than keeping its result.
 */
export async function copyToParquet(
  connection: DuckDBConnection,
  sql: string,
  schema: TableSchema,
  path: string,
  options: { readonly cheap?: boolean } = {},
): Promise<void> {
  const datetimes = schema.filter((column) => column.type === 'datetime');
  const exact = new Set<string>();
  let from = `(${sql})`;
  const kept = datetimes.length > 0 && !options.cheap;
  if (kept) {
    await connection.run(`CREATE OR REPLACE TEMP TABLE copied AS ${sql}`);
    from = 'copied';
  }
  if (datetimes.length > 0) {
    const checks = datetimes.map(({ name }) => `coalesce(bool_or(${sqlName(name)} % 10 <> 0), false)`);
    const [row] = (await connection.runAndReadAll(`SELECT ${checks.join(', ')} FROM ${from}`)).getRows();
    datetimes.forEach(({ name }, index) => {
      if (row?.[index]) exact.add(name);
    });
  }
  const select = `SELECT ${storedSelect(schema, exact)} FROM ${from}`;
  await connection.run(`COPY (${select}) TO ${sqlText(path)} ${parquetOptions(schema)}`);
  if (kept) await connection.run('DROP TABLE copied');
}

let tableNumber = 0;

/** Makes a temporary table in working form; gives its name. */
export async function appendTable(connection: DuckDBConnection, table: Table): Promise<string> {
  const name = await createTable(connection, schemaOf(table));
  const appender = await connection.createAppender(name);
  appendRows(appender, table);
  appender.closeSync();
  return name;
}

async function createTable(connection: DuckDBConnection, schema: TableSchema): Promise<string> {
  const name = `appended${tableNumber++}`;
  const declared = schema.map((column) => `${sqlName(column.name)} ${WORKING_TYPES[column.type]}`);
  await connection.run(`CREATE TEMP TABLE ${name} (${declared.join(', ')})`);
  return name;
}

function appendRows(appender: DuckDBAppender, table: Table): void {
  const types = table.columns.map((column) => DUCKDB_TYPES[WORKING_TYPES[column.type]]!);
  for (let start = 0; start < table.rowCount; start += CHUNK_ROWS) {
    const count = Math.min(CHUNK_ROWS, table.rowCount - start);
    const chunk = DuckDBDataChunk.create(types, count);
    for (const [index, column] of table.columns.entries()) fillVector(chunk, index, column, start, count);
    appender.appendDataChunk(chunk);
  }
}

interface RawVector {
  readonly items?: Float64Array | Int32Array | BigInt64Array;
  getItem(index: number): unknown;
  setItem(index: number, value: unknown): void;
  flush(): void;
  readonly validity?: { itemValid(index: number): boolean };
}

function fillVector(chunk: DuckDBDataChunk, index: number, column: Column, start: number, count: number): void {
  const vector = chunk.getColumnVector(index) as unknown as RawVector;
  if (isTextColumn(column)) {
    const { values } = column;
    for (let i = 0; i < count; i++) {
      const value = values[start + i];
      vector.setItem(i, value ?? null);
    }
  } else {
    const { values, nulls, type } = column;
    // 64-bit values go over as they lie: a value at a time would be a bigint for each.
    const isCopied = values instanceof BigInt64Array && vector.items instanceof BigInt64Array;
    if (isCopied) (vector.items as BigInt64Array).set(values.subarray(start, start + count));
    for (let i = 0; i < count; i++) {
      if (nulls?.[start + i]) vector.setItem(i, null);
      else if (!isCopied) vector.setItem(i, type === 'bool' ? values[start + i] === 1 : values[start + i]);
    }
  }
  vector.flush();
}

/** What a Parquet file holds: its KQL schema (from the metadata, else mapped from Parquet's types) and rows. */
export async function inspectParquet(path: string): Promise<ParquetTable> {
  return withConnection(async (connection) => {
    const file = sqlText(path);
    try {
      const counted = await connection.runAndReadAll(`SELECT num_rows FROM parquet_file_metadata(${file})`);
      const rowCount = Number(counted.getRows()[0]?.[0] ?? 0);
      return { schema: await storedSchema(connection, path), parts: [{ path, rowCount }] };
    } catch (error) {
      if (error instanceof TrailhoundError) throw error;
      throw new TrailhoundError('bad-data', `${path} cannot be read as Parquet: ${(error as Error).message}`, {
        hint: 'Check that the file is complete.',
      });
    }
  });
}

async function storedSchema(connection: DuckDBConnection, path: string): Promise<TableSchema> {
  const metadata = await connection.runAndReadAll(
    `SELECT decode(value) FROM parquet_kv_metadata(${sqlText(path)}) WHERE decode(key) = ${sqlText(SCHEMA_METADATA_KEY)}`,
  );
  const text = metadata.getRows()[0]?.[0];
  if (typeof text === 'string') return JSON.parse(text) as TableSchema;
  const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM read_parquet(${sqlText(path)})`);
  return described.getRows().map(([name, type]) => ({ name: String(name), type: kqlTypeOf(String(type)) }));
}

/** KQL's type for one of DuckDB's. What has no counterpart (structs, lists, maps) is `dynamic`. */
export function kqlTypeOf(duckdbType: string): KqlType {
  if (/^(VARCHAR|BLOB|TIME.*|ENUM.*)$/.test(duckdbType) && !duckdbType.startsWith('TIMESTAMP')) return 'string';
  if (/^(TIMESTAMP.*|DATE)$/.test(duckdbType)) return 'datetime';
  if (/^(TINYINT|SMALLINT|INTEGER|UTINYINT|USMALLINT)$/.test(duckdbType)) return 'int';
  if (/^(BIGINT|UINTEGER)$/.test(duckdbType)) return 'long';
  if (/^(FLOAT|DOUBLE)$/.test(duckdbType)) return 'real';
  if (/^(DECIMAL.*|UBIGINT|HUGEINT|UHUGEINT)$/.test(duckdbType) && !duckdbType.endsWith(']')) return 'decimal';
  if (duckdbType === 'BOOLEAN') return 'bool';
  if (duckdbType === 'UUID') return 'guid';
  return 'dynamic';
}

/** An SQL relation over one Parquet file in working form, whoever wrote the file. */
export async function workingRelation(
  connection: DuckDBConnection,
  path: string,
  schema: TableSchema,
): Promise<string> {
  const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM read_parquet(${sqlText(path)})`);
  const physical = new Map(described.getRows().map(([name, type]) => [String(name), String(type)]));
  const casts = schema.map(({ name, type }) => {
    const stored = physical.get(name);
    if (stored === undefined) throw new TrailhoundError('bad-data', `${path} has no column "${name}"`);
    if (type === 'datetime') return `${sqlName(name)}::TIMESTAMPTZ AS ${sqlName(name)}`;
    if (type === 'dynamic' && stored !== 'VARCHAR') return `to_json(${sqlName(name)})::VARCHAR AS ${sqlName(name)}`;
    const wanted = WORKING_TYPES[type];
    return stored === wanted ? sqlName(name) : `${sqlName(name)}::${wanted} AS ${sqlName(name)}`;
  });
  const remainders = [...physical.keys()].filter((name) => name.endsWith('@100ns')).map(sqlName);
  const inner = `SELECT ${[...casts, ...remainders].join(', ')}, file_row_number FROM read_parquet(${sqlText(path)}, file_row_number = true)`;
  return `(SELECT ${workingSelect(schema, new Set(physical.keys()))}, file_row_number FROM (${inner}))`;
}

/** Reads the result of an SQL query in working form as a table. */
export async function readQuery(connection: DuckDBConnection, sql: string, schema: TableSchema): Promise<Table> {
  const result = await connection.stream(sql);
  const collectors = schema.map(({ name, type }) => new Collector(name, type));
  for (;;) {
    const chunk = await result.fetchChunk();
    if (!chunk || chunk.rowCount === 0) break;
    collectors.forEach((collector, index) => {
      collector.add(chunk.getColumnVector(index) as unknown as RawVector, chunk.rowCount);
    });
  }
  return makeTable(collectors.map((collector) => collector.column()));
}

const BATCH_ROWS = 50_000;

/** Reads a table in Parquet as tables that follow each other, for work that must not hold all of it. */
export async function* readBatches({ schema, parts }: ParquetTable): AsyncGenerator<Table> {
  const names = schema.map(({ name }) => sqlName(name)).join(', ');
  for (const { path, rowCount } of parts) {
    for (let from = 0; from < rowCount; from += BATCH_ROWS) {
      const rows = `file_row_number >= ${from} AND file_row_number < ${from + BATCH_ROWS}`;
      yield await withConnection(async (connection) => {
        const relation = await workingRelation(connection, path, schema);
        return readQuery(connection, `SELECT ${names} FROM ${relation} WHERE ${rows} ORDER BY file_row_number`, schema);
      });
    }
  }
}

type TypedValues = Float64Array | Uint8Array | BigInt64Array;

/** Gathers one column from chunks. */
class Collector {
  readonly #name: string;
  readonly #type: KqlType;
  readonly #texts: (string | null)[] = [];
  #typed: TypedValues;
  #nulls: Uint8Array;
  #hasNulls = false;
  #count = 0;

  constructor(name: string, type: KqlType) {
    this.#name = name;
    this.#type = type;
    this.#typed =
      type === 'int' || type === 'real'
        ? new Float64Array(CHUNK_ROWS)
        : type === 'bool'
          ? new Uint8Array(CHUNK_ROWS)
          : new BigInt64Array(isTextType(type) ? 0 : CHUNK_ROWS);
    this.#nulls = new Uint8Array(isTextType(type) ? 0 : CHUNK_ROWS);
  }

  add(vector: RawVector, rows: number): void {
    if (isTextType(this.#type)) {
      for (let i = 0; i < rows; i++) this.#texts.push(vector.getItem(i) as string | null);
      return;
    }
    this.#grow(this.#count + rows);
    const typed = this.#typed as unknown as { [index: number]: unknown };
    for (let i = 0; i < rows; i++) {
      const value = vector.getItem(i);
      if (value === null || value === undefined) {
        this.#nulls[this.#count + i] = 1;
        this.#hasNulls = true;
      } else typed[this.#count + i] = value;
    }
    this.#count += rows;
  }

  #grow(needed: number): void {
    if (needed <= this.#typed.length) return;
    const capacity = Math.max(needed, this.#typed.length * 2);
    const typed = new (this.#typed.constructor as Float64ArrayConstructor)(capacity);
    typed.set(this.#typed as Float64Array);
    const nulls = new Uint8Array(capacity);
    nulls.set(this.#nulls);
    this.#typed = typed;
    this.#nulls = nulls;
  }

  column(): Column {
    const name = this.#name;
    const type = this.#type;
    if (isTextType(type)) return { name, type, values: this.#texts };
    const values = this.#typed.slice(0, this.#count);
    const nulls = this.#hasNulls ? { nulls: this.#nulls.slice(0, this.#count) } : {};
    return { name, type, values, ...nulls } as Column;
  }
}

/** A source over a table in Parquet. */
export function parquetSource(stored: ParquetTable, name: string): TableSource {
  const rowCount = rowCountOf(stored);
  const pick = (columns?: readonly string[]): TableSchema => {
    if (!columns) return stored.schema;
    return columns.map((wanted) => {
      const found = stored.schema.find((column) => column.name === wanted);
      if (found) return found;
      throw new TrailhoundError('usage', `table ${name} has no column "${wanted}"`, {
        hint: `It has: ${stored.schema.map((column) => column.name).join(', ')}`,
      });
    });
  };
  const readParts = (schema: TableSchema, where: (partStart: number, partRows: number) => string | null) =>
    withConnection(async (connection) => {
      const tables: Table[] = [];
      let start = 0;
      for (const part of stored.parts) {
        const condition = where(start, part.rowCount);
        start += part.rowCount;
        if (condition === null) continue;
        const relation = await workingRelation(connection, part.path, schema);
        const names = schema.map((column) => sqlName(column.name)).join(', ');
        tables.push(await readQuery(connection, `SELECT ${names} FROM ${relation}${condition}`, schema));
      }
      return concatTables(schema, tables);
    });
  return {
    name,
    schema: stored.schema,
    rowCount,
    read: async (columns) => readParts(pick(columns), () => ''),
    async take(rows, columns) {
      const schema = pick(columns);
      if (rows.length > rowCount / 4) return selectRows(await readParts(schema, () => ''), rows);
      const wanted = [...new Set(rows)].sort((a, b) => a - b);
      const position = new Map(wanted.map((row, index) => [row, index]));
      const found = await readParts(schema, (start, count) => {
        const local = wanted.filter((row) => row >= start && row < start + count).map((row) => row - start);
        if (local.length === 0) return null;
        return ` WHERE file_row_number IN (${local.join(',')}) ORDER BY file_row_number`;
      });
      return selectRows(
        found,
        Array.from(rows, (row) => position.get(row)!),
      );
    },
  };
}

/** Tables of one schema, one after the other. */
export function concatTables(schema: TableSchema, tables: readonly Table[]): Table {
  if (tables.length === 1) return tables[0]!;
  const rowCount = tables.reduce((sum, table) => sum + table.rowCount, 0);
  const columns = schema.map(({ name, type }, index): Column => {
    const parts = tables.map((table) => table.columns[index]!);
    if (isTextType(type)) {
      return { name, type, values: parts.flatMap((part) => part.values as readonly (string | null)[]) };
    }
    const values =
      type === 'int' || type === 'real'
        ? new Float64Array(rowCount)
        : type === 'bool'
          ? new Uint8Array(rowCount)
          : new BigInt64Array(rowCount);
    const nulls = new Uint8Array(rowCount);
    let hasNulls = false;
    let at = 0;
    for (const part of parts) {
      (values as Float64Array).set(part.values as Float64Array, at);
      if ('nulls' in part && part.nulls) {
        nulls.set(part.nulls, at);
        hasNulls = true;
      }
      at += part.values.length;
    }
    return { name, type, values, ...(hasNulls ? { nulls } : {}) } as Column;
  });
  return makeTable(columns, rowCount);
}
