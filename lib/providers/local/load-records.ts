import type { DuckDBConnection } from '@duckdb/node-api';
import type { RecordBlock } from '../../tables/formats/record-block.ts';
import { type Batch, RecordStaging } from '../../tables/formats/staging.ts';
import { inLanes } from './in-lanes.ts';
import type { LineLog } from './line-log.ts';
import { type OpenTable, openTables } from './open-tables.ts';
import { type LoadedTable, PartWriter, type WrittenRows } from './part-writer.ts';
import { kindClassifier } from './recognition/plan.ts';
import { TABLE_SIGNATURES } from './recognition/signatures.ts';
import { NORMALIZED_VIEWS } from './recognition/views/index.ts';
import { linuxSysmonTableSql, windowsSchema } from './recognition/windows-plan.ts';
import { WINDOWS_SHAPES } from './recognition/windows-shapes.ts';
import { SYSMON_TABLE } from './recognition/windows-tables.ts';
import { viewSql } from './view-sql.ts';
import { WindowsLoader } from './windows-loader.ts';

export interface LoadRecordsOptions {
  /** Where the tables' parts are written. */
  readonly folder: string;
  /** The name of the table of records that no signature knows. */
  readonly fallbackName: string;
  readonly log: LineLog;
  readonly signal?: AbortSignal | undefined;
  onRecords?(recordCount: number): void;
}

/** Formats in which every value is text. */
const TEXTUAL_FORMATS = ['csv', 'tsv', 'xml', 'w3c', 'auditd'];

const CLASSIFIER = kindClassifier([
  ...WINDOWS_SHAPES.map((shape) => shape.when),
  ...TABLE_SIGNATURES.map((signature) => signature.when),
]);

/**
 * Loads one file's records into tables, batch by batch, side by side on the connections (two at least, to one
 * database). Every record is in exactly one table that is not a view.
 */
export async function loadRecords(
  connections: readonly DuckDBConnection[],
  blocks: AsyncIterable<RecordBlock>,
  format: string,
  options: LoadRecordsOptions,
): Promise<{ readonly recordCount: number; readonly tables: readonly LoadedTable[] }> {
  const { folder, log, signal } = options;
  const [connection, other] = connections as readonly [DuckDBConnection, DuckDBConnection];
  const staging = new RecordStaging({ append: connection, seal: other }, log, { folder, classify: CLASSIFIER });
  try {
    for await (const block of blocks) {
      signal?.throwIfAborted();
      await staging.add(block);
      options.onRecords?.(staging.recordCount);
    }
    const batches = await staging.finish();
    const { recordsWithRepeatedKeys } = staging.keys;
    if (recordsWithRepeatedKeys > 0) {
      log.altered('records have a key twice: its first value is kept', recordsWithRepeatedKeys);
    }
    const kinds = await kindsOf(connection, batches);
    const windows = await WindowsLoader.open(connection, kinds, batches, staging.keys.all, log);
    const open: OpenTable[] = [];
    for (const kind of kinds.filter((number) => number >= WINDOWS_SHAPES.length)) {
      const signature = TABLE_SIGNATURES[kind - WINDOWS_SHAPES.length];
      const textual = TEXTUAL_FORMATS.includes(format);
      open.push(
        ...(await openTables(connection, kind, signature, batches, { ...options, textual, keys: staging.keys.all })),
      );
    }
    for (const table of open) reportInference(table, log);
    const writer = new PartWriter(folder);
    const free = [...connections];
    await inLanes(batches, connections.length, async (batch, index) => {
      signal?.throwIfAborted();
      const own = free.pop()!;
      await loadBatch(own, batch, windows, open, (table, sql) => writer.write(own, index, table, sql));
      free.push(own);
    });
    options.onRecords?.(staging.recordCount);
    return { recordCount: staging.recordCount, tables: writer.tables };
  } finally {
    await staging.drop();
  }
}

async function kindsOf(connection: DuckDBConnection, batches: readonly Batch[]): Promise<number[]> {
  const kinds = new Set<number>();
  for (const { relation } of batches) {
    const found = await connection.runAndReadAll(`SELECT DISTINCT kind FROM ${relation}`);
    for (const [kind] of found.getRows()) kinds.add(Number(kind));
  }
  return [...kinds].sort((a, b) => a - b);
}

type WriteTable = (table: Pick<LoadedTable, 'name' | 'schema' | 'view'>, sql: string) => Promise<WrittenRows>;

async function loadBatch(
  connection: DuckDBConnection,
  batch: Batch,
  windows: WindowsLoader | undefined,
  open: readonly OpenTable[],
  writeTable: WriteTable,
): Promise<void> {
  const made: WrittenRows[] = [];
  const write: WriteTable = async (table, sql) => {
    const written = await writeTable(table, sql);
    made.push(written);
    return written;
  };
  await windows?.loadBatch(connection, batch, write);
  for (const { name, schema, sql } of open) await write({ name, schema, view: false }, sql(batch));
  for (const { temporary } of made.filter(({ name }) => name === 'Syslog')) {
    const { table: name } = SYSMON_TABLE;
    await write({ name, schema: windowsSchema(SYSMON_TABLE), view: true }, linuxSysmonTableSql(temporary));
  }
  for (const { name, schema, sources } of NORMALIZED_VIEWS) {
    const selects = sources.flatMap((source) =>
      made
        .filter((table) => table.name === source.table)
        .map((table) => viewSql(schema, source, table.temporary, table.schema)),
    );
    const [first, ...more] = selects;
    if (first === undefined) continue;
    const sql = more.length === 0 ? first : `SELECT * FROM (${selects.join(' UNION ALL ')}) ORDER BY line`;
    await write({ name, schema, view: true }, sql);
  }
  for (const { temporary } of made) await connection.run(`DROP TABLE ${temporary}`);
}

function reportInference({ name, inferred }: OpenTable, log: LineLog): void {
  for (const renamed of inferred.renamed) {
    log.renamed(name, renamed.key, renamed.name);
  }
  if (inferred.overflow > 0) {
    log.altered(`table ${name}: ${inferred.overflow} keys beyond the limit of columns are in OverflowFields`);
  }
}
