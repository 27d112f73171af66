import { TrailhoundError } from '../errors.ts';
import type { Warning } from '../outcome.ts';
import {
  loadPlaybook,
  type Plan,
  type PlannedStep,
  type Playbook,
  planPlaybook,
  resolveInputs,
} from '../playbooks/index.ts';
import type { TimeRange } from '../providers/provider.ts';
import { isoFromTicks, msFromTicks, ticksFromIso, ticksFromMs } from '../tables/index.ts';
import { parseQueryParameters } from '../verbs/query.ts';
import { blobNames, hashOf } from './names.ts';
import type { InvestigationRequest, PlannedInvestigation, PlannedOutline } from './request.ts';
import type { Runtime } from './runtime.ts';

/** The plan of one investigation, stored once: editing a playbook or a setting never disturbs a running one. */
export interface StoredPlan {
  readonly request: InvestigationRequest;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly plan: Plan;
  readonly timeRange: { readonly start: string; readonly end: string } | null;
  readonly now: string;
  readonly startedAt: string;
  /** What of the local data could not be read. */
  readonly warnings: readonly Warning[];
}

/** Checks a request and its playbook without doing anything: what a trigger does before it answers. */
export function checkRequest(
  request: Pick<InvestigationRequest, 'playbook' | 'inputs' | 'tables'>,
  allowPaths = false,
): Playbook {
  const playbook = loadPlaybook(request.playbook, { allowPaths });
  planPlaybook(playbook, resolveInputs(playbook, request.inputs, Object.keys(request.tables)));
  return playbook;
}

/** Resolves a request into a plan and stores it. A repeat gives the plan that was stored first. */
export async function planInvestigation(
  runtime: Runtime,
  request: InvestigationRequest,
  startedAtInMs: number,
): Promise<PlannedInvestigation> {
  const name = blobNames.plan(request.id);
  let stored = await readPlan(runtime, request.id);
  if (!stored) {
    const playbook = loadPlaybook(request.playbook, { allowPaths: true });
    const inputs = resolveInputs(playbook, request.inputs, Object.keys(request.tables));
    const plan = planPlaybook(playbook, inputs);
    const queries = Object.values(plan.steps).filter((step) => step.verb === 'query.run').length;
    if (queries > runtime.budget.queries) {
      throw new TrailhoundError(
        'budget',
        `the playbook runs ${queries} queries; the budget is ${runtime.budget.queries}`,
      );
    }
    const { extent, warnings } = await runtime.describeData(request.dataPaths);
    const timeRange =
      request.timeRange ?? (extent ? { start: isoFromTicks(extent.start), end: isoFromTicks(extent.end) } : null);
    const now = request.now ?? timeRange?.end ?? isoFromTicks(ticksFromMs(startedAtInMs));
    const startedAt = new Date(startedAtInMs).toISOString();
    stored = { request, inputs, plan, timeRange, now, startedAt, warnings };
    await runtime.blobs.put(name, JSON.stringify(stored), { onlyIfAbsent: true });
    stored = (await readPlan(runtime, request.id)) ?? stored;
  }
  const inTime = stored.timeRange !== null;
  const steps = Object.values(stored.plan.steps).map((step) => {
    const { name: stepName, verb, needs, optional } = step;
    return [
      stepName,
      { verb, needs, optional, chunked: inTime ? chunkedQuery(step, runtime.budget.rows) : null },
    ] as const;
  });
  return {
    waves: stored.plan.waves,
    steps: Object.fromEntries(steps),
    deadlineInMs: Date.parse(stored.startedAt) + runtime.budget.wallTimeInMs,
  };
}

/** What to know of a step that queries a service, which has limits; null for all others. */
function chunkedQuery({ verb, parameters }: PlannedStep, budgetRows: number): PlannedOutline['chunked'] {
  if (verb !== 'query.run') return null;
  const { provider, maxRows } = parseQueryParameters(parameters);
  return provider === 'local' ? null : { provider, maxRows: Math.min(maxRows, budgetRows) };
}

/** The stored plan, or null if there is none yet. */
export async function readPlan(runtime: Pick<Runtime, 'blobs'>, id: string): Promise<StoredPlan | null> {
  const content = await runtime.blobs.get(blobNames.plan(id));
  return content ? (JSON.parse(content.toString('utf8')) as StoredPlan) : null;
}

/** The time range of a plan, in ticks. */
export function timeRangeOf({ timeRange }: StoredPlan): TimeRange | undefined {
  return timeRange ? { start: ticksFromIso(timeRange.start)!, end: ticksFromIso(timeRange.end)! } : undefined;
}

/** Virtual now of a plan, in milliseconds since 1970. */
export function nowOf(plan: StoredPlan): number {
  return msFromTicks(ticksFromIso(plan.now)!);
}

/** What makes two requests the same: everything but where they came from. */
export function requestHashOf(request: InvestigationRequest): string {
  const { playbook, inputs, tables, timeRange, now, dataPaths } = request;
  return hashOf({ playbook, inputs, tables, timeRange, now, dataPaths }, 64);
}
