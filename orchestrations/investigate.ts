import type { OrchestrationContext, Task } from 'durable-functions';
import type { ErrorInfo } from '../lib/errors.ts';
import type { InvestigationRequest, PlannedInvestigation, StepOutcome } from '../lib/investigation/request.ts';
import type { StepRun } from '../lib/investigation/run-step.ts';
import { afterSpending, shareBudget } from './budget.ts';
import { names } from './limits.ts';
import { type Attempt, skipped } from './outcomes.ts';
import type { QueryInChunksInput } from './query-in-chunks.ts';
import type { RunStepInput } from './run-step.ts';
import { wait } from './wait.ts';

/**
 * One investigation: plan, then waves of steps in parallel, then the report, then the comment. Steps never throw (see
 * `run-step`), so a failed one fails only itself and what needs it.
 */
export function* investigate(context: OrchestrationContext): Generator<Task, unknown, never> {
  const request: InvestigationRequest = context.df.getInput();
  const child = (name: string, input: RunStepInput) =>
    context.df.callSubOrchestrator(names.runStep, input, `${request.id}:${name}`);
  const show = (phase: string, steps: Record<string, string>) => context.df.setCustomStatus({ phase, steps });
  const now = () => context.df.currentUtcDateTime.getTime();

  const startedAtInMs = now();
  show('plan', {});
  const planned = yield* wait<Attempt<PlannedInvestigation>>(
    child('plan', { activity: names.planInvestigation, input: { request, startedAtInMs } }),
  );
  const outcomes: StepOutcome[] = [];
  if ('value' in planned) {
    const { deadlineInMs } = planned.value;
    let left = planned.value.budget;
    for (const wave of planned.value.waves) {
      const ready: string[] = [];
      for (const step of wave) {
        const reason = reasonToSkip(planned.value, step, outcomes, now());
        if (reason) outcomes.push(skipped(step, reason));
        else ready.push(step);
      }
      show('steps', { ...statesOf(outcomes), ...Object.fromEntries(ready.map((step) => [step, 'running'])) });
      if (ready.length === 0) continue;
      const spends = Object.fromEntries(ready.map((step) => [step, planned.value.steps[step]!.spends]));
      const shares = shareBudget(left, spends);
      const tasks = ready.map((step) => {
        const { needs, optional, chunked } = planned.value.steps[step]!;
        const { id, tenant } = request;
        const run: StepRun = { id, tenant, step, results: resultsOf(outcomes, needs), allowance: shares[step]! };
        if (!chunked) return child(step, { activity: names.executeStep, input: run, optional });
        const query: QueryInChunksInput = { run, ...chunked, deadlineInMs };
        return context.df.callSubOrchestrator(names.queryInChunks, query, `${id}:${step}`);
      });
      const answers = yield* wait<Attempt<StepOutcome>[]>(context.df.Task.all(tasks));
      const ended = answers.map((answer, index) => outcomeOf(planned.value, ready[index]!, answer));
      outcomes.push(...ended);
      left = afterSpending(
        left,
        ended.map(({ spent }) => spent),
      );
    }
  }

  show('report', statesOf(outcomes));
  const finished = yield* wait<Attempt<{ status: string }>>(
    child('finish', {
      activity: names.finishInvestigation,
      input: {
        request,
        outcomes,
        startedAt: new Date(startedAtInMs).toISOString(),
        durationInMs: now() - startedAtInMs,
        error: 'error' in planned ? planned.error : null,
      },
    }),
  );
  if ('error' in finished) throw new Error(`${finished.error.code}: ${finished.error.message}`);

  if (request.trigger.kind === 'sentinel') {
    show('publish', statesOf(outcomes));
    yield* wait(child('publish', { activity: names.publishInvestigation, input: { request } }));
  }
  show('done', statesOf(outcomes));
  return finished.value;
}

/** Why a step cannot begin: the time is over, or something that it needs is not there. */
function reasonToSkip(
  planned: PlannedInvestigation,
  step: string,
  outcomes: readonly StepOutcome[],
  nowInMs: number,
): ErrorInfo | null {
  if (nowInMs > planned.deadlineInMs) {
    return { code: 'budget', message: 'the time budget of the investigation was used up before it began' };
  }
  const { needs } = planned.steps[step]!;
  const missing = outcomes.filter((outcome) => needs.includes(outcome.step) && outcome.status !== 'succeeded');
  // A failed input fails what needs it; an absent optional one does not, while there is another to work on.
  const fatal = missing.filter((outcome) => outcome.status === 'failed' || !planned.steps[outcome.step]!.optional);
  if (fatal.length === 0 && (missing.length === 0 || missing.length < needs.length)) return null;
  const named = (fatal.length > 0 ? fatal : missing).map((outcome) => outcome.step).join(', ');
  return { code: 'not-found', message: `it needs ${named}, which gave no table` };
}

function outcomeOf(planned: PlannedInvestigation, step: string, answer: Attempt<StepOutcome>): StepOutcome {
  if ('value' in answer) return answer.value;
  const status = planned.steps[step]!.optional ? 'skipped' : 'failed';
  const { error, durationInMs, spent = {} } = answer;
  return { ...skipped(step, error), status, spent, durationInMs };
}

function resultsOf(outcomes: readonly StepOutcome[], needs: readonly string[]): Record<string, string> {
  const found = outcomes.filter((outcome) => needs.includes(outcome.step) && outcome.result !== null);
  return Object.fromEntries(found.map((outcome) => [outcome.step, outcome.result!]));
}

function statesOf(outcomes: readonly StepOutcome[]): Record<string, string> {
  return Object.fromEntries(outcomes.map((outcome) => [outcome.step, outcome.status]));
}
