import { setTimeout as wait } from 'node:timers/promises';
import type { InvestigationDocument } from '../lib/investigation/document.ts';
import type { ApiClient, StartRequest } from './api-client.ts';
import type { StepProgress } from './step-progress.ts';

const POLL_IN_MS = 200;

/** Starts an investigation, or finds it, and follows it to its end. */
export async function followInvestigation(
  client: ApiClient,
  request: StartRequest,
  progress: StepProgress,
  signal: AbortSignal,
): Promise<InvestigationDocument> {
  const { id } = await client.start(request);
  for (;;) {
    const { progress: current, ...document } = await client.get(id);
    if (current) progress.show(current.phase, current.steps);
    if (document.status !== 'pending' && document.status !== 'running') {
      // Steps that ended between two looks are told as well.
      progress.show('done', Object.fromEntries(document.steps.map(({ name, status }) => [name, status])));
      return document;
    }
    await wait(POLL_IN_MS, undefined, { signal });
  }
}
