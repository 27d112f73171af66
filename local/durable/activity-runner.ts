import type { FunctionsRuntime } from '../host/functions-runtime.ts';
import { callActivity } from './activity-call.ts';
import { activityFailure } from './failures.ts';
import { type HistoryEvent, taskCompleted, taskFailed, timestamp } from './history.ts';
import { HTTP_ACTIVITY, runHttpActivity } from './http-activity.ts';
import { explain } from './orchestrator-call.ts';
import { checkPayload } from './strict.ts';

export interface ActivityRunnerOptions {
  readonly runtime: FunctionsRuntime;
  readonly isStrict: boolean;
  readonly log: (level: 'error', message: string) => void;
}

/** Runs the activities that were scheduled, and the HTTP calls of orchestrators. */
export class ActivityRunner {
  readonly #options: ActivityRunnerOptions;
  readonly #signal: AbortSignal;

  constructor(options: ActivityRunnerOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
  }

  /**
   * @param scheduled the TaskScheduled event
   * @returns its completion or failure; undefined when there is no such activity: as in Azure, the task then never ends
   */
  async run(scheduled: HistoryEvent, instanceId: string): Promise<HistoryEvent | undefined> {
    const name = scheduled.Name ?? '';
    try {
      const result = await this.#call(name, instanceId, scheduled.$?.input ?? null);
      return result === undefined ? undefined : taskCompleted(scheduled.EventId, result, timestamp());
    } catch (thrown) {
      return taskFailed(scheduled.EventId, activityFailure(name, thrown), timestamp());
    }
  }

  async #call(name: string, instanceId: string, input: string | null): Promise<string | null | undefined> {
    const { runtime, isStrict, log } = this.#options;
    if (name === HTTP_ACTIVITY) return runHttpActivity(input ?? '{}', this.#signal);
    const hosted = runtime.registry.find(name, 'activityTrigger');
    if (!hosted) {
      log('error', `there is no activity "${name}": instance ${instanceId} waits for ever`);
      return undefined;
    }
    const result = await callActivity(runtime, hosted, instanceId, input);
    if (isStrict) checkResult(name, result);
    return result;
  }
}

function checkResult(name: string, result: string | null): void {
  try {
    checkPayload(`the result of activity "${name}"`, result);
  } catch (violation) {
    throw new Error(explain(violation));
  }
}
