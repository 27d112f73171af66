/** The longest wait that one timer of the runtime can do. */
const LONGEST_WAIT_IN_MS = 2 ** 31 - 1;

/** Durable timers that are due in this process's life; which ones there are is known from the history. */
export class TimerService {
  readonly #handles = new Map<string, NodeJS.Timeout>();

  /** Calls `fire` at `at`, never before it. A timer of the same key is replaced. */
  set(key: string, at: number, fire: () => void): void {
    this.cancel(key);
    const wait = at - Date.now();
    const handle = setTimeout(
      () => {
        if (at > Date.now()) {
          this.set(key, at, fire);
          return;
        }
        this.#handles.delete(key);
        fire();
      },
      Math.min(Math.max(0, wait), LONGEST_WAIT_IN_MS),
    );
    this.#handles.set(key, handle);
  }

  cancel(key: string): void {
    clearTimeout(this.#handles.get(key));
    this.#handles.delete(key);
  }

  clear(): void {
    for (const handle of this.#handles.values()) clearTimeout(handle);
    this.#handles.clear();
  }
}
