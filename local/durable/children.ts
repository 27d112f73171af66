import type { FunctionsRuntime } from '../host/functions-runtime.ts';
import type { Sent } from './episode-result.ts';
import { childFailure } from './failures.ts';
import {
  EventType,
  executionStarted,
  type HistoryEvent,
  newExecutionId,
  subOrchestrationFailed,
  timestamp,
} from './history.ts';
import { type InstanceRow, isActive, type OutgoingMessage } from './store.ts';

/** Finds an instance in the store. */
export type FindInstance = (id: string) => InstanceRow | undefined;

/** The messages and new instances that scheduled events stand for. */
export function messagesOf(
  runtime: FunctionsRuntime,
  row: InstanceRow,
  scheduled: readonly HistoryEvent[],
  findInstance: FindInstance,
): Sent {
  const children: InstanceRow[] = [];
  const outgoing: OutgoingMessage[] = [];
  for (const event of scheduled) {
    if (event.EventType === EventType.EventSent) {
      outgoing.push({ target: event.InstanceId!, event });
    } else if (isChild(event) && isKnownChild(runtime, event)) {
      const existing = findInstance(event.InstanceId!);
      const isTaken =
        (existing && isActive(existing.status)) || children.some((child) => child.id === event.InstanceId);
      if (isTaken) {
        const failure = childFailure(event.Name!, `an instance with the id ${event.InstanceId} is running already`);
        const failed = subOrchestrationFailed(event.EventId, failure, timestamp());
        outgoing.push({ target: row.id, event: { ...failed, $: { executionId: row.executionId } } });
        continue;
      }
      const child = newInstance(event.InstanceId!, event.Name!, event.Version ?? null, event.$?.input ?? null, {
        id: row.id,
        name: row.name,
        executionId: row.executionId,
        taskId: event.EventId,
      });
      children.push(child);
      outgoing.push({ target: child.id, event: executionStarted(child, child.input, null, timestamp()) });
    }
  }
  return { children, outgoing };
}

const isChild = (event: HistoryEvent): boolean =>
  event.EventType === EventType.SubOrchestrationInstanceCreated && !event.$?.failWith;

const isKnownChild = (runtime: FunctionsRuntime, event: HistoryEvent): boolean =>
  runtime.registry.find(event.Name ?? '', 'orchestrationTrigger') !== undefined;

/** Without strict mode an unknown child is waited for, as in Azure. */
export const unknownChildren = (runtime: FunctionsRuntime, scheduled: readonly HistoryEvent[]): string[] =>
  scheduled
    .filter((event) => isChild(event) && !isKnownChild(runtime, event))
    .map((event) => `there is no orchestrator "${event.Name}": the instance waits for ever`);

/** The row of an instance that has not run yet. */
export function newInstance(
  id: string,
  name: string,
  version: string | null,
  input: string | null,
  parent: InstanceRow['parent'],
): InstanceRow {
  const at = timestamp();
  return {
    id,
    name,
    version,
    executionId: newExecutionId(),
    input,
    output: null,
    customStatus: null,
    status: 'Pending',
    createdAt: at,
    updatedAt: at,
    parent,
    historyLength: 0,
  };
}
