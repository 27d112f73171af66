import { type TaskOptions, WorkerPool } from '../workers/pool.ts';
import type { VerbRun, VerbRunResult } from './run-verb.ts';

let shared: WorkerPool | undefined;

/** This process's pool of threads for verbs. The program lies beside this file: as source, or as a bundle in `dist/`. */
function pool(): WorkerPool {
  const program = import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.cjs';
  shared ??= new WorkerPool({ program: new URL(program, import.meta.url) });
  return shared;
}

/** Runs a task of `worker.ts` in a worker thread. */
export function runInWorker(task: string, input: unknown, options: TaskOptions = {}): Promise<unknown> {
  return pool().run(task, input, options);
}

/** Runs a verb that has `runsIn: 'worker'` in a worker thread. */
export async function runVerbInWorker(run: VerbRun, options: TaskOptions = {}): Promise<VerbRunResult> {
  return (await runInWorker('run-verb', run, options)) as VerbRunResult;
}

/** Ends the threads. A later run starts new ones. */
export async function closeWorkers(): Promise<void> {
  const closing = shared;
  shared = undefined;
  await closing?.close();
}
