import { scopeOf } from '../azure/clouds.ts';
import type { HttpClient, HttpRequest } from '../azure/http-client.ts';
import { clientEndpoint } from '../azure/loopback-transport.ts';
import type { SettingsOf } from '../config/provider-schema.ts';
import { type WorkspaceSettings, workspaceOf } from '../config/settings.ts';
import { TrailhoundError, toErrorInfo } from '../errors.ts';
import type { Warning } from '../outcome.ts';
import { msFromTicks } from '../tables/index.ts';
import { AnswerCollector, type AnswerResources } from './answers/answer-collector.ts';
import { LOG_ANALYTICS_LIMITS } from './answers/log-analytics-form.ts';
import type { Connections } from './connections.ts';
import { kqlOf } from './kql-request.ts';
import { needsSearch, saysSearch, type TablePlans } from './log-analytics-plans.ts';
import { logsTransport } from './log-analytics-transport.ts';
import type { QueryProvider, QueryRequest } from './provider.ts';
import { logAnalyticsTimeColumn, searchJob } from './search-job.ts';
import { limitMet } from './split/ask-chunk.ts';
import { identityKey } from './tenancy.ts';
import { asArray, asObject, asText } from './wire-access.ts';
import { kqlTypeOfWire } from './wire-table.ts';

const TIMEOUT_IN_MS = 180_000;
/** The client insists on a span; a query without one bounds itself. */
const ALL_TIME = 'P36500D';
const timeColumnOf = logAnalyticsTimeColumn;

/** The column that tells the workspaces of a joint result apart; with a digit where the query has one of that name. */
const WORKSPACE_COLUMN = 'Workspace';

/**
 * Log Analytics, and so Microsoft Sentinel: KQL over one workspace or several.
 *
 * Of several, each is asked with its own identity and cloud (those of one identity in turn, so that a question is one of
 * the few that it may ask at once), and the rows are put under each other with a column
 * `Workspace`; one that fails makes the result partial and is named.
 */
export function logAnalytics(
  name: string,
  options: SettingsOf<'log-analytics'>,
  connections: Connections,
  resources: AnswerResources = {},
): QueryProvider {
  const { settings } = connections;
  const workspaces = options.workspaces?.map((each) => workspaceOf(settings, each)) ?? [workspaceOf(settings)];
  const timeoutInMs = options.timeoutInMs ?? TIMEOUT_IN_MS;

  return {
    name,
    timeColumnOf,
    limits: LOG_ANALYTICS_LIMITS,
    async query(request, { signal } = {}) {
      const kql = kqlOf(request, { timeColumnOf, hasTimeSpan: true });
      const rows = new AnswerCollector(resources, request, signal);
      const question: Question = { kql, request, timeoutInMs, plans: options.plans };
      const asked = inTurn(
        workspaces,
        (workspace) => identityKey(workspace, settings),
        (workspace, place) => {
          const source = workspaces.length > 1 ? { column: WORKSPACE_COLUMN, name: workspace.name } : undefined;
          const http = clientOf(connections, workspace);
          return askWorkspace(connections, workspace, question, async (sent) => {
            const reading = { form: { name: 'log-analytics' }, ...(source ? { source } : {}) } as const;
            const limits = { repeatable: true, timeoutInMs: timeoutInMs + 30_000 };
            const { rest } = await rows.ask(http, { ...sent, ...limits }, reading, place);
            return rest.warnings;
          });
        },
      );
      return rows.result(workspaces.length > 1 ? await jointly(workspaces, asked, signal) : await asked[0]!);
    },
    async searchJob(request, { signal } = {}) {
      const [only, ...more] = workspaces;
      if (only && more.length === 0) return searchJob(connections, only, request, signal);
      throw new TrailhoundError(
        'usage',
        `a search job is of one workspace; provider "${name}" has ${workspaces.length}`,
      );
    },
    async tables({ signal } = {}) {
      const workspace = workspaces[0]!;
      const http = clientOf(connections, workspace);
      const metadata = asObject(
        await http.json({ method: 'GET', url: `v1/workspaces/${workspace.workspaceId}/metadata`, signal }),
      );
      return asArray(metadata['tables']).map((table) => ({
        name: asText(asObject(table)['name']),
        schema: asArray(asObject(table)['columns']).map((column) => ({
          name: asText(asObject(column)['name']),
          type: kqlTypeOfWire(asText(asObject(column)['type'])),
        })),
      }));
    },
  };
}

/** Does the work for each, and for those with the same key one after the other. */
function inTurn<Item, Result>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  work: (item: Item, place: number) => Promise<Result>,
): Promise<Result>[] {
  const last = new Map<string, Promise<unknown>>();
  return items.map((item, place) => {
    const before = last.get(keyOf(item)) ?? Promise.resolve();
    const result = before.then(() => work(item, place));
    last.set(
      keyOf(item),
      result.catch(() => undefined),
    );
    return result;
  });
}

interface Question {
  readonly kql: string;
  readonly request: QueryRequest;
  readonly timeoutInMs: number;
  readonly plans: TablePlans | undefined;
}

/** Sends a request of a workspace, has the rows of its answer collected, and gives the warnings. */
type Ask = (request: HttpRequest) => Promise<readonly Warning[]>;

async function askWorkspace(
  connections: Connections,
  workspace: WorkspaceSettings,
  question: Question,
  ask: Ask,
): Promise<readonly Warning[]> {
  if (needsSearch(question.request, question.plans)) return ask(searchOf(workspace, question));
  try {
    return await queryWorkspace(connections, workspace, question, ask);
  } catch (error) {
    if (!saysSearch(error)) throw error;
    return ask(searchOf(workspace, question));
  }
}

async function queryWorkspace(
  connections: Connections,
  workspace: WorkspaceSettings,
  { kql, request, timeoutInMs }: Question,
  ask: Ask,
): Promise<readonly Warning[]> {
  const { url, audience } = connections.cloud(workspace).logAnalytics;
  let warnings: readonly Warning[] = [];
  const httpClient = logsTransport(async (sent) => {
    warnings = await ask({ ...sent, url: asReached(sent.url, url) });
  });
  const { LogsQueryClient } = await import('@azure/monitor-query-logs');
  const client = new LogsQueryClient(connections.credential(workspace), {
    endpoint: `${clientEndpoint(url).url}/v1`,
    credentials: { scopes: [scopeOf(audience)] },
    httpClient,
    retryOptions: { maxRetries: 0 },
  });
  await client.queryWorkspace(workspace.workspaceId, kql, timespanOf(request), {
    serverTimeoutInSeconds: Math.ceil(timeoutInMs / 1000),
    includeQueryStatistics: true,
  });
  return warnings;
}

/** Tables on the plans Basic and Auxiliary: the client has no call for them. */
function searchOf(workspace: WorkspaceSettings, { kql, request, timeoutInMs }: Question): HttpRequest {
  const { startTime, endTime, duration } = timespanOf(request);
  return {
    method: 'POST',
    url: `v1/workspaces/${workspace.workspaceId}/search`,
    headers: { prefer: `wait=${Math.ceil(timeoutInMs / 1000)}` },
    json: { query: kql, timespan: duration ?? `${startTime.toISOString()}/${endTime.toISOString()}` },
  };
}

function clientOf(connections: Connections, workspace: WorkspaceSettings): HttpClient {
  const { logAnalytics: endpoint } = connections.cloud(workspace);
  return connections.client(`Log Analytics (${workspace.name})`, endpoint, workspace);
}

/** Undoes the https form in which the client was shown a loopback endpoint. */
function asReached(url: string, endpointUrl: string): string {
  return endpointUrl.startsWith('http:') ? url.replace(/^https:/, 'http:') : url;
}

/** Milliseconds are the finest that the client sends: the span is widened to them, and the text has the exact bounds. */
function timespanOf({ timeRange }: QueryRequest) {
  if (!timeRange) return { duration: ALL_TIME };
  return {
    startTime: new Date(msFromTicks(timeRange.start)),
    endTime: new Date(msFromTicks(timeRange.end + 9_999n)),
  };
}

/** The warnings of several workspaces; those that fail are named in one, unless all do. */
async function jointly(
  workspaces: readonly WorkspaceSettings[],
  asked: readonly Promise<readonly Warning[]>[],
  signal: AbortSignal | undefined,
): Promise<readonly Warning[]> {
  const settled = await Promise.allSettled(asked);
  const failures = settled.filter((each) => each.status === 'rejected');
  if (failures.length > 0 && (signal?.aborted || failures.length === settled.length)) throw failures[0]!.reason;
  return settled.flatMap((each, index): readonly Warning[] => {
    const { name } = workspaces[index]!;
    if (each.status === 'fulfilled')
      return each.value.map((warning) => ({ ...warning, message: `${name}: ${warning.message}` }));
    // A limit is said to be one: asked for less, the workspace would answer.
    const code = limitMet(each.reason) === undefined ? 'source-failed' : 'size-limit';
    return [{ code, message: `workspace ${name}: ${toErrorInfo(each.reason).message}` }];
  });
}
