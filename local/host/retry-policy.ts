import type { RetryPolicy, RpcDuration } from './model.ts';

function toMs(duration: RpcDuration | undefined): number {
  if (!duration) return 0;
  return Number(duration.seconds ?? 0) * 1000 + (duration.nanos ?? 0) / 1e6;
}

/** Milliseconds before retry number `attempt` (from 1), or undefined when no attempt is left. */
export function retryDelayInMs(policy: RetryPolicy | undefined, attempt: number): number | undefined {
  const maximum = policy?.maxRetryCount ?? 0;
  if (!policy || (maximum >= 0 && attempt > maximum)) return undefined;
  const isFixed = policy.retryStrategy === 1 || /fixed/i.test(String(policy.retryStrategy));
  if (isFixed) return toMs(policy.delayInterval);
  const least = toMs(policy.minimumInterval);
  return Math.min(toMs(policy.maximumInterval) || Number.POSITIVE_INFINITY, least * 2 ** (attempt - 1));
}
