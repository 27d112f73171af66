import { mkdir, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { HttpError } from '../../azure/http-error.ts';
import { pause } from '../../azure/retry.ts';
import { TrailhoundError } from '../../errors.ts';
import { bindParameters, type KqlValue } from '../../kql/encode.ts';
import type { Warning } from '../../outcome.ts';
import { firstRows, type ParquetTable, parquetSource, rowCountOf, writeParquet } from '../../tables/index.ts';
import { kqlOf } from '../kql-request.ts';
import type { QueryProvider, QueryRequest, QueryResult } from '../provider.ts';
import { type Chunk, compareChunks, halves } from './chunk.ts';
import { mergeTables } from './merge-parts.ts';
import { planSplit, type SplitPlan } from './split-plan.ts';

export interface SplitOptions {
  /** Parts are written here, each a Parquet file. */
  readonly partFolder: string;
  /** How many parts are asked at once. Default 5, as Log Analytics allows an identity; at least 1. */
  readonly concurrency?: number;
  /** All questions, those that met a limit included. Default 4,096. */
  readonly maxQuestions?: number;
  readonly sleep?: (durationInMs: number, signal?: AbortSignal) => Promise<void>;
  readonly signal?: AbortSignal | undefined;
}

/** What asking for a chunk came to. */
export type ChunkOutcome =
  | { readonly kind: 'fits'; readonly result: QueryResult }
  /** A limit was met: the halves are to be asked. The part that was given is kept for the case that there are none. */
  | { readonly kind: 'too-large'; readonly why: string; readonly result: QueryResult | undefined };

const TIMES_THROTTLED = 60;
const THROTTLE_PAUSE_IN_MS = 5_000;
/** Warnings of a service about its limits: each is why a chunk is halved, and no loss where the halves are asked. */
export const LIMIT_CODES: ReadonlySet<string> = new Set(['row-limit', 'size-limit', 'time-limit']);
const LIMIT_TEXT =
  /limit|exceed|too (?:large|many|long)|time[d ]?-?out|memory|E_QUERY_RESULT_SET_TOO_LARGE|E_LOW_MEMORY|E_RUNAWAY|quota/i;

/** Whether a result or error says that a limit on size or time was met, which a smaller question would not meet. */
export function limitMet(outcome: QueryResult | unknown): string | undefined {
  if (isResult(outcome)) {
    const warning = outcome.warnings.find(
      ({ code, message }) => LIMIT_CODES.has(code) || (code === 'partial-result' && LIMIT_TEXT.test(message)),
    );
    return warning?.message;
  }
  if (!(outcome instanceof TrailhoundError)) return undefined;
  if (outcome.code === 'limit') return outcome.message;
  if (!(outcome instanceof HttpError)) return undefined;
  const isTimeOut = outcome.status === 504 || outcome.status === 408 || /took too long/.test(outcome.message);
  const isLimit = (outcome.status === 400 || outcome.status === 413) && LIMIT_TEXT.test(outcome.message);
  return isTimeOut || isLimit ? outcome.message : undefined;
}

function isResult(value: unknown): value is QueryResult {
  return typeof value === 'object' && value !== null && 'table' in value && 'warnings' in value;
}

/** The request as KQL without time and cap, which the parts bring themselves, and how to split it. */
export function splitOf(request: QueryRequest, timeColumnOf: (table: string) => string): SplitPlan {
  if (request.kql !== undefined) {
    return planSplit(
      bindParameters(request.kql, (request.parameters ?? {}) as Readonly<Record<string, KqlValue>>),
      timeColumnOf,
    );
  }
  const { timeRange: _, maxRows: __, ...rest } = request;
  return planSplit(kqlOf(rest, { timeColumnOf, hasTimeSpan: true }), timeColumnOf);
}

/** The request for one chunk: other tables that it reads keep the whole range. */
export function requestOfChunk(request: QueryRequest, plan: SplitPlan, chunk: Chunk): QueryRequest {
  const { nowInMs, timeRange } = request;
  return { kql: plan.kqlOf(chunk), nowInMs, ...(timeRange ? { timeRange } : {}) };
}

/** Asks for one chunk. */
export function askChunk(
  provider: QueryProvider,
  request: QueryRequest,
  plan: SplitPlan,
  chunk: Chunk,
  signal?: AbortSignal,
): Promise<ChunkOutcome> {
  return askWhole(provider, requestOfChunk(request, plan, chunk), signal ? { signal } : {});
}

/**
 * Asks a query whole, and where a limit is met in halves of its time range, until every part fits. The parts are put
 * together without loss or duplication; the result says how many there were.
 *
 * @throws unsupported: a limit was met, and splitting would change the result
 */
export async function splitQuery(
  provider: QueryProvider,
  request: QueryRequest,
  options: SplitOptions,
): Promise<QueryResult> {
  const { timeRange } = request;
  const { signal, concurrency = 5, maxQuestions = 4096, sleep = pause } = options;
  const asked = signal ? { signal } : {};
  if (!timeRange || !provider.timeColumnOf) return provider.query(request, asked);
  const first = await askWhole(provider, request, asked);
  if (first.kind === 'fits') return first.result;
  const plan = splitOf(request, (table) => provider.timeColumnOf?.(table) ?? 'TimeGenerated');
  const half = halves(timeRange);
  if (!half) return partial(first, 'the time range cannot be split');

  const state = { questions: 1, rows: 0, throttled: 0, stopped: false };
  const pending: Chunk[] = [...half];
  const parts: { chunk: Chunk; stored: ParquetTable }[] = [];
  const warnings: Warning[] = [];
  await mkdir(options.partFolder, { recursive: true });
  const folder = await mkdtemp(join(options.partFolder, 'query-'));

  const keep = async (chunk: Chunk, result: QueryResult) => {
    const rowCount = rowCountOf(result.table);
    state.rows += rowCount;
    warnings.push(...result.warnings.filter(({ code }) => !LIMIT_CODES.has(code)));
    const stored =
      'parts' in result.table ? result.table : await writeParquet(result.table, join(folder, partName(chunk)));
    parts.push({ chunk, stored });
    const enough =
      plan.merge.kind === 'take' ? plan.merge.count : plan.merge.kind === 'rows' ? request.maxRows : undefined;
    if (enough !== undefined && state.rows > enough) state.stopped = true;
  };

  const askOne = async (chunk: Chunk) => {
    if (++state.questions > maxQuestions) {
      warnings.push({ code: 'row-limit', message: `${maxQuestions} questions were asked, and parts are missing` });
      state.stopped = true;
      return;
    }
    const outcome = await askPatiently(provider, request, plan, chunk, { sleep, signal });
    if (outcome.kind === 'fits') return keep(chunk, outcome.result);
    const both = halves(chunk);
    if (both && !(chunk.end - chunk.start === 1n && plan.merge.kind !== 'rows')) pending.push(...both);
    else {
      warnings.push({ code: 'row-limit', message: `one instant has more rows than can be asked for: ${outcome.why}` });
      if (outcome.result) await keep(chunk, outcome.result);
    }
  };

  await inParallel(pending, concurrency, () => state.stopped, askOne);
  parts.sort((a, b) => compareChunks(a.chunk, b.chunk));
  warnings.push({
    code: 'split',
    message: `asked in ${parts.length} parts (${state.questions} questions), for ${first.why}`,
  });
  return joined(
    parts.map(({ stored }) => stored),
    plan,
    request,
    distinctWarnings(warnings),
  );
}

/** Asks a request as it stands, and says whether a limit was met. */
export async function askWhole(
  provider: QueryProvider,
  request: QueryRequest,
  asked: { signal?: AbortSignal },
): Promise<ChunkOutcome> {
  try {
    const result = await provider.query(request, asked);
    const why = limitMet(result);
    return why === undefined ? { kind: 'fits', result } : { kind: 'too-large', why, result };
  } catch (error) {
    const why = limitMet(error);
    if (why === undefined) throw error;
    return { kind: 'too-large', why, result: undefined };
  }
}

function partial({ result, why }: Extract<ChunkOutcome, { kind: 'too-large' }>, reason: string): QueryResult {
  if (result) return { ...result, partial: true };
  throw new TrailhoundError('limit', `${why}; ${reason}`);
}

/** A throttled chunk waits and is asked again: quota that is used up is a matter of time. */
async function askPatiently(
  provider: QueryProvider,
  request: QueryRequest,
  plan: SplitPlan,
  chunk: Chunk,
  { sleep, signal }: { sleep: NonNullable<SplitOptions['sleep']>; signal: AbortSignal | undefined },
): Promise<ChunkOutcome> {
  for (let times = 1; ; times++) {
    try {
      return await askChunk(provider, request, plan, chunk, signal);
    } catch (error) {
      const isThrottled = error instanceof TrailhoundError && error.code === 'throttled';
      if (!isThrottled || times >= TIMES_THROTTLED) throw error;
      const wish = error instanceof HttpError ? error.retryAfterInMs : undefined;
      await sleep(wish ?? THROTTLE_PAUSE_IN_MS, signal);
    }
  }
}

/** Works through a list that grows meanwhile; the first error ends all. */
async function inParallel<Item>(
  items: Item[],
  concurrency: number,
  isStopped: () => boolean,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const running = new Set<Promise<void>>();
  while ((items.length > 0 && !isStopped()) || running.size > 0) {
    while (items.length > 0 && running.size < Math.max(1, concurrency) && !isStopped()) {
      const task: Promise<void> = work(items.pop()!).finally(() => running.delete(task));
      running.add(task);
    }
    if (running.size > 0) await Promise.race(running);
  }
}

function partName({ start, end, bucket }: Chunk): string {
  return `part-${start}-${end}${bucket ? `-${bucket.index}-of-${bucket.count}` : ''}.parquet`;
}

async function joined(
  parts: readonly ParquetTable[],
  plan: SplitPlan,
  request: QueryRequest,
  warnings: Warning[],
): Promise<QueryResult> {
  const { merge } = plan;
  const isCut =
    request.maxRows !== undefined && parts.reduce((sum, part) => sum + rowCountOf(part), 0) > request.maxRows;
  const sameSchema = parts.every((part) => JSON.stringify(part.schema) === JSON.stringify(parts[0]?.schema));
  if (merge.kind === 'rows' && sameSchema && !isCut && parts[0]) {
    const ordered = merge.descending ? parts.toReversed() : parts;
    const table: ParquetTable = { schema: parts[0].schema, parts: ordered.flatMap((part) => part.parts) };
    return { table, partial: warnings.some(isLoss), warnings };
  }
  let table = mergeTables(await Promise.all(parts.map((part) => parquetSource(part, 'part').read())), merge);
  if (request.maxRows !== undefined && table.rowCount > request.maxRows) {
    table = firstRows(table, request.maxRows);
    warnings.push({ code: 'row-cap', message: `only the first ${request.maxRows} rows were taken` });
  }
  return { table, partial: warnings.some(isLoss), warnings };
}

/** Whether a warning means that rows are missing. */
export function isLoss({ code }: Warning): boolean {
  return code !== 'split' && code !== 'retention';
}

export function distinctWarnings(warnings: readonly Warning[]): Warning[] {
  return [...new Map(warnings.map((warning) => [`${warning.code} ${warning.message}`, warning])).values()];
}
