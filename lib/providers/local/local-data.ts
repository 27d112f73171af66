import { readdir, stat } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import { TrailhoundError } from '../../errors.ts';
import type { Warning } from '../../outcome.ts';
import type { ParquetTable, TableSchema } from '../../tables/index.ts';
import { LoadCache } from './cache.ts';
import { inLanes } from './in-lanes.ts';
import { LoadEngine } from './load-engine.ts';
import type { LoadedLeaf } from './load-file.ts';
import { mergeTables } from './merge-tables.ts';

export interface LoadLocalDataOptions {
  /** Loaded tables are kept here by content, so that the next run starts at once. */
  readonly cacheFolder: string;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined;
  /** More records than these over all files are a limit error. Default: no bound. */
  readonly maxRows?: number | undefined;
}

export interface LoadProgress {
  readonly file: string;
  readonly fileIndex: number;
  readonly fileCount: number;
  readonly recordCount: number;
}

/** A table of local data. */
export interface LocalTable {
  readonly name: string;
  readonly schema: TableSchema;
  readonly stored: ParquetTable;
  readonly rowCount: number;
  /** In ticks of 100 ns; null if no row has a time. */
  readonly timeRange: { readonly column: string; readonly min: bigint; readonly max: bigint } | null;
  readonly sources: readonly { readonly file: string; readonly rowCount: number }[];
  /** True for normalized views and others whose rows are also in a table of their own: they do not count as input. */
  readonly view: boolean;
  /** Values that did not fit their column's type and are empty therefore, by column. */
  readonly unfit: Readonly<Record<string, number>>;
}

export interface LocalSource {
  readonly file: string;
  /** As `json-lines`; empty if the file was not read. */
  readonly format: string;
  /** Records that were rows of tables: every one is in exactly one table that is not a view. */
  readonly rowsIn: number;
  readonly badCount: number;
  readonly alterations: readonly { readonly what: string; readonly count: number }[];
  /** Why the file, or the rest of it, was not read. */
  readonly loss?: string;
  /** True for what lies beside logs (a licence, a readme, code): it was not read, and that is no loss. */
  readonly skipped?: true;
}

export interface LocalData {
  readonly tables: readonly LocalTable[];
  /** At most 100 for each file; `badCount` has the true number. */
  readonly badLines: readonly { readonly file: string; readonly line: number; readonly reason: string }[];
  readonly badCount: number;
  readonly rowsIn: number;
  readonly sources: readonly LocalSource[];
  readonly warnings: readonly Warning[];
}

/**
 * Loads files, folders and archives of logs as tables. Everything is kept as Parquet by content under the cache
 * folder. No row vanishes: what cannot be read is in `badLines` or in a source's `loss`.
 *
 * @example const { tables } = await loadLocalData(['logs/'], { cacheFolder: '.trailhound' });
 */
export async function loadLocalData(paths: readonly string[], options: LoadLocalDataOptions): Promise<LocalData> {
  const files = await findFiles(paths);
  const cache = new LoadCache(resolve(options.cacheFolder));
  const engine = new LoadEngine(cache, options.signal);
  let rowsIn = 0;
  const loadOne = async (file: DataFile, fileIndex: number): Promise<LoadedLeaf[]> => {
    options.signal?.throwIfAborted();
    const loaded = await engine.load(file, files.length, (leaf, recordCount) =>
      options.onProgress?.({ file: leaf, fileIndex, fileCount: files.length, recordCount }),
    );
    rowsIn += loaded.reduce((sum, leaf) => sum + leaf.recordCount, 0);
    if (options.maxRows !== undefined && rowsIn > options.maxRows) {
      throw new TrailhoundError('limit', `the data has more than ${options.maxRows} rows`);
    }
    const folder = file.name.slice(0, file.name.length - basename(file.path).length);
    return loaded.map((leaf) => ({ ...leaf, name: folder + leaf.name }));
  };
  let leaves: LoadedLeaf[];
  try {
    leaves = (await inLanes(files, FILES_AT_ONCE, loadOne)).flat();
  } finally {
    engine.close();
  }
  const tables = await mergeTables(leaves, cache);
  const sources = leaves.map(sourceOf);
  return {
    tables,
    badLines: leaves.flatMap((leaf) => leaf.badLines.map((bad) => ({ file: leaf.name, ...bad }))),
    badCount: leaves.reduce((sum, leaf) => sum + leaf.badCount, 0),
    rowsIn,
    sources,
    warnings: sources.flatMap(warningsOf),
  };
}

/** Files that are loaded side by side; their work is the database's, on its own threads. */
const FILES_AT_ONCE = 2;

export interface DataFile {
  readonly path: string;
  readonly isGiven: boolean;
  /** The path relative to what was passed. */
  readonly name: string;
}

/** The files of the paths, folders with all that is in them, in order of names. */
async function findFiles(paths: readonly string[]): Promise<DataFile[]> {
  const files: DataFile[] = [];
  for (const given of paths) {
    const path = resolve(given);
    let info: Awaited<ReturnType<typeof stat>>;
    try {
      info = await stat(path);
    } catch {
      throw new TrailhoundError('not-found', `${given} does not exist`);
    }
    if (!info.isDirectory()) files.push({ path, isGiven: true, name: basename(path) });
    else {
      for (const found of await filesUnder(path))
        files.push({ path: found, isGiven: false, name: relative(path, found) });
    }
  }
  if (files.length === 0) throw new TrailhoundError('usage', 'there is no file of data in the given paths');
  return files;
}

async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith('.') || entry.name === '__MACOSX') continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...(await filesUnder(path)));
    else if (entry.isFile()) found.push(path);
  }
  return found;
}

function sourceOf(leaf: LoadedLeaf): LocalSource {
  const { name, format, recordCount, badCount, alterations, loss, skipped } = leaf;
  const read = { file: name, format, rowsIn: recordCount, badCount, alterations };
  return { ...read, ...(loss === undefined ? {} : { loss }), ...(skipped ? { skipped } : {}) };
}

function warningsOf(source: LocalSource): Warning[] {
  const warnings: Warning[] = source.alterations.map(({ what, count }) => ({
    code: 'data-altered',
    message: `${source.file}: ${what}${count > 1 ? ` (${count} times)` : ''}`,
  }));
  if (source.badCount > 0) {
    warnings.push({ code: 'bad-lines', message: `${source.file}: ${source.badCount} lines could not be read` });
  }
  if (source.loss !== undefined && !source.skipped)
    warnings.push({ code: 'data-not-read', message: `${source.file}: ${source.loss}` });
  return warnings;
}
