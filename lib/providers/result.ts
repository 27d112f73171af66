import type { Warning } from '../outcome.ts';
import { firstRows, type Table } from '../tables/index.ts';
import type { QueryRequest, QueryResult } from './provider.ts';

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
  return { table, partial: all.some(({ code }) => PARTIAL_CODES.has(code)), warnings: all };
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
]);
