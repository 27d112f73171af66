import type { Warning } from '../outcome.ts';
import type { LookupCache } from '../storage/lookup-cache.ts';
import { type Answer, noAnswer } from './answer.ts';
import { askProvider, type ProviderAccess, ProviderStopped } from './ask-provider.ts';
import type { IndicatorIndex } from './indicators/indicator-index.ts';
import { type Observable, type SafetyOptions, safeObservable } from './observable.ts';
import { LOCAL_PROVIDER } from './providers/index.ts';

export interface LookupOptions {
  readonly indicators: IndicatorIndex | null;
  readonly providers: readonly ProviderAccess[];
  readonly cache: LookupCache;
  readonly safety: SafetyOptions;
  /** Requests to each service in this run; what goes beyond is not asked. */
  readonly maxRequests: number;
  /** The investigation's now, for indicators that expire. */
  readonly nowInMs: number;
}

export interface LookedUp {
  readonly observable: Observable;
  readonly answers: readonly { readonly provider: string; readonly answer: Answer }[];
}

/**
 * Looks observables up everywhere. Services are asked at the same time as each other, each one observable at a time.
 * A service that is down, refuses its key or has no quota left is a warning; its other answers stay.
 */
export async function lookUp(
  observables: readonly Observable[],
  options: LookupOptions,
): Promise<{ results: LookedUp[]; warnings: Warning[]; partial: boolean; requests: number }> {
  const { indicators, nowInMs } = options;
  const warnings: Warning[] = [];
  const counted = { requests: 0 };
  const columns = await Promise.all(
    options.providers.map(async (access) => ({
      provider: access.descriptor.id,
      answers: await askAll(access, observables, options, { warnings, counted }),
    })),
  );
  const results = observables.map((observable, index) => ({
    observable,
    answers: [
      ...(indicators ? [{ provider: LOCAL_PROVIDER, answer: indicators.ask(observable, nowInMs) }] : []),
      ...columns.map(({ provider, answers }) => ({ provider, answer: answers[index]! })),
    ],
  }));
  warnings.sort((a, b) => (a.message < b.message ? -1 : 1));
  return { results, warnings, partial: warnings.length > 0, requests: counted.requests };
}

async function askAll(
  access: ProviderAccess,
  observables: readonly Observable[],
  { cache, safety, maxRequests }: LookupOptions,
  { warnings, counted }: { readonly warnings: Warning[]; readonly counted: { requests: number } },
): Promise<Answer[]> {
  const { descriptor } = access;
  const answers: Answer[] = [];
  let requests = 0;
  let skipped = 0;
  let stopped: ProviderStopped | null = null;
  for (const observable of observables) {
    if (!descriptor.types.includes(observable.type)) {
      answers.push(noAnswer('not-supported', `${descriptor.title} does not take ${observable.type}`));
      continue;
    }
    const judged = safeObservable(observable, safety);
    if ('refused' in judged) {
      answers.push(noAnswer('not-sent', `not sent: ${judged.refused}`));
      continue;
    }
    const safe: Observable = { type: observable.type, value: judged.safe };
    const known = await cached(access, safe, cache);
    if (known) {
      answers.push(known);
      continue;
    }
    if (!stopped && requests >= maxRequests) {
      stopped = new ProviderStopped('quota', `the budget of ${maxRequests} requests to ${descriptor.title} is used up`);
    }
    if (stopped) {
      skipped++;
      answers.push(noAnswer(stopped.status, stopped.message));
      continue;
    }
    requests++;
    counted.requests++;
    try {
      const answer = await askProvider(access, safe);
      if (answer.status === 'found' || answer.status === 'not-found') {
        await remember(access, safe, answer, cache);
      } else skipped++;
      answers.push(answer);
    } catch (error) {
      if (!(error instanceof ProviderStopped)) throw error;
      stopped = error;
      skipped++;
      answers.push(noAnswer(error.status, error.message));
    }
  }
  if (skipped > 0) {
    const why = stopped?.message ?? `some answers of ${descriptor.title} could not be read`;
    warnings.push({
      code: stopped?.status ?? 'failed',
      message: `${why}; ${skipped} of ${observables.length} observables were not looked up there`,
    });
  }
  return answers;
}

function cacheKey({ type, value }: Observable): string {
  return `${type}:${value}`;
}

/** An answer that was given before and is fresh enough; its age is shown. */
async function cached(access: ProviderAccess, observable: Observable, cache: LookupCache): Promise<Answer | null> {
  const { id, cache: lifetimes } = access.descriptor;
  const entry = await cache.get(id, cacheKey(observable));
  if (!entry) return null;
  let answer: Answer;
  try {
    answer = JSON.parse(entry.text) as Answer;
  } catch {
    return null;
  }
  const ageInMs = Math.max(0, access.clockInMs() - entry.storedAtInMs);
  const lifetime = answer.status === 'found' ? lifetimes.foundForMs : lifetimes.notFoundForMs;
  return ageInMs <= lifetime ? { ...answer, ageInMs } : null;
}

async function remember(
  { descriptor }: ProviderAccess,
  observable: Observable,
  answer: Answer,
  cache: LookupCache,
): Promise<void> {
  await cache.put(descriptor.id, cacheKey(observable), JSON.stringify(answer));
}
