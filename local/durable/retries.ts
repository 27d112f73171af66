import type { RetryOptions } from './actions.ts';

const LONGEST_DELAY_IN_MS = 6 * 86_400_000;

/** What follows a failed attempt. */
export interface RetryDecision {
  /** No attempt is left. The library still waits for one last timer, which fires at once. */
  readonly isLast: boolean;
  readonly delayInMs: number;
  /** The time-out is over: the attempts that are left are not run but fail at once. */
  readonly isTimedOut: boolean;
}

/**
 * @param attempt number of the attempt that failed, from 1
 * @param firstAttemptAt, now in milliseconds since the epoch
 */
export function decideRetry(
  options: RetryOptions,
  attempt: number,
  firstAttemptAt: number,
  now: number,
): RetryDecision {
  if (attempt >= options.maxNumberOfAttempts) return { isLast: true, delayInMs: 0, isTimedOut: false };
  const limit = options.retryTimeoutInMilliseconds;
  const grown = options.firstRetryIntervalInMilliseconds * (options.backoffCoefficient ?? 1) ** (attempt - 1);
  const delayInMs = Math.min(grown, options.maxRetryIntervalInMilliseconds ?? LONGEST_DELAY_IN_MS, LONGEST_DELAY_IN_MS);
  if (limit !== undefined && now + delayInMs - firstAttemptAt > limit) {
    return { isLast: false, delayInMs: 0, isTimedOut: true };
  }
  return { isLast: false, delayInMs, isTimedOut: false };
}
