import type { Warning } from '../outcome.ts';
import { firstRows, type Table } from '../tables/index.ts';
import type { QueryRequest, QueryResult } from './provider.ts';

/** A table in memory, and what is to be said of it. */
export interface Answer {
  readonly table: Table;
  readonly warnings: readonly Warning[];
}

/** A result, cut to the caller's cap, and partial if anything says so. */
export function resultOf(table: Table, request: QueryRequest, warnings: readonly Warning[] = []): QueryResult {
  const { maxRows = Number.POSITIVE_INFINITY } = request;
  return resultOfCut(firstRows(table, maxRows), request, table.rowCount > maxRows, warnings);
}

/** A result whose rows were cut to the caller's cap before. */
export function resultOfCut(
  table: QueryResult['table'],
  { maxRows }: QueryRequest,
  isCut: boolean,
  warnings: readonly Warning[],
): QueryResult {
  const all = [...warnings];
  if (isCut) all.push({ code: 'row-cap', message: `only the first ${maxRows} rows were taken` });
  return { table, partial: isPartial(all), warnings: all };
}

/** Whether warnings say that rows are missing. */
export function isPartial(warnings: readonly Warning[]): boolean {
  return warnings.some(({ code }) => PARTIAL_CODES.has(code));
}

/** Says that a time range was left out, where what is asked has no time: an investigation has a range at all times. */
export function noTimeWarnings({ timeRange, table }: QueryRequest): Warning[] {
  if (!timeRange) return [];
  return [{ code: 'no-time', message: `${table ?? 'what was asked'} has no time: the time range was left out` }];
}

/** Warnings that mean that rows are missing; the others only inform. */
const PARTIAL_CODES = new Set([
  'row-cap',
  'partial-result',
  'row-limit',
  'size-limit',
  'time-limit',
  'source-failed',
  'bad-rows',
  'bad-lines',
  'data-not-read',
  'file-missing',
]);
