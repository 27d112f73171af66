import type { HttpClient } from '../azure/http-client.ts';
import type { Warning } from '../outcome.ts';
import { msFromTicks, type TableSchema } from '../tables/index.ts';
import type { AnswerCollector } from './answers/answer-collector.ts';
import type { ListColumn } from './answers/list-form.ts';
import type { QueryRequest, TimeRange } from './provider.ts';

/** A list of a REST API shown as a table. */
export interface RestTable {
  readonly name: string;
  /** The first page for one scope (a subscription, or empty); the time range is put to it where the API can. */
  url(scope: string, timeRange: TimeRange | undefined): string;
  /** The column that a time range is about. */
  readonly timeColumn?: string;
  readonly columns: readonly ListColumn[];
}

const MOST_ROWS = 500_000;

/** Collects the rows of a list, page after page for each scope, that a request's conditions let through. */
export async function readRestTable(
  http: HttpClient,
  table: RestTable,
  scopes: readonly string[],
  request: QueryRequest,
  { rows, timeoutInMs }: { readonly rows: AnswerCollector; readonly timeoutInMs: number },
): Promise<readonly Warning[]> {
  const reading = {
    form: { name: 'list', columns: table.columns },
    filter: { request, timeColumn: table.timeColumn },
  } as const;
  let taken = 0;
  for (const scope of scopes) {
    let url: string | undefined = table.url(scope, request.timeRange);
    const seen = new Set<string>();
    while (url !== undefined && !rows.isFull) {
      seen.add(url);
      const { rowCount, rest } = await rows.ask(http, { method: 'GET', url, timeoutInMs }, reading);
      taken += rowCount;
      const next: string | undefined = rest.next === undefined ? undefined : pathOf(rest.next);
      url = next !== undefined && !seen.has(next) ? next : undefined;
      if (taken >= MOST_ROWS && url !== undefined)
        return [{ code: 'row-limit', message: `only the first ${taken} rows were taken` }];
    }
  }
  return [];
}

export function schemaOfRest({ columns }: RestTable): TableSchema {
  return columns.map(({ name, type }) => ({ name, type }));
}

/** The next page below the same base address: whatever host a link names, the token goes nowhere else. */
function pathOf(next: string): string {
  if (!/^https?:/.test(next)) return next;
  const { pathname, search } = new URL(next);
  return `${pathname}${search}`;
}

/** A time range for OData: milliseconds, widened to hold it. */
export function odataTime({ start, end }: TimeRange): { from: string; to: string } {
  return { from: new Date(msFromTicks(start)).toISOString(), to: new Date(msFromTicks(end + 9_999n)).toISOString() };
}
