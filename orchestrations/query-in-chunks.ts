import type { OrchestrationContext, Task } from 'durable-functions';
import type { ErrorInfo } from '../lib/errors.ts';
import type { ChunkAnswer, ChunkText, JoinRun } from '../lib/investigation/query-chunks.ts';
import type { StepOutcome } from '../lib/investigation/request.ts';
import type { StepRun } from '../lib/investigation/run-step.ts';
import { names } from './limits.ts';
import type { Attempt } from './outcomes.ts';
import { wait } from './wait.ts';

export interface QueryInChunksInput {
  readonly run: StepRun;
  /** Name of the provider: the lease is on it. */
  readonly provider: string;
  /** Rows beyond are not asked for. */
  readonly maxRows: number;
  /** Where an earlier generation stopped. */
  readonly state?: ChunkState;
}

interface ChunkState {
  /** Null: the query as a whole. */
  readonly pending: readonly (ChunkText | null)[];
  readonly questions: number;
  readonly rows: number;
  readonly why: string | null;
  readonly startedAtInMs: number;
}

/** How many chunks are under way at once: as many as the lease gives one identity, so that a query alone never waits. */
const WIDTH = 5;
const MAX_QUESTIONS = 4096;
/** The history is cut here: it is read again at every turn. */
const QUESTIONS_A_GENERATION = 250;

/**
 * Runs a query whole, and where a limit of the service is met in halves of its time, until every part fits; then has
 * the parts joined. Parts are stored as they come, so nothing is asked twice, whatever happens to the process.
 */
export function* queryInChunks(
  context: OrchestrationContext,
): Generator<Task, Attempt<StepOutcome> | undefined, never> {
  const input: QueryInChunksInput = context.df.getInput();
  const { run, provider, maxRows } = input;
  const now = () => context.df.currentUtcDateTime.getTime();
  const state = input.state ?? { pending: [null], questions: 0, rows: 0, why: null, startedAtInMs: now() };
  const { startedAtInMs } = state;
  const pending = [...state.pending];
  let { questions, rows, why } = state;
  const fail = (error: ErrorInfo): Attempt<StepOutcome> => ({ error, durationInMs: now() - startedAtInMs });

  while (pending.length > 0 && rows <= maxRows) {
    if (questions >= MAX_QUESTIONS) {
      return fail({
        code: 'limit',
        message: `${MAX_QUESTIONS} questions were not enough for the query`,
        hint: 'Narrow its time range or filter more.',
      });
    }
    if (questions - state.questions >= QUESTIONS_A_GENERATION) {
      context.df.continueAsNew({ ...input, state: { pending, questions, rows, why, startedAtInMs } });
      return undefined;
    }
    const batch = pending.splice(0, WIDTH);
    const tasks = batch.map((chunk, index) =>
      context.df.callSubOrchestrator(
        names.askChunk,
        { run: { ...run, chunk }, provider },
        `${context.df.instanceId}:${questions + index}`,
      ),
    );
    const answers = yield* wait<Attempt<ChunkAnswer>[]>(context.df.Task.all(tasks));
    questions += batch.length;
    for (const answer of answers) {
      if ('error' in answer) return fail(answer.error);
      if (answer.value.kind === 'kept') rows += answer.value.rows;
      else {
        why ??= answer.value.why;
        pending.push(...answer.value.halves);
      }
    }
  }
  const join: JoinRun = { ...run, questions, why, isStopped: pending.length > 0 };
  const joined = yield* wait<Attempt<StepOutcome>>(
    context.df.callSubOrchestrator(
      names.runStep,
      { activity: names.joinChunks, input: join },
      `${context.df.instanceId}:join`,
    ),
  );
  if ('error' in joined) return joined;
  return { value: { ...joined.value, durationInMs: now() - startedAtInMs } };
}
