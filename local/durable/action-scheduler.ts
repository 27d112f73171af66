import { TrailhoundError } from '../../lib/errors.ts';
import { type Action, ActionType, isCompound, leavesOf, signatureOf } from './actions.ts';
import { EntityRequests } from './entity-requests.ts';
import { EventWaits } from './event-waits.ts';
import {
  EventType,
  eventTypeNames,
  type Failure,
  type HistoryEvent,
  subOrchestrationCreated,
  taskScheduled,
  timerCreated,
} from './history.ts';
import { HTTP_ACTIVITY, pollAfter } from './http-activity.ts';
import { childInstanceId } from './ids.ts';
import { decideRetry } from './retries.ts';
import { GroupNode, LeafNode, type TaskNode } from './task-nodes.ts';

/** The longest timer; the real host splits longer ones than six days, this one has no need to. */
const LONGEST_TIMER_IN_MS = 3650 * 86_400_000;

/** Where the scheduler runs: what its events refer to. */
export interface SchedulerContext {
  readonly instanceId: string;
  readonly executionId: string;
}

/**
 * The host's side of an orchestration, as the durable extension plays it: it walks through the actions that the
 * library returned, awaiting one after the other, begins each when its turn has come, gives every task its number, and
 * is moved on by the events of the history in their order. The library counts the same numbers on its own side; both
 * must agree, for completions are matched by nothing else.
 *
 * It is a function of actions and history alone, so that it can be built anew from a stored history at any time.
 */
export class ActionScheduler {
  readonly #context: SchedulerContext;
  #actions: readonly Action[] = [];
  #signatures: string[] = [];
  #cursor = 0;
  #awaited: TaskNode | undefined;
  #nextId = 0;
  #now = '';
  #isStarted = false;
  /** Events that came while the instance was suspended. */
  #held: HistoryEvent[] | undefined;
  /** What was scheduled and is not yet in the history. */
  #unrecorded: HistoryEvent[] = [];
  readonly #open = new Map<number, LeafNode>();
  /** Timers that have not ended, by their place among the leaves of the list. */
  readonly #timers = new Map<number, number>();
  #leafCount = 0;
  readonly #waits = new EventWaits();
  readonly #entities: EntityRequests;
  readonly #groupsWithRetries: GroupNode[] = [];
  #hasMixedUpPoll = false;

  constructor(context: SchedulerContext) {
    this.#context = context;
    this.#entities = new EntityRequests(context);
  }

  /** How many task numbers have been given out. */
  get nextId(): number {
    return this.#nextId;
  }

  /** Ids of activities, children and timers that have not ended. Completion waits for them, as on the real host. */
  get openTasks(): ReadonlyMap<number, LeafNode> {
    return this.#open;
  }

  /** Whether nothing is left to await. */
  get isAtEnd(): boolean {
    return this.#isStarted && !this.#held && this.#cursor === this.#actions.length && (this.#awaited?.isDone ?? true);
  }

  /** Whether a `Task.all` over calls with retries has failed: the library and the host then go on at different times. */
  get hasFailedGroupWithRetries(): boolean {
    return this.#groupsWithRetries.some((group) => group.hasFailed);
  }

  /** Whether a callHttp was polled while other tasks were begun: the library has given the poll another number. */
  get hasMixedUpPoll(): boolean {
    return this.#hasMixedUpPoll;
  }

  /** Events raised that nothing has waited for, by their names in lower case. */
  get unconsumedEvents(): ReadonlyMap<string, number> {
    return this.#waits.unconsumed;
  }

  /**
   * Takes over the library's newest list of actions, which must begin with the one before.
   *
   * @throws {TrailhoundError} `usage` when the orchestrator did something else than at its last replay
   */
  setActions(actions: readonly Action[], hasFailed: boolean): void {
    const signatures = actions.map(signatureOf);
    for (const [index, before] of this.#signatures.entries()) {
      if (before === signatures[index]) continue;
      if (hasFailed && index >= signatures.length) break;
      throw nonDeterministic(`action ${index + 1} was "${before}" and is now "${signatures[index] ?? 'nothing'}"`);
    }
    this.#actions = actions.length < this.#actions.length ? this.#actions : actions;
    if (signatures.length > this.#signatures.length) this.#signatures = signatures;
  }

  /**
   * Plays one event.
   *
   * @throws {TrailhoundError} `usage` when the history holds a task that the orchestrator no longer schedules
   */
  play(event: HistoryEvent): void {
    switch (event.EventType) {
      case EventType.OrchestratorStarted:
        if (event.Timestamp > this.#now) this.#now = event.Timestamp;
        break;
      case EventType.TaskScheduled:
      case EventType.SubOrchestrationInstanceCreated:
      case EventType.TimerCreated:
      case EventType.EventSent:
        this.#recall(event);
        break;
      case EventType.ExecutionSuspended:
        this.#held ??= [];
        break;
      case EventType.ExecutionResumed: {
        const held = this.#held ?? [];
        this.#held = undefined;
        for (const earlier of held) this.#apply(earlier);
        break;
      }
      default:
        if (this.#held) this.#held.push(event);
        else this.#apply(event);
    }
  }

  /** The events of tasks begun since the last call, in the order of their numbers. */
  takeScheduled(): HistoryEvent[] {
    this.#releaseCancelledTimers();
    this.#advance();
    const scheduled = this.#unrecorded;
    this.#unrecorded = [];
    return scheduled;
  }

  #apply(event: HistoryEvent): void {
    switch (event.EventType) {
      case EventType.ExecutionStarted:
        this.#isStarted = true;
        break;
      case EventType.TaskCompleted:
        this.#completed(event.TaskScheduledId!, event.Result ?? 'null');
        break;
      case EventType.SubOrchestrationInstanceCompleted:
        this.#close(event.TaskScheduledId!)?.finish();
        break;
      case EventType.TaskFailed:
      case EventType.SubOrchestrationInstanceFailed:
        this.#failed(event.TaskScheduledId!, { reason: event.Reason ?? '', details: event.Details ?? '' });
        break;
      case EventType.TimerFired:
        this.#fired(event.TimerId!);
        break;
      case EventType.EventRaised:
        if (!this.#entities.answer(event.Name ?? '')) this.#waits.raise(event.Name ?? '');
        break;
      default:
        return;
    }
    this.#advance();
  }

  #advance(): void {
    if (!this.#isStarted || this.#held) return;
    while ((this.#awaited?.isDone ?? true) && this.#cursor < this.#actions.length) {
      this.#awaited = this.#begin(this.#actions[this.#cursor++]!);
    }
  }

  #begin(action: Action): TaskNode {
    if (isCompound(action)) {
      const children = (action.compoundActions ?? []).map((child) => this.#begin(child));
      const group = new GroupNode(action.actionType === ActionType.WhenAll, children);
      if (group.isAll && group.hasRetries) this.#groupsWithRetries.push(group);
      return group;
    }
    const node = new LeafNode(action);
    const place = this.#leafCount++;
    switch (action.actionType) {
      case ActionType.CallActivity:
      case ActionType.CallActivityWithRetry:
      case ActionType.CallSubOrchestrator:
      case ActionType.CallSubOrchestratorWithRetry:
        this.#call(node);
        break;
      case ActionType.CallHttp:
        this.#openTask(node, (id) =>
          taskScheduled(id, HTTP_ACTIVITY, { input: JSON.stringify(action.httpRequest) }, this.#now),
        );
        break;
      case ActionType.CreateTimer:
        this.#timer(node, place);
        break;
      case ActionType.WaitForExternalEvent:
        this.#waits.wait(node);
        break;
      case ActionType.CallEntity:
      case ActionType.SignalEntity:
        this.#unrecorded.push(this.#entities.operate(node, this.#nextId++, this.#now));
        break;
      case ActionType.LockEntities:
        this.#unrecorded.push(this.#entities.lock(node, this.#nextId++, this.#now));
        break;
      case ActionType.ReleaseEntities:
        this.#unrecorded.push(...this.#entities.release(() => this.#nextId++, this.#now));
        node.finish();
        break;
      case ActionType.ContinueAsNew:
        node.finish();
        break;
      default:
        throw new TrailhoundError('unsupported', `the orchestrator's action ${action.actionType} is not known here`);
    }
    return node;
  }

  #openTask(node: LeafNode, toEvent: (id: number) => HistoryEvent): void {
    const id = this.#nextId++;
    this.#open.set(id, node);
    this.#unrecorded.push(toEvent(id));
  }

  /** Schedules an activity or a child, for the first time or again. */
  #call(node: LeafNode): void {
    const { action, retry } = node;
    const name = action.functionName ?? '';
    if (retry) retry.firstAttemptAt ??= Date.parse(this.#now);
    const isTimedOut = retry?.isTimedOut === true && retry.lastFailure !== undefined;
    const failWith = isTimedOut ? { failWith: retry.lastFailure! } : {};
    if (action.actionType === ActionType.CallActivity || action.actionType === ActionType.CallActivityWithRetry) {
      const input = typeof action.input === 'string' ? action.input : (JSON.stringify(action.input) ?? null);
      this.#openTask(node, (id) => taskScheduled(id, name, { input, ...failWith }, this.#now));
      return;
    }
    const input = JSON.stringify(action.input) ?? null;
    this.#openTask(node, (id) => {
      const instanceId = action.instanceId || childInstanceId(this.#context.executionId, id);
      return subOrchestrationCreated(id, name, action.version ?? null, instanceId, { input, ...failWith }, this.#now);
    });
  }

  #timer(node: LeafNode, place: number): void {
    const fireAt = new Date(node.action.fireAt!).toISOString();
    if (Date.parse(fireAt) - Date.parse(this.#now) > LONGEST_TIMER_IN_MS) {
      throw new TrailhoundError('limit', `the timer of ${fireAt} is more than ten years away`);
    }
    const id = this.#nextId;
    this.#openTask(node, () => timerCreated(id, fireAt, this.#now));
    this.#timers.set(place, id);
  }

  #close(id: number): LeafNode | undefined {
    const node = this.#open.get(id);
    this.#open.delete(id);
    return node;
  }

  #completed(id: number, result: string): void {
    const node = this.#close(id);
    if (!node) return;
    const poll = node.action.actionType === ActionType.CallHttp ? pollAfter(node, result) : undefined;
    if (!poll) {
      node.finish();
      return;
    }
    node.nextPoll = poll.request;
    const fireAt = new Date(Date.parse(this.#now) + poll.delayInMs).toISOString();
    this.#openTask(node, (timerId) => timerCreated(timerId, fireAt, this.#now));
  }

  #failed(id: number, failure: Failure): void {
    const node = this.#close(id);
    if (!node) return;
    const { retry } = node;
    if (!retry) {
      node.finish(true);
      return;
    }
    const now = Date.parse(this.#now);
    const decision = decideRetry(retry.options, retry.attempt, retry.firstAttemptAt ?? now, now);
    retry.isWaiting = true;
    retry.isLast = decision.isLast;
    retry.isTimedOut = decision.isTimedOut;
    retry.lastFailure = failure;
    const fireAt = new Date(now + decision.delayInMs).toISOString();
    this.#openTask(node, (timerId) => timerCreated(timerId, fireAt, this.#now));
  }

  #fired(id: number): void {
    const node = this.#close(id);
    if (!node) return;
    const { retry } = node;
    if (retry?.isWaiting) {
      retry.isWaiting = false;
      if (retry.isLast) {
        node.finish(true);
        return;
      }
      retry.attempt++;
      this.#call(node);
    } else if (node.nextPoll !== undefined) {
      const input = node.nextPoll;
      node.nextPoll = undefined;
      if (this.#nextId !== id + 1) this.#hasMixedUpPoll = true;
      this.#openTask(node, (taskId) => taskScheduled(taskId, HTTP_ACTIVITY, { input }, this.#now));
    } else {
      node.finish();
    }
  }

  /** A cancelled timer ends at once. Only the newest list of actions says which ones are. */
  #releaseCancelledTimers(): void {
    if (this.#timers.size === 0) return;
    let place = 0;
    for (const leaf of leavesOf(this.#actions)) {
      const id = this.#timers.get(place);
      if (id !== undefined && (leaf.isCanceled || !this.#open.has(id))) {
        this.#timers.delete(place);
        this.#close(id)?.finish();
      }
      place++;
    }
  }

  #recall(event: HistoryEvent): void {
    let scheduled = this.#unrecorded.shift();
    if (!scheduled) {
      this.#releaseCancelledTimers();
      this.#advance();
      scheduled = this.#unrecorded.shift();
    }
    const isSame =
      scheduled?.EventType === event.EventType &&
      scheduled.EventId === event.EventId &&
      scheduled.Name === event.Name &&
      (scheduled.InstanceId ?? null) === (event.InstanceId ?? null);
    if (isSame) {
      if (event.EventType === EventType.EventSent) this.#entities.adopt(scheduled!, event);
      return;
    }
    throw nonDeterministic(
      `the history holds ${describe(event)} as task ${event.EventId}, where the code now schedules ${
        scheduled ? `${describe(scheduled)} as task ${scheduled.EventId}` : 'nothing'
      }`,
    );
  }
}

const describe = (event: HistoryEvent): string =>
  `${eventTypeNames.get(event.EventType)}${event.Name ? ` "${event.Name}"` : ''}`;

function nonDeterministic(what: string): TrailhoundError {
  return new TrailhoundError('usage', `Non-deterministic orchestrator: ${what}`, {
    hint: 'An orchestrator must do the same at every replay: no clock, randomness, environment or I/O of its own, and no change of its code while instances run. Move such things into an activity.',
  });
}
