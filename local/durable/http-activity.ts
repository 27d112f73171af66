import type { DurableHttpRequest } from './actions.ts';
import type { LeafNode } from './task-nodes.ts';

/** The name under which the durable extension runs an orchestrator's HTTP calls. */
export const HTTP_ACTIVITY = 'BuiltIn::HttpActivity';
const DEFAULT_POLL_IN_MS = 30_000;
const TIMEOUT_IN_MS = 100_000;
const MAX_CONTENT_IN_BYTES = 10 * 1024 * 1024;

/** What an HTTP call answered, in the form that the library expects. */
interface HttpResult {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly content: string;
}

/** The next request of a call that was answered 202 with a location, and how long to wait before it. */
export function pollAfter(node: LeafNode, result: string): { request: string; delayInMs: number } | undefined {
  const first = node.action.httpRequest!;
  if (first.asynchronousPatternEnabled === false) return undefined;
  const { statusCode, headers } = JSON.parse(result) as HttpResult;
  const location = headerOf(headers, 'location');
  if (statusCode !== 202 || !location) return undefined;
  const seconds = Number(headerOf(headers, 'retry-after') ?? Number.NaN);
  const request: DurableHttpRequest = {
    method: 'GET',
    uri: new URL(location, first.uri).href,
    ...(first.headers ? { headers: first.headers } : {}),
    asynchronousPatternEnabled: true,
  };
  return {
    request: JSON.stringify(request),
    delayInMs: Number.isFinite(seconds) ? seconds * 1000 : DEFAULT_POLL_IN_MS,
  };
}

function headerOf(headers: Record<string, string>, name: string): string | undefined {
  return Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
}

/**
 * Runs one HTTP request of an orchestrator; polling is the scheduler's part.
 *
 * @returns JSON text of status code, headers and content
 */
export async function runHttpActivity(input: string, signal: AbortSignal): Promise<string> {
  const request = JSON.parse(input) as DurableHttpRequest;
  if (request.tokenSource) {
    throw new Error('callHttp with a token source needs a managed identity, which this host does not have');
  }
  const hasBody = request.content !== undefined && request.method !== 'GET' && request.method !== 'HEAD';
  const response = await fetch(request.uri, {
    method: request.method,
    headers: request.headers ?? {},
    ...(hasBody ? { body: request.content! } : {}),
    redirect: 'manual',
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_IN_MS)]),
  });
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk as Uint8Array);
    size += (chunk as Uint8Array).length;
    if (size > MAX_CONTENT_IN_BYTES) throw new Error(`the answer of ${request.uri} is larger than 10 MB`);
  }
  const result: HttpResult = {
    statusCode: response.status,
    headers: Object.fromEntries(response.headers),
    content: Buffer.concat(chunks).toString('utf8'),
  };
  return JSON.stringify(result);
}
