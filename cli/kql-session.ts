import { dirname, join } from 'node:path';
import {
  type KqlEngine,
  KqlError,
  type KqlErrorInfo,
  type KqlRunOptions,
  type KqlTableSource,
  kqlRowsJson,
  openKqlEngine,
  referenceSchemas,
  type SchemaMap,
} from '../lib/kql/index.ts';
import type { Warning } from '../lib/outcome.ts';
import { loadLocalData } from '../lib/providers/local/index.ts';
import { msFromTicks, type Table, type TableSchema } from '../lib/tables/index.ts';

/** An engine over the user's data, and what every query of the session shares. */
export interface KqlSession {
  readonly engine: KqlEngine;
  readonly run: KqlRunOptions;
}

export interface KqlSessionOptions {
  readonly data: readonly string[];
  readonly stateFolder: string;
  /** Schemas of further tables; the reference's come after them. */
  readonly schemas?: SchemaMap;
  /** Default: the end of the data, else the clock. */
  readonly nowInMs?: number;
  readonly signal: AbortSignal;
}

export async function openKqlSession(options: KqlSessionOptions): Promise<KqlSession> {
  const { data, signal } = options;
  const cacheFolder = join(options.stateFolder, 'cache');
  const loaded = data.length > 0 ? await loadLocalData(data, { cacheFolder, signal }) : undefined;
  const tables: KqlTableSource[] = (loaded?.tables ?? []).map(({ name, schema, stored, view }) => ({
    name,
    schema,
    parquet: stored,
    view,
  }));
  const folders = new Set(tables.flatMap((table) => table.parquet!.parts.map((part) => dirname(part.path))));
  const ends = (loaded?.tables ?? []).flatMap(({ timeRange }) => (timeRange ? [timeRange.max] : []));
  const dataEnd = ends.length > 0 ? msFromTicks(ends.reduce((a, b) => (a > b ? a : b))) + 1 : undefined;
  const engine = await openKqlEngine({
    folders: [...folders],
    schemas: [...(options.schemas ? [options.schemas] : []), referenceSchemas()],
  });
  return { engine, run: { tables, nowInMs: options.nowInMs ?? dataEnd ?? Date.now(), signal } };
}

/** What a query came to. */
export type KqlAnswer =
  | { readonly schema: TableSchema; readonly table: Table | undefined; readonly warnings: readonly Warning[] }
  | { readonly error: KqlErrorInfo };

/** Runs (or only plans) a query; what is wrong with the query is an answer too. */
export async function answerKql({ engine, run }: KqlSession, text: string, planOnly: boolean): Promise<KqlAnswer> {
  try {
    if (planOnly) {
      const { schema, warnings } = await engine.plan(text, run);
      return { schema, table: undefined, warnings };
    }
    const { schema, table, warnings } = await engine.run(text, run);
    return { schema, table: table as Table, warnings };
  } catch (error) {
    if (error instanceof KqlError) return { error: error.info };
    throw error;
  }
}

/** The answer as one line of JSON, in the shape that others script against. */
export function answerJson(answer: KqlAnswer, id?: unknown): string {
  const start = id === undefined ? '{' : `{"id":${JSON.stringify(id)},`;
  if ('error' in answer) return `${start}"error":${JSON.stringify(answer.error)}}`;
  const { schema, table, warnings } = answer;
  const columns = JSON.stringify(schema.map(({ name, type }) => ({ name, type })));
  const rows = table ? kqlRowsJson(table) : '[]';
  return `${start}"columns":${columns},"rows":${rows},"rowCount":${table?.rowCount ?? 0},"warnings":${JSON.stringify(warnings)}}`;
}
