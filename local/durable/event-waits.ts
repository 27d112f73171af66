import type { LeafNode } from './task-nodes.ts';

/** Waits for external events and the events that came too early. The host's names do not differ by case. */
export class EventWaits {
  readonly #waiting = new Map<string, LeafNode[]>();
  readonly #early = new Map<string, number>();

  /** Events that nothing has waited for, by their names in lower case. */
  get unconsumed(): ReadonlyMap<string, number> {
    return this.#early;
  }

  wait(node: LeafNode): void {
    const name = node.action.externalEventName!.toLowerCase();
    const early = this.#early.get(name) ?? 0;
    if (early > 0) {
      this.#early.set(name, early - 1);
      node.finish();
      return;
    }
    const waiting = this.#waiting.get(name);
    if (waiting) waiting.push(node);
    else this.#waiting.set(name, [node]);
  }

  /** The newest wait is served first, as in the library. */
  raise(name: string): void {
    const key = name.toLowerCase();
    const waiting = this.#waiting.get(key)?.pop();
    if (waiting) waiting.finish();
    else this.#early.set(key, (this.#early.get(key) ?? 0) + 1);
  }
}
