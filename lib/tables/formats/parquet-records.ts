import { openDatabase, sqlName, sqlText } from '../duckdb.ts';
import { inspectParquet, workingRelation } from '../parquet.ts';
import type { KqlType } from '../schema.ts';
import { BlockBuilder, type RecordBlock } from './record-block.ts';

/**
 * The rows of a Parquet file as records, in their order, so that they are recognised as those of any other format.
 * Datetimes become ISO texts with all their ticks; cells that are null are left out.
 */
export async function* readParquetRecords(path: string): AsyncGenerator<RecordBlock> {
  const { schema } = await inspectParquet(path);
  const database = await openDatabase();
  const connection = await database.connect();
  try {
    const relation = await workingRelation(connection, path, schema);
    const pairs = schema.map(({ name, type }) => `${sqlText(name)}, ${valueSql(sqlName(name), type)}`);
    const record = `json_merge_patch('{}', json_object(${pairs.join(', ')}))::VARCHAR`;
    const rows = await connection.stream(`SELECT ${record} AS j FROM ${relation} ORDER BY file_row_number`);
    const blocks = new BlockBuilder();
    for (let line = 1; ; ) {
      const chunk = await rows.fetchChunk();
      if (!chunk || chunk.rowCount === 0) break;
      for (const [json] of chunk.getRows() as [string][]) {
        const block = blocks.add(line++, json);
        if (block) yield block;
      }
    }
    const block = blocks.flush();
    if (block) yield block;
  } finally {
    connection.closeSync();
    database.closeSync();
  }
}

function valueSql(column: string, type: KqlType): string {
  switch (type) {
    case 'datetime':
      return `strftime(make_timestamp(${column} // 10 - 62135596800000000), '%Y-%m-%dT%H:%M:%S.%f') || (${column} % 10) || 'Z'`;
    case 'dynamic':
      return `CASE WHEN json_valid(${column}) THEN ${column}::JSON ELSE to_json(${column}) END`;
    default:
      return column;
  }
}
