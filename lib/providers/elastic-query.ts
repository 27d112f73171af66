import type { HttpClient } from '../azure/http-client.ts';
import { HttpError } from '../azure/http-error.ts';
import { TrailhoundError } from '../errors.ts';
import type { AnswerCollector, CollectedAnswer } from './answers/answer-collector.ts';

/** How long one call waits for the end of a query: proxies cut longer ones off. */
const WAIT_IN_S = 30;
const READING = { form: { name: 'elastic' } } as const;

/**
 * Runs an ES|QL query that may take longer than a connection lives, and collects its rows: it is started, asked for
 * until it ends, and removed. Releases before 8.13 run it in one call.
 *
 * Sources: elastic.co/docs/api/doc/elasticsearch/operation/operation-esql-async-query and …/operation-esql-async-query-get
 */
export async function askElastic(
  http: HttpClient,
  rows: AnswerCollector,
  body: Readonly<Record<string, unknown>>,
  timeoutInMs: number,
): Promise<CollectedAnswer> {
  const post = (path: string, json: unknown, callInMs: number) =>
    rows.ask(
      http,
      { method: 'POST', url: `${path}?format=json`, json, repeatable: true, timeoutInMs: callInMs },
      READING,
    );
  const callInMs = Math.min(timeoutInMs, 2 * WAIT_IN_S * 1000);
  const waitInS = Math.max(1, Math.min(WAIT_IN_S, Math.floor(timeoutInMs / 1000)));
  const wait = `${waitInS}s`;
  const keep = `${Math.ceil(timeoutInMs / 1000) + 60}s`;
  let answer: CollectedAnswer;
  try {
    answer = await post('_query/async', { ...body, wait_for_completion_timeout: wait, keep_alive: keep }, callInMs);
  } catch (error) {
    if (!isUnknownPath(error)) throw error;
    return post('_query', body, timeoutInMs);
  }
  const { job } = answer.rest;
  if (!job) return answer;
  const url = `_query/async/${encodeURIComponent(job.id)}`;
  try {
    for (let waitedInS = waitInS; answer.rest.job?.isRunning; waitedInS += waitInS) {
      if (waitedInS * 1000 >= timeoutInMs)
        throw new TrailhoundError('unavailable', `Elastic did not finish the query in ${timeoutInMs / 1000} s`);
      const call = `${url}?format=json&wait_for_completion_timeout=${wait}`;
      answer = await rows.ask(http, { method: 'GET', url: call, timeoutInMs: callInMs }, READING);
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
