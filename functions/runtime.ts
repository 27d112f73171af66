import { app } from '@azure/functions';
import { createRuntime, type ProcessRuntime } from '../lib/investigation/create-runtime.ts';
import { closeWorkers } from '../lib/verbs/worker-pool.ts';

const stopping = new AbortController();
let runtime: Promise<ProcessRuntime> | undefined;

/** What activities and triggers work with; made from the settings at the first use. */
export async function getRuntime(): Promise<ProcessRuntime & { stopping: AbortSignal }> {
  runtime ??= createRuntime(process.env).catch((error) => {
    // Settings may be put right while the app runs: the next call tries again.
    runtime = undefined;
    throw error;
  });
  return { ...(await runtime), stopping: stopping.signal };
}

app.hook.appTerminate(async () => {
  stopping.abort();
  await closeWorkers();
});
