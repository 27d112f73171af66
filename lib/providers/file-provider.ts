import type { AnswerResources } from './answers/answer-collector.ts';
import type { LocalData, LocalKql } from './local/index.ts';
import { parquetFileTable } from './parquet-files.ts';
import type { QueryProvider } from './provider.ts';

/** Where providers keep what they load and what they answer, and what works for them in worker threads. */
export interface FileResources extends AnswerResources {
  /** Loaded data is kept here by content. */
  readonly cacheFolder: string;
  /** Results are written here; the caller removes it. */
  readonly resultFolder: string;
  /** Answers KQL over loaded tables; without it conditions alone are answered. */
  readonly kql?: LocalKql;
}

/** A provider over files, which are loaded when it is first asked. */
export function fileProvider(
  name: string,
  load: (signal: AbortSignal | undefined) => Promise<LocalData>,
  resources: FileResources,
): QueryProvider {
  let opened: Promise<QueryProvider> | undefined;
  const open = (signal: AbortSignal | undefined): Promise<QueryProvider> => {
    opened ??= (async () => {
      const { LocalProvider } = await import('./local/index.ts');
      const { resultFolder, kql } = resources;
      return new LocalProvider(await load(signal), { resultFolder, ...(kql ? { kql } : {}) });
    })();
    opened.catch(() => {
      opened = undefined;
    });
    return opened;
  };
  return {
    name,
    query: async (request, options) => (await open(options?.signal)).query(request, options),
    tables: async (options) => (await open(options?.signal)).tables(options),
  };
}

const NO_DATA: LocalData = { tables: [], badLines: [], badCount: 0, rowsIn: 0, sources: [], warnings: [] };

/** Files and folders as tables, by the loader of local data; Parquet files that are named are tables as they are. */
export async function loadFiles(
  paths: readonly string[],
  { cacheFolder }: FileResources,
  signal: AbortSignal | undefined,
): Promise<LocalData> {
  const { loadLocalData } = await import('./local/index.ts');
  const stored = paths.filter((path) => /\.parquet$/i.test(path));
  const others = paths.filter((path) => !stored.includes(path));
  const loaded = others.length > 0 ? await loadLocalData(others, { cacheFolder, signal }) : NO_DATA;
  const tables = await Promise.all(stored.map(parquetFileTable));
  return { ...loaded, tables: [...loaded.tables, ...tables] };
}
