import type { OrchestrationContext, Task } from 'durable-functions';
import type { ErrorInfo } from '../lib/errors.ts';
import type { StepRun } from '../lib/investigation/run-step.ts';
import type { SearchJobState } from '../lib/providers/provider.ts';
import type { AskServiceInput } from './ask-service.ts';
import { names } from './limits.ts';
import type { Attempt } from './outcomes.ts';
import { wait } from './wait.ts';

/** How soon a search job is looked at again; each time twice as late. */
const FIRST_LOOK_IN_MS = 10_000;
const LONGEST_LOOK_IN_MS = 300_000;

/** Has a search job gather the rows of a step, and waits for it: gives the step with the job's table. */
export function* gatherBySearchJob(
  context: OrchestrationContext,
  run: StepRun,
  deadlineInMs: number,
): Generator<Task, { readonly value: StepRun } | { readonly error: ErrorInfo }, never> {
  const job: AskServiceInput = { activity: names.searchJob, run, leases: [] };
  for (let looked = 0; ; looked++) {
    const id = `${context.df.instanceId}:search-${looked}`;
    const answer = yield* wait<Attempt<SearchJobState>>(context.df.callSubOrchestrator(names.askService, job, id));
    if ('error' in answer) return answer;
    const { table, isDone, progressInPercent } = answer.value;
    if (isDone) return { value: { ...run, searchTable: table } };
    const nextInMs =
      context.df.currentUtcDateTime.getTime() + Math.min(LONGEST_LOOK_IN_MS, FIRST_LOOK_IN_MS * 2 ** looked);
    if (nextInMs > deadlineInMs) {
      const message = `the time of the investigation is over, and the search job ${table} is at ${progressInPercent} %`;
      return { error: { code: 'budget', message, hint: 'It goes on: the same question finds its table later.' } };
    }
    yield* wait(context.df.createTimer(new Date(nextInMs)));
  }
}
