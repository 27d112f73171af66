import type { HttpClient } from '../azure/http-client.ts';
import { TrailhoundError } from '../errors.ts';

/** So many calls in a span of time, and no more. */
export interface PaceRules {
  readonly calls: number;
  readonly windowInMs: number;
}

/**
 * Spreads calls over time, for services that refuse those beyond a quota and queue none. Other processes count against
 * the same quota: its refusals are still waited out.
 */
export class Pace {
  readonly #rules: PaceRules;
  /** When the latest calls were or will be made, oldest first; no more than fit a window. */
  #starts: readonly number[] = [];

  constructor(rules: PaceRules) {
    this.#rules = rules;
  }

  /** How long a call that is made now has to wait. It is counted. */
  next(nowInMs: number): number {
    const { calls, windowInMs } = this.#rules;
    const before = this.#starts.at(-calls);
    const start = before === undefined ? nowInMs : Math.max(nowInMs, before + windowInMs);
    this.#starts = [...this.#starts, start].slice(-calls);
    return start - nowInMs;
  }
}

const paces = new Map<string, Pace>();

/** The one pace of this process for a quota, as that of a tenant with a service. */
export function paceOf(quota: string, rules: PaceRules): Pace {
  const known = paces.get(quota);
  if (known) return known;
  const made = new Pace(rules);
  paces.set(quota, made);
  return made;
}

/** Waits until the quota has room for a call. */
export async function keepPace(
  http: HttpClient,
  quota: string,
  rules: PaceRules,
  signal: AbortSignal | undefined,
): Promise<void> {
  const waitInMs = paceOf(quota, rules).next(Date.now());
  if (waitInMs > 0) await waitFor(http, waitInMs, signal);
}

/** Waits; when the caller stops it is an error as that of a request. */
export async function waitFor(http: HttpClient, durationInMs: number, signal: AbortSignal | undefined): Promise<void> {
  await http.pause(durationInMs, signal).catch(() => undefined);
  if (signal?.aborted) throw new TrailhoundError('cancelled', `the request to ${http.service} was cancelled`);
}
