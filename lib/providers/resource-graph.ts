import type { SettingsOf } from '../config/provider-schema.ts';
import type { Warning } from '../outcome.ts';
import type { AnswerCollector, AnswerResources } from './answers/answer-collector.ts';
import type { Connections } from './connections.ts';
import { type KqlService, kqlProvider } from './kql-provider.ts';
import type { QueryProvider } from './provider.ts';

const API_VERSION = '2022-10-01';
const ROWS_A_PAGE = 1000;
const MOST_PAGES = 1000;

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
 * Azure Resource Graph: what there is in subscriptions, page by page until the end.
 * Source: learn.microsoft.com/rest/api/azureresourcegraph/resourcegraph/resources/resources
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

  const page = (rows: AnswerCollector, query: string, skipToken: string | undefined) =>
    rows.ask(
      client(),
      {
        method: 'POST',
        url: `providers/Microsoft.ResourceGraph/resources?api-version=${API_VERSION}`,
        json: {
          ...scope,
          query,
          options: { resultFormat: 'table', $top: ROWS_A_PAGE, ...(skipToken ? { $skipToken: skipToken } : {}) },
        },
        repeatable: true,
        timeoutInMs: options.timeoutInMs ?? 60_000,
      },
      { form: { name: 'resource-graph' } },
    );

  const service: KqlService = {
    timeColumnOf: () => 'timestamp',
    hasTimeSpan: false,
    async ask(kql, _request, rows) {
      const warnings: Warning[] = [];
      let skipToken: string | undefined;
      for (let pages = 1; ; pages++) {
        const { rest } = await page(rows, kql, skipToken);
        skipToken = rest.next;
        if (skipToken === undefined) {
          const { totalRows = rows.rowCount } = rest;
          if (rest.isTruncated && rows.rowCount < totalRows) {
            warnings.push({
              code: 'partial-result',
              message: `${title} gave ${rows.rowCount} of ${totalRows} rows and cannot page on: project the column id`,
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
