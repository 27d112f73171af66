import { timingSafeEqual } from 'node:crypto';
import { toErrorInfo } from '../../lib/errors.ts';
import { type HostRequest, type HostResponse, jsonResponse, type RequestHandler } from '../host/http-types.ts';
import type { ControlResult, DurableClient } from './client.ts';
import { type BindingOptions, managementUrls, RPC_PATH, WEBHOOK_PATH } from './client-binding.ts';
import { entities } from './management-entities.ts';
import { many } from './management-instances.ts';
import { type Call, jsonBody } from './management-request.ts';
import { explain } from './orchestrator-call.ts';
import { historyView, statusView } from './status-view.ts';
import { type InstanceRow, isActive } from './store.ts';

/**
 * The durable HTTP API, twice: at the path that the app's client is given, and, only when it is enabled, at the public
 * one, where every request must carry the key as `code`.
 */
export function managementApi(client: DurableClient, binding: BindingOptions, isPublic: boolean): RequestHandler {
  const rpcPrefix = `${RPC_PATH}/${binding.rpcSecret}/`;
  return (request) => {
    const path = request.url.pathname;
    if (path.startsWith(rpcPrefix)) return answer(client, binding, call(request, path.slice(rpcPrefix.length)));
    if (!isPublic || !path.startsWith(`${WEBHOOK_PATH}/`)) return undefined;
    if (!isKey(request.url.searchParams.get('code'), binding.code)) return { status: 401 };
    return answer(client, binding, call(request, path.slice(WEBHOOK_PATH.length + 1)));
  };
}

function isKey(given: string | null, code: string): boolean {
  const [a, b] = [Buffer.from(given ?? ''), Buffer.from(code)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function call(request: HostRequest, path: string): Call {
  const segments = path.split('/').filter(Boolean).map(decodeURIComponent);
  return { request, query: request.url.searchParams, segments };
}

function answer(client: DurableClient, binding: BindingOptions, it: Call): HostResponse {
  try {
    switch (it.segments[0]) {
      case 'orchestrators':
        return it.request.method === 'POST' && it.segments[1] ? start(client, binding, it) : { status: 404 };
      case 'instances':
        return it.segments[1] === undefined ? many(client, it) : one(client, binding, it, it.segments[1]);
      case 'entities':
        return entities(client, it);
      default:
        return { status: 404 };
    }
  } catch (thrown) {
    return failure(thrown);
  }
}

function failure(thrown: unknown): HostResponse {
  const { code, message } = toErrorInfo(thrown);
  if (code === 'conflict') return jsonResponse(409, { Message: message });
  if (code === 'usage') {
    const words = 'One or more of the arguments submitted is incorrect';
    return jsonResponse(400, { Message: words, ExceptionMessage: explain(thrown) });
  }
  return jsonResponse(code === 'unavailable' ? 503 : 500, { Message: message });
}

function start(client: DurableClient, binding: BindingOptions, { request, query, segments }: Call): HostResponse {
  const input = jsonBody(request);
  if (input === undefined) return jsonResponse(400, { Message: 'The body is not JSON.' });
  const id = client.startNew(segments[1]!, input, segments[2], query.get('version'));
  return started(binding, id);
}

function started(binding: BindingOptions, id: string): HostResponse {
  const { rewindPostUri: _notShown, ...links } = managementUrls(binding, id);
  return jsonResponse(202, links, { location: links['statusQueryGetUri']!, 'retry-after': '10' });
}

function one(client: DurableClient, binding: BindingOptions, it: Call, id: string): HostResponse {
  const { request, query, segments } = it;
  const operation = segments[2];
  if (operation === undefined) {
    if (request.method === 'DELETE') {
      const count = client.purge(id);
      return count === 0 ? { status: 404 } : jsonResponse(200, { instancesDeleted: count });
    }
    const row = request.method === 'GET' ? client.store.getInstance(id) : undefined;
    return row ? status(client, it, row) : { status: 404 };
  }
  if (request.method !== 'POST') return { status: 404 };
  const reason = query.get('reason');
  switch (operation) {
    case 'raiseEvent':
      return raiseEvent(client, it, id, segments[3] ?? '');
    case 'terminate':
      return controlled(client.terminate(id, reason));
    case 'suspend':
      return controlled(client.suspend(id, reason));
    case 'resume':
      return controlled(client.resume(id, reason));
    case 'rewind':
      return rewind(client, id, reason);
    case 'restart': {
      const restarted = client.restart(id, query.get('restartWithNewInstanceId') !== 'false');
      return restarted === undefined ? { status: 404 } : started(binding, restarted);
    }
    default:
      return { status: 404 };
  }
}

const controlled = (result: ControlResult): HostResponse => ({
  status: result === 'done' ? 202 : result === 'missing' ? 404 : 410,
});

function rewind(client: DurableClient, id: string, reason: string | null): HostResponse {
  try {
    return controlled(client.rewind(id, reason));
  } catch (thrown) {
    const { code, message } = toErrorInfo(thrown);
    if (code === 'conflict') return jsonResponse(412, message);
    throw thrown;
  }
}

function raiseEvent(client: DurableClient, { request }: Call, id: string, name: string): HostResponse {
  const row = client.store.getInstance(id);
  if (!row || !isActive(row.status)) return controlled(row ? 'over' : 'missing');
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
    return jsonResponse(400, { Message: 'Only application/json request content is supported' });
  }
  const input = jsonBody(request);
  if (input === undefined) return jsonResponse(400, { Message: 'The body is not JSON.' });
  return controlled(client.raiseEvent(id, name, input ?? 'null'));
}

function status(client: DurableClient, { request, query }: Call, row: InstanceRow): HostResponse {
  const view = statusView(row, query.get('showInput') !== 'false');
  if (query.get('showHistory') === 'true') {
    view['historyEvents'] = historyView(client.store.getHistory(row.id), query.get('showHistoryOutput') === 'true');
  }
  if (isActive(row.status)) {
    return jsonResponse(202, view, { location: request.url.href, 'retry-after': '5' });
  }
  const isError = row.status === 'Failed' && query.get('returnInternalServerErrorOnFailure') === 'true';
  return jsonResponse(isError ? 500 : 200, view);
}
