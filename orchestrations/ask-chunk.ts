import type { OrchestrationContext, Task } from 'durable-functions';
import * as df from 'durable-functions';
import type { ChunkAnswer, ChunkRun } from '../lib/investigation/query-chunks.ts';
import type { AcquireInput } from './entities/lease.ts';
import { names } from './limits.ts';
import type { Attempt } from './outcomes.ts';
import { wait } from './wait.ts';

/** An identity may ask a service so many questions at once. */
const LEASE: Omit<AcquireInput, 'holder'> = { limit: 5, durationInMs: 20 * 60_000 };
const POLL_IN_MS = 500;
const THROTTLED_PAUSE_IN_MS = 5000;
/** A quota that is used up comes back with time; this many pauses are five minutes at least. */
const TIMES_THROTTLED = 60;
const TIMES_UNAVAILABLE = 3;

/** Asks for one chunk under the lease of the provider; waits where the service asks to. Returns errors as data. */
export function* askChunk(context: OrchestrationContext): Generator<Task, Attempt<ChunkAnswer>, never> {
  const { run, provider }: { run: ChunkRun; provider: string } = context.df.getInput();
  const entity = new df.EntityId(names.lease, provider);
  const holder = context.df.instanceId;
  const now = () => context.df.currentUtcDateTime.getTime();
  let unavailable = 0;
  for (let throttled = 0; ; ) {
    while (!(yield* wait<boolean>(context.df.callEntity(entity, 'acquire', { ...LEASE, holder })))) {
      yield* wait(context.df.createTimer(new Date(now() + POLL_IN_MS)));
    }
    let answer: Attempt<ChunkAnswer>;
    try {
      answer = yield* wait<Attempt<ChunkAnswer>>(context.df.callActivity(names.queryChunk, run));
    } catch {
      answer = { error: { code: 'unavailable', message: 'the activity was lost' }, durationInMs: 0 };
    }
    context.df.signalEntity(entity, 'release', holder);
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
