import { findColumn, type Table } from '../tables/index.ts';
import type { QueryProvider, QueryRequest } from './provider.ts';
import { splitOf } from './split/split-query.ts';

/** What a query would give. */
export interface QueryEstimate {
  readonly rowCount: number;
  /** Of the rows in the service's own form; what goes over the wire is a little more. */
  readonly sizeInBytes: number;
}

/**
 * Asks a KQL service how much a query would give, which costs it a count and no transfer. Null where that cannot be
 * asked: other languages, and queries that do not work row by row (their results are small as a rule).
 *
 * @example const estimate = await estimateQuery(provider, request); // { rowCount: 3000000, sizeInBytes: 1200000000 }
 */
export async function estimateQuery(
  provider: QueryProvider,
  request: QueryRequest,
  options: { signal?: AbortSignal } = {},
): Promise<QueryEstimate | null> {
  const { timeRange, nowInMs } = request;
  if (!provider.timeColumnOf || !timeRange || request.text !== undefined) return null;
  const timeColumnOf = (table: string) => provider.timeColumnOf?.(table) ?? 'TimeGenerated';
  const plan = splitOf(request, timeColumnOf);
  if (plan.merge.kind !== 'rows') return null;
  const rows = plan.kqlOf(timeRange).replace(/[;\s]+$/, '');
  const kql = `${rows}\n| summarize RowCount = count(), SizeInBytes = sum(estimate_data_size(*))`;
  const { table, partial } = await provider.query({ kql, timeRange, nowInMs }, options);
  if (partial || 'parts' in table) return null;
  return { rowCount: numberIn(table, 'RowCount'), sizeInBytes: numberIn(table, 'SizeInBytes') };
}

function numberIn(table: Table, name: string): number {
  return Number(findColumn(table, name)?.values[0] ?? 0);
}
