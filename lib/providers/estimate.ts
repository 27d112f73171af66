import { TrailhoundError } from '../errors.ts';
import { encodeLiteral, encodeName } from '../kql/encode.ts';
import { findColumn, type Table } from '../tables/index.ts';
import type { AnswerLimits, QueryProvider, QueryRequest, TimeRange } from './provider.ts';
import { splitOf } from './split/ask-chunk.ts';
import type { Chunk } from './split/chunk.ts';

/** What a query would give. */
export interface QueryEstimate {
  readonly rowCount: number;
  /** Of the rows in the service's own form; what goes over the wire is a little more. */
  readonly sizeInBytes: number;
  /** The same by time, in equal parts of the range and in order; one part where the rows' time is not known. */
  readonly slots: readonly EstimatedSlot[];
}

export interface EstimatedSlot extends TimeRange {
  readonly rowCount: number;
  readonly sizeInBytes: number;
}

/** So finely is the time range looked at. */
const SLOTS = 96n;
/** A result that is bounded so closely needs no estimate. */
const FEW_ROWS = 10_000;

/**
 * Asks a KQL service how much a query would give, and when: a count, which moves no rows.
 *
 * Null where that cannot be asked: other languages, queries that do not work row by row (their results are small as a
 * rule) or are bounded to few rows, services without known limits, and services that do not answer such a question.
 *
 * @throws throttled, unavailable: to be asked again
 * @example const estimate = await estimateQuery(provider, request); // { rowCount: 3000000, sizeInBytes: 1200000000, … }
 */
export async function estimateQuery(
  provider: QueryProvider,
  request: QueryRequest,
  options: { signal?: AbortSignal } = {},
): Promise<QueryEstimate | null> {
  const { timeRange, nowInMs, text, maxRows } = request;
  if (!provider.limits || !provider.timeColumnOf || !timeRange || text !== undefined) return null;
  if (maxRows !== undefined && maxRows <= FEW_ROWS) return null;
  const question = estimateQuestion(provider, request, timeRange);
  if (!question) return null;
  try {
    const { table, partial } = await provider.query({ kql: question.kql, timeRange, nowInMs }, options);
    return partial || 'parts' in table ? null : readEstimate(table, timeRange, question.slotInTicks);
  } catch (error) {
    // Whatever else is wrong, the question itself will say it.
    if (error instanceof TrailhoundError && ['throttled', 'unavailable', 'cancelled'].includes(error.code)) throw error;
    return null;
  }
}

function estimateQuestion(provider: QueryProvider, request: QueryRequest, timeRange: TimeRange) {
  let plan: ReturnType<typeof splitOf>;
  try {
    plan = splitOf(request, (table) => provider.timeColumnOf?.(table) ?? 'TimeGenerated');
  } catch {
    return null;
  }
  if (plan.merge.kind !== 'rows') return null;
  const rows = plan.kqlOf(timeRange).replace(/[;\s]+$/, '');
  const summary = '| summarize RowCount = count(), SizeInBytes = sum(estimate_data_size(*))';
  if (plan.timeColumn === null) return { kql: `${rows}\n${summary}`, slotInTicks: timeRange.end - timeRange.start };
  const slotInTicks = (timeRange.end - timeRange.start + SLOTS - 1n) / SLOTS;
  const since = `${encodeName(plan.timeColumn)} - ${encodeLiteral(timeRange.start, 'datetime')}`;
  const by = `by Slot = tolong((${since}) / ${encodeLiteral(slotInTicks, 'timespan')})`;
  return { kql: `${rows}\n${summary} ${by}`, slotInTicks };
}

/** Null if the answer is not what was asked for. */
function readEstimate(table: Table, { start, end }: TimeRange, slotInTicks: bigint): QueryEstimate | null {
  const rowCounts = findColumn(table, 'RowCount');
  const sizes = findColumn(table, 'SizeInBytes');
  if (!rowCounts || !sizes) return null;
  const numbers = findColumn(table, 'Slot');
  const found = new Map<bigint, { rowCount: number; sizeInBytes: number }>();
  for (let row = 0; row < table.rowCount; row++) {
    const number = numbers ? Number(numbers.values[row]) : 0;
    const rowCount = Number(rowCounts.values[row]);
    const sizeInBytes = Number(sizes.values[row]);
    if (![number, rowCount, sizeInBytes].every((value) => value >= 0 && Number.isFinite(value))) return null;
    found.set(BigInt(Math.floor(number)), { rowCount, sizeInBytes });
  }
  const slots: EstimatedSlot[] = [];
  const length = numbers ? slotInTicks : end - start;
  for (let number = 0n; start + number * length < end; number++) {
    const from = start + number * length;
    const to = from + length < end ? from + length : end;
    slots.push({ start: from, end: to, ...(found.get(number) ?? { rowCount: 0, sizeInBytes: 0 }) });
  }
  const sum = (pick: (slot: EstimatedSlot) => number) => slots.reduce((total, slot) => total + pick(slot), 0);
  return { rowCount: sum((slot) => slot.rowCount), sizeInBytes: sum((slot) => slot.sizeInBytes), slots };
}

/** How near to a limit a part may be planned: estimates are of the service's own form, and rows arrive meanwhile. */
const ROWS_MARGIN = 0.9;
const SIZE_MARGIN = 0.5;

/** A part of a query, and how many rows it is expected to have. */
export interface ExpectedChunk extends Chunk {
  readonly rowCount: number;
}

/**
 * The parts in which a query is asked so that each keeps within the limits, by its estimate: neighbours together as
 * long as they fit. Null if the whole fits. A slot that is too large alone is a part all the same, to be cut when asked.
 */
export function partsOfEstimate(
  { rowCount, sizeInBytes, slots }: QueryEstimate,
  limits: AnswerLimits,
): ExpectedChunk[] | null {
  const mostRows = limits.rows * ROWS_MARGIN;
  const mostBytes = limits.sizeInBytes * SIZE_MARGIN;
  if (rowCount <= mostRows && sizeInBytes <= mostBytes) return null;
  const parts: EstimatedSlot[] = [];
  for (const slot of slots) {
    const last = parts.at(-1);
    const fits = last && last.rowCount + slot.rowCount <= mostRows && last.sizeInBytes + slot.sizeInBytes <= mostBytes;
    if (!fits) parts.push(slot);
    else {
      parts[parts.length - 1] = {
        start: last.start,
        end: slot.end,
        rowCount: last.rowCount + slot.rowCount,
        sizeInBytes: last.sizeInBytes + slot.sizeInBytes,
      };
    }
  }
  return parts.map(({ start, end, rowCount: rows }) => ({ start, end, rowCount: rows }));
}
