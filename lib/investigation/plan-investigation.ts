import { withoutSecrets } from '../config/secret-fields.ts';
import type { Settings } from '../config/settings.ts';
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
import { type InvestigationScope, leasesOf, providerSettingsOf, type TimeRange } from '../providers/index.ts';
import { isoFromTicks, msFromTicks, ticksFromIso, ticksFromMs } from '../tables/index.ts';
import { parseQueryParameters } from '../verbs/query.ts';
import { getVerb } from '../verbs/registry.ts';
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
  /** The settings of that moment, without secrets. */
  readonly settings: Settings;
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
    const settings = withoutSecrets(runtime.settings());
    const queries = Object.values(plan.steps).filter(({ verb }) => verb === 'query.run').length;
    if (queries > settings.budgets.queries) {
      throw new TrailhoundError(
        'budget',
        `the playbook runs ${queries} queries; the budget is ${settings.budgets.queries}`,
        { hint: 'Raise budgets.queries in the settings, or use fewer steps.' },
      );
    }
    const { extent, warnings } = await runtime.describeData(request.dataPaths);
    const timeRange =
      request.timeRange ?? (extent ? { start: isoFromTicks(extent.start), end: isoFromTicks(extent.end) } : null);
    const now = request.now ?? timeRange?.end ?? isoFromTicks(ticksFromMs(startedAtInMs));
    const startedAt = new Date(startedAtInMs).toISOString();
    stored = { request, inputs, plan, timeRange, now, startedAt, settings, warnings };
    await runtime.blobs.put(name, JSON.stringify(stored), { onlyIfAbsent: true });
    stored = (await readPlan(runtime, request.id)) ?? stored;
  }
  const { settings, plan } = stored;
  const steps = Object.values(plan.steps).map((step): [string, PlannedOutline] => {
    const { name: stepName, verb, needs, optional } = step;
    const spends = getVerb(verb).spends ?? [];
    return [stepName, { verb, needs, optional, spends, chunked: chunkedQuery(stored, step) }];
  });
  const { wallTimeInMs, ...budget } = settings.budgets;
  return {
    waves: plan.waves,
    steps: Object.fromEntries(steps),
    deadlineInMs: Date.parse(stored.startedAt) + wallTimeInMs,
    budget,
  };
}

/** What to know of a step that queries a service, which has limits; null for all others. */
function chunkedQuery({ settings, request, timeRange }: StoredPlan, step: PlannedStep): PlannedOutline['chunked'] {
  if (step.verb !== 'query.run' || timeRange === null) return null;
  const { provider, maxRows, searchJob } = parseQueryParameters(step.parameters);
  if (provider === 'local') return null;
  return { maxRows, searchJob, leases: leasesOfProvider(provider, settings, scopeOf(request)) };
}

/** An unknown provider, or one of another tenant, needs no lease: the step itself will say what is wrong. */
function leasesOfProvider(name: string, settings: Settings, scope: InvestigationScope): readonly string[] {
  try {
    return leasesOf(providerSettingsOf(name, settings, scope), settings);
  } catch {
    return [];
  }
}

/** What an investigation is about. */
export function scopeOf({ workspace }: Pick<InvestigationRequest, 'workspace'>): InvestigationScope {
  return workspace === null ? {} : { workspace };
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
  const { playbook, inputs, tables, timeRange, now, workspace, dataPaths } = request;
  return hashOf({ playbook, inputs, tables, timeRange, now, workspace, dataPaths }, 64);
}
