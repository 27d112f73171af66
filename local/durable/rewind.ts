import { EventType, eventRaised, genericEvent, type HistoryEvent, orchestratorStarted, timestamp } from './history.ts';
import { type Commit, type DurableStore, type InstanceRow, isActive, type OutgoingMessage } from './store.ts';

const FAILURES: ReadonlySet<number> = new Set([EventType.TaskFailed, EventType.SubOrchestrationInstanceFailed]);

const COMPLETIONS: ReadonlySet<number> = new Set([
  EventType.TaskCompleted,
  EventType.SubOrchestrationInstanceCompleted,
  EventType.TimerFired,
]);

/**
 * What takes a failed instance back to the episode before its last failure: its history is cut there, what succeeded
 * or was raised later is handed in again, and the failed activity or child is run anew. Children come first, so that
 * their answers find their parents waiting.
 */
export function rewindCommits(store: DurableStore, row: InstanceRow, reason: string | null): Commit[] {
  const history = store.getHistory(row.id);
  const failedAt = history.findLastIndex((event) => FAILURES.has(event.EventType));
  const cut = startOfEpisode(history, failedAt < 0 ? history.length - 1 : failedAt);
  const kept = history.slice(0, cut);
  const begun = new Set(kept.filter((event) => event.EventId >= 0).map((event) => event.EventId));
  const at = timestamp();
  const again: OutgoingMessage[] = history.slice(cut).flatMap((event) => {
    const isKnown = COMPLETIONS.has(event.EventType) && begun.has((event.TaskScheduledId ?? event.TimerId)!);
    if (isKnown || event.EventType === EventType.ExecutionStarted) return [{ target: row.id, event }];
    if (event.EventType !== EventType.EventRaised) return [];
    return [{ target: row.id, event: eventRaised(event.Name!, event.Input ?? null, event.Timestamp) }];
  });
  const markers = [orchestratorStarted(at), genericEvent(reason, at)];
  const length = kept.length + markers.length;
  const rewound: InstanceRow = { ...row, status: 'Running', output: null, updatedAt: at, historyLength: length };
  const own: Commit = {
    instances: [rewound],
    truncate: { id: row.id, length: cut },
    append: { id: row.id, from: cut, events: markers },
    outgoing: [...again, { target: row.id, event: genericEvent(reason, at) }],
  };
  return [own, ...failedChildren(store, row, kept, history).flatMap((child) => rewindCommits(store, child, reason))];
}

function startOfEpisode(history: readonly HistoryEvent[], from: number): number {
  for (let index = from; index >= 0; index--) {
    if (history[index]!.EventType === EventType.OrchestratorStarted) return index;
  }
  return 0;
}

/** The children whose failures are undone, and that have to succeed this time. */
function failedChildren(
  store: DurableStore,
  row: InstanceRow,
  kept: readonly HistoryEvent[],
  history: readonly HistoryEvent[],
): InstanceRow[] {
  const undone = new Set(
    history
      .slice(kept.length)
      .filter((event) => event.EventType === EventType.SubOrchestrationInstanceFailed)
      .map((event) => event.TaskScheduledId),
  );
  return kept.flatMap((event) => {
    if (event.EventType !== EventType.SubOrchestrationInstanceCreated || !undone.has(event.EventId)) return [];
    const child = store.getInstance(event.InstanceId!);
    const isOurs = child?.parent?.id === row.id && !isActive(child.status);
    return isOurs ? [child] : [];
  });
}
