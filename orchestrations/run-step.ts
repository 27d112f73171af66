import type { OrchestrationContext, Task } from 'durable-functions';
import type { Attempt } from './outcomes.ts';
import { wait } from './wait.ts';

export interface RunStepInput {
  readonly activity: string;
  readonly input: unknown;
  /** An optional step is not tried again: its absence is expected. */
  readonly optional?: boolean;
}

const DELAYS_IN_SECONDS = [5, 30];

/** Codes that another try may cure. Everything else fails at once: the same input gives the same error. */
const TRANSIENT: ReadonlySet<string> = new Set(['throttled', 'unavailable', 'internal']);

/**
 * Runs one activity, retries it, and returns what it came to as data. The retries are in this small orchestration of
 * its own because the host mixes up the results of retries inside a `Task.all` whose failure is caught.
 */
export function* runStep(context: OrchestrationContext): Generator<Task, Attempt<unknown>, never> {
  const { activity, input, optional = false }: RunStepInput = context.df.getInput();
  const startedAtInMs = context.df.currentUtcDateTime.getTime();
  for (let attempt = 0; ; attempt++) {
    let answer: Attempt<unknown>;
    try {
      answer = yield* wait<Attempt<unknown>>(context.df.callActivity(activity, input));
    } catch (thrown) {
      // Activities answer their errors as data; what is thrown is the host's own: a lost worker, an oversized result.
      answer = { error: { code: 'internal', message: messageOf(thrown) }, durationInMs: 0 };
    }
    if ('value' in answer) return answer;
    const delayInSeconds = optional ? undefined : DELAYS_IN_SECONDS[attempt];
    const nowInMs = context.df.currentUtcDateTime.getTime();
    if (delayInSeconds === undefined || !TRANSIENT.has(answer.error.code)) {
      return { error: answer.error, durationInMs: nowInMs - startedAtInMs };
    }
    yield* wait(context.df.createTimer(new Date(nowInMs + delayInSeconds * 1000)));
  }
}

function messageOf(thrown: unknown): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return message.split('\n', 1)[0]!.slice(0, 500);
}
