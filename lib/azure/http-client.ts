import { TrailhoundError } from '../errors.ts';
import { type BytePieces, joinPieces, PieceGatherer, sizeInBytesOf } from './byte-pieces.ts';
import { codeOfStatus, HttpError, readServiceError } from './http-error.ts';
import { maySendSecretsTo } from './loopback-transport.ts';
import { pause, pauseInMs, RETRY_RULES, type RetryRules, retryAfterInMs } from './retry.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Absolute, or a path below the client's base address. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  /** Sent as JSON, in the place of `body`. */
  readonly json?: unknown;
  /** Whether sending it twice does no harm. Default: yes but for POST and PATCH. */
  readonly repeatable?: boolean;
  /** Statuses beside 2xx that are answers and no errors. */
  readonly accept?: readonly number[];
  /** Statuses that are worth another try for this request, beside the client's. */
  readonly retryOn?: readonly number[];
  /** One try's limit. Default 100 s. */
  readonly timeoutInMs?: number;
  /** Default 256 MB. */
  readonly maxBytes?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array<ArrayBuffer>;
}

export interface HttpClientOptions {
  /** The service's name, for errors. */
  readonly service: string;
  readonly baseUrl: string;
  /** Headers that show who we are; with `anew`, after a refusal, nothing cached may be used. */
  readonly authorize?: (anew: boolean, signal: AbortSignal | undefined) => Promise<Readonly<Record<string, string>>>;
  readonly retry?: Partial<RetryRules>;
  /** Whether redirects are followed. Default no: a token must not travel on. */
  readonly followRedirects?: boolean;
  readonly fetch?: typeof fetch;
  readonly sleep?: (durationInMs: number, signal?: AbortSignal) => Promise<void>;
  readonly clockInMs?: () => number;
}

/** One service's requests, with its retry and throttling rules. */
export interface HttpClient {
  readonly service: string;
  /** @throws HttpError · TrailhoundError `limit`: the answer is too large · `cancelled` */
  send(request: HttpRequest): Promise<HttpAnswer>;
  /** The answer's JSON; an answer that is cut off or of another type is tried again, then an error. */
  json(request: HttpRequest): Promise<unknown>;
  /**
   * What `read` makes of the answer's bytes. It may give the pieces to another thread. An answer that it refuses with a
   * `SyntaxError` or `bad-data` is one that is cut off or of another type; its other errors are the caller's.
   */
  read<Result>(request: HttpRequest, read: (body: BytePieces) => Result | Promise<Result>): Promise<Result>;
  /** Waits, for services that are asked again until they are done. */
  pause(durationInMs: number, signal?: AbortSignal): Promise<void>;
}

const TIMEOUT_IN_MS = 100_000;
const MAX_BYTES = 256 * 1024 * 1024;
const MAX_ERROR_BYTES = 64 * 1024;
const EXCERPT_CHARACTERS = 200;

/** An answer as it came in. */
interface ReceivedAnswer extends Omit<HttpAnswer, 'body'> {
  readonly body: BytePieces;
}

/**
 * A client that tries again what is worth it: 429, 408 and 5xx, cut-off answers and lost connections, as long as the
 * request is repeatable; it keeps to `Retry-After`, renews its authorisation once after 401, and gives up in bounded
 * time. A 429 that was not acted upon is tried again even for requests that are not repeatable.
 */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { service, authorize, sleep = pause, clockInMs = Date.now } = options;
  const send = options.fetch ?? fetch;
  const rules: RetryRules = { ...RETRY_RULES, ...options.retry };

  async function once(request: HttpRequest, url: string, anew: boolean): Promise<ReceivedAnswer> {
    const timeout = AbortSignal.timeout(request.timeoutInMs ?? TIMEOUT_IN_MS);
    const signal = request.signal ? AbortSignal.any([request.signal, timeout]) : timeout;
    const authorization = authorize ? await authorize(anew, request.signal) : {};
    const sent = request.json === undefined ? request.body : JSON.stringify(request.json);
    let status = 0;
    try {
      const response = await send(url, {
        method: request.method,
        headers: {
          accept: 'application/json',
          ...(request.json === undefined ? {} : { 'content-type': 'application/json' }),
          ...request.headers,
          ...authorization,
        },
        ...(sent === undefined ? {} : { body: sent }),
        redirect: options.followRedirects ? 'follow' : 'manual',
        signal,
      });
      status = response.status;
      const isAnswer = response.ok || request.accept?.includes(status) === true;
      const limit = isAnswer ? (request.maxBytes ?? MAX_BYTES) : MAX_ERROR_BYTES;
      const body = await readBounded(response, limit, !isAnswer, service);
      if (isAnswer) return { status, headers: response.headers, body };
      throw answerError(service, url, response, joinPieces(body), clockInMs());
    } catch (error) {
      if (request.signal?.aborted) throw new TrailhoundError('cancelled', `the request to ${service} was cancelled`);
      if (error instanceof TrailhoundError) throw error;
      throw connectionError(service, url, error, status, timeout.aborted);
    }
  }

  async function attempt<Result>(
    request: HttpRequest,
    read: (answer: ReceivedAnswer) => Result | Promise<Result>,
  ): Promise<Result> {
    const url = addressOf(options.baseUrl, request.url, service);
    const repeatable = request.repeatable ?? !['POST', 'PATCH'].includes(request.method);
    const startedAtInMs = clockInMs();
    let renewed = false;
    let anew = false;
    for (let tries = 1; ; tries++) {
      try {
        return await read(await once(request, url, anew));
      } catch (error) {
        anew = false;
        if (!(error instanceof HttpError)) throw error;
        if (error.status === 401 && authorize && !renewed) {
          renewed = true;
          anew = true;
          continue;
        }
        const isLost = error.status === 0 || error.code === 'unavailable';
        const isWorthIt =
          rules.statuses.has(error.status) || isLost || request.retryOn?.includes(error.status) === true;
        if (!isWorthIt || (!repeatable && error.status !== 429) || tries >= rules.attempts) throw error;
        const wait = error.retryAfterInMs ?? pauseInMs(tries, rules);
        if (clockInMs() - startedAtInMs + wait > rules.maxElapsedInMs) throw error;
        await sleep(wait, request.signal).catch(() => {
          throw new TrailhoundError('cancelled', `the request to ${service} was cancelled`);
        });
      }
    }
  }

  return {
    service,
    send: (request) => attempt(request, ({ body, ...answer }) => ({ ...answer, body: joinPieces(body) })),
    json: (request) => attempt(request, (answer) => readOf(answer, service, parseJson)),
    read: (request, read) => attempt(request, (answer) => readOf(answer, service, read)),
    pause: sleep,
  };
}

function addressOf(baseUrl: string, url: string, service: string): string {
  const address = /^https?:/.test(url) ? url : `${baseUrl.replace(/\/+$/, '')}/${url.replace(/^\/+/, '')}`;
  if (maySendSecretsTo(address)) return address;
  throw new TrailhoundError('usage', `${service} must be reached by https, not ${placeOf(address)}`);
}

/** Host and path: a query may hold secrets. */
function placeOf(url: string): string {
  if (!URL.canParse(url)) return 'an address that cannot be read';
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}

async function readBounded(response: Response, limit: number, mayCut: boolean, service: string): Promise<BytePieces> {
  const gathered = new PieceGatherer();
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > limit) {
      // Leaving the loop cancels the body, and with it the connection.
      if (mayCut) break;
      throw new TrailhoundError('limit', `the answer of ${service} is larger than ${limit} bytes`);
    }
    gathered.add(chunk);
  }
  return gathered.pieces();
}

function answerError(service: string, url: string, response: Response, body: Uint8Array, nowInMs: number): HttpError {
  const { status, headers } = response;
  const said = readServiceError(Buffer.from(body).toString('utf8'));
  const retryAfter = retryAfterInMs(headers, nowInMs);
  const code = codeOfStatus(status);
  const label = said.code ? ` ${said.code}` : '';
  const wait = retryAfter === undefined ? '' : ` (asks to wait ${Math.ceil(retryAfter / 1000)} s)`;
  return new HttpError(
    code,
    `${service} answered ${status}${label} for ${placeOf(url)}${wait}${said.message ? `: ${said.message}` : ''}`,
    {
      status,
      serviceCode: said.code,
      retryAfterInMs: retryAfter,
    },
  );
}

function connectionError(service: string, url: string, error: unknown, status: number, timedOut: boolean): HttpError {
  const cause = error instanceof Error ? ((error.cause as Error | undefined)?.message ?? error.message) : String(error);
  const what = timedOut
    ? 'took too long to answer'
    : status > 0
      ? `broke off its answer (${cause})`
      : `cannot be reached (${cause})`;
  return new HttpError('unavailable', `${service} at ${placeOf(url)} ${what}`, { status: 0 });
}

/** The answer as text; bytes that are not UTF-8 become replacement characters. */
export function textOf(answer: HttpAnswer): string {
  return new TextDecoder().decode(answer.body);
}

function parseJson(body: BytePieces): unknown {
  return JSON.parse(new TextDecoder().decode(joinPieces(body)));
}

async function readOf<Result>(
  answer: ReceivedAnswer,
  service: string,
  read: (body: BytePieces) => Result | Promise<Result>,
): Promise<Result> {
  // Taken now: what is given to another thread is gone from this one.
  const excerpt = startOf(answer.body);
  try {
    return await read(isNothing(answer, excerpt) ? [Buffer.from('null')] : answer.body);
  } catch (error) {
    if (!(error instanceof SyntaxError || (error instanceof TrailhoundError && error.code === 'bad-data'))) throw error;
    const type = answer.headers.get('content-type') ?? 'no content type';
    const what = /\bjson\b/.test(type) ? 'JSON that is cut off or broken' : `${type} in the place of JSON`;
    throw new HttpError('unavailable', `${service} answered with ${what}: ${excerpt}`, { status: answer.status });
  }
}

/** An answer may be empty where its status says so. */
function isNothing({ status, body }: ReceivedAnswer, excerpt: string): boolean {
  return (
    (status === 204 || status === 201 || status === 202) &&
    excerpt.trim() === '' &&
    sizeInBytesOf(body) <= EXCERPT_CHARACTERS
  );
}

/** A character takes four bytes at most, and the first piece holds more than that unless it is all. */
function startOf([first]: BytePieces): string {
  return new TextDecoder().decode(first?.subarray(0, 4 * EXCERPT_CHARACTERS)).slice(0, EXCERPT_CHARACTERS);
}
