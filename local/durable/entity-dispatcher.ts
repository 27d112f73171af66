import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FunctionsRuntime } from '../host/functions-runtime.ts';
import { serveEntity } from './entity-batch.ts';
import { timestamp } from './history.ts';
import { type Commit, type DurableStore, type EntityRow, isActive, type Message } from './store.ts';

interface LiveEntity {
  row: EntityRow;
  readonly queue: Message[];
  isBusy: boolean;
}

export interface EntityDispatcherOptions {
  readonly runtime: FunctionsRuntime;
  readonly store: DurableStore;
  readonly commit: (commit: Commit) => void;
  /** Runs work that counts as busy, and whose failure ends the engine. */
  readonly run: (work: () => Promise<void>) => void;
  readonly signal: AbortSignal;
}

/** Serves the messages of each entity one batch at a time, in their order. */
export class EntityDispatcher {
  readonly #options: EntityDispatcherOptions;
  readonly #entities = new Map<string, LiveEntity>();

  constructor(options: EntityDispatcherOptions) {
    this.#options = options;
  }

  has(id: string): boolean {
    return this.#entities.has(id);
  }

  /** Looks at an entity's inbox. One that is loaded already is given its new message. */
  wake(id: string, message?: Message): void {
    const known = this.#entities.get(id);
    if (known && message) known.queue.push(message);
    this.#pump(known ?? this.#load(id));
  }

  #load(id: string): LiveEntity {
    const { store } = this.#options;
    const unborn = { id, exists: false, state: null, lockedBy: null, lastOperationAt: timestamp() };
    const live = { row: store.getEntity(id) ?? unborn, queue: store.getInbox(id), isBusy: false };
    this.#entities.set(id, live);
    return live;
  }

  #pump(live: LiveEntity): void {
    if (live.isBusy || live.queue.length === 0) return;
    live.isBusy = true;
    this.#options.run(async () => {
      try {
        while (live.queue.length > 0 && !this.#options.signal.aborted) {
          await nextTurn();
          if (!(await this.#serve(live))) return;
        }
      } finally {
        live.isBusy = false;
      }
    });
  }

  /** @returns false when what is left has to wait for a lock */
  async #serve(live: LiveEntity): Promise<boolean> {
    const { runtime, store, signal, commit } = this.#options;
    const isAlive = (instanceId: string, executionId: string | undefined) => {
      const row = store.getInstance(instanceId);
      return row?.executionId === executionId && isActive(row!.status);
    };
    const outcome = await serveEntity(runtime, live.row, live.queue, isAlive);
    if (!outcome || signal.aborted) return false;
    live.row = outcome.row;
    const consumed = new Set(outcome.consumed);
    const left = live.queue.filter((message) => !consumed.has(message));
    live.queue.splice(0, live.queue.length, ...left);
    commit({
      entity: outcome.row,
      outgoing: outcome.outgoing,
      consumed: outcome.consumed.flatMap((message) => message.key ?? []),
    });
    return true;
  }
}
