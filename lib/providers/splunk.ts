import type { HttpClient } from '../azure/http-client.ts';
import type { SettingsOf } from '../config/provider-schema.ts';
import { TrailhoundError } from '../errors.ts';
import type { Warning } from '../outcome.ts';
import { UNIX_EPOCH_TICKS } from '../tables/index.ts';
import { AnswerCollector, type AnswerResources } from './answers/answer-collector.ts';
import { authorizationOf } from './authorization.ts';
import type { Connections } from './connections.ts';
import type { QueryProvider, QueryRequest } from './provider.ts';
import { splOf } from './splunk-language.ts';
import { asArray, asObject, asText } from './wire-access.ts';

const TIMEOUT_IN_MS = 300_000;
const ROWS_A_PAGE = 50_000;
const FIRST_POLL_IN_MS = 500;
const LONGEST_POLL_IN_MS = 5_000;

/**
 * Splunk: a search job, awaited and read page by page; its text is SPL. The job is removed at the end.
 * Source: docs.splunk.com/Documentation/Splunk/latest/RESTREF/RESTsearch
 */
export function splunk(
  name: string,
  options: SettingsOf<'splunk'>,
  connections: Connections,
  resources: AnswerResources = {},
): QueryProvider {
  const timeoutInMs = options.timeoutInMs ?? TIMEOUT_IN_MS;
  const http = connections.plainClient({
    service: 'Splunk',
    baseUrl: options.url,
    authorize: authorizationOf(connections.secrets, {
      token: { reference: options.token, scheme: 'Bearer' },
      user: options.user,
      password: options.password,
    }),
  });
  const base = options.app ? `servicesNS/-/${encodeURIComponent(options.app)}` : 'services';

  return {
    name,
    async query(request, { signal } = {}) {
      if (request.kql !== undefined) {
        throw new TrailhoundError('unsupported', 'Splunk answers SPL, not KQL', {
          hint: 'Give the query as text, or a table with where.',
        });
      }
      const sid = await startJob(http, `${base}/search/jobs`, request, timeoutInMs, signal);
      const job = `${base}/search/jobs/${encodeURIComponent(sid)}`;
      try {
        const warnings = await awaitJob(http, job, timeoutInMs, signal);
        const rows = new AnswerCollector(resources, request, signal);
        await readResults(http, `${base}/search/v2/jobs/${encodeURIComponent(sid)}/results`, rows);
        return await rows.result(warnings);
      } finally {
        await http.send({ method: 'DELETE', url: job, timeoutInMs: 10_000, accept: [404] }).catch(() => undefined);
      }
    },
    async tables({ signal } = {}) {
      const answer = asObject(
        await http.json({ method: 'GET', url: `${base}/data/indexes?output_mode=json&count=0`, signal }),
      );
      return asArray(answer['entry']).map((entry) => {
        const { name: index, content } = asObject(entry);
        return { name: asText(index), schema: [], rowCount: Number(asText(asObject(content)['totalEventCount']) || 0) };
      });
    },
  };
}

async function startJob(
  http: HttpClient,
  url: string,
  request: QueryRequest,
  timeoutInMs: number,
  signal: AbortSignal | undefined,
): Promise<string> {
  const form = new URLSearchParams({
    search: splOf(request),
    output_mode: 'json',
    exec_mode: 'normal',
    max_time: String(Math.ceil(timeoutInMs / 1000)),
    ...(request.timeRange
      ? { earliest_time: secondsOf(request.timeRange.start), latest_time: secondsOf(request.timeRange.end) }
      : {}),
  });
  const started = asObject(
    await http.json({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
      signal,
    }),
  );
  const sid = asText(started['sid']);
  if (sid === '') throw new TrailhoundError('remote', 'Splunk started no search job');
  return sid;
}

/** Seconds since 1970 with all their digits; Splunk's earliest time is inclusive and its latest exclusive. */
function secondsOf(ticks: bigint): string {
  const since = ticks - UNIX_EPOCH_TICKS;
  return `${since / 10_000_000n}.${String(since % 10_000_000n).padStart(7, '0')}`;
}

async function awaitJob(
  http: HttpClient,
  url: string,
  timeoutInMs: number,
  signal: AbortSignal | undefined,
): Promise<Warning[]> {
  let waitInMs = FIRST_POLL_IN_MS;
  for (let waitedInMs = 0; ; waitedInMs += waitInMs, waitInMs = Math.min(waitInMs * 1.5, LONGEST_POLL_IN_MS)) {
    const answer = asObject(await http.json({ method: 'GET', url: `${url}?output_mode=json`, signal }));
    const content = asObject(asObject(asArray(answer['entry'])[0])['content']);
    const messages = asArray(content['messages'])
      .map((message) => asText(asObject(message)['text']))
      .filter((text) => text !== '');
    if (isTrue(content['isFailed'])) {
      throw new TrailhoundError(
        'remote',
        `Splunk could not run the search: ${messages.join('; ').slice(0, 500) || 'no reason was given'}`,
      );
    }
    if (isTrue(content['isDone'])) {
      const isCut = isTrue(content['isFinalized']);
      return isCut
        ? [
            {
              code: 'time-limit',
              message: `Splunk ended the search before it was complete: ${messages.join('; ').slice(0, 300)}`,
            },
          ]
        : [];
    }
    if (waitedInMs > timeoutInMs)
      throw new TrailhoundError('unavailable', `Splunk did not finish the search in ${timeoutInMs / 1000} s`);
    await http.pause(waitInMs, signal);
  }
}

function isTrue(value: unknown): boolean {
  return value === true || value === 1 || value === '1' || value === 'true';
}

async function readResults(http: HttpClient, url: string, rows: AnswerCollector): Promise<void> {
  let knownFields: readonly string[] = [];
  for (;;) {
    const query = `output_mode=json&count=${ROWS_A_PAGE}&offset=${rows.rowCount}`;
    const form = { name: 'splunk', knownFields } as const;
    const { rowCount, rest } = await rows.ask(http, { method: 'GET', url: `${url}?${query}` }, { form });
    knownFields = rest.fields ?? [];
    if (rowCount < ROWS_A_PAGE || rows.isFull) return;
  }
}
