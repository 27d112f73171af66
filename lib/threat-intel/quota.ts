import type { QuotaWindow } from './providers/descriptor.ts';

/** Counts requests in sliding windows. One for each service and key, for as long as the process lives. */
export class QuotaCounter {
  readonly #windows: readonly QuotaWindow[];
  /** Times of requests, the oldest first; no longer than the widest window. */
  #times: number[] = [];

  constructor(windows: readonly QuotaWindow[]) {
    this.#windows = windows;
  }

  /** How long to wait until another request fits into every window; 0: none. */
  waitInMs(nowInMs: number): number {
    let wait = 0;
    for (const { requests, perMs } of this.#windows) {
      const within = this.#times.filter((time) => time > nowInMs - perMs);
      if (within.length >= requests) wait = Math.max(wait, within[within.length - requests]! + perMs - nowInMs);
    }
    return wait;
  }

  /** Notes a request. */
  take(nowInMs: number): void {
    const widest = Math.max(0, ...this.#windows.map(({ perMs }) => perMs));
    this.#times = [...this.#times.filter((time) => time > nowInMs - widest), nowInMs];
  }
}
