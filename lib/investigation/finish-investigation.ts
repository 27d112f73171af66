import { basename, posix } from 'node:path';
import { toErrorInfo } from '../errors.ts';
import type { Warning } from '../outcome.ts';
import { gatherReport, mergeVerdicts, type ReportSubject, rankFindings, renderReport } from '../report/index.ts';
import { parquetSource } from '../tables/index.ts';
import type { InvestigationDocument } from './document.ts';
import { blobNames } from './names.ts';
import { readPlan, type StoredPlan } from './plan-investigation.ts';
import type { InvestigationRequest, StepOutcome } from './request.ts';
import { readResult } from './run-step.ts';
import type { Runtime } from './runtime.ts';
import type { StoredStepResult } from './step-result.ts';
import { fetchTable } from './table-files.ts';

export interface FinishRun {
  readonly request: InvestigationRequest;
  readonly outcomes: readonly StepOutcome[];
  readonly startedAt: string;
  readonly durationInMs: number;
  /** Set if there was no plan to run. */
  readonly error: InvestigationDocument['error'];
}

/** A document whose paths are names of blobs: what is stored as the manifest. */
export type Manifest = InvestigationDocument;

/**
 * Gathers what all steps left, writes the report, and last the manifest. A report that cannot be written is a warning:
 * tables and findings are not lost with it.
 */
export async function finishInvestigation(runtime: Runtime, run: FinishRun): Promise<Manifest> {
  const { request, outcomes } = run;
  const plan = await readPlan(runtime, request.id);
  const results: StoredStepResult[] = [];
  for (const outcome of outcomes) {
    const result = outcome.result ? await readResult(runtime, outcome.result) : null;
    if (result) results.push(result);
  }
  const { ranked, suppressed } = rankFindings(results.flatMap((result) => result.findings));
  const warnings: InvestigationDocument['warnings'] = [
    ...(plan?.warnings ?? []).map(({ code, message }) => ({ code, message, step: null })),
    ...results.flatMap((result) => result.warnings.map(({ code, message }) => ({ code, message, step: result.step }))),
  ];
  const failed = run.error !== null || statusOf(outcomes) === 'failed';
  if (!failed && results.length === 0) {
    warnings.push({
      code: 'no-data',
      message: 'the data has none of the tables that the playbook looks at',
      step: null,
    });
  }
  const manifest: Manifest = {
    id: request.id,
    playbook: plan?.plan.playbook ?? request.playbook,
    status: failed ? 'failed' : 'completed',
    startedAt: run.startedAt,
    durationInMs: run.durationInMs,
    inputs: { ...(plan?.inputs ?? request.inputs) },
    timeRange: plan?.timeRange ? { ...plan.timeRange, now: plan.now } : null,
    error: run.error,
    steps: outcomes.map((outcome) => ({
      name: outcome.step,
      verb: plan?.plan.steps[outcome.step]?.verb ?? '',
      status: outcome.status,
      rowsIn: outcome.rowsIn,
      rowsOut: outcome.rowsOut,
      partial: outcome.partial,
      spent: { ...outcome.spent },
      ...(outcome.cost ? { cost: { ...outcome.cost } } : {}),
      error: outcome.error,
      durationInMs: outcome.durationInMs,
    })),
    tables: results.flatMap((result) =>
      result.tables.map(({ name, schema, parts }) => ({
        name,
        rows: parts.reduce((sum, part) => sum + part.rowCount, 0),
        columns: schema.map((column) => ({ ...column })),
        parts: parts.map((part) => ({ path: part.blob, rows: part.rowCount, sha256: part.sha256 })),
      })),
    ),
    findings: ranked.map(({ suppressedBy: _none, ...finding }) => mutable(finding)),
    suppressed: suppressed.map((finding) => mutable({ ...finding, suppressedBy: finding.suppressedBy ?? '' })),
    verdicts: mutable(mergeVerdicts(results.flatMap((result) => result.verdicts))),
    artifacts: results.flatMap((result) =>
      result.artifacts.map(({ name, kind, blob, sha256 }) => ({ name, kind, path: blob, sha256 })),
    ),
    report: null,
    warnings,
    versions: { ...runtime.versions },
  };
  try {
    manifest.report = await writeReport(runtime, request, plan, results, manifest);
  } catch (error) {
    const { code, message } = toErrorInfo(error);
    warnings.push({ code: 'report', message: `the report could not be written: ${code}: ${message}`, step: null });
  }
  await runtime.blobs.put(blobNames.manifest(request.id), JSON.stringify(manifest, null, 1));
  return manifest;
}

/** Failed parts are shown and leave the rest standing; an investigation has failed when they are all there is. */
function statusOf(outcomes: readonly StepOutcome[]): 'completed' | 'failed' {
  const has = (status: StepOutcome['status']) => outcomes.some((outcome) => outcome.status === status);
  return has('failed') && !has('succeeded') ? 'failed' : 'completed';
}

async function writeReport(
  runtime: Runtime,
  request: InvestigationRequest,
  plan: StoredPlan | null,
  results: readonly StoredStepResult[],
  manifest: Manifest,
): Promise<NonNullable<Manifest['report']>> {
  const { id } = request;
  const relative = (blob: string) => posix.relative(blobNames.root(id), blob);
  const subject: ReportSubject = {
    playbook: manifest.playbook,
    description: plan?.plan.description ?? '',
    inputs: manifest.inputs,
    timeRange: plan?.timeRange ?? null,
    sources: request.dataPaths.map((path) => basename(path)),
    steps: manifest.steps,
    tables: manifest.tables.map((table) => ({
      ...table,
      verb: results.find((result) => result.tables.some(({ name }) => name === table.name))?.verb ?? '',
      parts: table.parts.map((part) => ({ ...part, path: relative(part.path) })),
    })),
    findings: results.flatMap((result) => result.findings),
    verdicts: manifest.verdicts,
    artifacts: results.flatMap((result) =>
      result.artifacts.map(({ name, kind, blob }) => ({ name, kind: kind as 'png', path: relative(blob) })),
    ),
    warnings: manifest.warnings.map(({ code, message, step }): Warning & { step?: string | undefined } => ({
      code,
      message,
      ...(step ? { step } : {}),
    })),
    versions: manifest.versions,
  };
  const stored = new Map(results.flatMap((result) => result.tables.map((table) => [table.name, table] as const)));
  const input = await gatherReport(subject, {
    table: async (name) => parquetSource(await fetchTable(runtime.blobs, runtime.cacheFolder, stored.get(name)!), name),
    artifact: (path) => runtime.blobs.get(`${blobNames.root(id)}/${path}`),
  });
  const { html, markdown, json } = renderReport(input);
  const names = {
    html: blobNames.report(id, 'html'),
    markdown: blobNames.report(id, 'md'),
    json: blobNames.report(id, 'json'),
  };
  await runtime.blobs.put(names.html, html);
  await runtime.blobs.put(names.markdown, markdown);
  await runtime.blobs.put(names.json, json);
  return names;
}

/** The manifest with the paths by which a person finds each file; null if the investigation has not finished. */
export async function readDocument(runtime: Pick<Runtime, 'blobs'>, id: string): Promise<InvestigationDocument | null> {
  const content = await runtime.blobs.get(blobNames.manifest(id));
  if (!content) return null;
  const manifest = JSON.parse(content.toString('utf8')) as Manifest;
  const pathOf = runtime.blobs.pathOf;
  return {
    ...manifest,
    tables: manifest.tables.map((table) => ({
      ...table,
      parts: table.parts.map((part) => ({ ...part, path: pathOf(part.path) })),
    })),
    artifacts: manifest.artifacts.map((artifact) => ({ ...artifact, path: pathOf(artifact.path) })),
    report: manifest.report && {
      html: pathOf(manifest.report.html),
      markdown: pathOf(manifest.report.markdown),
      json: pathOf(manifest.report.json),
    },
  };
}

type Mutable<T> = T extends readonly (infer Item)[]
  ? Mutable<Item>[]
  : T extends object
    ? { -readonly [Key in keyof T]: Mutable<T[Key]> }
    : T;

/** The document's schema has mutable types; the values are never changed. */
function mutable<T>(value: T): Mutable<T> {
  return value as Mutable<T>;
}
