import type { DuckDBConnection } from '@duckdb/node-api';
import { sqlText } from '../../tables/duckdb.ts';
import { type InferredColumns, inferColumns } from '../../tables/formats/inference.ts';
import type { Batch } from '../../tables/formats/staging.ts';
import type { TableSchema } from '../../tables/index.ts';
import { planSchema, type RecordPlan, recordSql } from './recognition/plan.ts';
import { knownTypes } from './recognition/schemas.ts';
import type { TableSignature } from './recognition/signatures.ts';

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
  options: OpenTableOptions,
): Promise<OpenTable[]> {
  const ofKind = (batch: Batch, condition = 'true') =>
    `(SELECT line, j FROM ${batch.relation} WHERE kind = ${kind} AND ${condition})`;
  if (signature === undefined || typeof signature.table === 'string') {
    const name = signature === undefined ? options.fallbackName : (signature.table as string);
    return [await openTable(connection, name, signature, batches, (batch) => ofKind(batch), options)];
  }
  const { field, prefix = '' } = signature.table;
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
  const sources = signature?.columns ?? {};
  const mapped = Object.entries(sources).map(([column, from]) => ({
    name: column,
    type: known.get(column) ?? (column === 'TimeGenerated' ? ('datetime' as const) : ('string' as const)),
    from,
  }));
  const inferred = await inferColumns(connection, batches.map(where), {
    known: new Map([...known].filter(([column]) => !(column in sources))),
    without: new Set(renamedKeys(sources)),
    taken: mapped.map((column) => column.name),
    textual: options.textual,
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

/** Top-level keys that a mapped column takes over whole under another name, or that have a mapped column's name. */
function renamedKeys(sources: TableSignature['columns']): string[] {
  return Object.entries(sources).flatMap(([column, from]) =>
    typeof from === 'string' && !from.includes('/') ? [column, from] : [column],
  );
}
