import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TrailhoundError, toErrorInfo } from '../errors.ts';
import type { Warning } from '../outcome.ts';
import { estimateQuery, partsOfEstimate } from '../providers/estimate.ts';
import type { QueryProvider, QueryRequest, QueryResult, SearchJobState } from '../providers/provider.ts';
import { requestOfSearchJob } from '../providers/search-job.ts';
import { askChunk, askWhole, type ChunkOutcome, splitOf } from '../providers/split/ask-chunk.ts';
import { type Chunk, slices } from '../providers/split/chunk.ts';
import type { Merge } from '../providers/split/split-plan.ts';
import { rowCountOf, writeParquet } from '../tables/index.ts';
import { parseQueryParameters, type QueryParameters, queryRequestOf, withinBudget } from '../verbs/query.ts';
import { type ChunkText, chunkOf, type KeptPart, partName, readPart, rowsOfPart, textOfChunk } from './chunk-parts.ts';
import { nowOf, timeRangeOf } from './plan-investigation.ts';
import type { QueryCost } from './request.ts';
import { type LocatedStep, locateStep, reachOf, type StepRun, withScratch } from './run-step.ts';
import type { Runtime } from './runtime.ts';
import { sha256Of } from './table-files.ts';

/** What asking for a chunk came to. */
export type ChunkAnswer =
  | { readonly kind: 'kept'; readonly rows: number }
  /** A limit was met: these parts are to be asked in its place. */
  | { readonly kind: 'cut'; readonly why: string; readonly parts: readonly ChunkText[] };

export interface ChunkRun extends StepRun {
  /** Null: the whole range of the query, asked as it stands. */
  readonly chunk: ChunkText | null;
}

/** What is known of a query before it is asked, and in which parts it should be asked. */
export interface EstimateAnswer {
  /** Null where it cannot be told. */
  readonly cost: QueryCost | null;
  /** Null: whole. */
  readonly parts: readonly ChunkText[] | null;
}

/** Of a chunk that is known to be far too large, at most so many parts are made at once. */
const MOST_PARTS = 64;
/** Parts are planned with this much room below what the service gave. */
const MARGIN = 0.9;

/**
 * Asks how much a query would give before it is asked, and plans parts that keep within the service's limits.
 *
 * @throws throttled, unavailable: to be asked again
 */
export async function estimateStep(runtime: Runtime, run: StepRun, signal: AbortSignal): Promise<EstimateAnswer> {
  const located = await locateStep(runtime, run);
  const { request, provider: name } = wholeOf(located);
  return withProvider(runtime, located, name, async (provider) => {
    const startedAtInMs = Date.now();
    const estimate = await estimateQuery(provider, request, { signal });
    if (!estimate || !provider.limits) return { cost: null, parts: null };
    const { rowCount, sizeInBytes } = estimate;
    const parts = partsOfEstimate(estimate, provider.limits);
    return {
      cost: { rows: rowCount, sizeInBytes, durationInMs: Date.now() - startedAtInMs },
      parts: parts && parts.map((part) => textOfChunk(part, part.rowCount)),
    };
  });
}

/**
 * Asks a query's provider for one part of its time, and stores what came, once: a repeat finds the part and asks
 * nobody. Where a limit is met, nothing is stored and smaller parts are given; where there are none, what came is stored
 * with a warning that rows are missing.
 *
 * @throws `throttled` with the time to wait in the hint; what the provider throws otherwise
 */
export async function queryChunk(runtime: Runtime, run: ChunkRun, signal: AbortSignal): Promise<ChunkAnswer> {
  const located = await locateStep(runtime, run);
  const whole = wholeOf(located);
  const chunk = run.chunk ? chunkOf(run.chunk) : whole.chunk;
  const isWhole = run.chunk === null;
  const name = partName(located, chunk, isWhole);
  const known = await readPart(runtime, name);
  if (known) return { kind: 'kept', rows: rowsOfPart(known) };
  return withProvider(runtime, located, whole.provider, async (provider, folder) => {
    const outcome = isWhole
      ? await askWhole(provider, whole.request, { signal })
      : await askPart(provider, whole.request, chunk, signal);
    if (outcome.kind === 'fits') return keep(runtime, name, { chunk, isWhole, result: outcome.result }, folder);
    const parts = partsOf(provider, whole.request, chunk, partCount(run.chunk, outcome.result));
    if (Array.isArray(parts)) return { kind: 'cut', why: outcome.why, parts };
    if (!outcome.result) throw new TrailhoundError('limit', `${outcome.why}; ${parts as string}`);
    const lost: Warning = { code: 'rows-missing', message: `${outcome.why}; ${parts as string}` };
    const result = { ...outcome.result, warnings: [...outcome.result.warnings, lost] };
    return keep(runtime, name, { chunk, isWhole, result }, folder);
  });
}

/** How far the search job of a step is; begins it. */
export async function searchJobOfStep(runtime: Runtime, run: StepRun, signal: AbortSignal): Promise<SearchJobState> {
  const located = await locateStep(runtime, run);
  const { provider: name, question } = wholeOf(located);
  return withProvider(runtime, located, name, async (provider) => {
    if (provider.searchJob) return provider.searchJob(question, { signal });
    throw new TrailhoundError('unsupported', `provider "${name}" has no search jobs`, {
      hint: 'Providers of type log-analytics have them. Leave searchJob out for others.',
    });
  });
}

/** Works with the provider of a step and a folder for what it gives, which is removed afterwards. */
export function withProvider<Result>(
  runtime: Runtime,
  { stored }: LocatedStep,
  name: string,
  work: (provider: QueryProvider, folder: string) => Promise<Result>,
): Promise<Result> {
  return withScratch(runtime, async (folder) =>
    work(await runtime.services(reachOf(stored), folder).provider(name), folder),
  );
}

/** The whole query of a step: its provider, request and range. */
export function wholeOf({ stored, planned, allowance, searchTable }: LocatedStep): {
  readonly asked: QueryParameters;
  readonly within: QueryParameters;
  readonly provider: string;
  /** What the playbook asks. */
  readonly question: QueryRequest;
  /** What is sent to get it: where a search job has gathered the rows, the question for those. */
  readonly request: QueryRequest;
  readonly chunk: Chunk;
} {
  const asked = parseQueryParameters(planned.parameters);
  const within = withinBudget(asked, allowance);
  const question = queryRequestOf(within, { nowInMs: nowOf(stored), timeRange: timeRangeOf(stored) });
  const { timeRange } = question;
  if (!timeRange) throw new TrailhoundError('internal', `step ${planned.name} has no time range to split`);
  const request = searchTable === null ? question : requestOfSearchJob(question, searchTable);
  return { asked, within, provider: within.provider, question, request, chunk: timeRange };
}

/** The column that holds a table's time, as the provider has it. */
export const timeColumnOf = (provider: QueryProvider) => (table: string) =>
  provider.timeColumnOf?.(table) ?? 'TimeGenerated';

/** A table with conditions is asked for in a shorter range; KQL, and shares of one tick, by the plan of the split. */
function askPart(
  provider: QueryProvider,
  request: QueryRequest,
  chunk: Chunk,
  signal: AbortSignal,
): Promise<ChunkOutcome> {
  if (request.kql !== undefined || chunk.bucket)
    return askChunk(provider, request, splitOf(request, timeColumnOf(provider)), chunk, signal);
  const { maxRows: _all, ...rest } = request;
  return askWhole(provider, { ...rest, timeRange: { start: chunk.start, end: chunk.end } }, { signal });
}

/** Into how many parts a chunk is cut: halves, or as many as its expected rows need if the service gives so few. */
function partCount(chunk: ChunkText | null, given: QueryResult | undefined): number {
  const expected = chunk?.rowCount;
  const rows = given ? rowCountOf(given.table) : 0;
  if (expected === undefined || rows === 0) return 2;
  return Math.max(2, Math.min(MOST_PARTS, Math.ceil(expected / (rows * MARGIN))));
}

/** The parts of a chunk, or why there can be none. */
function partsOf(provider: QueryProvider, request: QueryRequest, chunk: Chunk, count: number): ChunkText[] | string {
  let merge: Merge;
  try {
    merge = splitOf(request, timeColumnOf(provider)).merge;
  } catch (error) {
    return toErrorInfo(error).message;
  }
  const parts = slices(chunk, count);
  if (!parts) return 'one instant has more rows than can be asked for';
  if (parts[0]!.bucket && merge.kind !== 'rows')
    return 'one instant has more rows than can be asked for, and they cannot be shared out';
  return parts.map((part) => textOfChunk(part));
}

async function keep(
  runtime: Runtime,
  name: string,
  { chunk, isWhole, result }: { readonly chunk: Chunk; readonly isWhole: boolean; readonly result: QueryResult },
  folder: string,
): Promise<ChunkAnswer> {
  const { table, warnings } = result;
  const stored = 'parts' in table ? table : await writeParquet(table, join(folder, 'part.parquet'));
  const parts: KeptPart['parts'][number][] = [];
  for (const [index, { path, rowCount }] of stored.parts.entries()) {
    const bytes = await readFile(path);
    const sha256 = sha256Of(bytes);
    const blob = `${name}${index === 0 ? '' : `-file-${index}`}.parquet`;
    await runtime.blobs.put(blob, bytes);
    parts.push({ blob, rowCount, sizeInBytes: bytes.length, sha256 });
  }
  const kept: KeptPart = { chunk: textOfChunk(chunk), isWhole, schema: stored.schema, parts, warnings };
  await runtime.blobs.put(`${name}.json`, JSON.stringify(kept), { onlyIfAbsent: true });
  return { kind: 'kept', rows: rowsOfPart(kept) };
}
