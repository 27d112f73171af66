import type { HttpClient, HttpRequest } from '../azure/http-client.ts';
import { HttpError } from '../azure/http-error.ts';
import type { SettingsOf } from '../config/provider-schema.ts';
import { TrailhoundError } from '../errors.ts';
import type { Warning } from '../outcome.ts';
import { type TableSchema, UNIX_EPOCH_TICKS } from '../tables/index.ts';
import { AnswerCollector, type AnswerResources } from './answers/answer-collector.ts';
import { authorizationOf } from './authorization.ts';
import type { Connections } from './connections.ts';
import { waitFor } from './pace.ts';
import type { QueryProvider, QueryRequest } from './provider.ts';
import { SAVED_SEARCH, splOf } from './splunk-language.ts';
import { asArray, asObject, asText } from './wire-access.ts';

const TIMEOUT_IN_MS = 300_000;
const ROWS_A_PAGE = 50_000;
/** What a job keeps at the most (`max_count` of limits.conf); without asking it keeps 10,000. */
const MOST_ROWS = 500_000;
/** How long a job waits for its turn where too many run already. */
const TURNS_IN_MS = [2_000, 4_000, 8_000, 16_000, 30_000] as const;
const NO_TURN = /search not executed|maximum number of (?:concurrent|historical)|concurrency[_ ]limit|search quota/i;
const FIRST_POLL_IN_MS = 500;
const LONGEST_POLL_IN_MS = 5_000;

/**
 * Splunk: a search job, awaited and read page by page; its text is SPL. The job is removed at the end.
 * Source: docs.splunk.com/Documentation/Splunk/latest/RESTREF/RESTsearch (search/jobs, search/v2/jobs/{sid}/results)
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
        const fields = await readResults(http, `${base}/search`, sid, request, rows);
        if (rows.rowCount >= MOST_ROWS)
          warnings.push({ code: 'row-limit', message: `Splunk keeps no more than ${MOST_ROWS} rows of a search` });
        return await rows.result(warnings, fields);
      } finally {
        await http.send({ method: 'DELETE', url: job, timeoutInMs: 10_000, accept: [404] }).catch(() => undefined);
      }
    },
    async tables({ signal } = {}) {
      const answer = asObject(
        await http.json({ method: 'GET', url: `${base}/data/indexes?output_mode=json&count=0`, signal }),
      );
      const indexes = asArray(answer['entry']).map((entry) => {
        const { name: index, content } = asObject(entry);
        return { name: asText(index), schema: [], rowCount: Number(asText(asObject(content)['totalEventCount']) || 0) };
      });
      const saved = asObject(
        await http.json({ method: 'GET', url: `${base}/saved/searches?output_mode=json&count=0`, signal }),
      );
      const searches = asArray(saved['entry']).map((entry) => ({
        name: `${SAVED_SEARCH}${asText(asObject(entry)['name'])}`,
        schema: [],
      }));
      return [...indexes, ...searches];
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
    max_count: String(Math.min(MOST_ROWS, (request.maxRows ?? MOST_ROWS) + 1)),
    ...(request.timeRange
      ? { earliest_time: secondsOf(request.timeRange.start), latest_time: secondsOf(request.timeRange.end) }
      : {}),
  });
  const started = asObject(
    await inTurn(http, {
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

/** Starts a job where there is room for one: a refusal for want of room has started nothing. */
async function inTurn(http: HttpClient, request: HttpRequest): Promise<unknown> {
  for (const waitInMs of TURNS_IN_MS) {
    try {
      return await http.json(request);
    } catch (error) {
      if (!hasNoTurn(error)) throw error;
      await waitFor(http, waitInMs, request.signal);
    }
  }
  return http.json(request).catch((error: unknown) => {
    if (!hasNoTurn(error)) throw error;
    throw new TrailhoundError('throttled', (error as Error).message, {
      cause: error,
      hint: 'Run fewer searches at once, or give the role of this user more (srchJobsQuota).',
    });
  });
}

function hasNoTurn(error: unknown): boolean {
  return error instanceof HttpError && error.status === 503 && NO_TURN.test(error.message);
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
    const messages = asArray(content['messages']).map(asObject);
    if (isTrue(content['isFailed']) || content['dispatchState'] === 'FAILED') {
      throw new TrailhoundError(
        'remote',
        `Splunk could not run the search: ${textOf(messages) || 'no reason was given'}`,
      );
    }
    if (isTrue(content['isDone'])) return warningsOf(messages, isTrue(content['isFinalized']));
    if (waitedInMs > timeoutInMs)
      throw new TrailhoundError('unavailable', `Splunk did not finish the search in ${timeoutInMs / 1000} s`);
    await waitFor(http, waitInMs, signal);
  }
}

type Messages = readonly Readonly<Record<string, unknown>>[];

/** What a job that is done says of itself: it may have been ended early, or peers may not have answered. */
function warningsOf(messages: Messages, isFinalized: boolean): Warning[] {
  if (isFinalized)
    return [{ code: 'time-limit', message: `Splunk ended the search before it was complete: ${textOf(messages)}` }];
  const serious = messages.filter(
    ({ type, text }) => /^(?:error|fatal)$/i.test(asText(type)) || /incomplete|truncated/i.test(asText(text)),
  );
  if (serious.length === 0) return [];
  return [{ code: 'partial-result', message: `Splunk gave a part only: ${textOf(serious)}` }];
}

function textOf(messages: Messages): string {
  const texts = messages.map(({ text }) => asText(text)).filter((text) => text !== '');
  return texts.join('; ').slice(0, 500);
}

function isTrue(value: unknown): boolean {
  return value === true || value === 1 || value === '1' || value === 'true';
}

/** Collects the pages of a job's results; gives the fields of all. */
async function readResults(
  http: HttpClient,
  base: string,
  sid: string,
  request: QueryRequest,
  rows: AnswerCollector,
): Promise<TableSchema> {
  const enough = request.maxRows === undefined ? MOST_ROWS : request.maxRows + 1;
  let knownFields: TableSchema = [];
  let version = 'v2/';
  const ask = () => {
    const query = `output_mode=json&count=${ROWS_A_PAGE}&offset=${rows.rowCount}`;
    const url = `${base}/${version}jobs/${encodeURIComponent(sid)}/results?${query}`;
    return rows.ask(http, { method: 'GET', url }, { form: { name: 'splunk', knownFields } });
  };
  for (;;) {
    const { rowCount, rest } = await ask().catch((error: unknown) => {
      // Releases before 9.0.1 have no second version.
      if (version === '' || !(error instanceof HttpError) || error.status !== 404) throw error;
      version = '';
      return ask();
    });
    knownFields = rest.fields ?? [];
    if (rowCount < ROWS_A_PAGE || rows.rowCount >= enough) return knownFields;
  }
}
