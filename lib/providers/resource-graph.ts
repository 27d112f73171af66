import type { SettingsOf } from '../config/provider-schema.ts';
import type { Warning } from '../outcome.ts';
import type { Connections } from './connections.ts';
import { type Answer, kqlProvider } from './kql-provider.ts';
import { keepPace } from './pace.ts';
import type { QueryProvider } from './provider.ts';
import { asArray, asObject, asText } from './wire-access.ts';
import { parseWireJson } from './wire-json.ts';
import { kqlTypeOfWire, tableFromWire } from './wire-table.ts';

const API_VERSION = '2022-10-01';
const ROWS_A_PAGE = 1000;
const MOST_PAGES = 1000;
/** Of a user; a refusal names no time to wait. */
const QUOTA = { calls: 15, windowInMs: 5000 };

/** The tables that are asked for most; there are more. */
const TABLES = [
  'Resources',
  'ResourceContainers',
  'SecurityResources',
  'AuthorizationResources',
  'NetworkResources',
  'PolicyResources',
  'AdvisorResources',
];

/**
 * Azure Resource Graph: what there is in subscriptions now, page by page until the end. Its tables have no time.
 * Sources: learn.microsoft.com/rest/api/azureresourcegraph/resourcegraph/resources/resources,
 * learn.microsoft.com/azure/governance/resource-graph/concepts/work-with-data and …/guidance-for-throttled-requests
 */
export function resourceGraph(
  name: string,
  options: SettingsOf<'resource-graph'>,
  connections: Connections,
): QueryProvider {
  const service = 'Azure Resource Graph';
  const client = () => connections.client(service, connections.cloud(options).resourceManager, options);
  const scope = {
    ...(options.subscriptions ? { subscriptions: options.subscriptions } : {}),
    ...(options.managementGroups ? { managementGroups: options.managementGroups } : {}),
  };

  const page = async (
    query: string,
    rows: number,
    skipToken: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<unknown> => {
    const http = client();
    await keepPace(
      http,
      `${service} ${connections.cloud(options).resourceManager.url} ${options.tenantId}`,
      QUOTA,
      signal,
    );
    return http.json(
      {
        method: 'POST',
        url: `providers/Microsoft.ResourceGraph/resources?api-version=${API_VERSION}`,
        json: {
          ...scope,
          query,
          options: { resultFormat: 'table', $top: rows, ...(skipToken ? { $skipToken: skipToken } : {}) },
        },
        repeatable: true,
        timeoutInMs: options.timeoutInMs ?? 60_000,
        signal,
      },
      parseWireJson,
    );
  };

  return kqlProvider(name, {
    hasTimeSpan: false,
    hasPages: true,
    async ask(kql, request, signal): Promise<Answer> {
      // Pages without an order may overlap.
      const query = request.table === undefined ? kql : `${kql}\n| order by ['id'] asc`;
      const rowsAPage = Math.min(ROWS_A_PAGE, (request.maxRows ?? ROWS_A_PAGE) + 1);
      const rows: (readonly unknown[])[] = [];
      const warnings: Warning[] = [];
      let columns: { name: string; type: string }[] = [];
      let skipToken: string | undefined;
      for (let pages = 1; ; pages++) {
        const answer = asObject(await page(query, rowsAPage, skipToken, signal));
        const data = asObject(answer['data']);
        columns = asArray(data['columns']).map((column) => ({
          name: asText(asObject(column)['name']),
          type: asText(asObject(column)['type']),
        }));
        for (const row of asArray(data['rows'])) rows.push(asArray(row));
        skipToken = asText(answer['$skipToken']) || undefined;
        if (!skipToken) {
          const total = Number(answer['totalRecords'] ?? rows.length);
          if (asText(answer['resultTruncated']) === 'true' && rows.length < total) {
            warnings.push({
              code: 'partial-result',
              message: `${service} gave ${rows.length} of ${total} rows and no further page: project the column id, and use no take or limit`,
            });
          }
          break;
        }
        if (request.maxRows !== undefined && rows.length > request.maxRows) break;
        if (pages >= MOST_PAGES) {
          warnings.push({ code: 'row-limit', message: `only the first ${rows.length} rows were taken` });
          break;
        }
      }
      const schema = columns.map((column) => ({
        name: column.name,
        type: column.type === 'integer' ? ('long' as const) : kqlTypeOfWire(column.type),
      }));
      return { table: tableFromWire(schema, rows), warnings };
    },
    tables: async () => TABLES.map((table) => ({ name: table, schema: [] })),
  });
}
