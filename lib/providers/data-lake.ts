import type { SettingsOf } from '../config/provider-schema.ts';
import { workspaceOf } from '../config/settings.ts';
import { TrailhoundError } from '../errors.ts';
import type { AnswerResources } from './answers/answer-collector.ts';
import type { Connections } from './connections.ts';
import { type KqlService, kqlProvider } from './kql-provider.ts';
import { askKusto, KUSTO_LIMITS } from './kusto.ts';
import { keepPace } from './pace.ts';
import type { QueryProvider } from './provider.ts';

/** The service's own limits: per tenant 30 queries a minute and 10 at once, the others are refused; per query 4 minutes. */
const QUOTA = { calls: 30, windowInMs: 60_000 };
const TIMEOUT_IN_MS = 240_000;

/**
 * The Sentinel data lake: KQL over what a workspace keeps there, up to twelve years back.
 * Source: learn.microsoft.com/azure/sentinel/datalake/kql-queries-api
 */
export function dataLake(
  name: string,
  options: SettingsOf<'data-lake'>,
  connections: Connections,
  resources: AnswerResources = {},
): QueryProvider {
  const workspace = workspaceOf(connections.settings, options.workspaces?.[0]);
  const { dataLake: endpoint, title } = connections.cloud(workspace);
  if (!endpoint) throw new TrailhoundError('unsupported', `the Sentinel data lake is not offered in ${title}`);
  if (!workspace.workspaceName) {
    throw new TrailhoundError('usage', `the workspace "${workspace.name}" needs workspaceName for the data lake`, {
      hint: 'It is the name of the workspace in Azure, as law-soc.',
    });
  }
  const database = `${workspace.workspaceName}-${workspace.workspaceId}`;
  const service: KqlService = {
    timeColumnOf: () => 'TimeGenerated',
    hasTimeSpan: false,
    limits: KUSTO_LIMITS,
    async ask(kql, _request, rows) {
      const http = connections.client('Sentinel data lake', endpoint, workspace);
      await keepPace(http, `${http.service} ${endpoint.url} ${workspace.tenantId}`, QUOTA, rows.signal);
      return askKusto(http, rows, {
        url: 'lake/kql/v2/rest/query',
        database,
        kql,
        timeoutInMs: Math.min(options.timeoutInMs ?? TIMEOUT_IN_MS, TIMEOUT_IN_MS),
      });
    },
    // The API answers queries alone.
    tables: async () => [],
  };
  return kqlProvider(name, service, resources);
}
