import { TrailhoundError } from '../errors.ts';
import type { AnswerResources } from './answers/answer-collector.ts';
import type { LocalData, LocalKql, LocalTable } from './local/index.ts';
import { parquetFileTable } from './parquet-files.ts';
import type { QueryProvider, QueryRequest, QueryResult } from './provider.ts';
import { isPartial } from './result.ts';

/** Where providers keep what they load and what they answer, and what works for them in worker threads. */
export interface FileResources extends AnswerResources {
  /** Loaded data is kept here by content. */
  readonly cacheFolder: string;
  /** Results are written here; the caller removes it. */
  readonly resultFolder: string;
  /** Answers KQL over loaded tables; without it conditions alone are answered. */
  readonly kql?: LocalKql;
}

/** A provider over files, which are loaded when it is first asked. What could not be read is said with each answer. */
export function fileProvider(
  name: string,
  load: (signal: AbortSignal | undefined) => Promise<LocalData>,
  resources: FileResources,
): QueryProvider {
  const open = once(load);
  return {
    name,
    query: async (request, { signal } = {}) => queryData(await open(signal), request, resources, signal),
    tables: async ({ signal } = {}) => tablesOf(await open(signal)),
  };
}

/** Does something once and keeps what came of it, unless it failed. */
export function once<Result>(
  work: (signal: AbortSignal | undefined) => Promise<Result>,
): (signal: AbortSignal | undefined) => Promise<Result> {
  let done: Promise<Result> | undefined;
  return (signal) => {
    done ??= work(signal);
    done.catch(() => {
      done = undefined;
    });
    return done;
  };
}

/** Queries loaded data. */
export async function queryData(
  data: LocalData,
  request: QueryRequest,
  { resultFolder, kql }: FileResources,
  signal: AbortSignal | undefined,
): Promise<QueryResult> {
  const { LocalProvider } = await import('./local/index.ts');
  const provider = new LocalProvider(data, { resultFolder, ...(kql ? { kql } : {}) });
  if (request.text !== undefined) {
    throw new TrailhoundError('unsupported', 'files answer KQL, not another language', {
      hint: 'Give the query as kql, or a table with where.',
    });
  }
  const result = await provider.query(request, signal ? { signal } : {});
  const warnings = [...data.warnings, ...result.warnings];
  return { table: result.table, warnings, partial: result.partial || isPartial(data.warnings) };
}

export function tablesOf({ tables }: LocalData) {
  return tables.map(({ name, schema, rowCount }) => ({ name, schema, rowCount }));
}

const MOST_NAMED = 50;

/**
 * KQL over tables that are loaded when a query names them.
 *
 * @param load the table of a name, and what could not be read of it
 * @throws usage: the query reads rows by `search`, wildcards and the like, and names no tables
 */
export async function queryNamed(
  request: QueryRequest & { readonly kql: string },
  load: (name: string) => Promise<{ readonly table: LocalTable; readonly data: LocalData }>,
  resources: FileResources,
  signal: AbortSignal | undefined,
): Promise<QueryResult> {
  const { sourcesOf } = await import('./kql-sources.ts');
  const { tables, others } = sourcesOf(request.kql);
  const names = [...new Set(tables.map(({ name }) => name))];
  if (names.length === 0 || others.length > 0 || names.length > MOST_NAMED) {
    throw new TrailhoundError('usage', `the query has to name its tables, at most ${MOST_NAMED}`, {
      hint: "Names that are no words stand in brackets: ['folder/file.csv'] | take 10",
    });
  }
  const loaded = [];
  for (const name of names) loaded.push({ name, ...(await load(name)) });
  const data: LocalData = {
    ...NO_DATA,
    tables: loaded.map(({ name, table }) => ({ ...table, name })),
    warnings: [...new Set(loaded.map((each) => each.data))].flatMap(({ warnings }) => warnings),
  };
  return queryData(data, request, resources, signal);
}

export const NO_DATA: LocalData = { tables: [], badLines: [], badCount: 0, rowsIn: 0, sources: [], warnings: [] };

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
