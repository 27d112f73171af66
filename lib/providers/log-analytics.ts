import { scopeOf } from '../azure/clouds.ts';
import type { HttpClient } from '../azure/http-client.ts';
import { clientEndpoint } from '../azure/loopback-transport.ts';
import type { SettingsOf } from '../config/provider-schema.ts';
import { type WorkspaceSettings, workspaceOf } from '../config/settings.ts';
import { TrailhoundError, toErrorInfo } from '../errors.ts';
import type { Warning } from '../outcome.ts';
import { freeName, msFromTicks, type TableSchema, withColumns } from '../tables/index.ts';
import type { Connections } from './connections.ts';
import type { Answer } from './kql-provider.ts';
import { kqlOf } from './kql-request.ts';
import { furtherResults, partWarning } from './limit-code.ts';
import { inLanes } from './local/in-lanes.ts';
import { needsSearch, saysSearch, type TablePlans } from './log-analytics-plans.ts';
import { type LogsAnswer, logsTransport, readAnswer } from './log-analytics-transport.ts';
import type { QueryProvider, QueryRequest, QueryResult } from './provider.ts';
import { resultOf } from './result.ts';
import { uniteTables } from './unite-tables.ts';
import { asArray, asObject, asText } from './wire-access.ts';
import { parseWireJson } from './wire-json.ts';
import { kqlTypeOfWire, tableFromWire } from './wire-table.ts';

/** The service's own limits (per query). */
export const LOG_ANALYTICS_LIMITS = { rows: 500_000, bytes: 100_000_000, timeoutInMs: 600_000 } as const;

const TIMEOUT_IN_MS = 180_000;
/** The client insists on a span; a query without one bounds itself. */
const ALL_TIME = 'P36500D';
const timeColumnOf = () => 'TimeGenerated';

/** Queries that Log Analytics runs at once for an identity. */
const ASKED_AT_ONCE = 5;

/** The column that tells the workspaces of a joint result apart; with a digit where the query has one of that name. */
const WORKSPACE_COLUMN = 'Workspace';

/**
 * Log Analytics, and so Microsoft Sentinel: KQL over one workspace or several.
 *
 * Of several, each is asked with its own identity and cloud, and the rows are put under each other with a column
 * `Workspace`; one that fails makes the result partial and is named.
 */
export function logAnalytics(
  name: string,
  options: SettingsOf<'log-analytics'>,
  connections: Connections,
): QueryProvider {
  const { settings } = connections;
  const workspaces = options.workspaces?.map((each) => workspaceOf(settings, each)) ?? [workspaceOf(settings)];
  const timeoutInMs = options.timeoutInMs ?? TIMEOUT_IN_MS;

  const ask = (workspace: WorkspaceSettings, kql: string, request: QueryRequest, signal: AbortSignal | undefined) =>
    askWorkspace(connections, workspace, { kql, request, timeoutInMs, plans: options.plans, signal });

  return {
    name,
    timeColumnOf,
    async query(request, { signal } = {}) {
      const kql = kqlOf(request, { timeColumnOf, hasTimeSpan: true });
      if (workspaces.length === 1) {
        const { table, warnings } = await ask(workspaces[0]!, kql, request, signal);
        return resultOf(table, request, warnings);
      }
      return joint(workspaces, request, (workspace) => ask(workspace, kql, request, signal), signal);
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

interface Ask {
  readonly kql: string;
  readonly request: QueryRequest;
  readonly timeoutInMs: number;
  readonly plans: TablePlans | undefined;
  readonly signal: AbortSignal | undefined;
}

async function askWorkspace(connections: Connections, workspace: WorkspaceSettings, given: Ask): Promise<Answer> {
  if (needsSearch(given.request, given.plans)) return searchWorkspace(connections, workspace, given);
  try {
    return await queryWorkspace(connections, workspace, given);
  } catch (error) {
    if (!saysSearch(error)) throw error;
    return searchWorkspace(connections, workspace, given);
  }
}

async function queryWorkspace(
  connections: Connections,
  workspace: WorkspaceSettings,
  { kql, request, timeoutInMs, signal }: Ask,
): Promise<Answer> {
  const { logAnalytics: endpoint } = connections.cloud(workspace);
  const http = clientOf(connections, workspace);
  const transport = logsTransport(loopbackAware(http, endpoint.url), { timeoutInMs: timeoutInMs + 30_000, signal });
  const { LogsQueryClient } = await import('@azure/monitor-query-logs');
  const client = new LogsQueryClient(connections.credential(workspace), {
    endpoint: `${clientEndpoint(endpoint.url).url}/v1`,
    credentials: { scopes: [scopeOf(endpoint.audience)] },
    httpClient: transport.httpClient,
    retryOptions: { maxRetries: 0 },
  });
  await client.queryWorkspace(workspace.workspaceId, kql, timespanOf(request), {
    serverTimeoutInSeconds: Math.ceil(timeoutInMs / 1000),
    includeQueryStatistics: true,
  });
  return tableOfAnswer(transport.answer());
}

/** Tables on the plans Basic and Auxiliary: the client has no call for them. */
async function searchWorkspace(
  connections: Connections,
  workspace: WorkspaceSettings,
  { kql, request, timeoutInMs, signal }: Ask,
): Promise<Answer> {
  const { startTime, endTime, duration } = timespanOf(request);
  const answer = await clientOf(connections, workspace).json(
    {
      method: 'POST',
      url: `v1/workspaces/${workspace.workspaceId}/search`,
      headers: { prefer: `wait=${Math.ceil(timeoutInMs / 1000)}` },
      json: { query: kql, timespan: duration ?? `${startTime.toISOString()}/${endTime.toISOString()}` },
      repeatable: true,
      timeoutInMs: timeoutInMs + 30_000,
      signal,
    },
    parseWireJson,
  );
  return tableOfAnswer(readAnswer(asObject(answer)));
}

function clientOf(connections: Connections, workspace: WorkspaceSettings): HttpClient {
  const { logAnalytics: endpoint } = connections.cloud(workspace);
  return connections.client(`Log Analytics (${workspace.name})`, endpoint, workspace);
}

/** Undoes the https form of a loopback endpoint. */
function loopbackAware(http: HttpClient, endpointUrl: string): HttpClient {
  if (!endpointUrl.startsWith('http:')) return http;
  return {
    ...http,
    json: (request, parse) => http.json({ ...request, url: request.url.replace(/^https:/, 'http:') }, parse),
  };
}

/** Milliseconds are the finest that the client sends: the span is widened to them, and the text has the exact bounds. */
function timespanOf({ timeRange }: QueryRequest) {
  if (!timeRange) return { duration: ALL_TIME };
  return {
    startTime: new Date(msFromTicks(timeRange.start)),
    endTime: new Date(msFromTicks(timeRange.end + 9_999n)),
  };
}

function tableOfAnswer({ tables, error }: LogsAnswer): Answer {
  const first = tables[0];
  if (!first) {
    throw new TrailhoundError(
      'remote',
      `Log Analytics gave no table${error ? `: ${error.code}: ${error.message}` : ''}`,
    );
  }
  const schema: TableSchema = first.columns.map((column) => ({ name: column.name, type: kqlTypeOfWire(column.type) }));
  const warnings: Warning[] = [];
  if (error) {
    warnings.push(partWarning('Log Analytics', error));
  } else if (first.rows.length >= LOG_ANALYTICS_LIMITS.rows) {
    warnings.push({ code: 'row-limit', message: `Log Analytics gives no more than ${LOG_ANALYTICS_LIMITS.rows} rows` });
  }
  warnings.push(...furtherResults('Log Analytics', tables.length));
  return { table: tableFromWire(schema, first.rows), warnings };
}

/** What asking a workspace came to. */
interface Outcome {
  readonly answer?: Answer;
  readonly error?: unknown;
}

/** One query over several sources; those that fail are named in a warning, unless all do. */
async function joint(
  workspaces: readonly WorkspaceSettings[],
  request: QueryRequest,
  ask: (workspace: WorkspaceSettings) => Promise<Answer>,
  signal: AbortSignal | undefined,
): Promise<QueryResult> {
  const outcomes = await inLanes(
    workspaces,
    ASKED_AT_ONCE,
    (workspace): Promise<Outcome> =>
      ask(workspace).then(
        (answer) => ({ answer }),
        (error: unknown) => (signal?.aborted ? Promise.reject(error) : { error }),
      ),
  );
  const answers = outcomes.flatMap(({ answer }) => answer ?? []);
  if (answers.length === 0) throw outcomes[0]!.error;
  const taken = new Set(answers.flatMap(({ table }) => table.columns.map((column) => column.name)));
  const sourceName = freeName(taken, WORKSPACE_COLUMN);
  const warnings: Warning[] = [];
  const tables = outcomes.flatMap(({ answer, error }, index) => {
    const { name } = workspaces[index]!;
    if (!answer) {
      warnings.push({ code: 'source-failed', message: `workspace ${name}: ${toErrorInfo(error).message}` });
      return [];
    }
    warnings.push(...answer.warnings.map((warning) => ({ ...warning, message: `${name}: ${warning.message}` })));
    const { table } = answer;
    const source = { name: sourceName, type: 'string', values: new Array<string>(table.rowCount).fill(name) } as const;
    return [withColumns(table, [source])];
  });
  return resultOf(uniteTables(tables), request, warnings);
}
