import { type HostResponse, jsonResponse } from '../host/http-types.ts';
import type { DurableClient } from './client.ts';
import type { Call } from './management-request.ts';
import { statusView } from './status-view.ts';
import type { InstanceFilter } from './store.ts';

const DEFAULT_PAGE_SIZE = 100;

function filterOf(query: URLSearchParams): InstanceFilter {
  const statuses = query
    .getAll('runtimeStatus')
    .flatMap((each) => each.split(','))
    .filter(Boolean);
  const time = (name: string) => {
    const given = query.get(name);
    return given ? new Date(given).toISOString() : undefined;
  };
  const [from, to, prefix] = [time('createdTimeFrom'), time('createdTimeTo'), query.get('instanceIdPrefix')];
  return {
    statuses,
    ...(from ? { createdFrom: from } : {}),
    ...(to ? { createdTo: to } : {}),
    ...(prefix ? { idPrefix: prefix } : {}),
  };
}

/** Lists or purges the instances that a query describes. */
export function many(client: DurableClient, { request, query }: Call): HostResponse {
  const filter = filterOf(query);
  if (request.method === 'DELETE') {
    if (!filter.createdFrom) return jsonResponse(400, "Please provide value for 'createdTimeFrom' parameter.");
    const count = client.purgeBy(filter);
    return count === 0 ? { status: 404 } : jsonResponse(200, { instancesDeleted: count });
  }
  if (request.method !== 'GET') return { status: 404 };
  const token = request.headers['x-ms-continuation-token'];
  const after = typeof token === 'string' ? Buffer.from(token, 'base64').toString('utf8') : undefined;
  const limit = Math.max(1, Number(query.get('top')) || DEFAULT_PAGE_SIZE);
  const rows = client.store.listInstances({ ...filter, ...(after ? { after } : {}), limit: limit + 1 });
  const page = rows.slice(0, limit);
  const views = page.map((row) => statusView(row, query.get('showInput') !== 'false'));
  const next = rows.length > limit ? Buffer.from(page.at(-1)!.id).toString('base64') : undefined;
  return jsonResponse(200, views, next ? { 'x-ms-continuation-token': next } : {});
}
