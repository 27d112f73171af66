import type { ActionScheduler } from './action-scheduler.ts';
import type { Action } from './actions.ts';
import { releasesOf } from './entity-requests.ts';
import type { EpisodeResult, Sent } from './episode-result.ts';
import { childFailure, orchestratorFailure } from './failures.ts';
import {
  EventType,
  eventRaised,
  executionCompleted,
  executionStarted,
  type HistoryEvent,
  newExecutionId,
  orchestratorCompleted,
  subOrchestrationCompleted,
  subOrchestrationFailed,
  timestamp,
} from './history.ts';
import type { InstanceRow, OutgoingMessage } from './store.ts';
import { checkContinueAsNewInput, checkOrchestratorInput } from './strict.ts';

const NOTHING_SENT: Sent = { children: [], outgoing: [] };

/** The output of a failed instance, as JSON text. */
export const failureText = (row: InstanceRow, error: string): string =>
  JSON.stringify(orchestratorFailure(row.name, error));

/** The last commit of an instance: its row, its end in the history, and the answer to its parent. */
export function end(
  row: InstanceRow,
  history: readonly HistoryEvent[],
  added: readonly HistoryEvent[],
  status: 'Completed' | 'Failed' | 'Terminated',
  output: string | null,
  sent: Sent = NOTHING_SENT,
): EpisodeResult {
  const at = timestamp();
  const append = [...added, executionCompleted(status, output, at), orchestratorCompleted(at)];
  const outgoing = [...sent.outgoing, ...locksGivenFree(row, [...history, ...added], at)];
  if (row.parent) {
    const { id, taskId, executionId } = row.parent;
    const error = status === 'Completed' ? undefined : errorText(row.name, output);
    const event =
      error === undefined
        ? subOrchestrationCompleted(taskId, output, at)
        : subOrchestrationFailed(taskId, childFailure(row.name, error), at);
    outgoing.push({ target: id, event: { ...event, $: { executionId } } });
  }
  return {
    row: { ...row, status, output, updatedAt: at, historyLength: row.historyLength + append.length },
    append,
    restarts: false,
    children: sent.children,
    outgoing,
    cancelledTimers: [],
    warnings: [],
  };
}

/** The message of a failed or terminated child, without the words that every such output begins with. */
function errorText(name: string, output: string | null): string {
  const text = output === null ? '' : String(JSON.parse(output));
  const prefix = orchestratorFailure(name, '');
  return text.startsWith(prefix) ? text.slice(prefix.length) : text;
}

/** The locks that an instance holds, or waits for, at its end. */
function locksGivenFree(row: InstanceRow, history: readonly HistoryEvent[], at: string): OutgoingMessage[] {
  const sender = { instanceId: row.id, executionId: row.executionId };
  return releasesOf(history, sender, at).map((event) => ({ target: event.InstanceId!, event }));
}

/** The next generation of an instance: the same row with a new execution, and its first messages. */
export function continueAsNew(
  isStrict: boolean,
  row: InstanceRow,
  history: readonly HistoryEvent[],
  added: readonly HistoryEvent[],
  again: Action,
  scheduler: ActionScheduler,
  sent: Sent,
): EpisodeResult {
  if (isStrict) checkContinueAsNewInput(again.input);
  const input = JSON.stringify(again.input) ?? null;
  if (isStrict) checkOrchestratorInput(row.name, input);
  const next: InstanceRow = { ...row, executionId: newExecutionId(), input, output: null, historyLength: 0 };
  const kept = unconsumed([...history, ...added], scheduler.unconsumedEvents);
  const at = timestamp();
  const outgoing = [
    ...sent.outgoing,
    ...locksGivenFree(row, [...history, ...added], at),
    { target: row.id, event: executionStarted(next, input, null, at) },
    ...kept.map((event) => ({ target: row.id, event: eventRaised(event.Name!, event.Input ?? null, event.Timestamp) })),
  ];
  const names = [...new Set(kept.map((event) => event.Name))].join(', ');
  const warnings =
    kept.length > 0
      ? [
          `continueAsNew was called with ${kept.length} event(s) not yet consumed (${names}); they are kept here, but Azure may lose them: consume them first`,
        ]
      : [];
  return { row: next, append: [], restarts: true, children: sent.children, outgoing, cancelledTimers: [], warnings };
}

function unconsumed(history: readonly HistoryEvent[], counts: ReadonlyMap<string, number>): HistoryEvent[] {
  const left = new Map(counts);
  const kept: HistoryEvent[] = [];
  for (const event of history.toReversed()) {
    if (event.EventType !== EventType.EventRaised) continue;
    const key = event.Name!.toLowerCase();
    const count = left.get(key) ?? 0;
    if (count === 0) continue;
    left.set(key, count - 1);
    kept.unshift(event);
  }
  return kept;
}
