import type { FunctionsRuntime } from '../host/functions-runtime.ts';
import { ActionScheduler } from './action-scheduler.ts';
import { type Action, ActionType, actionsOf } from './actions.ts';
import { childFailure, orchestratorFailure } from './failures.ts';
import {
  EventType,
  eventRaised,
  executionCompleted,
  executionStarted,
  type HistoryEvent,
  newExecutionId,
  orchestratorCompleted,
  orchestratorStarted,
  subOrchestrationCompleted,
  subOrchestrationFailed,
  timestamp,
} from './history.ts';
import { HTTP_ACTIVITY } from './http-activity.ts';
import type { LiveInstance } from './live-instance.ts';
import { callOrchestrator, explain, type OrchestratorOutcome } from './orchestrator-call.ts';
import { type InstanceRow, isActive, type OutgoingMessage, type RuntimeStatus } from './store.ts';
import {
  caughtGroupWithRetries,
  checkActivityInput,
  checkContinueAsNewInput,
  checkKnown,
  checkOrchestratorInput,
  checkPayload,
  checkReusedTasks,
  MAX_CUSTOM_STATUS_LENGTH,
  mixedUpPoll,
} from './strict.ts';

export interface EpisodeOptions {
  readonly runtime: FunctionsRuntime;
  readonly isStrict: boolean;
}

/** What an episode changes; nothing of it has happened until it is committed. */
export interface EpisodeResult {
  readonly row: InstanceRow;
  /** The history events to append. */
  readonly append: readonly HistoryEvent[];
  /** Continue-as-new: the history begins again. */
  readonly restarts: boolean;
  readonly children: readonly InstanceRow[];
  readonly outgoing: readonly OutgoingMessage[];
  /** Timers that the orchestrator has cancelled. */
  readonly cancelledTimers: readonly number[];
  readonly warnings: readonly string[];
}

type FindInstance = (id: string) => InstanceRow | undefined;

/** Plays new events of an instance: runs the orchestrator's code over its history and works out what follows. */
export async function runEpisode(
  options: EpisodeOptions,
  live: LiveInstance,
  events: readonly HistoryEvent[],
  findInstance: FindInstance,
): Promise<EpisodeResult> {
  const started = orchestratorStarted(timestamp());
  const terminated = events.find((event) => event.EventType === EventType.ExecutionTerminated);
  if (terminated) return end(live, [started, ...events], 'Terminated', terminated.Input ?? null);
  const status = statusAfter(live.row, events);
  const outcome = await callOrchestrator(
    options.runtime,
    live.row.name,
    live.row.id,
    live.payload.write(live.row, live.history, [started, ...events]),
    options.isStrict,
  );
  try {
    if (outcome.violation) throw outcome.violation;
    const scheduled = schedule(options, live, [started, ...events], outcome);
    return follow(options, live, { ...status }, [started, ...events], scheduled, outcome, findInstance);
  } catch (violation) {
    return end(live, [started, ...events], 'Failed', failureText(live.row, explain(violation)));
  }
}

const failureText = (row: InstanceRow, error: string): string => JSON.stringify(orchestratorFailure(row.name, error));

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
    }
  }
  return { status, output };
}

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

function checkScheduled(runtime: FunctionsRuntime, event: HistoryEvent): void {
  const name = event.Name ?? '';
  const names = (trigger: string) => runtime.registry.withTrigger(trigger).map((hosted) => hosted.name);
  if (event.EventType === EventType.TaskScheduled && name !== HTTP_ACTIVITY) {
    const input = event.$?.input ?? null;
    checkKnown('activity', name, names('activityTrigger'));
    checkActivityInput(name, input);
    checkPayload(`the input of activity "${name}"`, input);
  } else if (event.EventType === EventType.SubOrchestrationInstanceCreated) {
    checkKnown('orchestrator', name, names('orchestrationTrigger'));
    checkOrchestratorInput(name, event.$?.input ?? null);
  } else if (event.EventType === EventType.EventSent) {
    checkPayload(`the message to ${event.InstanceId}`, event.Input ?? null);
  }
}

function follow(
  options: EpisodeOptions,
  live: LiveInstance,
  status: Pick<InstanceRow, 'status' | 'output'>,
  added: readonly HistoryEvent[],
  scheduled: readonly HistoryEvent[],
  { state, hasFailed }: OrchestratorOutcome,
  findInstance: FindInstance,
): EpisodeResult {
  const scheduler = live.scheduler!;
  const customStatus = state.customStatus === undefined ? live.row.customStatus : JSON.stringify(state.customStatus);
  const before = live.row;
  const row: InstanceRow = { ...before, ...status, customStatus, updatedAt: timestamp() };
  const sent = messagesOf(options.runtime, row, scheduled, findInstance);
  const isFinished = hasFailed || state.isDone;
  const isOver = isFinished && scheduler.isAtEnd && scheduler.openTasks.size === 0;
  if (!isOver) {
    const append = [...added, ...scheduled, orchestratorCompleted(timestamp())];
    return {
      row: { ...row, historyLength: before.historyLength + append.length },
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
  live.row = { ...before, customStatus };
  try {
    if (again && !hasFailed) return continueAsNew(options, row, live.history, added, again, scheduler, sent);
    if (hasFailed) return end(live, [...added, ...scheduled], 'Failed', failureText(row, state.error ?? ''), sent);
    const output = JSON.stringify(state.output) ?? 'null';
    if (options.isStrict) checkPayload(`the output of orchestrator "${row.name}"`, output);
    return end(live, [...added, ...scheduled], 'Completed', output, sent);
  } finally {
    live.row = before;
  }
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

type Sent = Pick<EpisodeResult, 'children' | 'outgoing'>;

/** The messages and new instances that scheduled events stand for. */
function messagesOf(
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
const unknownChildren = (runtime: FunctionsRuntime, scheduled: readonly HistoryEvent[]): string[] =>
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

function continueAsNew(
  options: EpisodeOptions,
  row: InstanceRow,
  history: readonly HistoryEvent[],
  added: readonly HistoryEvent[],
  again: Action,
  scheduler: ActionScheduler,
  sent: Sent,
): EpisodeResult {
  if (options.isStrict) checkContinueAsNewInput(again.input);
  const input = JSON.stringify(again.input) ?? null;
  if (options.isStrict) checkOrchestratorInput(row.name, input);
  const next: InstanceRow = { ...row, executionId: newExecutionId(), input, output: null, historyLength: 0 };
  const kept = unconsumed([...history, ...added], scheduler.unconsumedEvents);
  const at = timestamp();
  const outgoing = [
    ...sent.outgoing,
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

/** The last commit of an instance: its row, its end in the history, and the answer to its parent. */
function end(
  live: LiveInstance,
  added: readonly HistoryEvent[],
  status: 'Completed' | 'Failed' | 'Terminated',
  output: string | null,
  sent: Sent = { children: [], outgoing: [] },
): EpisodeResult {
  const { row } = live;
  const at = timestamp();
  const append = [...added, executionCompleted(status, output, at), orchestratorCompleted(at)];
  const outgoing = [...sent.outgoing];
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
