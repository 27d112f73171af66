import { createHash } from 'node:crypto';
import { withGrant } from '../azure/http-error.ts';
import type { WorkspaceSettings } from '../config/settings.ts';
import { TrailhoundError } from '../errors.ts';
import { encodeName } from '../kql/encode.ts';
import { isoFromTicks } from '../tables/index.ts';
import type { Connections } from './connections.ts';
import { kqlOf } from './kql-request.ts';
import type { QueryRequest, SearchJobState } from './provider.ts';
import { asObject, asText } from './wire-access.ts';

const API_VERSION = '2023-09-01';
const GRANT =
  'Search jobs need "Log Analytics Contributor" on the workspace: az role assignment create --role "Log Analytics Contributor" --assignee <principal id> --scope <workspace id>';
const GOING_ON = new Set(['InProgress', 'Updating', 'Accepted']);

/** Tables of search jobs and restores, which a workspace has beside those that logs go to. */
const SEARCH_RESULT = /_SRCH$/;

/** The column that holds a table's time: the result of a search job has the job's own time in `TimeGenerated`. */
export function logAnalyticsTimeColumn(table: string): string {
  return SEARCH_RESULT.test(table) ? '_OriginalTimeGenerated' : 'TimeGenerated';
}

/**
 * Starts a search job, which reads what queries do not reach (archived rows, Basic and Auxiliary tables, ranges that
 * take hours), or finds the one that was started for the same question: its name comes from the question.
 * Source: learn.microsoft.com/azure/azure-monitor/logs/search-jobs and learn.microsoft.com/rest/api/loganalytics/tables
 *
 * @throws usage: the workspace has no Azure ids in the settings, or the request has no time range
 * @throws unauthorized: with the role that is missing · remote: the job failed
 */
export async function searchJob(
  connections: Connections,
  workspace: WorkspaceSettings,
  request: QueryRequest,
  signal: AbortSignal | undefined,
): Promise<SearchJobState> {
  const { timeRange, maxRows } = request;
  if (!timeRange) throw new TrailhoundError('usage', 'a search job needs a time range');
  const query = jobQuery(request);
  const [startSearchTime, endSearchTime] = [isoFromTicks(timeRange.start), isoFromTicks(timeRange.end)];
  const key = [workspace.workspaceId, query, startSearchTime, endSearchTime, maxRows ?? null];
  const table = `Trailhound_${createHash('sha256').update(JSON.stringify(key)).digest('hex').slice(0, 16)}_SRCH`;
  const http = connections.client('Azure Resource Manager', connections.cloud(workspace).resourceManager, workspace);
  const url = `${workspacePath(workspace)}/tables/${table}?api-version=${API_VERSION}`;
  const found = asObject(await withGrant(http.json({ method: 'GET', url, accept: [404], signal }), GRANT))[
    'properties'
  ];
  if (found !== undefined) return stateOf(table, asObject(found));
  // One row more than wanted tells that there are more.
  const limit = maxRows === undefined ? {} : { limit: maxRows + 1 };
  const searchResults = { query, startSearchTime, endSearchTime, ...limit, description: 'Asked by Trailhound' };
  await withGrant(http.send({ method: 'PUT', url, json: { properties: { searchResults } }, signal }), GRANT);
  return { table, isDone: false, progressInPercent: 0 };
}

/** What a job is asked: without time, which it takes apart, and without a cap, which is its limit. */
function jobQuery({ timeRange: _time, maxRows: _cap, ...request }: QueryRequest): string {
  return kqlOf(request, { timeColumnOf: logAnalyticsTimeColumn, hasTimeSpan: true });
}

/** The request that reads what a job found, with the rows' own time in its usual place. */
export function requestOfSearchJob({ timeRange, maxRows, nowInMs }: QueryRequest, table: string): QueryRequest {
  return {
    kql: `${encodeName(table)} | extend TimeGenerated = _OriginalTimeGenerated | project-away _OriginalTimeGenerated, _OriginalType, _OriginalItemId`,
    ...(timeRange ? { timeRange } : {}),
    ...(maxRows === undefined ? {} : { maxRows }),
    nowInMs,
  };
}

function stateOf(table: string, properties: Readonly<Record<string, unknown>>): SearchJobState {
  const state = asText(properties['provisioningState']);
  const { progress } = asObject(properties['resultStatistics']);
  const progressInPercent = typeof progress === 'number' ? progress : 0;
  if (state === 'Succeeded') return { table, isDone: true, progressInPercent: 100 };
  if (GOING_ON.has(state)) return { table, isDone: false, progressInPercent };
  throw new TrailhoundError('remote', `the search job ${table} ended as "${state || 'unknown'}"`, {
    hint: 'Look at the table in the workspace, delete it, and ask again.',
  });
}

function workspacePath({ name, subscriptionId, resourceGroup, workspaceName }: WorkspaceSettings): string {
  if (!subscriptionId || !resourceGroup || !workspaceName) {
    throw new TrailhoundError('usage', `a search job needs to know where workspace "${name}" lies in Azure`, {
      hint: 'Set its subscriptionId, resourceGroup and workspaceName under workspaces.',
    });
  }
  const [subscription, group, workspace] = [subscriptionId, resourceGroup, workspaceName].map(encodeURIComponent);
  return `subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.OperationalInsights/workspaces/${workspace}`;
}
