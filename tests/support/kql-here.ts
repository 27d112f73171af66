import { beforeAll } from 'vitest';
import type { LocalKql } from '../../lib/providers/local/index.ts';
import { type KqlTask, runKqlTask } from '../../lib/verbs/kql-task.ts';

/** The engine takes long to load where much else runs. */
const LOADED_WITHIN_MS = 240_000;

/** KQL over files below a folder, on the test's own thread: the engine is loaded once, before the tests of the file. */
export function kqlHere(folder: string): LocalKql {
  const run = (task: Omit<KqlTask, 'folder'>) => runKqlTask({ ...task, folder });
  beforeAll(async () => {
    await run({ text: 'print 1', tables: [], parameters: {}, nowInMs: 0, outFile: `${folder}/warm.parquet` });
  }, LOADED_WITHIN_MS);
  return ({ kql, parameters, nowInMs, timeRange, maxRows }, tables, { outFile }) =>
    run({
      text: kql,
      tables: tables.map(({ name, schema, stored, view }) => ({ name, schema, parquet: stored, view })),
      parameters: (parameters ?? {}) as KqlTask['parameters'],
      nowInMs,
      ...(timeRange ? { timeRange } : {}),
      ...(maxRows === undefined ? {} : { maxRows }),
      outFile,
    });
}
