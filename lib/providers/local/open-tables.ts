import type { DuckDBConnection } from '@duckdb/node-api';
import { sqlText } from '../../tables/duckdb.ts';
import { type InferredColumns, inferColumns, pointerTo } from '../../tables/formats/inference.ts';
import { RecordKeys } from '../../tables/formats/record-keys.ts';
import type { Batch } from '../../tables/formats/staging.ts';
import type { TableSchema } from '../../tables/index.ts';
import { planSchema, type RecordPlan, recordSql } from './recognition/plan.ts';
import { knownTypes } from './recognition/schemas.ts';
import type { TableSignature } from './recognition/signatures.ts';
import { fieldsOf } from './recognition/source.ts';

/** A table that takes its columns from the records' keys, and the SQL that makes it from a batch. */
export interface OpenTable {
  readonly name: string;
  readonly schema: TableSchema;
  readonly inferred: InferredColumns;
  sql(batch: Batch): string;
}

export interface OpenTableOptions {
  /** The name of the table of records that no signature knows. */
  readonly fallbackName: string;
  readonly textual: boolean;
  /** The keys that the file's records have. */
  readonly keys: ReadonlySet<string>;
}

const MAX_TABLES_BY_FIELD = 200;

/** The tables of one kind: of one signature, or of what no signature knows. */
export async function openTables(
  connection: DuckDBConnection,
  kind: number,
  signature: TableSignature | undefined,
  batches: readonly Batch[],
  given: OpenTableOptions,
): Promise<OpenTable[]> {
  const flattened = signature?.flatten && sqlText(`/${signature.flatten}`);
  const json = flattened
    ? `CASE WHEN json_type(j, ${flattened}) = 'OBJECT' THEN json_merge_patch(json_extract(j, ${flattened}), j)::VARCHAR ELSE j END`
    : 'j';
  const ofKind = (batch: Batch, condition = 'true') =>
    `(SELECT line, ${json} AS j FROM ${batch.relation} WHERE kind = ${kind} AND ${condition})`;
  const keys = flattened
    ? await keysOf(
        connection,
        batches.map((batch) => ofKind(batch)),
      )
    : given.keys;
  const options = { ...given, keys };
  const table = signature?.table ?? { filePrefix: '' };
  if (typeof table === 'string' || 'filePrefix' in table) {
    const name = typeof table === 'string' ? table : table.filePrefix + options.fallbackName;
    return [await openTable(connection, name, signature, batches, (batch) => ofKind(batch), options)];
  }
  const { field, prefix = '' } = table;
  const value = `json_extract_string(j, ${sqlText(`/${field}`)})`;
  const all = batches.map((batch) => `SELECT j FROM ${batch.relation} WHERE kind = ${kind}`).join(' UNION ALL ');
  const found = await connection.runAndReadAll(
    `SELECT ${value} AS name FROM (${all}) GROUP BY name ORDER BY count(*) DESC, name LIMIT ${MAX_TABLES_BY_FIELD}`,
  );
  const values = (found.getRows() as [string][]).map(([name]) => name);
  const tables: OpenTable[] = [];
  for (const text of values) {
    const where = (batch: Batch) => ofKind(batch, `${value} = ${sqlText(text)}`);
    tables.push(await openTable(connection, tableName(prefix + text), signature, batches, where, options));
  }
  if (values.length === MAX_TABLES_BY_FIELD) {
    const rest = (batch: Batch) => ofKind(batch, `${value} NOT IN (${values.map(sqlText).join(', ')})`);
    tables.push(await openTable(connection, `${tableName(prefix)}Others`, signature, batches, rest, options));
  }
  return tables;
}

async function keysOf(connection: DuckDBConnection, relations: readonly string[]): Promise<ReadonlySet<string>> {
  const keys = new RecordKeys();
  for (const relation of relations) await keys.gather(connection, relation);
  return keys.all;
}

/** A name that KQL takes without brackets. */
export function tableName(text: string): string {
  const name = text
    .replaceAll(/[^A-Za-z0-9_]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
    .slice(0, 100);
  return /^[A-Za-z]/.test(name) ? name : `Table_${name}`;
}

async function openTable(
  connection: DuckDBConnection,
  name: string,
  signature: TableSignature | undefined,
  batches: readonly Batch[],
  where: (batch: Batch) => string,
  options: OpenTableOptions,
): Promise<OpenTable> {
  const known = knownTypes(name);
  const relations = batches.map(where);
  const sources = signature?.columns ?? (await timeOfUnknown(connection, relations, options.keys));
  const mapped = Object.entries(sources).map(([column, from]) => ({
    name: column,
    type: known.get(column) ?? (column === 'TimeGenerated' ? ('datetime' as const) : ('string' as const)),
    from,
  }));
  const inferred = await inferColumns(connection, relations, {
    known: new Map([...known].filter(([column]) => !(column in sources))),
    without: new Set([...renamedKeys(sources), ...(signature?.drop ?? [])]),
    taken: mapped.map((column) => column.name),
    textual: options.textual,
    plainNames: true,
    keys: options.keys,
  });
  const plan: RecordPlan = {
    mapped,
    own: inferred.columns,
    overflowKeys: inferred.overflow > 0,
    present: options.keys,
  };
  return { name, schema: planSchema(plan), inferred, sql: (batch) => recordSql(plan, where(batch)) };
}

/** Keys that hold a record's time where no signature says so, most telling first. */
const TIME_KEYS = [
  'Timestamp',
  'timestamp',
  '@timestamp',
  'EventTime',
  'eventTime',
  'event_time',
  'TimeCreated',
  'CreationTime',
  'CreateTime',
  'datetime',
  'DateTime',
  'time',
  'Time',
  'date',
  'ts',
];

/** `TimeGenerated` of records that no signature knows: the first such key all of whose values are times. */
async function timeOfUnknown(
  connection: DuckDBConnection,
  relations: readonly string[],
  keys: ReadonlySet<string>,
): Promise<TableSignature['columns']> {
  if (keys.has('TimeGenerated')) return { TimeGenerated: 'TimeGenerated' };
  const candidates = TIME_KEYS.filter((key) => keys.has(key));
  if (candidates.length === 0) return {};
  const all = relations.map((relation) => `SELECT j FROM ${relation}`).join(' UNION ALL ');
  const checks = candidates.map((key) => {
    const text = `json_extract_string(j, ${sqlText(pointerTo(key))})`;
    return `coalesce(bool_and(th_datetime(${text}) IS NOT NULL) FILTER (${text} <> ''), false)`;
  });
  const [row] = (await connection.runAndReadAll(`SELECT ${checks.join(', ')} FROM (${all})`)).getRows();
  const found = candidates.find((_, index) => row![index] === true);
  return found === undefined ? {} : { TimeGenerated: { first: [found] } };
}

/**
 * Top-level keys that need no column of their own: those that a mapped column takes over whole, and those that have a
 * mapped column's name (in any case) and are among its sources.
 */
function renamedKeys(sources: TableSignature['columns']): string[] {
  return Object.entries(sources).flatMap(([column, from]) => [
    column,
    ...(typeof from === 'string' && !from.includes('/') ? [from] : []),
    ...fieldsOf(from).filter((field) => field.toLowerCase() === column.toLowerCase()),
  ]);
}
