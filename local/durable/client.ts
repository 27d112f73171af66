import { randomUUID } from 'node:crypto';
import { TrailhoundError } from '../../lib/errors.ts';
import { newInstance } from './children.ts';
import type { DurableEngine } from './engine.ts';
import { operationMessage } from './entity-messages.ts';
import {
  eventRaised,
  eventSent,
  executionResumed,
  executionStarted,
  executionSuspended,
  executionTerminated,
  type HistoryEvent,
  newInstanceId,
  timestamp,
} from './history.ts';
import { entityId } from './ids.ts';
import { rewindCommits } from './rewind.ts';
import { type DurableStore, type InstanceFilter, type InstanceRow, isActive } from './store.ts';
import { checkOrchestratorInput, checkPayload } from './strict.ts';

/** How a request about one instance ended: done, no such instance, or one that is over. */
export type ControlResult = 'done' | 'missing' | 'over';

/** What the durable HTTP API and the command line can ask of the engine. */
export class DurableClient {
  readonly #engine: DurableEngine;
  readonly store: DurableStore;
  readonly #isStrict: boolean;

  constructor(engine: DurableEngine, store: DurableStore, isStrict: boolean) {
    this.#engine = engine;
    this.store = store;
    this.#isStrict = isStrict;
  }

  /**
   * Starts an instance; one of the same id that is over is replaced.
   *
   * @param input JSON text
   * @returns its id
   * @throws {TrailhoundError} `conflict` when one of this id is active
   */
  startNew(name: string, input: string | null, id = newInstanceId(), version: string | null = null): string {
    if (id.startsWith('@')) throw new TrailhoundError('usage', 'an instance id must not start with "@"');
    if (this.#isStrict) checkOrchestratorInput(name, input);
    const existing = this.store.getInstance(id);
    if (existing && isActive(existing.status)) {
      throw new TrailhoundError(
        'conflict',
        `An Orchestration instance with the status ${existing.status} already exists.`,
      );
    }
    this.#engine.forget(id);
    const row = newInstance(id, name, version, input, null);
    const event = executionStarted(row, input, 0, timestamp());
    this.#engine.submit({ instances: [row], outgoing: [{ target: id, event }] });
    return id;
  }

  /** Starts a new instance with an old one's input. */
  restart(id: string, hasNewId: boolean): string | undefined {
    const row = this.store.getInstance(id);
    return row && this.startNew(row.name, row.input, hasNewId ? undefined : id, row.version);
  }

  /** @param input JSON text */
  raiseEvent(id: string, name: string, input: string): ControlResult {
    if (this.#isStrict) checkPayload(`the event "${name}"`, input);
    return this.#send(id, eventRaised(name, input, timestamp()));
  }

  terminate(id: string, reason: string | null): ControlResult {
    return this.#send(id, executionTerminated(JSON.stringify(reason), timestamp()));
  }

  suspend(id: string, reason: string | null): ControlResult {
    return this.#send(id, executionSuspended(reason, timestamp()));
  }

  resume(id: string, reason: string | null): ControlResult {
    return this.#send(id, executionResumed(reason, timestamp()));
  }

  /**
   * Takes a failed instance, and its failed children, back to before their failures and lets them go on.
   *
   * @throws {TrailhoundError} `conflict` when it has not failed
   */
  rewind(id: string, reason: string | null): ControlResult {
    const row = this.store.getInstance(id);
    if (!row) return 'missing';
    if (isActive(row.status)) return 'over';
    if (row.status !== 'Failed') {
      throw new TrailhoundError(
        'conflict',
        `This orchestration has status ${row.status}, but only orchestrations in the "Failed" state can be rewound.`,
      );
    }
    for (const commit of rewindCommits(this.store, row, reason)) {
      this.#engine.submit(commit);
      for (const instance of commit.instances ?? []) this.#engine.resume(instance.id);
    }
    return 'done';
  }

  /** @returns how many instances were deleted */
  purge(id: string): number {
    if (!this.store.getInstance(id)) return 0;
    this.#engine.forget(id);
    this.store.purgeInstance(id);
    return 1;
  }

  purgeBy(filter: InstanceFilter): number {
    const over = this.store.listInstances(filter).filter((row) => !isActive(row.status));
    return over.reduce((count, row) => count + this.purge(row.id), 0);
  }

  /** @param input JSON text */
  signalEntity(name: string, key: string, operation: string, input: string | null): void {
    const at = timestamp();
    const target = entityId(name, key);
    const message = operationMessage(randomUUID(), operation, input, true, undefined, at);
    this.#engine.submit({ outgoing: [{ target, event: eventSent(-1, target, 'op', message, at) }] });
  }

  /** JSON text of an entity's state; undefined when it does not exist. */
  entityState(name: string, key: string): string | undefined {
    const row = this.store.getEntity(entityId(name, key));
    return row?.exists ? (row.state ?? 'null') : undefined;
  }

  #send(id: string, event: HistoryEvent): ControlResult {
    const row: InstanceRow | undefined = this.store.getInstance(id);
    if (!row) return 'missing';
    if (!isActive(row.status)) return 'over';
    this.#engine.submit({ outgoing: [{ target: id, event }] });
    return 'done';
  }
}
