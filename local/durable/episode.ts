import type { FunctionsRuntime } from '../host/functions-runtime.ts';
import { ActionScheduler } from './action-scheduler.ts';
import { ActionType, actionsOf } from './actions.ts';
import { checkScheduled } from './check-scheduled.ts';
import { type FindInstance, messagesOf, unknownChildren } from './children.ts';
import { continueAsNew, end, failureText } from './endings.ts';
import type { EpisodeResult } from './episode-result.ts';
import { EventType, type HistoryEvent, orchestratorCompleted, orchestratorStarted, timestamp } from './history.ts';
import type { LiveInstance } from './live-instance.ts';
import { callOrchestrator, explain, type OrchestratorOutcome } from './orchestrator-call.ts';
import type { InstanceRow, RuntimeStatus } from './store.ts';
import {
  caughtGroupWithRetries,
  checkPayload,
  checkReusedTasks,
  MAX_CUSTOM_STATUS_LENGTH,
  mixedUpPoll,
} from './strict.ts';

export interface EpisodeOptions {
  readonly runtime: FunctionsRuntime;
  readonly isStrict: boolean;
}

/** Plays new events of an instance: runs the orchestrator's code over its history and works out what follows. */
export async function runEpisode(
  options: EpisodeOptions,
  live: LiveInstance,
  events: readonly HistoryEvent[],
  findInstance: FindInstance,
): Promise<EpisodeResult> {
  const started = orchestratorStarted(timestamp());
  const terminated = events.find((event) => event.EventType === EventType.ExecutionTerminated);
  const added = [started, ...events];
  if (terminated) return end(live.row, live.history, added, 'Terminated', terminated.Input ?? null);
  const outcome = await callOrchestrator(
    options.runtime,
    live.row.name,
    live.row.id,
    live.payload.write(live.row, live.history, added),
    options.isStrict,
  );
  try {
    if (outcome.violation) throw outcome.violation;
    const scheduled = schedule(options, live, added, outcome);
    return follow(options, live, added, scheduled, outcome, findInstance);
  } catch (violation) {
    return end(live.row, live.history, added, 'Failed', failureText(live.row, explain(violation)));
  }
}

/** Suspended or running, and the output that a suspended instance shows: the reason. */
function statusAfter(row: InstanceRow, events: readonly HistoryEvent[]): Pick<InstanceRow, 'status' | 'output'> {
  let status: RuntimeStatus = row.status === 'Suspended' ? 'Suspended' : 'Running';
  let { output } = row;
  for (const event of events) {
    if (event.EventType === EventType.ExecutionSuspended) {
      status = 'Suspended';
      output = JSON.stringify(event.Reason ?? null);
    } else if (event.EventType === EventType.ExecutionResumed) {
      status = 'Running';
      output = null;
    }
  }
  return { status, output };
}

/** Plays the new events to the scheduler. @returns what has been scheduled */
function schedule(
  options: EpisodeOptions,
  live: LiveInstance,
  added: readonly HistoryEvent[],
  { state, hasFailed, hasIdentity }: OrchestratorOutcome,
): HistoryEvent[] {
  const actions = actionsOf(state);
  if (options.isStrict && hasIdentity) checkReusedTasks(actions);
  const isNew = !live.scheduler;
  const scheduler =
    live.scheduler ?? new ActionScheduler({ instanceId: live.row.id, executionId: live.row.executionId });
  live.scheduler = scheduler;
  scheduler.setActions(actions, hasFailed);
  for (const event of isNew ? [...live.history, ...added] : added) scheduler.play(event);
  const scheduled = scheduler.takeScheduled();
  if (options.isStrict) {
    if (!hasFailed && scheduler.hasFailedGroupWithRetries) throw caughtGroupWithRetries();
    if (scheduler.hasMixedUpPoll) throw mixedUpPoll();
    for (const event of scheduled) checkScheduled(options.runtime, event);
    if (state.customStatus !== undefined) {
      checkPayload('the custom status', JSON.stringify(state.customStatus), MAX_CUSTOM_STATUS_LENGTH);
    }
  }
  return scheduled;
}

/** What the code's answer and the tasks that it scheduled come to. */
function follow(
  options: EpisodeOptions,
  live: LiveInstance,
  added: readonly HistoryEvent[],
  scheduled: readonly HistoryEvent[],
  { state, hasFailed }: OrchestratorOutcome,
  findInstance: FindInstance,
): EpisodeResult {
  const scheduler = live.scheduler!;
  const customStatus = state.customStatus === undefined ? live.row.customStatus : JSON.stringify(state.customStatus);
  const row: InstanceRow = { ...live.row, ...statusAfter(live.row, added), customStatus, updatedAt: timestamp() };
  const sent = messagesOf(options.runtime, row, scheduled, findInstance);
  const isFinished = hasFailed || state.isDone;
  const isOver = isFinished && scheduler.isAtEnd && scheduler.openTasks.size === 0;
  if (!isOver) {
    const append = [...added, ...scheduled, orchestratorCompleted(timestamp())];
    return {
      row: { ...row, historyLength: row.historyLength + append.length },
      append,
      restarts: false,
      ...sent,
      cancelledTimers: cancelledTimers(live, scheduler),
      warnings: [
        ...unknownChildren(options.runtime, scheduled),
        ...(isFinished && row.status !== 'Suspended' ? waitingFor(live, scheduler) : []),
      ],
    };
  }
  const again = actionsOf(state).find((action) => action.actionType === ActionType.ContinueAsNew);
  if (again && !hasFailed) return continueAsNew(options.isStrict, row, live.history, added, again, scheduler, sent);
  const recorded = [...added, ...scheduled];
  if (hasFailed) return end(row, live.history, recorded, 'Failed', failureText(row, state.error ?? ''), sent);
  const output = JSON.stringify(state.output) ?? 'null';
  if (options.isStrict) checkPayload(`the output of orchestrator "${row.name}"`, output);
  return end(row, live.history, recorded, 'Completed', output, sent);
}

/** The orchestrator has returned, but as in Azure a timer that it has not cancelled holds its completion. */
function waitingFor(live: LiveInstance, scheduler: ActionScheduler): string[] {
  const timers = [...scheduler.openTasks.values()].filter((node) => node.action.actionType === ActionType.CreateTimer);
  if (live.hasSaidThatItWaits || timers.length === 0) return [];
  live.hasSaidThatItWaits = true;
  return [
    `the orchestrator has returned, but is not completed before ${timers.length} timer(s) have fired, as in Azure: cancel a timer that lost its race`,
  ];
}

function cancelledTimers(live: LiveInstance, scheduler: ActionScheduler): number[] {
  return [...live.pending]
    .filter(([id, event]) => event.EventType === EventType.TimerCreated && !scheduler.openTasks.has(id))
    .map(([id]) => id);
}
