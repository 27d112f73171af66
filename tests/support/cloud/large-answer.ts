import type { Reply } from './loopback-server.ts';

/** Where each service's answers hold their rows. */
const ROWS_AT: Readonly<Record<string, readonly (string | number)[]>> = {
  'log-analytics': ['tables', 0, 'rows'],
  'defender-xdr': ['results'],
  'data-lake': [2, 'Rows'],
  kusto: [2, 'Rows'],
  'resource-graph': ['data', 'rows'],
  'graph-security': ['value'],
  'azure-activity': ['value'],
  splunk: ['results'],
  elastic: ['values'],
};

/** The same answer with its rows over and over again; what holds no rows, as the start of a job, stays as it is. */
export function enlarged(type: string, reply: Reply, times: number): Reply {
  // Numbers beyond 2^53 are put aside as text: no JavaScript value could hold them.
  const text = (typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.json)).replace(
    /([[:,])(\d{16,})(?=[,\]}])/g,
    '$1"number $2"',
  );
  const answer = JSON.parse(text) as unknown;
  const path = ROWS_AT[type]!;
  const parent = path.slice(0, -1).reduce(memberOf, answer) as Record<string | number, unknown> | undefined;
  const rows = memberOf(parent, path.at(-1)!);
  if (!parent || !Array.isArray(rows)) return reply;
  parent[path.at(-1)!] = Array.from({ length: times }, () => rows).flat();
  const counted = answer as { totalRecords?: number };
  if (counted.totalRecords !== undefined) counted.totalRecords *= times;
  const { json: _, ...rest } = reply;
  const body = JSON.stringify(answer).replaceAll(/"number (\d+)"/g, '$1');
  return { ...rest, headers: { 'content-type': 'application/json', ...reply.headers }, body };
}

function memberOf(value: unknown, key: string | number): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string | number, unknown>)[key] : undefined;
}
