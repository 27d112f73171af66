import { EventType, type HistoryEvent } from './history.ts';
import type { InstanceRow } from './store.ts';

/** The event types that carry `IsPlayed: true` from the episode after theirs on; the others stay false. */
const PLAYED_TYPES: ReadonlySet<number> = new Set([
  EventType.ExecutionStarted,
  EventType.TaskCompleted,
  EventType.TaskFailed,
  EventType.SubOrchestrationInstanceCompleted,
  EventType.SubOrchestrationInstanceFailed,
  EventType.TimerFired,
  EventType.EventRaised,
  EventType.ExecutionSuspended,
  EventType.ExecutionResumed,
]);

/** Replay schema 4, the newest that the library knows. */
const SCHEMA = '"upperSchemaVersion":1,"upperSchemaVersionNew":3';
/** Timers are not split here, whatever their length. */
const DURATIONS =
  '"longRunningTimerIntervalDuration":"3.00:00:00","maximumShortTimerDuration":"3650.00:00:00","defaultHttpAsyncRequestSleepTimeMillseconds":30000';

/** Writes what an orchestrator is called with. The text of past events is kept, for it is written at every episode. */
export class PayloadWriter {
  readonly #past: string[] = [];

  /** JSON text of the trigger. The first `pastCount` events belong to earlier episodes. */
  write(row: InstanceRow, history: readonly HistoryEvent[], added: readonly HistoryEvent[]): string {
    for (let index = this.#past.length; index < history.length; index++) {
      this.#past.push(wireText(history[index]!, true));
    }
    const events = [...this.#past, ...added.map((event) => wireText(event, false))];
    const isReplaying = history.some((event) => event.EventType === EventType.ExecutionStarted);
    return `{"history":[${events.join(',')}],"input":${row.input ?? 'null'},"instanceId":${JSON.stringify(
      row.id,
    )},"isReplaying":${isReplaying},"parentInstanceId":${JSON.stringify(
      row.parent?.id ?? null,
    )},"sourceInstanceId":null,${SCHEMA},${DURATIONS}}`;
  }

  reset(): void {
    this.#past.length = 0;
  }
}

function wireText(event: HistoryEvent, isPast: boolean): string {
  const { $: _private, ...wire } = event;
  return JSON.stringify({ ...wire, IsPlayed: isPast && PLAYED_TYPES.has(event.EventType) });
}
