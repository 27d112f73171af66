import { ActionType } from './actions.ts';
import { lockMessage, operationMessage, releaseMessage, type Sender } from './entity-messages.ts';
import { EventType, eventSent, type HistoryEvent } from './history.ts';
import { entityId, requestId } from './ids.ts';
import type { LeafNode } from './task-nodes.ts';

/** The calls, signals and locks that an orchestration sends to entities, and what it waits for. */
export class EntityRequests {
  readonly #sender: Sender;
  readonly #calls = new Map<string, LeafNode>();
  #locked: readonly string[] = [];
  #lockRequest = '';

  constructor(sender: Sender) {
    this.#sender = sender;
  }

  /** Sends a call, which ends with its answer, or a signal, which ends at once. */
  operate(node: LeafNode, taskId: number, at: string): HistoryEvent {
    const { action } = node;
    const isSignal = action.actionType === ActionType.SignalEntity;
    const request = requestId(this.#sender.executionId, taskId);
    const input = JSON.stringify(action.input) ?? null;
    const message = operationMessage(request, action.operation ?? '', input, isSignal, this.#sender, at);
    if (isSignal) node.finish();
    else this.#calls.set(request, node);
    return eventSent(taskId, action.instanceId!, 'op', message, at);
  }

  /** Asks for the lock of a set; its first entity passes the request on. */
  lock(node: LeafNode, taskId: number, at: string): HistoryEvent {
    const lockSet = (node.action.lockSet ?? []).map(({ name, key }) => ({ name: name.toLowerCase(), key }));
    this.#locked = lockSet.map(({ name, key }) => entityId(name, key));
    this.#lockRequest = requestId(this.#sender.executionId, taskId);
    this.#calls.set(this.#lockRequest, node);
    const message = lockMessage(this.#lockRequest, lockSet, this.#sender, at);
    return eventSent(taskId, this.#locked[0]!, 'op', message, at);
  }

  /** Gives every locked entity free. */
  release(nextId: () => number, at: string): HistoryEvent[] {
    const message = releaseMessage(this.#lockRequest, this.#sender);
    const events = this.#locked.map((target) => eventSent(nextId(), target, 'release', message, at));
    this.#locked = [];
    return events;
  }

  /** Takes an answer. @returns false when nothing waits for one of this name */
  answer(name: string): boolean {
    const node = this.#calls.get(name);
    this.#calls.delete(name);
    node?.finish();
    return node !== undefined;
  }

  /** The answer will come under the id that was sent, whatever would be made up now. */
  adopt(scheduled: HistoryEvent, sent: HistoryEvent): void {
    const id = requestOf(scheduled).id;
    const node = this.#calls.get(id);
    if (!node) return;
    this.#calls.delete(id);
    this.#calls.set(requestOf(sent).id, node);
  }
}

interface Request {
  readonly id: string;
  readonly lockset?: readonly { name: string; key: string }[];
}

const requestOf = (event: HistoryEvent): Request => JSON.parse(event.Input ?? '{}') as Request;

/** What gives the entities free that a history has locked, or asked to lock, and not released. */
export function releasesOf(history: readonly HistoryEvent[], sender: Sender, at: string): HistoryEvent[] {
  const held = new Map<string, string>();
  for (const event of history) {
    if (event.EventType !== EventType.EventSent) continue;
    if (event.Name === 'release') held.delete(event.InstanceId!);
    else if (event.Input?.includes('"lockset"')) {
      const { id, lockset } = requestOf(event);
      for (const { name, key } of lockset ?? []) held.set(entityId(name, key), id);
    }
  }
  return [...held].map(([target, id]) => eventSent(-1, target, 'release', releaseMessage(id, sender), at));
}
