import type { DurableClient } from 'durable-functions';
import { TrailhoundError } from '../lib/errors.ts';
import { checkRequest, type InvestigationRequest, requestHashOf } from '../lib/investigation/index.ts';
import { names } from '../orchestrations/limits.ts';
import { getRuntime } from './runtime.ts';

export interface Started {
  readonly id: string;
  /** False if an investigation of that id was there already, with the same request. */
  readonly isNew: boolean;
}

export interface StartOptions {
  /** For ids that come from what is asked: times that depend on when it was asked make no other request. Default false. */
  readonly sameIdIsSameRequest?: boolean;
}

/**
 * Starts an investigation: the one way in for all triggers. The index row comes first and decides who was first; a
 * repeat finds it, and starts the orchestration only if a crash came between.
 *
 * @throws `usage` with every problem of the request; `conflict` if the id was used for another request
 */
export async function startInvestigation(
  client: DurableClient,
  request: InvestigationRequest,
  { sameIdIsSameRequest = false }: StartOptions = {},
): Promise<Started> {
  const runtime = await getRuntime();
  // Files are for one's own machine: a caller over the network may name playbooks alone.
  const checked = checkRequest(request, process.env['TRAILHOUND_PLAYBOOK_FILES'] === 'on');
  const requestHash = requestHashOf(request);
  const { added, row } = await runtime.index.add({
    id: request.id,
    playbook: checked.name,
    createdAtInMs: Date.now(),
    requestHash,
    trigger: request.trigger.kind,
    tenant: request.tenant,
  });
  if (row.requestHash !== requestHash && !sameIdIsSameRequest) {
    throw new TrailhoundError('conflict', `investigation ${request.id} was started with other inputs`, {
      hint: 'Use another id, or give the inputs, times and data that it was started with.',
    });
  }
  if (added || !(await isKnown(client, request.id))) {
    await client.startNew(names.investigate, { instanceId: request.id, input: request });
  }
  return { id: request.id, isNew: added };
}

async function isKnown(client: DurableClient, id: string): Promise<boolean> {
  return (await readStatus(client, id)) !== null;
}

/** The durable status of an instance, or null if there is none. */
export async function readStatus(client: DurableClient, id: string) {
  try {
    const status = await client.getStatus(id, { showInput: false });
    return status?.runtimeStatus ? status : null;
  } catch (error) {
    if (/404/.test((error as Error).message)) return null;
    throw error;
  }
}
