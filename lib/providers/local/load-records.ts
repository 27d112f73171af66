import type { DuckDBConnection } from '@duckdb/node-api';
import type { DetectedFormat } from '../../tables/formats/detect.ts';
import type { ReaderLimits } from '../../tables/formats/record-block.ts';
import { type Batch, RecordStaging } from '../../tables/formats/staging.ts';
import type { LineLog } from './line-log.ts';
import { type OpenTable, openTables } from './open-tables.ts';
import { type LoadedTable, PartWriter } from './part-writer.ts';
import { kindClassifier } from './recognition/plan.ts';
import { TABLE_SIGNATURES } from './recognition/signatures.ts';
import { NORMALIZED_VIEWS } from './recognition/views.ts';
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
  readonly limits: ReaderLimits;
  readonly log: LineLog;
  readonly modifiedInMs: number;
  readonly signal?: AbortSignal | undefined;
  onRecords?(recordCount: number): void;
}

/** Formats in which every value is text. */
const TEXTUAL_FORMATS = ['csv', 'tsv', 'xml', 'w3c', 'auditd'];

const CLASSIFIER = kindClassifier([
  ...WINDOWS_SHAPES.map((shape) => shape.when),
  ...TABLE_SIGNATURES.map((signature) => signature.when),
]);

/** Loads one file's records into tables. Every record is in exactly one table that is not a view. */
export async function loadRecords(
  connection: DuckDBConnection,
  bytes: AsyncIterable<Uint8Array>,
  format: DetectedFormat,
  options: LoadRecordsOptions,
): Promise<{ readonly recordCount: number; readonly tables: readonly LoadedTable[] }> {
  const { folder, log, signal } = options;
  const staging = new RecordStaging(connection, log, { folder, classify: CLASSIFIER });
  try {
    for await (const block of format.read(bytes, log, options.limits, options)) {
      signal?.throwIfAborted();
      await staging.add(block);
      options.onRecords?.(staging.recordCount);
    }
    const batches = await staging.finish();
    const { recordsWithRepeatedKeys } = staging.keys;
    if (recordsWithRepeatedKeys > 0) {
      log.altered('records have a key twice: its first value is kept', recordsWithRepeatedKeys);
    }
    const writer = new PartWriter(connection, folder);
    const kinds = await kindsOf(connection, batches);
    const windows = await WindowsLoader.open(connection, kinds, batches, staging.keys.all, log);
    const open: OpenTable[] = [];
    for (const kind of kinds.filter((number) => number >= WINDOWS_SHAPES.length)) {
      const signature = TABLE_SIGNATURES[kind - WINDOWS_SHAPES.length];
      const textual = TEXTUAL_FORMATS.includes(format.name);
      open.push(
        ...(await openTables(connection, kind, signature, batches, { ...options, textual, keys: staging.keys.all })),
      );
    }
    for (const table of open) reportInference(table, log);
    for (const batch of batches) {
      signal?.throwIfAborted();
      await loadBatch(connection, batch, windows, open, writer);
    }
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

async function loadBatch(
  connection: DuckDBConnection,
  batch: Batch,
  windows: WindowsLoader | undefined,
  open: readonly OpenTable[],
  writer: PartWriter,
): Promise<void> {
  const made: { name: string; temporary: string; schema: LoadedTable['schema'] }[] = [];
  const write = async (name: string, schema: LoadedTable['schema'], sql: string, view: boolean) => {
    made.push({ name, temporary: await writer.write(name, schema, sql, view), schema });
  };
  await windows?.loadBatch(batch, write);
  for (const table of open) await write(table.name, table.schema, table.sql(batch), false);
  for (const { temporary } of made.filter(({ name }) => name === 'Syslog')) {
    await write('Sysmon', windowsSchema(SYSMON_TABLE), linuxSysmonTableSql(temporary), true);
  }
  for (const view of NORMALIZED_VIEWS) {
    const selects = view.sources.flatMap((source) =>
      made
        .filter((table) => table.name === source.table)
        .map((table) => viewSql(view, source, table.temporary, table.schema)),
    );
    if (selects.length === 0) continue;
    const temporary = await writer.write(view.name, view.schema, selects.join(' UNION ALL '), true);
    await connection.run(`DROP TABLE ${temporary}`);
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
