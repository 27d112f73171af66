/** Jobs that end at once are run together for so long before the event loop has its turn. */
const SLICE_IN_MS = 5;

/**
 * Runs jobs with a bound on how many run at once, taking turns between their owners, so that one instance's thousand
 * activities do not hold up another's one.
 */
export class FairQueue {
  readonly #limit: number;
  readonly #waiting = new Map<string, (() => Promise<void>)[]>();
  #running = 0;
  #sliceEnd = 0;
  #isYielding = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    let waiting = 0;
    for (const jobs of this.#waiting.values()) waiting += jobs.length;
    return waiting + this.#running;
  }

  /** @param job must not reject */
  add(owner: string, job: () => Promise<void>): void {
    const jobs = this.#waiting.get(owner);
    if (jobs) jobs.push(job);
    else this.#waiting.set(owner, [job]);
    this.#fill();
  }

  clear(): void {
    this.#waiting.clear();
  }

  #fill(): void {
    while (this.#running < this.#limit && !this.#isYielding) {
      if (performance.now() > this.#sliceEnd) {
        this.#yield();
        return;
      }
      const next = this.#waiting.entries().next();
      if (next.done) return;
      const [owner, jobs] = next.value;
      const job = jobs.shift()!;
      this.#waiting.delete(owner);
      if (jobs.length > 0) this.#waiting.set(owner, jobs);
      this.#running++;
      void job().finally(() => {
        this.#running--;
        this.#fill();
      });
    }
  }

  #yield(): void {
    this.#isYielding = true;
    setImmediate(() => {
      this.#isYielding = false;
      this.#sliceEnd = performance.now() + SLICE_IN_MS;
      this.#fill();
    });
  }
}
