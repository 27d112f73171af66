import { HttpError } from '../azure/http-error.ts';
import { sourcesOf } from './kql-sources.ts';
import type { QueryRequest } from './provider.ts';

/** Plans of tables; Basic and Auxiliary ones are asked at another address, one table at a time. */
export type TablePlans = Readonly<Record<string, 'analytics' | 'basic' | 'auxiliary'>>;

/** Whether a request is about tables that only the address for searches answers. */
export function needsSearch(request: QueryRequest, plans: TablePlans | undefined): boolean {
  if (!plans || Object.keys(plans).length === 0) return false;
  const names =
    request.kql === undefined ? [request.table ?? ''] : sourcesOf(request.kql).tables.map(({ name }) => name);
  const lower = new Map(Object.entries(plans).map(([name, plan]) => [name.toLowerCase(), plan]));
  return names.some((name) => (lower.get(name.toLowerCase()) ?? 'analytics') !== 'analytics');
}

/** Whether a refusal says that a table is on a plan that queries do not reach. */
export function saysSearch(error: unknown): boolean {
  return (
    error instanceof HttpError &&
    error.status === 400 &&
    /\b(?:basic|auxiliary)\b[^.]*\b(?:table|log|plan|tier)/i.test(error.message)
  );
}
