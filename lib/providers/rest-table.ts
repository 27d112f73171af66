import type { HttpClient } from '../azure/http-client.ts';
import type { Warning } from '../outcome.ts';
import { type KqlType, msFromTicks, type TableSchema } from '../tables/index.ts';
import type { Answer } from './kql-provider.ts';
import type { QueryRequest, TimeRange } from './provider.ts';
import { asArray, asObject, asText } from './wire-access.ts';
import { parseWireJson } from './wire-json.ts';
import { tableFromWire } from './wire-table.ts';

/** A list of a REST API shown as a table. */
export interface RestTable {
  readonly name: string;
  /** The first page for one scope (a subscription, or empty); the time range is put to it where the API can. */
  url(scope: string, timeRange: TimeRange | undefined): string;
  /** The column that a time range is about. */
  readonly timeColumn?: string;
  /** Column → type and the member of the item that it shows, as `properties.hardwareProfile.vmSize`. */
  readonly columns: readonly RestColumn[];
}

export interface RestColumn {
  readonly name: string;
  readonly type: KqlType;
  readonly from: string;
}

const MOST_ROWS = 500_000;

/** All pages of a list, for each scope. Pages name the next in `nextLink` or `@odata.nextLink`. */
export async function readRestTable(
  http: HttpClient,
  table: RestTable,
  scopes: readonly string[],
  request: QueryRequest,
  options: { readonly timeoutInMs: number; readonly signal: AbortSignal | undefined },
): Promise<Answer> {
  const rows: (readonly unknown[])[] = [];
  const warnings: Warning[] = [];
  const paths = table.columns.map(({ from }) => from.split('.'));
  for (const scope of scopes) {
    let url: string | undefined = table.url(scope, request.timeRange);
    const seen = new Set<string>();
    while (url !== undefined) {
      seen.add(url);
      const page: Record<string, unknown> = asObject(
        await http.json(
          { method: 'GET', url, timeoutInMs: options.timeoutInMs, signal: options.signal },
          parseWireJson,
        ),
      );
      for (const item of itemsOf(page)) rows.push(paths.map((path) => memberAt(item, path)));
      const next = asText(page['nextLink']) || asText(page['@odata.nextLink']);
      url = next && !seen.has(pathOf(next)) ? pathOf(next) : undefined;
      if (rows.length >= MOST_ROWS && url !== undefined) {
        warnings.push({ code: 'row-limit', message: `only the first ${rows.length} rows were taken` });
        url = undefined;
      }
    }
  }
  return { table: tableFromWire(schemaOfRest(table), rows), warnings };
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

/** A time range for OData: milliseconds, widened to hold it. */
export function odataTime({ start, end }: TimeRange): { from: string; to: string } {
  return { from: new Date(msFromTicks(start)).toISOString(), to: new Date(msFromTicks(end + 9_999n)).toISOString() };
}
