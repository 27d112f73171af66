import type { OrchestrationContext, Task } from 'durable-functions';
import type { ErrorInfo } from '../lib/errors.ts';
import type { ChunkText } from '../lib/investigation/chunk-parts.ts';
import type { JoinRun } from '../lib/investigation/join-chunks.ts';
import type { ChunkAnswer, EstimateAnswer } from '../lib/investigation/query-chunk.ts';
import type { ChunkedQuery, QueryCost, StepOutcome } from '../lib/investigation/request.ts';
import type { StepRun } from '../lib/investigation/run-step.ts';
import type { AskServiceInput } from './ask-service.ts';
import { gatherBySearchJob } from './gather-by-search-job.ts';
import { names } from './limits.ts';
import type { Attempt } from './outcomes.ts';
import { wait } from './wait.ts';

export interface QueryInChunksInput extends ChunkedQuery {
  readonly run: StepRun;
  /** Asking ends then, with what came until then. */
  readonly deadlineInMs: number;
  /** Where an earlier generation stopped. */
  readonly state?: ChunkState;
}

interface ChunkState {
  /** The step, and the table of its search job. */
  readonly run: StepRun;
  /** Null: the query as a whole. */
  readonly pending: readonly (ChunkText | null)[];
  readonly questions: number;
  readonly rows: number;
  readonly cost: QueryCost | null;
  readonly why: string | null;
  readonly startedAtInMs: number;
}

/** How many chunks are under way at once: as many as the lease gives one identity, so that a query alone never waits. */
const WIDTH = 5;
/** The history is cut here: it is read again at every turn. */
const QUESTIONS_A_GENERATION = 100;
const NO_BOUND = 4096;

/**
 * Runs a query: asks how much it would give, then for it whole or, where the limits of the service make that necessary,
 * in parts of its time, and those that still meet a limit in smaller ones; then has the parts joined. Parts are stored
 * as they come, so nothing is asked twice, whatever happens to the process.
 */
export function* queryInChunks(
  context: OrchestrationContext,
): Generator<Task, Attempt<StepOutcome> | undefined, never> {
  const input: QueryInChunksInput = context.df.getInput();
  const { leases, deadlineInMs } = input;
  const { allowance } = input.run;
  const maxRows = Math.min(input.maxRows, allowance.rows ?? input.maxRows);
  const maxQuestions = allowance.queries ?? NO_BOUND;
  const now = () => context.df.currentUtcDateTime.getTime();
  const startedAtInMs = input.state?.startedAtInMs ?? now();
  const ask = (activity: string, question: unknown, name: string | number) => {
    const asked: AskServiceInput = { activity, run: question, leases };
    return context.df.callSubOrchestrator(names.askService, asked, `${context.df.instanceId}:${name}`);
  };

  const fail = (error: ErrorInfo): Attempt<StepOutcome> => ({
    error,
    durationInMs: now() - startedAtInMs,
    spent: { queries: questions, rows },
  });

  let { questions, rows, why } = input.state ?? { questions: 0, rows: 0, why: null };
  let state = input.state;
  if (!state) {
    const gathered = input.searchJob
      ? yield* gatherBySearchJob(context, input.run, deadlineInMs)
      : { value: input.run };
    if ('error' in gathered) return fail(gathered.error);
    state = yield* begin(gathered.value);
    ({ questions, why } = state);
  }
  const { run, cost } = state;
  const pending = [...state.pending];
  const stopped = (): JoinRun['stopped'] => {
    if (rows > maxRows) return 'rows';
    if (questions >= maxQuestions) return 'queries';
    return now() > deadlineInMs ? 'time' : null;
  };

  while (pending.length > 0 && stopped() === null) {
    if (questions - (input.state?.questions ?? 0) >= QUESTIONS_A_GENERATION) {
      context.df.continueAsNew({ ...input, state: { ...state, pending, questions, rows, why } });
      return undefined;
    }
    const batch = pending.splice(0, Math.min(WIDTH, maxQuestions - questions));
    const tasks = batch.map((chunk, index) => ask(names.queryChunk, { ...run, chunk }, questions + index));
    const answers = yield* wait<Attempt<ChunkAnswer>[]>(context.df.Task.all(tasks));
    questions += batch.length;
    const smaller: ChunkText[] = [];
    for (const answer of answers) {
      if ('error' in answer) return fail(answer.error);
      if (answer.value.kind === 'kept') rows += answer.value.rows;
      else {
        why ??= answer.value.why;
        smaller.push(...answer.value.parts);
      }
    }
    // What is earlier is finished first: where asking has to end, all rows up to some time are there.
    pending.unshift(...smaller);
  }
  const join: JoinRun = { ...run, questions, cost, why, stopped: pending.length > 0 ? stopped() : null };
  const joined = yield* wait<Attempt<StepOutcome>>(
    context.df.callSubOrchestrator(
      names.runStep,
      { activity: names.joinChunks, input: join },
      `${context.df.instanceId}:join`,
    ),
  );
  if ('error' in joined) return fail(joined.error);
  return { value: { ...joined.value, cost, durationInMs: now() - startedAtInMs } };

  /** The first question is how much there is; what cannot be told is asked for whole. */
  function* begin(run: StepRun): Generator<Task, ChunkState, never> {
    const estimated = yield* wait<Attempt<EstimateAnswer>>(ask(names.estimateQuery, run, 'estimate'));
    const { cost, parts } = 'value' in estimated ? estimated.value : { cost: null, parts: null };
    return {
      run,
      pending: parts ?? [null],
      questions: cost ? 1 : 0,
      rows: 0,
      cost,
      why: parts && cost ? `an estimate of ${cost.rows} rows` : null,
      startedAtInMs,
    };
  }
}
