import type { HttpClient } from '../azure/http-client.ts';
import { HttpError } from '../azure/http-error.ts';
import { TrailhoundError } from '../errors.ts';
import { asObject, asText } from './wire-access.ts';
import { parseWireJson } from './wire-json.ts';

/** How long one call waits for the end of a query: proxies cut longer ones off. */
const WAIT_IN_S = 30;

/**
 * Runs an ES|QL query that may take longer than a connection lives: it is started, asked for until it ends, and
 * removed. Releases before 8.13 run it in one call.
 *
 * Sources: elastic.co/docs/api/doc/elasticsearch/operation/operation-esql-async-query and …/operation-esql-async-query-get
 * @returns the answer's JSON, with `columns` and `values`
 */
export async function askElastic(
  http: HttpClient,
  body: Readonly<Record<string, unknown>>,
  { timeoutInMs, signal }: { readonly timeoutInMs: number; readonly signal: AbortSignal | undefined },
): Promise<Record<string, unknown>> {
  const post = (path: string, json: unknown, callInMs: number) =>
    http.json(
      { method: 'POST', url: `${path}?format=json`, json, repeatable: true, timeoutInMs: callInMs, signal },
      parseWireJson,
    );
  const callInMs = Math.min(timeoutInMs, 2 * WAIT_IN_S * 1000);
  const waitInS = Math.max(1, Math.min(WAIT_IN_S, Math.floor(timeoutInMs / 1000)));
  const wait = `${waitInS}s`;
  const keep = `${Math.ceil(timeoutInMs / 1000) + 60}s`;
  let answer: Record<string, unknown>;
  try {
    const started = { ...body, wait_for_completion_timeout: wait, keep_alive: keep };
    answer = asObject(await post('_query/async', started, callInMs));
  } catch (error) {
    if (!isUnknownPath(error)) throw error;
    return asObject(await post('_query', body, timeoutInMs));
  }
  const id = asText(answer['id']);
  if (id === '') return answer;
  const url = `_query/async/${encodeURIComponent(id)}`;
  try {
    for (let waitedInS = waitInS; answer['is_running'] === true; waitedInS += waitInS) {
      if (waitedInS * 1000 >= timeoutInMs)
        throw new TrailhoundError('unavailable', `Elastic did not finish the query in ${timeoutInMs / 1000} s`);
      const call = `${url}?format=json&wait_for_completion_timeout=${wait}`;
      answer = asObject(await http.json({ method: 'GET', url: call, timeoutInMs: callInMs, signal }, parseWireJson));
    }
    return answer;
  } finally {
    await http.send({ method: 'DELETE', url, timeoutInMs: 10_000, accept: [404] }).catch(() => undefined);
  }
}

function isUnknownPath(error: unknown): boolean {
  if (!(error instanceof HttpError)) return false;
  return error.status === 405 || (error.status === 400 && /no handler found for uri/i.test(error.message));
}
