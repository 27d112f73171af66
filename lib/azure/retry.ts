/** When to try again, and how long to wait. */
export interface RetryRules {
  /** All tries, the first included. Default 6, minimum 1. */
  readonly attempts: number;
  /** Waiting is given up when it would take longer than this in all. Default 2 minutes. */
  readonly maxElapsedInMs: number;
  /** The first pause; it doubles, and is shortened at random so that callers do not come back in step. Default 500. */
  readonly firstPauseInMs: number;
  /** Default 30 s; a service's own wish may be longer. */
  readonly longestPauseInMs: number;
  /** Statuses that are worth another try. */
  readonly statuses: ReadonlySet<number>;
}

export const RETRY_RULES: RetryRules = {
  attempts: 6,
  maxElapsedInMs: 120_000,
  firstPauseInMs: 500,
  longestPauseInMs: 30_000,
  statuses: new Set([408, 429, 500, 502, 503, 504]),
};

/** The pause before try number `attempt` + 1 where the service names none: exponential, with full jitter. */
export function pauseInMs(attempt: number, rules: RetryRules, random: () => number = Math.random): number {
  const longest = Math.min(rules.longestPauseInMs, rules.firstPauseInMs * 2 ** (attempt - 1));
  return Math.ceil(longest * (0.5 + random() / 2));
}

/** How long an answer asks to wait: seconds or a date in `Retry-After`, or milliseconds in Azure's own headers. */
export function retryAfterInMs(headers: Headers, nowInMs: number): number | undefined {
  for (const name of ['retry-after-ms', 'x-ms-retry-after-ms']) {
    const value = Number(headers.get(name) ?? Number.NaN);
    if (Number.isFinite(value) && value >= 0) return value;
  }
  const text = headers.get('retry-after');
  if (text === null || text.trim() === '') return undefined;
  const seconds = Number(text);
  if (Number.isFinite(seconds) && seconds >= 0) return seconds * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowInMs);
}

/** Waits, unless the signal ends it. */
export function pause(durationInMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, durationInMs);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
