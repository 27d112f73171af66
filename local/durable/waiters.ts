/** Those who wait for the end of an instance, or for any change. */
export class Waiters {
  readonly #ends = new Map<string, (() => void)[]>();
  readonly #changes: (() => void)[] = [];

  /** Resolves when `wake` is called for the instance. */
  end(id: string): Promise<void> {
    return new Promise((resolve) => {
      const waiting = this.#ends.get(id);
      if (waiting) waiting.push(resolve);
      else this.#ends.set(id, [resolve]);
    });
  }

  /** Resolves at the next call of any wake. */
  change(): Promise<void> {
    return new Promise((resolve) => this.#changes.push(resolve));
  }

  wake(id: string): void {
    for (const resolve of this.#ends.get(id) ?? []) resolve();
    this.#ends.delete(id);
    this.wakeChange();
  }

  wakeChange(): void {
    for (const resolve of this.#changes.splice(0)) resolve();
  }

  wakeAll(): void {
    for (const id of [...this.#ends.keys()]) this.wake(id);
    this.wakeChange();
  }
}
