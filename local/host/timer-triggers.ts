import type { FunctionsRuntime } from './functions-runtime.ts';
import type { HostedFunction } from './model.ts';
import { parseSchedule, type Schedule } from './ncrontab.ts';
import { resolveSettings } from './settings.ts';

const LONGEST_WAIT_IN_MS = 2 ** 31 - 1;
/** A schedule that is due more often has no status on the real host, and so does not make up for missed ticks. */
const LEAST_MONITORED_PERIOD_IN_MS = 60_000;
const NEVER = '0001-01-01T00:00:00+00:00';

/** Keeps the times of past ticks over restarts. */
export interface TimerStatusStore {
  getValue(key: string): string | undefined;
  setValue(key: string, value: string): void;
}

interface TimerStatus {
  readonly last: string | null;
  readonly next: string;
  readonly lastUpdated: string;
}

interface TimerFunction {
  readonly hosted: HostedFunction;
  readonly schedule: Schedule;
  readonly isMonitored: boolean;
}

/**
 * Calls the app's timer functions when they are due. A tick that was missed while no host ran is made up for once, as
 * "past due", where the function is monitored (the default). Ticks that come while the function still runs are skipped.
 */
export class TimerTriggers {
  readonly #runtime: FunctionsRuntime;
  readonly #store: TimerStatusStore;
  readonly #handles = new Map<TimerFunction, NodeJS.Timeout>();
  readonly #stopping = new AbortController();

  constructor(runtime: FunctionsRuntime, store: TimerStatusStore) {
    this.#runtime = runtime;
    this.#store = store;
  }

  /** @throws {TrailhoundError} `usage` when a schedule is not valid */
  start(): void {
    const timers = this.#runtime.registry.withTrigger('timerTrigger').map((hosted): TimerFunction => {
      const schedule = parseSchedule(resolveSettings(String(hosted.trigger['schedule'])));
      const first = schedule.next(new Date());
      const periodInMs = schedule.next(first).getTime() - first.getTime();
      const isMonitored = hosted.trigger['useMonitor'] !== false && periodInMs >= LEAST_MONITORED_PERIOD_IN_MS;
      return { hosted, schedule, isMonitored };
    });
    for (const timer of timers) this.#begin(timer);
  }

  stop(): void {
    this.#stopping.abort();
    for (const handle of this.#handles.values()) clearTimeout(handle);
    this.#handles.clear();
  }

  #begin(timer: TimerFunction): void {
    const status = this.#status(timer);
    const isPastDue = status !== undefined && Date.parse(status.next) < Date.now();
    if (isPastDue || timer.hosted.trigger['runOnStartup'] === true) {
      void this.#run(timer, new Date(), isPastDue);
      return;
    }
    if (timer.isMonitored && !status) this.#save(timer, null, new Date());
    this.#wait(timer, timer.schedule.next(new Date()));
  }

  #wait(timer: TimerFunction, due: Date): void {
    if (this.#stopping.signal.aborted) return;
    const wait = Math.min(due.getTime() - Date.now(), LONGEST_WAIT_IN_MS);
    const handle = setTimeout(
      () => {
        if (Date.now() < due.getTime()) this.#wait(timer, due);
        else void this.#run(timer, due, false);
      },
      Math.max(0, wait),
    );
    handle.unref();
    this.#handles.set(timer, handle);
  }

  async #run(timer: TimerFunction, due: Date, isPastDue: boolean): Promise<void> {
    const { hosted } = timer;
    try {
      await this.#runtime.invokeWithRetries(
        hosted,
        { json: JSON.stringify(this.#input(timer, isPastDue)) },
        this.#stopping.signal,
      );
    } catch (thrown) {
      if (this.#stopping.signal.aborted) return;
      const message = thrown instanceof Error ? thrown.message : String(thrown);
      this.#runtime.log({ level: 'error', category: 'host', message, functionName: hosted.name });
    }
    if (this.#stopping.signal.aborted) return;
    if (timer.isMonitored) this.#save(timer, due, new Date());
    this.#wait(timer, timer.schedule.next(new Date()));
  }

  #input(timer: TimerFunction, isPastDue: boolean): unknown {
    const status = timer.isMonitored ? this.#status(timer) : undefined;
    const offset = (iso: string) => iso.replace(/Z$/, '+00:00');
    const last = status?.last ? offset(status.last) : NEVER;
    return {
      Schedule: { AdjustForDST: true },
      ScheduleStatus: status
        ? { Last: last, Next: offset(status.next), LastUpdated: status.last ? last : offset(status.lastUpdated) }
        : null,
      IsPastDue: isPastDue,
    };
  }

  #status(timer: TimerFunction): TimerStatus | undefined {
    if (!timer.isMonitored) return undefined;
    const stored = this.#store.getValue(`timer:${timer.hosted.name}`);
    return stored === undefined ? undefined : (JSON.parse(stored) as TimerStatus);
  }

  #save(timer: TimerFunction, last: Date | null, now: Date): void {
    const status: TimerStatus = {
      last: last?.toISOString() ?? null,
      next: timer.schedule.next(now).toISOString(),
      lastUpdated: now.toISOString(),
    };
    this.#store.setValue(`timer:${timer.hosted.name}`, JSON.stringify(status));
  }
}
