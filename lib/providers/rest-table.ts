import type { HttpClient } from '../azure/http-client.ts';
import { TrailhoundError } from '../errors.ts';
import type { Warning } from '../outcome.ts';
import {
  type KqlType,
  msFromTicks,
  type TableSchema,
  TICKS_PER_DAY,
  TICKS_PER_SECOND,
  ticksFromMs,
} from '../tables/index.ts';
import type { Answer } from './kql-provider.ts';
import type { QueryRequest, TimeRange } from './provider.ts';
import { asArray, asObject, asText } from './wire-access.ts';
import { parseWireJson } from './wire-json.ts';
import { tableFromWire } from './wire-table.ts';

/** A list of a REST API shown as a table. */
export interface RestTable {
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
  /**
   * Lists within an item that hold the rows, level by level; each level may have several (`properties.securityRules`).
   * Default: an item is a row.
   */
  readonly rowsIn?: readonly (readonly string[])[];
  /** Column → type and the member that it shows, as `properties.hardwareProfile.vmSize`; `../` goes up a level. */
  readonly columns: readonly RestColumn[];
}

export interface RestColumn {
  readonly name: string;
  readonly type: KqlType;
  readonly from: string;
  /** Of a text, what stands before this. */
  readonly until?: string;
}

const MOST_ROWS = 500_000;

/**
 * All pages of a list, for each scope. Pages name the next in `nextLink` or `@odata.nextLink`. A scope that fails is
 * named in a warning, unless all do.
 */
export async function readRestTable(
  http: HttpClient,
  table: RestTable,
  scopes: readonly string[],
  request: QueryRequest,
  options: { readonly timeoutInMs: number; readonly signal: AbortSignal | undefined },
): Promise<Answer> {
  const { request: bounded, warnings } = withinRetention(table, request);
  const rows: (readonly unknown[])[] = [];
  const rowsOf = rowReader(table);
  const failures: unknown[] = [];
  const asked = table.hasNoScope ? [''] : bounded ? scopes : [];
  for (const scope of asked) {
    try {
      for await (const page of pagesOf(http, table, scope, bounded!, options)) {
        for (const item of page) for (const row of rowsOf(item)) rows.push(row);
        if (rows.length < MOST_ROWS) continue;
        warnings.push({ code: 'row-limit', message: `only the first ${rows.length} rows were taken` });
        return { table: tableFromWire(schemaOfRest(table), rows), warnings };
      }
    } catch (error) {
      if (options.signal?.aborted || !(error instanceof TrailhoundError)) throw error;
      failures.push(error);
      warnings.push({ code: 'source-failed', message: `${scope}: ${error.message}` });
    }
  }
  if (failures.length > 0 && failures.length === asked.length) throw failures[0];
  return { table: tableFromWire(schemaOfRest(table), rows), warnings };
}

/** The items of each page. */
async function* pagesOf(
  http: HttpClient,
  table: RestTable,
  scope: string,
  request: QueryRequest,
  { timeoutInMs, signal }: { readonly timeoutInMs: number; readonly signal: AbortSignal | undefined },
): AsyncGenerator<readonly unknown[]> {
  const seen = new Set<string>();
  let skipped = 0;
  let url: string | undefined = table.url(scope, request, 0);
  while (url !== undefined && !seen.has(url)) {
    seen.add(url);
    const page: Record<string, unknown> = asObject(
      await http.json({ method: 'GET', url, timeoutInMs, signal }, parseWireJson),
    );
    const items = itemsOf(page);
    // A service that knows no skipping gives the first page again.
    const first = `id ${asText(asObject(items[0])['id'])}`;
    if (skipped > 0 && seen.has(first)) return;
    seen.add(first);
    yield items;
    skipped += items.length;
    const next = asText(page['nextLink']) || asText(page['@odata.nextLink']);
    if (next) url = pathOf(next);
    else url = items.length === table.pageSize ? table.url(scope, request, skipped) : undefined;
  }
}

/** The request, its time range cut to what the service keeps; undefined if nothing is left of it. */
function withinRetention(
  { keptInDays, name }: RestTable,
  request: QueryRequest,
): { request: QueryRequest | undefined; warnings: Warning[] } {
  if (keptInDays === undefined) return { request, warnings: [] };
  const nowInTicks = ticksFromMs(request.nowInMs);
  // The service's clock is ahead when the request arrives.
  const earliest = nowInTicks - BigInt(keptInDays) * TICKS_PER_DAY + 600n * TICKS_PER_SECOND;
  const { start = earliest, end = nowInTicks } = request.timeRange ?? {};
  if (start >= earliest) return { request: { ...request, timeRange: { start, end } }, warnings: [] };
  const warnings = [{ code: 'retention', message: `${name} keeps ${keptInDays} days: older rows are not asked for` }];
  return { request: end > earliest ? { ...request, timeRange: { start: earliest, end } } : undefined, warnings };
}

/** Reads the rows of an item: itself, or the elements of lists within it. */
function rowReader({ rowsIn = [], columns }: RestTable): (item: unknown) => unknown[][] {
  const levels = rowsIn.map((level) => level.map((path) => path.split('.')));
  const readers = columns.map(({ from, until }) => {
    const levelsUp = from.split('../').length - 1;
    const path = from.slice(3 * levelsUp).split('.');
    return (place: readonly unknown[]): unknown => {
      const value = memberAt(place.at(-1 - levelsUp), path);
      return until === undefined || typeof value !== 'string' ? value : value.split(until, 1)[0];
    };
  });
  return (item) => {
    let places: (readonly unknown[])[] = [[item]];
    for (const level of levels) {
      places = places.flatMap((place) =>
        level.flatMap((path) => asArray(memberAt(place.at(-1), path)).map((element) => [...place, element])),
      );
    }
    return places.map((place) => readers.map((read) => read(place)));
  };
}

export function schemaOfRest({ columns }: RestTable): TableSchema {
  return columns.map(({ name, type }) => ({ name, type }));
}

/** A list's items; an address of a single thing gives that thing. */
function itemsOf(page: Record<string, unknown>): readonly unknown[] {
  if (page['value'] === undefined && page['id'] !== undefined) return [page];
  return asArray(page['value']);
}

function memberAt(item: unknown, path: readonly string[]): unknown {
  let value = item;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return null;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
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
