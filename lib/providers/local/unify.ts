import { createHash, randomUUID } from 'node:crypto';
import { access, mkdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { sqlName, withConnection } from '../../tables/duckdb.ts';
import {
  copyToParquet,
  type KqlType,
  type ParquetTable,
  type TableSchema,
  workingRelation,
} from '../../tables/index.ts';
import { WORKING_TYPES } from '../../tables/parquet-form.ts';
import type { LoadCache } from './cache.ts';
import type { LoadedTable } from './part-writer.ts';

/** All columns of the schemas in order of appearance; where types differ, one that both fit. */
export function unifySchemas(schemas: readonly TableSchema[]): TableSchema {
  const columns = new Map<string, { name: string; type: KqlType }>();
  for (const { name, type } of schemas.flat()) {
    const found = columns.get(name.toLowerCase());
    if (!found) columns.set(name.toLowerCase(), { name, type });
    else found.type = commonType(found.type, type);
  }
  return [...columns.values()];
}

const NUMBERS: readonly KqlType[] = ['int', 'long', 'real'];

function commonType(a: KqlType, b: KqlType): KqlType {
  if (a === b) return a;
  if (NUMBERS.includes(a) && NUMBERS.includes(b)) return NUMBERS.indexOf(a) > NUMBERS.indexOf(b) ? a : b;
  return a === 'dynamic' || b === 'dynamic' ? 'dynamic' : 'string';
}

/** The table's parts with exactly the columns of the schema: as they are, or written anew beside them. */
export async function unifyParts(
  table: LoadedTable,
  schema: TableSchema,
  cache: LoadCache,
): Promise<ParquetTable['parts']> {
  if (JSON.stringify(table.schema) === JSON.stringify(schema)) return table.parts;
  const mark = createHash('sha256').update(JSON.stringify(schema)).digest('hex').slice(0, 16);
  const parts = [];
  for (const part of table.parts) {
    const path = join(dirname(part.path), `unified-${mark}-${part.path.slice(dirname(part.path).length + 1)}`);
    if (!(await exists(path))) await rewrite(part.path, table.schema, schema, path, await cache.temporaryFolder());
    parts.push({ path, rowCount: part.rowCount });
  }
  return parts;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function rewrite(from: string, own: TableSchema, schema: TableSchema, to: string, temporaryFolder: string) {
  await mkdir(temporaryFolder, { recursive: true });
  const partial = join(temporaryFolder, `${randomUUID()}.parquet`);
  const types = new Map(own.map(({ name, type }) => [name.toLowerCase(), { name, type }]));
  await withConnection(async (connection) => {
    const relation = await workingRelation(connection, from, own);
    const items = schema.map(({ name, type }) => {
      const found = types.get(name.toLowerCase());
      if (!found) return `NULL::${WORKING_TYPES[type]} AS ${sqlName(name)}`;
      return `${castSql(sqlName(found.name), found.type, type)} AS ${sqlName(name)}`;
    });
    await copyToParquet(
      connection,
      `SELECT ${items.join(', ')} FROM ${relation} ORDER BY file_row_number`,
      schema,
      partial,
    );
  });
  await rename(partial, to);
}

function castSql(column: string, from: KqlType, to: KqlType): string {
  if (from === to) return column;
  if (to === 'dynamic') return `to_json(${column})::VARCHAR`;
  if (from === 'datetime')
    return `strftime(make_timestamp(${column} // 10 - 62135596800000000), '%Y-%m-%dT%H:%M:%S.%f') || (${column} % 10) || 'Z'`;
  return `${column}::${WORKING_TYPES[to]}`;
}
