import type { Warning } from '../outcome.ts';
import { selectRows, type Table } from '../tables/index.ts';
import type { QueryRequest, QueryResult } from './provider.ts';

/** A result, cut to the caller's cap, and partial if anything says so. */
export function resultOf(table: Table, request: QueryRequest, warnings: readonly Warning[] = []): QueryResult {
  const { maxRows } = request;
  const all = [...warnings];
  let kept = table;
  if (maxRows !== undefined && table.rowCount > maxRows) {
    kept = selectRows(
      table,
      Uint32Array.from({ length: maxRows }, (_, row) => row),
    );
    all.push({ code: 'row-cap', message: `only the first ${maxRows} rows were taken` });
  }
  return { table: kept, partial: all.some(({ code }) => PARTIAL_CODES.has(code)), warnings: all };
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
