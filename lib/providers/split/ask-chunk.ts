import { HttpError } from '../../azure/http-error.ts';
import { TrailhoundError } from '../../errors.ts';
import { bindParameters, type KqlValue } from '../../kql/encode.ts';
import type { Warning } from '../../outcome.ts';
import { kqlOf } from '../kql-request.ts';
import type { QueryProvider, QueryRequest, QueryResult } from '../provider.ts';
import type { Chunk } from './chunk.ts';
import { planSplit, type SplitPlan } from './split-plan.ts';

/** What asking for a chunk came to. */
export type ChunkOutcome =
  | { readonly kind: 'fits'; readonly result: QueryResult }
  /** A limit was met: smaller parts are to be asked. The part that was given is kept for the case that there are none. */
  | { readonly kind: 'too-large'; readonly why: string; readonly result: QueryResult | undefined };

/** Warnings of a service about its limits: each is why a chunk is cut, and no loss where its parts are asked. */
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

/** Whether a warning means that rows are missing. */
export function isLoss({ code }: Warning): boolean {
  return code !== 'split' && code !== 'retention';
}

export function distinctWarnings(warnings: readonly Warning[]): Warning[] {
  return [...new Map(warnings.map((warning) => [`${warning.code} ${warning.message}`, warning])).values()];
}
