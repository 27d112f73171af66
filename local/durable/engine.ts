import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { TrailhoundError } from '../../lib/errors.ts';
import type { FunctionsRuntime } from '../host/functions-runtime.ts';
import { ActivityRunner } from './activity-runner.ts';
import { EntityDispatcher } from './entity-dispatcher.ts';
import { runEpisode } from './episode.ts';
import { FairQueue } from './fair-queue.ts';
import { EventType, type HistoryEvent, subOrchestrationFailed, taskFailed, timerFired, timestamp } from './history.ts';
import { LiveInstance } from './live-instance.ts';
import { type Commit, type DurableStore, isActive, type Message } from './store.ts';
import { TimerService } from './timer-service.ts';
import { Waiters } from './waiters.ts';

export interface EngineOptions {
  readonly runtime: FunctionsRuntime;
  readonly store: DurableStore;
  readonly isStrict: boolean;
  readonly maxActivities: number;
  readonly log: (level: 'information' | 'warning' | 'error', message: string) => void;
  /** Called once when the store no longer takes commits: from then on nothing runs. */
  readonly onFailure?: (error: TrailhoundError) => void;
}

const LONGEST_GATHERING_IN_MS = 500;

/** How much an engine has done, for benchmarks. */
export interface EngineCounts {
  episodes: number;
  activities: number;
  commits: number;
}

/**
 * Runs orchestrations and entities over a store. Each instance is worked on by one episode at a time: its new events,
 * one run of the orchestrator's code, one commit, and only then what follows from it. Activities run at least once;
 * whatever was committed is never lost, and nothing happens outside that a commit has not announced.
 */
export class DurableEngine {
  readonly counts: EngineCounts = { episodes: 0, activities: 0, commits: 0 };
  readonly #options: EngineOptions;
  readonly #store: DurableStore;
  readonly #instances = new Map<string, LiveInstance>();
  readonly #entities: EntityDispatcher;
  readonly #activities: FairQueue;
  readonly #runner: ActivityRunner;
  readonly #timers = new TimerService();
  readonly #stopping = new AbortController();
  readonly #waiters = new Waiters();
  #busy = 0;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#store = options.store;
    this.#activities = new FairQueue(options.maxActivities);
    this.#runner = new ActivityRunner(options, this.#stopping.signal);
    this.#entities = new EntityDispatcher({
      runtime: options.runtime,
      store: options.store,
      commit: (commit) => this.#commit(commit),
      run: (work) => this.#run(work),
      signal: this.#stopping.signal,
    });
  }

  /** Takes up everything that was going on when the last process ended. @returns the number of instances */
  start(): number {
    const active = this.#store.listInstances({ statuses: ['Pending', 'Running', 'Suspended'] });
    for (const { id } of active) this.resume(id);
    for (const target of this.#store.targetsWithMessages()) this.#wake(target);
    return active.length;
  }

  /** Begins again what the stored history of an active instance says was begun and has not ended. */
  resume(id: string): void {
    const live = this.#load(id);
    if (!live) return;
    for (const event of live.pending.values()) this.#dispatch(live, event);
    this.#pump(live);
  }

  /** Ends soon: running activities are not awaited, they run again at the next start. */
  stop(): void {
    if (this.#stopping.signal.aborted) return;
    this.#stopping.abort();
    this.#timers.clear();
    this.#activities.clear();
    this.#waiters.wakeAll();
  }

  get isStopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  /** Commits a change that comes from outside, and wakes whom it concerns. */
  submit(commit: Commit): void {
    this.#commit(commit);
  }

  /** Forgets what is cached of an instance that was purged or replaced. */
  forget(id: string): void {
    const live = this.#instances.get(id);
    if (!live) return;
    live.isClosed = true;
    this.#cancelTimers(live);
    this.#instances.delete(id);
    this.#waiters.wake(id);
  }

  /** Resolves when no instance is active and no entity has messages, or when the engine has stopped. */
  async idle(): Promise<void> {
    while (!this.isStopped && !(this.#busy === 0 && this.#isQuiet())) await this.#waiters.change();
  }

  /** Resolves when the instance is no longer active, or the engine has stopped. */
  async waitFor(id: string): Promise<void> {
    const row = this.#store.getInstance(id);
    if (!this.isStopped && row && isActive(row.status)) await this.#waiters.end(id);
  }

  #isQuiet(): boolean {
    return this.#store.countActive() === 0 && this.#store.targetsWithMessages().length === 0;
  }

  #load(id: string): LiveInstance | undefined {
    const cached = this.#instances.get(id);
    if (cached) return cached;
    const row = this.#store.getInstance(id);
    if (!row || !isActive(row.status)) return undefined;
    const live = new LiveInstance(row, this.#store.getHistory(id), this.#store.getInbox(id));
    this.#instances.set(id, live);
    return live;
  }

  /** Has the target's inbox looked at. A target that was loaded before the commit is given its message. */
  #wake(target: string, message?: Message): void {
    if (target.startsWith('@')) {
      this.#entities.wake(target, message);
      return;
    }
    const known = this.#instances.get(target);
    if (known && message) known.queue.push(message);
    const live = known ?? this.#load(target);
    if (live) this.#pump(live);
    else this.#drop(target);
  }

  /** Messages to an instance that has ended or is unknown. */
  #drop(target: string): void {
    const consumed = this.#store.getInbox(target).map((message) => message.key!);
    if (consumed.length > 0) this.#store.commit({ consumed });
  }

  #commit(commit: Commit): void {
    if (this.isStopped) throw new TrailhoundError('unavailable', 'the host has stopped');
    const targets = commit.outgoing ?? [];
    // Who is loaded only now finds its messages in the inbox.
    const loaded = new Set(targets.map(({ target }) => target).filter((target) => this.#isLoaded(target)));
    let messages: Message[];
    try {
      messages = this.#store.commit(commit);
    } catch (thrown) {
      throw this.#halt(unwritable(thrown));
    }
    this.counts.commits++;
    for (const [index, message] of messages.entries()) {
      const { target } = targets[index]!;
      this.#wake(target, loaded.has(target) ? message : undefined);
    }
  }

  #isLoaded(target: string): boolean {
    return this.#instances.has(target) || this.#entities.has(target);
  }

  /** Nothing more is written: what the store holds stays as it is. */
  #halt(error: TrailhoundError): TrailhoundError {
    this.stop();
    this.#options.log('error', `${error.message}. ${error.hint}`);
    this.#options.onFailure?.(error);
    return error;
  }

  #pump(live: LiveInstance): void {
    if (live.isBusy || live.isClosed || live.queue.length === 0) return;
    live.isBusy = true;
    this.#run(async () => {
      try {
        while (live.queue.length > 0 && !live.isClosed && !this.isStopped) {
          await this.#gather(live);
          if (live.isClosed || this.isStopped) return;
          const start = performance.now();
          await this.#episode(live);
          live.lastEpisodeInMs = performance.now() - start;
        }
      } finally {
        live.isBusy = false;
      }
    });
  }

  /**
   * Waits before an episode. An episode replays the whole history, so while more completions are on their way it is put
   * off for as long as the last one took, and those of all others that are busy: large fan-outs are then replayed a few
   * times instead of hundreds of times.
   */
  async #gather(live: LiveInstance): Promise<void> {
    const isMoreComing = live.pending.size > live.queue.length;
    const wait = isMoreComing ? Math.min(live.lastEpisodeInMs * this.#busy, LONGEST_GATHERING_IN_MS) : 0;
    await (wait < 1 ? nextTurn() : sleep(wait));
  }

  #run(work: () => Promise<void>): void {
    this.#busy++;
    work()
      .catch((thrown: unknown) => {
        if (!this.isStopped) this.#halt(broken(thrown));
      })
      .finally(() => {
        this.#busy--;
        if (this.#busy === 0) this.#waiters.wakeChange();
      });
  }

  async #episode(live: LiveInstance): Promise<void> {
    const taken = live.queue.splice(0);
    const consumed = taken.flatMap((message) => message.key ?? []);
    const events = taken.map((message) => message.event).filter((event) => !live.isStale(event));
    if (events.length === 0) {
      if (consumed.length > 0) this.#commit({ consumed });
      return;
    }
    this.counts.episodes++;
    const result = await runEpisode(this.#options, live, events, (id) => this.#store.getInstance(id));
    if (this.isStopped || live.isClosed) return;
    const { row, append } = result;
    const from = result.restarts ? 0 : live.history.length;
    const isOver = !isActive(row.status);
    if (isOver || result.restarts) this.#cancelTimers(live);
    if (isOver) consumed.push(...this.#close(live));
    const outgoing = [...result.outgoing];
    if (result.restarts) {
      // What came meanwhile is queued again, behind the next generation's start.
      const waiting = live.queue.splice(0).filter((message) => message.key !== undefined);
      consumed.push(...waiting.map((message) => message.key!));
      outgoing.push(...waiting.map(({ event }) => ({ target: row.id, event })));
      live.restart(row);
    } else {
      live.commit(row, append);
    }
    this.#commit({
      instances: [row, ...result.children],
      ...(result.restarts ? { truncate: { id: row.id, length: 0 } } : {}),
      append: { id: row.id, from, events: append },
      consumed,
      outgoing,
    });
    for (const warning of result.warnings) this.#options.log('warning', `${row.name} ${row.id}: ${warning}`);
    if (isOver) this.#waiters.wake(row.id);
    if (isOver || result.restarts) return;
    for (const event of append) this.#dispatch(live, event);
    for (const id of result.cancelledTimers) this.#timers.cancel(timerKey(live, id));
  }

  /** @returns the keys of the messages that nobody will read any more */
  #close(live: LiveInstance): number[] {
    live.isClosed = true;
    this.#instances.delete(live.row.id);
    return live.queue.splice(0).flatMap((message) => message.key ?? []);
  }

  #cancelTimers(live: LiveInstance): void {
    for (const [id, event] of live.pending) {
      if (event.EventType === EventType.TimerCreated) this.#timers.cancel(timerKey(live, id));
    }
  }

  /** Begins what a scheduled event stands for. */
  #dispatch(live: LiveInstance, event: HistoryEvent): void {
    const id = event.EventId;
    const { executionId } = live.row;
    const push = (completion: HistoryEvent) => {
      live.queue.push({ event: { ...completion, $: { executionId } } });
      this.#pump(live);
    };
    const failure = event.$?.failWith;
    switch (event.EventType) {
      case EventType.TimerCreated:
        this.#timers.set(timerKey(live, id), Date.parse(event.FireAt!), () =>
          push(timerFired(id, event.FireAt!, event.Timestamp)),
        );
        break;
      case EventType.TaskScheduled:
        if (failure) push(taskFailed(id, failure, timestamp()));
        else this.#activities.add(live.row.id, () => this.#activity(live, event, push));
        break;
      case EventType.SubOrchestrationInstanceCreated:
        if (failure) push(subOrchestrationFailed(id, failure, timestamp()));
        break;
    }
  }

  async #activity(live: LiveInstance, event: HistoryEvent, push: (completion: HistoryEvent) => void): Promise<void> {
    if (live.isClosed || this.isStopped) return;
    const completion = await this.#runner.run(event, live.row.id);
    this.counts.activities++;
    if (completion && !live.isClosed && !this.isStopped) push(completion);
  }
}

const timerKey = (live: LiveInstance, id: number): string => `${live.row.executionId}/${id}`;

const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

const unwritable = (thrown: unknown): TrailhoundError =>
  new TrailhoundError('unavailable', `the durable state cannot be written: ${messageOf(thrown)}`, {
    hint: 'Nothing acknowledged is lost. Make room on the disk (or the folder writable) and start again.',
    cause: thrown,
  });

const broken = (thrown: unknown): TrailhoundError =>
  new TrailhoundError('internal', `the durable engine has stopped: ${messageOf(thrown)}`, {
    hint: 'Nothing acknowledged is lost. Start again; should it stop at the same place, purge the instance.',
    cause: thrown,
  });
