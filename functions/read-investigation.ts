import { type DurableClient, OrchestrationRuntimeStatus } from 'durable-functions';
import { TrailhoundError } from '../lib/errors.ts';
import {
  type InvestigationDocument,
  type Runtime,
  readDocument,
  readPlan,
  runtimeOfTenant,
} from '../lib/investigation/index.ts';
import { readStatus } from './start-investigation.ts';

type Status = InvestigationDocument['status'];

const STATUS: Readonly<Record<string, Status>> = {
  [OrchestrationRuntimeStatus.Pending]: 'pending',
  [OrchestrationRuntimeStatus.Running]: 'running',
  [OrchestrationRuntimeStatus.ContinuedAsNew]: 'running',
  [OrchestrationRuntimeStatus.Suspended]: 'running',
  [OrchestrationRuntimeStatus.Completed]: 'completed',
  [OrchestrationRuntimeStatus.Failed]: 'failed',
  [OrchestrationRuntimeStatus.Terminated]: 'cancelled',
  [OrchestrationRuntimeStatus.Canceled]: 'cancelled',
};

/** The document of an investigation, with how far it is while it goes on. */
export type ReadDocument = InvestigationDocument & {
  readonly progress?: { readonly phase: string; readonly steps: Readonly<Record<string, string>> };
};

/** What is known of an investigation: its document once it has finished, else its progress in the same shape. */
export async function readInvestigation(all: Runtime, client: DurableClient, id: string): Promise<ReadDocument> {
  const row = await all.index.get(id);
  if (!row) throw new TrailhoundError('not-found', `there is no investigation ${id}`);
  const runtime = runtimeOfTenant(all, row.tenant);
  const durable = await readStatus(client, id);
  const status = durable ? (STATUS[durable.runtimeStatus] ?? 'running') : 'pending';
  if (status === 'completed' || status === 'failed') {
    const document = await readDocument(runtime, id);
    if (document) return document;
  }
  const progress = (durable?.customStatus ?? null) as ReadDocument['progress'] | null;
  const plan = await readPlan(runtime, id);
  const endInMs =
    status === 'pending' || status === 'running' ? Date.now() : new Date(durable?.lastUpdatedTime ?? 0).getTime();
  return {
    id,
    playbook: row.playbook,
    status,
    startedAt: new Date(row.createdAtInMs).toISOString(),
    durationInMs: Math.max(0, endInMs - row.createdAtInMs),
    inputs: { ...plan?.inputs },
    timeRange: plan?.timeRange ? { ...plan.timeRange, now: plan.now } : null,
    error:
      status === 'failed'
        ? { code: 'internal', message: String(durable?.output ?? 'the orchestration failed').slice(0, 1000) }
        : null,
    steps: [],
    tables: [],
    findings: [],
    suppressed: [],
    verdicts: [],
    artifacts: [],
    report: null,
    warnings: [],
    versions: { ...runtime.versions },
    ...(progress ? { progress } : {}),
  };
}

/** The newest investigations, with their status. */
export async function listInvestigations(runtime: Runtime, client: DurableClient, limit: number) {
  const rows = await runtime.index.list(limit);
  return Promise.all(
    rows.map(async ({ id, playbook, createdAtInMs, trigger, tenant }) => {
      const durable = await readStatus(client, id);
      const status = durable ? (STATUS[durable.runtimeStatus] ?? 'running') : 'pending';
      return { id, playbook, status, trigger, tenant, createdAt: new Date(createdAtInMs).toISOString() };
    }),
  );
}

/** The part of the durable client's binding by which the host itself can be asked. */
interface ClientBinding {
  readonly rpcBaseUrl?: string;
}

/**
 * The durable history of an investigation in readable form: what ran, when, and how it ended. The host is asked
 * directly: the library's `getStatus` looks for the history under another name than the host gives it.
 */
export async function readHistory(client: DurableClient, binding: unknown, id: string) {
  const status = await readStatus(client, id);
  const { rpcBaseUrl } = binding as ClientBinding;
  if (!status) throw new TrailhoundError('not-found', `there is no investigation ${id}`);
  if (!rpcBaseUrl) throw new TrailhoundError('unsupported', 'this host gives no address for its histories');
  const response = await fetch(new URL(`instances/${id}?showHistory=true`, rpcBaseUrl));
  if (!response.ok && response.status !== 202)
    throw new TrailhoundError('remote', `the host answered ${response.status}`);
  const { historyEvents = [] } = (await response.json()) as { historyEvents?: readonly Record<string, unknown>[] };
  const { runtimeStatus, createdTime, lastUpdatedTime, customStatus } = status;
  return { id, runtimeStatus, createdTime, lastUpdatedTime, customStatus, events: historyEvents.map(readableEvent) };
}

/** Names of the host's fields → ours; what an event does not have is left out. Inputs and results are not shown. */
const EVENT_FIELDS = {
  EventType: 'event',
  FunctionName: 'name',
  ScheduledTime: 'scheduledAt',
  Timestamp: 'at',
  Reason: 'reason',
};

function readableEvent(event: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const present = Object.entries(EVENT_FIELDS).filter(([field]) => event[field] !== undefined && event[field] !== null);
  return Object.fromEntries(present.map(([field, name]) => [name, event[field]]));
}
