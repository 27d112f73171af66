import { basename } from 'node:path';
import { sqlName, withConnection } from '../tables/duckdb.ts';
import { inspectParquet, type ParquetTable, workingRelation } from '../tables/index.ts';
import type { LocalTable } from './local/index.ts';

const TIME_COLUMN = 'TimeGenerated';

/** A Parquet file as a table that is named after it; its rows stay where they are. */
export async function parquetFileTable(path: string): Promise<LocalTable> {
  const stored = await inspectParquet(path);
  const rowCount = stored.parts.reduce((sum, part) => sum + part.rowCount, 0);
  return {
    name: basename(path)
      .replace(/\.parquet$/i, '')
      .replace(/[^A-Za-z0-9_]+/g, '_'),
    schema: stored.schema,
    stored,
    rowCount,
    timeRange: await timeRangeOf(stored, path),
    sources: [{ file: basename(path), rowCount }],
    view: false,
    unfit: {},
  };
}

async function timeRangeOf({ schema }: ParquetTable, path: string): Promise<LocalTable['timeRange']> {
  if (!schema.some(({ name, type }) => name === TIME_COLUMN && type === 'datetime')) return null;
  return withConnection(async (connection) => {
    const relation = await workingRelation(connection, path, schema);
    const column = sqlName(TIME_COLUMN);
    const result = await connection.runAndReadAll(`SELECT min(${column}), max(${column}) FROM ${relation}`);
    const [min, max] = result.getRows()[0] ?? [];
    return typeof min === 'bigint' && typeof max === 'bigint' ? { column: TIME_COLUMN, min, max } : null;
  });
}
