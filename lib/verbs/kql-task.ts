import type { KqlEngine, KqlTableSource, KqlValue } from '../kql/index.ts';
import type { LocalKql } from '../providers/local/index.ts';
import type { QueryResult, TimeRange } from '../providers/provider.ts';
import { runInWorker } from './worker-pool.ts';

/** A KQL query over tables in Parquet: plain data, so that it can cross into a worker thread. */
export interface KqlTask {
  readonly text: string;
  readonly tables: readonly KqlTableSource[];
  readonly parameters: Readonly<Record<string, KqlValue>>;
  readonly nowInMs: number;
  readonly timeRange?: TimeRange;
  readonly maxRows?: number;
  /** The result is written here. */
  readonly outFile: string;
  /** Holds all of these files. */
  readonly folder: string;
}

const engines = new Map<string, Promise<KqlEngine>>();

/** Runs the query in this thread. The engine, slow to load, is kept for as long as the thread lives. */
export async function runKqlTask({ text, folder, ...options }: KqlTask): Promise<QueryResult> {
  const { openKqlEngine } = await import('../kql/index.ts');
  const { referenceSchemas } = await import('../kql/schemas.ts');
  let engine = engines.get(folder);
  if (!engine) {
    engine = openKqlEngine({ folders: [folder], tempFolder: folder, schemas: [referenceSchemas()] });
    engines.set(folder, engine);
  }
  const { table, warnings } = await (await engine).run(text, options);
  return { table, warnings, partial: warnings.some(({ code }) => code === 'rows-cut') };
}

/** KQL for providers over files that are kept in a folder: parsed and run on a worker thread. */
export function kqlInWorker(folder: string): LocalKql {
  return async ({ kql, parameters, nowInMs, timeRange, maxRows }, tables, { outFile, signal }) => {
    const task: KqlTask = {
      text: kql,
      tables: tables.map(({ name, schema, stored, view }) => ({ name, schema, parquet: stored, view })),
      parameters: (parameters ?? {}) as KqlTask['parameters'],
      nowInMs,
      ...(timeRange ? { timeRange } : {}),
      ...(maxRows === undefined ? {} : { maxRows }),
      outFile,
      folder,
    };
    return (await runInWorker('run-kql', task, { signal })) as QueryResult;
  };
}
