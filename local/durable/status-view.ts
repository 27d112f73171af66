import { EventType, eventTypeNames, type HistoryEvent } from './history.ts';
import type { InstanceRow } from './store.ts';

/** A JSON text as its value; null stays null. */
export const parseOrNull = (json: string | null | undefined): unknown =>
  json === null || json === undefined ? null : JSON.parse(json);

const toSeconds = (iso: string): string => `${iso.slice(0, 19)}Z`;

/** An instance as the status API shows it. */
export function statusView(row: InstanceRow, hasInput: boolean): Record<string, unknown> {
  return {
    name: row.name,
    instanceId: row.id,
    runtimeStatus: row.status,
    input: hasInput ? parseOrNull(row.input) : null,
    customStatus: parseOrNull(row.customStatus),
    output: parseOrNull(row.output),
    createdTime: toSeconds(row.createdAt),
    lastUpdatedTime: toSeconds(row.updatedAt),
  };
}

/** A history event as the status API shows it. */
export type HistoryView = Record<string, unknown> & { EventType: string; Timestamp: string };

const HIDDEN: ReadonlySet<number> = new Set([
  EventType.OrchestratorStarted,
  EventType.OrchestratorCompleted,
  EventType.TaskScheduled,
  EventType.SubOrchestrationInstanceCreated,
  EventType.TimerCreated,
]);

/**
 * A history as the status API shows it: types by name, and what was scheduled merged into its completion. What has no
 * completion yet is shown as scheduled.
 */
export function historyView(history: readonly HistoryEvent[], hasOutput: boolean): HistoryView[] {
  const scheduled = new Map(history.filter((event) => event.EventId >= 0).map((event) => [event.EventId, event]));
  const ended = new Set(history.flatMap((event) => event.TaskScheduledId ?? event.TimerId ?? []));
  return history.flatMap((event) => {
    const isOpen = event.EventId >= 0 && HIDDEN.has(event.EventType) && !ended.has(event.EventId);
    return HIDDEN.has(event.EventType) && !isOpen ? [] : [eventView(event, scheduled, hasOutput)];
  });
}

function eventView(event: HistoryEvent, scheduled: ReadonlyMap<number, HistoryEvent>, hasOutput: boolean): HistoryView {
  const {
    $: _details,
    EventId: _id,
    IsPlayed: _played,
    TaskScheduledId: taskId,
    TimerId: timerId,
    Name,
    Version: _version,
    Tags: _tags,
    OrchestrationInstance: _instance,
    ParentInstance: _parent,
    ...rest
  } = event;
  const view: HistoryView = { ...rest, EventType: eventTypeNames.get(event.EventType)!, Timestamp: event.Timestamp };
  if (event.Result !== undefined) view['Result'] = hasOutput ? parseOrNull(event.Result) : null;
  if (event.EventType === EventType.ExecutionStarted) view['Input'] = null;
  const origin = scheduled.get((taskId ?? timerId) as number);
  if (origin) {
    view['ScheduledTime'] = origin.Timestamp;
    if (origin.Name) view['FunctionName'] = origin.Name;
    if (origin.InstanceId) view['InstanceId'] = origin.InstanceId;
    view['Input'] = null;
  } else if (Name !== undefined) {
    const isNamed = event.EventType === EventType.EventRaised || event.EventType === EventType.EventSent;
    view[isNamed ? 'Name' : 'FunctionName'] = Name;
  }
  return view;
}
