import { setTimeout as sleep } from 'node:timers/promises';
import { TrailhoundError } from '../errors.ts';
import { type Answer, noAnswer } from './answer.ts';
import type { Observable } from './observable.ts';
import type { ProviderDescriptor } from './providers/descriptor.ts';
import type { QuotaCounter } from './quota.ts';

/** What it takes to ask a service. */
export interface ProviderAccess {
  readonly descriptor: ProviderDescriptor;
  readonly baseUrl: string;
  readonly key: string | undefined;
  /** The first part of a key of two. */
  readonly keyId: string | undefined;
  readonly quota: QuotaCounter;
  readonly fetch: typeof fetch;
  readonly clockInMs: () => number;
  /** How long a look-up may wait for a quota or a throttling service before it is given up. */
  readonly maxWaitInMs: number;
  readonly signal: AbortSignal;
}

/** A service that cannot be asked further in this run, and why. */
export class ProviderStopped extends Error {
  readonly status: 'quota' | 'unavailable' | 'unauthorized';

  constructor(status: 'quota' | 'unavailable' | 'unauthorized', message: string) {
    super(message);
    this.status = status;
  }
}

const ATTEMPTS = 3;
const FIRST_BACKOFF_IN_MS = 500;
const TIMEOUT_IN_MS = 30_000;
const MAX_RESPONSE_IN_BYTES = 5 * 2 ** 20;

/**
 * Asks a service about one observable, within its quotas. 404 is "not found"; 429 is waited for as long as the service
 * says; other failures are tried again.
 *
 * @throws ProviderStopped if further questions are of no use: no quota left, key refused, service down
 */
export async function askProvider(access: ProviderAccess, observable: Observable): Promise<Answer> {
  const { descriptor, signal, maxWaitInMs } = access;
  let waitedInMs = 0;
  const wait = async (ms: number, status: 'quota' | 'unavailable', why: string) => {
    if (waitedInMs + ms > maxWaitInMs) throw new ProviderStopped(status, why);
    waitedInMs += ms;
    if (ms > 0) await sleep(ms, undefined, { signal });
  };
  for (let attempt = 1; ; attempt++) {
    const quotaWait = access.quota.waitInMs(access.clockInMs());
    await wait(quotaWait, 'quota', `the quota of ${descriptor.title} is used up`);
    access.quota.take(access.clockInMs());
    let response: Response;
    try {
      response = await send(access, observable);
    } catch (error) {
      if (signal.aborted) throw error;
      const down = `${descriptor.title} cannot be reached`;
      if (attempt >= ATTEMPTS) throw new ProviderStopped('unavailable', down);
      await wait(FIRST_BACKOFF_IN_MS * 2 ** (attempt - 1), 'unavailable', down);
      continue;
    }
    if (response.ok) return readResponse(descriptor, response, observable);
    await response.body?.cancel();
    if (response.status === 404) return noAnswer('not-found', `${descriptor.title} does not know it`);
    if (response.status === 401 || response.status === 403) {
      throw new ProviderStopped('unauthorized', `${descriptor.title} refuses the key (${response.status})`);
    }
    if (response.status < 500 && response.status !== 429) {
      return noAnswer('failed', `${descriptor.title} answered with ${response.status}`);
    }
    const throttled = response.status === 429;
    const why = throttled ? `${descriptor.title} asks to wait` : `${descriptor.title} answered with ${response.status}`;
    if (attempt >= ATTEMPTS) throw new ProviderStopped(throttled ? 'quota' : 'unavailable', why);
    const backoff = retryAfterInMs(response, access.clockInMs()) ?? FIRST_BACKOFF_IN_MS * 2 ** (attempt - 1);
    await wait(backoff, throttled ? 'quota' : 'unavailable', why);
  }
}

async function send(access: ProviderAccess, observable: Observable): Promise<Response> {
  const { descriptor, key, keyId, baseUrl, signal } = access;
  const request = descriptor.request(observable);
  const url = new URL(baseUrl + request.path);
  const headers = new Headers({ accept: 'application/json', ...request.headers });
  const placement = descriptor.key;
  if (key !== undefined) {
    if (placement.kind === 'header') headers.set(placement.name, key);
    else if (placement.kind === 'query') url.searchParams.set(placement.name, key);
    else if (placement.kind === 'basic') {
      headers.set('authorization', `Basic ${Buffer.from(`${keyId ?? ''}:${key}`).toString('base64')}`);
    }
  }
  return access.fetch(url, {
    method: request.method ?? 'GET',
    headers,
    ...(request.body === undefined ? {} : { body: request.body }),
    // A redirect would carry the key to wherever it points.
    redirect: 'error',
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_IN_MS)]),
  });
}

async function readResponse(
  descriptor: ProviderDescriptor,
  response: Response,
  observable: Observable,
): Promise<Answer> {
  try {
    return descriptor.read(JSON.parse(await boundedText(response)), observable);
  } catch (error) {
    const reason = error instanceof TrailhoundError ? error.message : 'it is not as documented';
    return noAnswer('failed', `the answer of ${descriptor.title} cannot be read: ${reason}`);
  }
}

async function boundedText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let sizeInBytes = 0;
  for await (const chunk of response.body ?? []) {
    sizeInBytes += chunk.byteLength;
    if (sizeInBytes > MAX_RESPONSE_IN_BYTES) {
      throw new TrailhoundError('limit', `it is longer than ${MAX_RESPONSE_IN_BYTES} bytes`);
    }
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function retryAfterInMs(response: Response, nowInMs: number): number | null {
  const value = response.headers.get('retry-after');
  if (value === null) return null;
  const ms = /^\d+$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - nowInMs;
  return Number.isNaN(ms) ? null : Math.max(0, ms);
}
