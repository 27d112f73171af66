import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { TrailhoundError } from '../errors.ts';
import type { PlannedStep } from '../playbooks/index.ts';
import type { Spending } from '../verbs/budget.ts';
import { rowsWithin } from '../verbs/query.ts';
import { getVerb } from '../verbs/registry.ts';
import { runVerb, type VerbRun, type VerbRunResult } from '../verbs/run-verb.ts';
import { runVerbInWorker } from '../verbs/worker-pool.ts';
import { blobNames, hashOf } from './names.ts';
import { nowOf, readPlan, type StoredPlan, timeRangeOf } from './plan-investigation.ts';
import type { Reach, Runtime } from './runtime.ts';
import type { StoredStepResult, StoredTable } from './step-result.ts';
import { fetchTable } from './table-files.ts';

/** Raised when a verb's results change: older outputs are then no longer found as one's own. */
const RESULTS_VERSION = 2;
/** A step that takes longer has hung. */
const STEP_TIMEOUT_IN_MS = 15 * 60_000;

export interface StepRun {
  readonly id: string;
  readonly step: string;
  /** Step → name of its result's blob, for each step that this one needs and that succeeded. */
  readonly results: Readonly<Record<string, string>>;
  /** The tenant under which the investigation lies; null: the home tenant. */
  readonly tenant: string | null;
  /** How much of the investigation's budget is left for the step. */
  readonly allowance: Spending;
  /** The table in which a search job has gathered what the step asks for. */
  readonly searchTable?: string;
}

/** What an activity gives for a step that succeeded. */
export interface StepRunAnswer {
  readonly result: string;
  readonly rowsIn: number;
  readonly rowsOut: number;
  readonly partial: boolean;
  readonly spent: Spending;
}

/**
 * Runs one step: reads its input tables, runs the verb, stores what it gives. The place of the output comes from the
 * step, its parameters and the hashes of its inputs, so a re-run finds its own output and does nothing.
 */
export async function runStep(runtime: Runtime, run: StepRun, signal: AbortSignal): Promise<StepRunAnswer> {
  const located = await locateStep(runtime, run);
  const { name, planned, existing } = located;
  if (existing) return answer(name, existing);
  return withScratch(runtime, async (folder) => {
    const ran = await execute(runtime, located, folder, signal);
    return answer(name, await storeResult(runtime, name, planned, ran));
  });
}

/** A step of an investigation, with its input tables and the place of its result. */
export interface LocatedStep {
  readonly stored: StoredPlan;
  readonly planned: PlannedStep;
  readonly inputs: readonly StoredTable[];
  readonly allowance: Spending;
  readonly searchTable: string | null;
  /** Name of the result's blob; everything that the step stores lies in the same folder. */
  readonly name: string;
  /** The result, if the step has run already. */
  readonly existing: StoredStepResult | null;
}

/** Finds a step's plan, inputs and place. */
export async function locateStep(runtime: Runtime, run: StepRun): Promise<LocatedStep> {
  const { id, step, results, allowance, searchTable = null } = run;
  const stored = await readPlan(runtime, id);
  if (!stored) throw new TrailhoundError('not-found', `investigation ${id} has no plan`);
  const planned = stored.plan.steps[step];
  if (!planned) throw new TrailhoundError('internal', `the plan of ${id} has no step ${step}`);
  const inputs = await inputTables(runtime, stored, planned, results);
  const name = blobNames.result(id, step, stepHash(stored, planned, inputs, allowance));
  return { stored, planned, inputs, allowance, searchTable, name, existing: await readResult(runtime, name) };
}

/** Works with a folder that is removed afterwards. */
export async function withScratch<T>(runtime: Runtime, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = join(runtime.cacheFolder, 'work', randomUUID());
  await mkdir(folder, { recursive: true });
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What of a result goes into the history. */
export function answer(result: string, { rowsIn, rowsOut, partial, spent }: StoredStepResult): StepRunAnswer {
  return { result, rowsIn, rowsOut, partial, spent };
}

/** The result that a step stored, or null. */
export async function readResult(runtime: Pick<Runtime, 'blobs'>, name: string): Promise<StoredStepResult | null> {
  const content = await runtime.blobs.get(name);
  return content ? (JSON.parse(content.toString('utf8')) as StoredStepResult) : null;
}

/** The tables that `from` names. Those of optional steps that gave nothing are left out, but not all of them. */
async function inputTables(
  runtime: Runtime,
  { request }: StoredPlan,
  planned: PlannedStep,
  results: StepRun['results'],
): Promise<StoredTable[]> {
  const tables: StoredTable[] = [];
  for (const reference of planned.from) {
    if (reference.startsWith('$inputs.')) {
      const sha256 = request.tables[reference.slice('$inputs.'.length)];
      const content = sha256 ? await runtime.blobs.get(blobNames.inputTableRef(request.id, sha256)) : null;
      if (content) tables.push(JSON.parse(content.toString('utf8')) as StoredTable);
      continue;
    }
    const blob = results[reference.split('.')[0]!];
    if (!blob) continue;
    const table = (await readResult(runtime, blob))?.tables.find((candidate) => candidate.name === reference);
    if (table) tables.push(table);
    else throw new TrailhoundError('usage', `step "${reference}" gave no table of that name`);
  }
  if (planned.from.length > 0 && tables.length === 0) {
    throw new TrailhoundError('not-found', `none of the tables ${planned.from.join(', ')} is there`);
  }
  return tables;
}

function stepHash(
  stored: StoredPlan,
  planned: PlannedStep,
  inputs: readonly StoredTable[],
  allowance: Spending,
): string {
  return hashOf({
    version: RESULTS_VERSION,
    verb: planned.verb,
    parameters: planned.parameters,
    inputs: inputs.map((table) => ({ name: table.name, parts: table.parts.map((part) => part.sha256) })),
    timeRange: stored.timeRange,
    now: stored.now,
    dataPaths: stored.request.dataPaths,
    maxRows: planned.verb === 'query.run' ? rowsWithin(planned.parameters, allowance) : null,
  });
}

/** Whom the steps of an investigation reach. */
export function reachOf({ request, settings }: StoredPlan): Reach {
  const { workspace, tenant, dataPaths } = request;
  return { settings, workspace, tenant, dataPaths };
}

async function execute(
  runtime: Runtime,
  { stored, planned, inputs, allowance }: LocatedStep,
  folder: string,
  signal: AbortSignal,
): Promise<VerbRunResult> {
  const { budgets, ruleFolders, allowLists } = stored.settings;
  const named: VerbRun['inputs'][number][] = [];
  for (const table of inputs)
    named.push({ name: table.name, stored: await fetchTable(runtime.blobs, runtime.cacheFolder, table) });
  const run: VerbRun = {
    verb: planned.verb,
    step: planned.name,
    parameters: planned.parameters,
    inputs: named,
    folder,
    nowInMs: nowOf(stored),
    timeRange: timeRangeOf(stored),
    allowance,
    content: { ruleFolders, allowLists },
  };
  const timeoutInMs = Math.min(STEP_TIMEOUT_IN_MS, budgets.wallTimeInMs);
  if (getVerb(planned.verb).runsIn === 'worker') return runVerbInWorker(run, { signal, timeoutInMs });
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(timeoutInMs)]);
  const services = runtime.services(reachOf(stored), folder);
  return orAborted(runVerb(run, { signal: bounded, services }), bounded, `step ${planned.name}`);
}

/** What the work gives, or a rejection as soon as the signal says so, even if the work does not listen to it. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal, what: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      const timedOut = (signal.reason as Error | undefined)?.name === 'TimeoutError';
      reject(
        new TrailhoundError(
          timedOut ? 'limit' : 'cancelled',
          `${what} ${timedOut ? 'took too long' : 'was cancelled'}`,
        ),
      );
    };
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

/** Uploads tables and artifacts, and last the result that refers to them: a result that is there is complete. */
export async function storeResult(
  runtime: Runtime,
  name: string,
  planned: PlannedStep,
  ran: VerbRunResult,
): Promise<StoredStepResult> {
  const root = name.slice(0, name.lastIndexOf('/'));
  const tables: StoredTable[] = [];
  for (const table of ran.tables) {
    const tableName = table.name === '' ? planned.name : `${planned.name}.${table.name}`;
    const parts: StoredTable['parts'][number][] = [];
    for (const [index, part] of table.parts.entries()) {
      const blob = `${root}/${table.name === '' ? planned.name : table.name}/part-${index}.parquet`;
      await runtime.blobs.put(blob, await readFile(part.path));
      parts.push({ blob, rowCount: part.rowCount, sizeInBytes: part.sizeInBytes, sha256: part.sha256 });
    }
    tables.push({ name: tableName, schema: table.schema, parts });
  }
  const artifacts: StoredStepResult['artifacts'][number][] = [];
  for (const artifact of ran.artifacts) {
    const blob = `${root}/${artifact.name}.${artifact.kind}`;
    await runtime.blobs.put(blob, await readFile(artifact.path));
    artifacts.push({ name: artifact.name, kind: artifact.kind, blob, sha256: artifact.sha256 });
  }
  const { findings, verdicts, warnings, partial, rowsIn, rowsOut, spent } = ran;
  const result: StoredStepResult = {
    step: planned.name,
    verb: planned.verb,
    tables,
    artifacts,
    findings,
    verdicts,
    warnings,
    partial,
    rowsIn,
    rowsOut,
    spent,
  };
  await runtime.blobs.put(name, JSON.stringify(result), { onlyIfAbsent: true });
  return (await readResult(runtime, name)) ?? result;
}
