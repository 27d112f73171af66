import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { TrailhoundError } from '../../errors.ts';
import { openDatabase } from '../duckdb.ts';
import { inspectParquet, parquetSource, readQuery } from '../parquet.ts';
import { makeTable, type Table } from '../table.ts';
import { defineConversions } from './conversions.ts';
import { detectFormat, isParquet } from './detect.ts';
import { extractSql, inferColumns } from './inference.ts';
import { type BadLine, READER_LIMITS } from './record-block.ts';
import { RecordStaging } from './staging.ts';

export interface ReadTableFileOptions {
  readonly signal?: AbortSignal | undefined;
  /** A larger file is a limit error. Default 1 GiB. */
  readonly maxBytes?: number;
  /** More rows are a limit error. Default 5 million. */
  readonly maxRows?: number;
  /** Told of every line that could not be read; by default such a line is a bad-data error, so that none is lost unseen. */
  readonly onBadLine?: (bad: BadLine) => void;
}

const HEAD_IN_BYTES = 64 * 1024;

/**
 * Reads one file as a table in memory, as it is: no recognition, its own names, the narrowest types that fit. CSV, TSV,
 * JSON lines, JSON arrays and documents, Parquet and the other text formats, told by their content.
 *
 * @example const table = await readTableFile('processes.csv');
 */
export async function readTableFile(path: string, options: ReadTableFileOptions = {}): Promise<Table> {
  const maxBytes = options.maxBytes ?? 2 ** 30;
  const head = await fileHead(path, maxBytes);
  if (isParquet(head)) {
    const stored = await inspectParquet(path);
    checkRows(stored.parts[0]!.rowCount, path, options);
    return parquetSource(stored, basename(path)).read();
  }
  const format = detectFormat(head, head.length < HEAD_IN_BYTES, basename(path));
  const folder = await mkdtemp(join(tmpdir(), 'trailhound-read-'));
  const database = await openDatabase({ tempFolder: folder });
  const connection = await database.connect();
  const sealing = await database.connect();
  try {
    await defineConversions(connection);
    const log = { bad: badLineReporter(path, options), altered: () => {} };
    const staging = new RecordStaging({ append: connection, seal: sealing }, log, { folder });
    const context = { modifiedInMs: (await stat(path)).mtimeMs };
    const bytes = createReadStream(path, { highWaterMark: 1 << 20 });
    for await (const block of format.read(format.decode(bytes), log, READER_LIMITS, context)) {
      options.signal?.throwIfAborted();
      await staging.add(block);
      checkRows(staging.recordCount, path, options);
    }
    const batches = (await staging.finish()).map(({ relation }) => relation);
    checkRows(staging.recordCount, path, options);
    if (batches.length === 0) return makeTable([], 0);
    const textual = format.name === 'csv' || format.name === 'tsv';
    const { columns } = await inferColumns(connection, batches, {
      keys: staging.keys.all,
      textual,
      maxColumns: READER_LIMITS.columns,
    });
    if (columns.length === 0) return makeTable([], staging.recordCount);
    const names = columns.map(({ name }) => `"${name.replaceAll('"', '""')}"`).join(', ');
    const all = batches.map((batch) => extractSql(columns, batch)).join(' UNION ALL ');
    return await readQuery(
      connection,
      `SELECT ${names} FROM (${all}) ORDER BY line`,
      columns.map(({ name, type }) => ({ name, type })),
    );
  } finally {
    connection.closeSync();
    sealing.closeSync();
    database.closeSync();
    await rm(folder, { recursive: true, force: true });
  }
}

async function fileHead(path: string, maxBytes: number): Promise<Buffer> {
  const info = await stat(path).catch(() => undefined);
  if (!info?.isFile()) throw new TrailhoundError('not-found', `${path} is not a file`);
  if (info.size > maxBytes) {
    throw new TrailhoundError('limit', `${path} has ${info.size} bytes, more than ${maxBytes}`, {
      hint: 'Pass it as data (--data), which is kept on disk.',
    });
  }
  const file = await open(path);
  try {
    const head = Buffer.alloc(HEAD_IN_BYTES);
    const { bytesRead } = await file.read(head, 0, HEAD_IN_BYTES, 0);
    return head.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function badLineReporter(path: string, { onBadLine }: ReadTableFileOptions) {
  return (line: number, reason: string): void => {
    if (!onBadLine) throw new TrailhoundError('bad-data', `${basename(path)}, line ${line}: ${reason}`);
    onBadLine({ line, reason });
  };
}

function checkRows(rowCount: number, path: string, options: ReadTableFileOptions): void {
  const maxRows = options.maxRows ?? 5_000_000;
  if (rowCount > maxRows) throw new TrailhoundError('limit', `${basename(path)} has more than ${maxRows} rows`);
}
