import { mkdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { TrailhoundError, toErrorInfo } from '../../errors.ts';
import { detectFormat, isParquet } from '../../tables/formats/detect.ts';
import { readParquetRecords } from '../../tables/formats/parquet-records.ts';
import { type BadLine, READER_LIMITS, type RecordBlock } from '../../tables/formats/record-block.ts';
import { copyBounded, type StreamEnd, untilDamage } from './archives/bounded.ts';
import { type LeafFile, leafFiles } from './leaf-files.ts';
import { headOf } from './leaf-head.ts';
import { LineLog } from './line-log.ts';
import { loadRecords } from './load-records.ts';
import { tableName } from './open-tables.ts';
import type { LoadedTable } from './part-writer.ts';

/** What became of one file of records. */
export interface LoadedLeaf {
  readonly name: string;
  /** As `json-lines`; empty if the file was not read. */
  readonly format: string;
  readonly recordCount: number;
  readonly badCount: number;
  readonly badLines: readonly BadLine[];
  /** What was changed without losing a record, with counts. */
  readonly alterations: readonly { readonly what: string; readonly count: number }[];
  /** Why the file, or the rest of it, was not read. */
  readonly loss?: string;
  /** True for what is no log: see `isBesideLogs`. */
  readonly skipped?: true;
  /** True if the loss is not the data's fault: it is tried again the next time. */
  readonly isTransient?: true;
  readonly tables: readonly LoadedTable[];
}

const HEAD_IN_BYTES = 64 * 1024;
const UNPACKED = 'unpacked';

export interface LoadFileOptions {
  /** The tables' parts are written here. */
  readonly folder: string;
  readonly temporaryFolder: string;
  /** True if the file itself was asked for, not a folder that it is in: then it is read whatever its name. */
  readonly isGiven: boolean;
  readonly signal?: AbortSignal | undefined;
  onRecords?(leaf: string, recordCount: number): void;
}

/** Loads one file on disk, with all files within it if it is an archive. */
export async function loadFile(
  connections: readonly DuckDBConnection[],
  path: string,
  options: LoadFileOptions,
): Promise<readonly LoadedLeaf[]> {
  const leaves: LoadedLeaf[] = [];
  for await (const found of leafFiles(path, basename(path), options.temporaryFolder)) {
    options.signal?.throwIfAborted();
    if (
      'leaf' in found &&
      isBesideLogs(found.leaf.baseName) &&
      !(options.isGiven && found.leaf.name === basename(path))
    ) {
      leaves.push({ ...unread(found.leaf.name, 'not a log, by its name'), skipped: true });
    } else if ('leaf' in found) leaves.push(await loadLeaf(connections, found.leaf, `${leaves.length}`, options));
    else {
      const { name, reason } = 'skipped' in found ? found.skipped : found.loss;
      leaves.push(unread(name, reason));
    }
  }
  return leaves;
}

/** What people keep beside logs. A file that is passed by itself is always read. */
const BESIDE_LOGS =
  /^(LICEN[CS]E|README|NOTICE|CHANGELOG|SHA256SUMS)(\..*)?$|\.(md|ya?ml|py|ps1|psm1|ipynb|rst|pdf|html?|png|jpe?g|svg|exe|dll)$/i;

/** True for names that no log has. */
export function isBesideLogs(name: string): boolean {
  return BESIDE_LOGS.test(name);
}

function unread(name: string, reason: string): LoadedLeaf {
  return { name, format: '', recordCount: 0, badCount: 0, badLines: [], alterations: [], loss: reason, tables: [] };
}

async function loadLeaf(
  connections: readonly DuckDBConnection[],
  leaf: LeafFile,
  id: string,
  options: LoadFileOptions,
): Promise<LoadedLeaf> {
  const { name } = leaf;
  try {
    const folder = join(options.folder, id);
    await mkdir(folder, { recursive: true });
    const log = new LineLog();
    const end: StreamEnd = { bytes: 0 };
    const { format, blocks } = await openLeaf(leaf, folder, log, end);
    const { recordCount, tables } = await loadRecords(connections, blocks, format, {
      folder,
      fallbackName: tableName(leaf.baseName.replace(/\.[^.]*$/, '')),
      log,
      signal: options.signal,
      onRecords: (count) => options.onRecords?.(name, count),
    });
    await rm(join(folder, UNPACKED), { force: true });
    const alterations = [...log.alterations].map(([what, count]) => ({ what, count }));
    const { badCount, badLines } = log;
    const loss = end.loss === undefined ? {} : { loss: end.loss };
    return { name, format, recordCount, badCount, badLines, alterations, ...loss, tables };
  } catch (error) {
    options.signal?.throwIfAborted();
    // A fault of this program must be seen; whatever the data does is a loss that is told.
    if (error instanceof TypeError || error instanceof ReferenceError) throw error;
    const lost = unread(name, toErrorInfo(error).message);
    return error instanceof TrailhoundError ? lost : { ...lost, isTransient: true };
  }
}

/** A file's format and its records. What of it is damaged or cut off is told in `end` when the records have been read. */
async function openLeaf(
  leaf: LeafFile,
  folder: string,
  log: LineLog,
  end: StreamEnd,
): Promise<{ format: string; blocks: AsyncIterable<RecordBlock> }> {
  const head = await headOf(leaf, HEAD_IN_BYTES);
  if (isParquet(head)) {
    const path = leaf.path ?? join(folder, UNPACKED);
    if (!leaf.path) await copyBounded(await leaf.open(), path, leaf.budget);
    return { format: 'parquet', blocks: readParquetRecords(path) };
  }
  const format = detectFormat(head, head.length < HEAD_IN_BYTES, leaf.baseName);
  const bytes = untilDamage(await leaf.open(), end, leaf);
  return { format: format.name, blocks: format.read(format.decode(bytes), log, READER_LIMITS, leaf) };
}
