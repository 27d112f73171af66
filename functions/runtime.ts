import { app } from '@azure/functions';
import { createRuntime, type ProcessRuntime } from '../lib/investigation/create-runtime.ts';
import { runtimeOfTenant } from '../lib/investigation/index.ts';
import { closeWorkers } from '../lib/verbs/worker-pool.ts';

const stopping = new AbortController();
let runtime: Promise<ProcessRuntime> | undefined;

/**
 * What activities and triggers work with; made from the settings at the first use.
 *
 * @param tenant whose investigations' blobs it sees; null: those of the home tenant
 */
export async function getRuntime(tenant: string | null = null): Promise<ProcessRuntime & { stopping: AbortSignal }> {
  runtime ??= createRuntime(process.env).catch((error) => {
    // Settings may be put right while the app runs: the next call tries again.
    runtime = undefined;
    throw error;
  });
  return { ...runtimeOfTenant(await runtime, tenant), stopping: stopping.signal };
}

app.hook.appTerminate(async () => {
  stopping.abort();
  await closeWorkers();
});
