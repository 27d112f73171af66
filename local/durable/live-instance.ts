import type { ActionScheduler } from './action-scheduler.ts';
import { EventType, type HistoryEvent } from './history.ts';
import { PayloadWriter } from './payload.ts';
import type { InstanceRow, Message } from './store.ts';

/** An instance that is worked on: its row and history as they are stored, and what has come for it since. */
export class LiveInstance {
  row: InstanceRow;
  history: HistoryEvent[];
  readonly queue: Message[];
  readonly payload = new PayloadWriter();
  /** Built at the first episode in this process, from the whole history. */
  scheduler: ActionScheduler | undefined;
  /** Scheduled tasks, children and timers that have not ended, by their numbers. */
  readonly pending = new Map<number, HistoryEvent>();
  lastEpisodeInMs = 0;
  isBusy = false;
  isClosed = false;
  /** Said once, not at every episode. */
  hasSaidThatItWaits = false;

  constructor(row: InstanceRow, history: HistoryEvent[], queue: Message[]) {
    this.row = row;
    this.history = history;
    this.queue = queue;
    for (const event of history) this.#note(event);
  }

  /** Takes over what a commit has made durable. */
  commit(row: InstanceRow, appended: readonly HistoryEvent[]): void {
    this.row = row;
    for (const event of appended) {
      this.history.push(event);
      this.#note(event);
    }
  }

  /** Begins the next generation with an empty history. */
  restart(row: InstanceRow): void {
    this.row = row;
    this.history = [];
    this.pending.clear();
    this.payload.reset();
    this.scheduler = undefined;
  }

  /** Whether an event is a repetition, or meant for an earlier execution. */
  isStale(event: HistoryEvent): boolean {
    const meantFor = event.$?.executionId;
    if (meantFor !== undefined && meantFor !== this.row.executionId) return true;
    switch (event.EventType) {
      case EventType.ExecutionStarted:
        return this.history.length > 0;
      case EventType.TaskCompleted:
      case EventType.TaskFailed:
      case EventType.SubOrchestrationInstanceCompleted:
      case EventType.SubOrchestrationInstanceFailed:
        return !this.pending.has(event.TaskScheduledId!);
      case EventType.TimerFired:
        return !this.pending.has(event.TimerId!);
      case EventType.ExecutionSuspended:
        return this.row.status === 'Suspended';
      case EventType.ExecutionResumed:
        return this.row.status !== 'Suspended';
      default:
        return false;
    }
  }

  #note(event: HistoryEvent): void {
    switch (event.EventType) {
      case EventType.TaskScheduled:
      case EventType.SubOrchestrationInstanceCreated:
      case EventType.TimerCreated:
        this.pending.set(event.EventId, event);
        break;
      case EventType.TaskCompleted:
      case EventType.TaskFailed:
      case EventType.SubOrchestrationInstanceCompleted:
      case EventType.SubOrchestrationInstanceFailed:
        this.pending.delete(event.TaskScheduledId!);
        break;
      case EventType.TimerFired:
        this.pending.delete(event.TimerId!);
        break;
    }
  }
}
