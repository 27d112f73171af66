import { sqlName, sqlText } from './duckdb.ts';
import type { KqlType, TableSchema } from './schema.ts';

/**
 * How KQL's types lie in DuckDB ("working form") and in Parquet ("stored form").
 *
 * | KQL | working | stored |
 * |---|---|---|
 * | datetime | BIGINT: ticks of 100 ns since year 1 | TIMESTAMPTZ (µs, UTC); the rest of 0–9 ticks in a column `{name}@100ns` if any row needs it |
 * | timespan | BIGINT ticks | BIGINT ticks |
 * | dynamic, guid, decimal | VARCHAR | VARCHAR |
 * | long, int, real, bool, string | BIGINT, INTEGER, DOUBLE, BOOLEAN, VARCHAR | the same |
 *
 * So other tools (pandas, DuckDB, KQL's externaldata) read real timestamps, years 1 to 9999 fit (nanosecond timestamps
 * end at 1677 and 2262, and logs hold 1601 and 9999), and no tick is lost. The KQL schema is in the key/value metadata.
 */
export const WORKING_TYPES: Readonly<Record<KqlType, string>> = {
  string: 'VARCHAR',
  guid: 'VARCHAR',
  dynamic: 'VARCHAR',
  decimal: 'VARCHAR',
  long: 'BIGINT',
  datetime: 'BIGINT',
  timespan: 'BIGINT',
  int: 'INTEGER',
  real: 'DOUBLE',
  bool: 'BOOLEAN',
};

const EPOCH_IN_MICROSECONDS = 62_135_596_800_000_000n;
const REMAINDER_SUFFIX = '@100ns';

export const SCHEMA_METADATA_KEY = 'kqlSchema';

/** The select list that turns a relation in working form into stored form. `exact`: datetimes that need all ticks. */
export function storedSelect(schema: TableSchema, exact: ReadonlySet<string>): string {
  const items = schema.flatMap(({ name, type }) => {
    const column = sqlName(name);
    if (type !== 'datetime') return [column];
    const stored = `timezone('UTC', make_timestamp(${column} // 10 - ${EPOCH_IN_MICROSECONDS})) AS ${column}`;
    if (!exact.has(name)) return [stored];
    return [stored, `(${column} % 10)::UTINYINT AS ${sqlName(name + REMAINDER_SUFFIX)}`];
  });
  return items.join(', ');
}

/** The select list that turns Parquet in stored form into working form, for these columns of the file. */
export function workingSelect(schema: TableSchema, physicalNames: ReadonlySet<string>): string {
  const items = schema.map(({ name, type }) => {
    const column = sqlName(name);
    if (type !== 'datetime') return column;
    const remainder = physicalNames.has(name + REMAINDER_SUFFIX) ? ` + ${sqlName(name + REMAINDER_SUFFIX)}` : '';
    return `((epoch_us(${column}) + ${EPOCH_IN_MICROSECONDS}) * 10${remainder}) AS ${column}`;
  });
  return items.join(', ');
}

/** The options of `COPY … TO` for a table that is kept. */
export function parquetOptions(schema: TableSchema): string {
  const metadata = `${SCHEMA_METADATA_KEY}: ${sqlText(JSON.stringify(schema))}, producer: 'trailhound'`;
  return `(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880, KV_METADATA {${metadata}})`;
}
