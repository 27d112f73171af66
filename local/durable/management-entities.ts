import { type HostResponse, jsonResponse } from '../host/http-types.ts';
import type { DurableClient } from './client.ts';
import { parseEntityId } from './ids.ts';
import { type Call, jsonBody } from './management-request.ts';

/** Lists, reads or signals entities. */
export function entities(client: DurableClient, { request, query, segments }: Call): HostResponse {
  const [, name, key] = segments;
  if (request.method === 'GET' && key === undefined) {
    const rows = client.store.listEntities(name === undefined ? '@' : `@${name.toLowerCase()}@`);
    const views = rows.map(({ id, lastOperationAt }) => {
      return { entityId: parseEntityId(id), lastOperationTime: lastOperationAt, state: null };
    });
    return jsonResponse(200, views);
  }
  if (name === undefined) return { status: 404 };
  if (request.method === 'GET') {
    const state = client.entityState(name, key!);
    return state === undefined ? { status: 404 } : jsonResponse(200, JSON.parse(state));
  }
  if (request.method !== 'POST') return { status: 404 };
  const input = jsonBody(request);
  if (input === undefined) return jsonResponse(400, { Message: 'The body is not JSON.' });
  client.signalEntity(name, key ?? '', query.get('op') ?? '', input);
  return { status: 202 };
}
