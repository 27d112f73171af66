import type { OrchestrationContext, Task } from 'durable-functions';
import * as df from 'durable-functions';
import type { AcquireInput } from './entities/lease.ts';
import { names } from './limits.ts';
import type { Attempt } from './outcomes.ts';
import { wait } from './wait.ts';

export interface AskServiceInput {
  /** An activity that asks a service something. */
  readonly activity: string;
  readonly run: unknown;
  /** What has to be held meanwhile, in the order in which everybody takes them. */
  readonly leases: readonly string[];
}

/** An identity may ask a service so many questions at once. */
const LEASE: Omit<AcquireInput, 'holder'> = { limit: 5, durationInMs: 20 * 60_000 };
const POLL_IN_MS = 500;
const THROTTLED_PAUSE_IN_MS = 5000;
/** A quota that is used up comes back with time; this many pauses are five minutes at least. */
const TIMES_THROTTLED = 60;
const TIMES_UNAVAILABLE = 3;

/** Asks a service one thing while holding the leases of its identities; waits where it asks to. Returns errors as data. */
export function* askService(context: OrchestrationContext): Generator<Task, Attempt<unknown>, never> {
  const { activity, run, leases }: AskServiceInput = context.df.getInput();
  const entities = leases.map((lease) => new df.EntityId(names.lease, lease));
  const holder = context.df.instanceId;
  const now = () => context.df.currentUtcDateTime.getTime();
  let unavailable = 0;
  for (let throttled = 0; ; ) {
    for (const entity of entities) {
      while (!(yield* wait<boolean>(context.df.callEntity(entity, 'acquire', { ...LEASE, holder })))) {
        yield* wait(context.df.createTimer(new Date(now() + POLL_IN_MS)));
      }
    }
    let answer: Attempt<unknown>;
    try {
      answer = yield* wait<Attempt<unknown>>(context.df.callActivity(activity, run));
    } catch {
      answer = { error: { code: 'unavailable', message: 'the activity was lost' }, durationInMs: 0 };
    }
    for (const entity of entities) context.df.signalEntity(entity, 'release', holder);
    if ('value' in answer) return answer;
    const { code, retryAfterInMs } = answer.error;
    const mayRetry =
      code === 'throttled'
        ? ++throttled <= TIMES_THROTTLED
        : code === 'unavailable' && ++unavailable <= TIMES_UNAVAILABLE;
    if (!mayRetry) return answer;
    yield* wait(context.df.createTimer(new Date(now() + (retryAfterInMs ?? THROTTLED_PAUSE_IN_MS))));
  }
}
