import type { HttpClient } from '../azure/http-client.ts';
import { TrailhoundError } from '../errors.ts';
import type { Warning } from '../outcome.ts';
import { msFromTicks, type TableSchema, TICKS_PER_DAY, TICKS_PER_SECOND, ticksFromMs } from '../tables/index.ts';
import type { AnswerCollector } from './answers/answer-collector.ts';
import type { ListRows } from './answers/list-form.ts';
import type { QueryRequest, TimeRange } from './provider.ts';

/** A list of a REST API shown as a table. */
export interface RestTable extends ListRows {
  readonly name: string;
  /**
   * A page for one scope (a subscription; empty where the list has none), the first or the one that begins after
   * `skipped` items; the time range is put to it where the API can.
   */
  url(scope: string, request: QueryRequest, skipped: number): string;
  /** Asked once and not for each scope. */
  readonly hasNoScope?: boolean;
  /** Where a page that is full and names no next one is followed by another. */
  readonly pageSize?: number;
  /** How far back the service goes; it refuses to be asked for more. */
  readonly keptInDays?: number;
  /** The column that a time range is about. */
  readonly timeColumn?: string;
}

const MOST_ROWS = 500_000;

interface RestQuestion {
  readonly table: RestTable;
  readonly request: QueryRequest;
  readonly rows: AnswerCollector;
  readonly timeoutInMs: number;
}

/**
 * Collects the rows of a list that a request's conditions let through, page after page for each scope. A scope that
 * fails is named in a warning, unless all do.
 */
export async function readRestTable(
  http: HttpClient,
  scopes: readonly string[],
  question: RestQuestion,
): Promise<readonly Warning[]> {
  const { table, request, rows } = question;
  const { bounded, warnings } = withinRetention(table, request);
  const asked = bounded ? (table.hasNoScope ? [''] : scopes) : [];
  const failures: unknown[] = [];
  let taken = 0;
  for (const [place, scope] of asked.entries()) {
    try {
      for await (const page of pagesOf(http, scope, bounded!, question)) {
        taken += page.rowCount;
        const isLast = page.isLast && place === asked.length - 1;
        if (rows.isFull || taken < MOST_ROWS || isLast) continue;
        warnings.push({ code: 'row-limit', message: `only the first ${taken} rows were taken` });
        return warnings;
      }
    } catch (error) {
      if (rows.signal?.aborted || !(error instanceof TrailhoundError)) throw error;
      failures.push(error);
      warnings.push({ code: 'source-failed', message: `${scope}: ${error.message}` });
    }
    if (rows.isFull) break;
  }
  if (failures.length > 0 && failures.length === asked.length) throw failures[0];
  return warnings;
}

/** Collects the pages of a scope, as long as there are more and rows are wanted. */
async function* pagesOf(
  http: HttpClient,
  scope: string,
  bounded: QueryRequest,
  { table, request, rows, timeoutInMs }: RestQuestion,
): AsyncGenerator<{ readonly rowCount: number; readonly isLast: boolean }> {
  const { columns, rowsIn, pageSize, timeColumn } = table;
  const seen = new Set<string>();
  const firstIds: string[] = [];
  let skipped = 0;
  let isSkipping = false;
  let url: string | undefined = table.url(scope, bounded, 0);
  while (url !== undefined && !rows.isFull) {
    seen.add(url);
    // A service that knows no skipping gives the first page again.
    const knownFirstIds = isSkipping ? { knownFirstIds: firstIds } : {};
    const form = { name: 'list', columns, ...(rowsIn ? { rowsIn } : {}), ...knownFirstIds } as const;
    const reading = { form, filter: { request, timeColumn } };
    const { rowCount, rest } = await rows.ask(http, { method: 'GET', url, timeoutInMs }, reading);
    const { count, firstId } = rest.items!;
    if (isSkipping && firstIds.includes(firstId)) return;
    if (firstId !== '') firstIds.push(firstId);
    skipped += count;
    isSkipping = rest.next === undefined && count === pageSize;
    const next: string | undefined = isSkipping ? table.url(scope, bounded, skipped) : rest.next && pathOf(rest.next);
    url = next !== undefined && !seen.has(next) ? next : undefined;
    yield { rowCount, isLast: url === undefined };
  }
}

/** The request, its time range cut to what the service keeps; undefined if nothing is left of it. */
function withinRetention(
  { keptInDays, name }: RestTable,
  request: QueryRequest,
): { bounded: QueryRequest | undefined; warnings: Warning[] } {
  if (keptInDays === undefined) return { bounded: request, warnings: [] };
  const nowInTicks = ticksFromMs(request.nowInMs);
  // The service's clock is ahead when the request arrives.
  const earliest = nowInTicks - BigInt(keptInDays) * TICKS_PER_DAY + 600n * TICKS_PER_SECOND;
  const { start = earliest, end = nowInTicks } = request.timeRange ?? {};
  if (start >= earliest) return { bounded: { ...request, timeRange: { start, end } }, warnings: [] };
  const warnings = [{ code: 'retention', message: `${name} keeps ${keptInDays} days: older rows are not asked for` }];
  return { bounded: end > earliest ? { ...request, timeRange: { start: earliest, end } } : undefined, warnings };
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

/** A query in OData's form: blanks as `%20`, for not every service takes `+` for one. */
export function odataQuery(options: Readonly<Record<string, string>>): string {
  return Object.entries(options)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&');
}

/** A time range for OData: milliseconds, widened to hold it. */
export function odataTime({ start, end }: TimeRange): { from: string; to: string } {
  return { from: new Date(msFromTicks(start)).toISOString(), to: new Date(msFromTicks(end + 9_999n)).toISOString() };
}
