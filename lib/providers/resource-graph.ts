import type { SettingsOf } from '../config/provider-schema.ts';
import type { Warning } from '../outcome.ts';
import type { AnswerCollector, AnswerResources } from './answers/answer-collector.ts';
import type { Connections } from './connections.ts';
import { type KqlService, kqlProvider } from './kql-provider.ts';
import { keepPace } from './pace.ts';
import type { QueryProvider } from './provider.ts';

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
  resources: AnswerResources = {},
): QueryProvider {
  const title = 'Azure Resource Graph';
  const client = () => connections.client(title, connections.cloud(options).resourceManager, options);
  const scope = {
    ...(options.subscriptions ? { subscriptions: options.subscriptions } : {}),
    ...(options.managementGroups ? { managementGroups: options.managementGroups } : {}),
  };

  const page = async (rows: AnswerCollector, query: string, rowsAPage: number, skipToken: string | undefined) => {
    const http = client();
    const quota = `${title} ${connections.cloud(options).resourceManager.url} ${options.tenantId}`;
    await keepPace(http, quota, QUOTA, rows.signal);
    return rows.ask(
      http,
      {
        method: 'POST',
        url: `providers/Microsoft.ResourceGraph/resources?api-version=${API_VERSION}`,
        json: {
          ...scope,
          query,
          options: { resultFormat: 'table', $top: rowsAPage, ...(skipToken ? { $skipToken: skipToken } : {}) },
        },
        repeatable: true,
        timeoutInMs: options.timeoutInMs ?? 60_000,
      },
      { form: { name: 'resource-graph' } },
    );
  };

  const service: KqlService = {
    hasTimeSpan: false,
    hasPages: true,
    async ask(kql, request, rows) {
      // Pages without an order may overlap.
      const query = request.table === undefined ? kql : `${kql}\n| order by ['id'] asc`;
      const rowsAPage = Math.min(ROWS_A_PAGE, (request.maxRows ?? ROWS_A_PAGE) + 1);
      const warnings: Warning[] = [];
      let skipToken: string | undefined;
      for (let pages = 1; ; pages++) {
        const { rest } = await page(rows, query, rowsAPage, skipToken);
        skipToken = rest.next;
        if (skipToken === undefined) {
          const { totalRows = rows.rowCount } = rest;
          if (rest.isTruncated && rows.rowCount < totalRows) {
            warnings.push({
              code: 'partial-result',
              message: `${title} gave ${rows.rowCount} of ${totalRows} rows and no further page: project the column id, and use no take or limit`,
            });
          }
          break;
        }
        if (rows.isFull) break;
        if (pages >= MOST_PAGES) {
          warnings.push({ code: 'row-limit', message: `only the first ${rows.rowCount} rows were taken` });
          break;
        }
      }
      return warnings;
    },
    tables: async () => TABLES.map((table) => ({ name: table, schema: [] })),
  };
  return kqlProvider(name, service, resources);
}
