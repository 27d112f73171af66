import { describe, expect, it } from 'vitest';
import type { PlannedInvestigation, PlannedOutline, StepRun } from '../../lib/investigation/index.ts';
import type { Budget, BudgetKind, Spending } from '../../lib/verbs/budget.ts';
import { investigate } from '../../orchestrations/investigate.ts';
import { names } from '../../orchestrations/limits.ts';
import type { QueryInChunksInput } from '../../orchestrations/query-in-chunks.ts';
import { runStep } from '../../orchestrations/run-step.ts';
import { runOrchestration } from '../support/run-orchestration.ts';

interface Step {
  readonly spends: readonly BudgetKind[];
  readonly needs?: readonly string[];
  readonly isChunked?: boolean;
  /** What it uses, or the error with which it ends. */
  readonly ends: Spending | { readonly error: string };
}

/** Runs an investigation of these steps, in waves as given, and notes what each was allowed. */
async function run(waves: readonly Readonly<Record<string, Step>>[], budget: Budget) {
  const steps: Record<string, Step> = Object.assign({}, ...waves);
  const allowed: Record<string, Spending> = {};
  const planned: PlannedInvestigation = {
    waves: waves.map((wave) => Object.keys(wave)),
    steps: Object.fromEntries(
      Object.entries(steps).map(([name, { spends, needs = [], isChunked }]): [string, PlannedOutline] => {
        const chunked = isChunked ? { maxRows: 100, searchJob: false, leases: [] } : null;
        return [name, { verb: 'v', needs, optional: false, spends, chunked }];
      }),
    ),
    deadlineInMs: Number.MAX_SAFE_INTEGER,
    budget,
  };
  const end = ({ step, allowance }: StepRun) => {
    allowed[step] = allowance;
    const { ends } = steps[step]!;
    if ('error' in ends) return { error: { code: 'usage', message: ends.error }, durationInMs: 0 };
    const outcome = { step, status: 'succeeded', result: `r/${step}`, rowsIn: 0, rowsOut: 0, partial: false };
    return { value: { ...outcome, spent: ends, error: null, durationInMs: 0 } };
  };
  let finished: { outcomes: { step: string; status: string; spent: Spending }[] } | undefined;
  await runOrchestration(
    names.investigate,
    { id: 'budgeted', tenant: 'the-tenant', trigger: { kind: 'http' } },
    {
      orchestrations: {
        [names.investigate]: investigate,
        [names.runStep]: runStep,
        // biome-ignore lint/correctness/useYield: it has nothing to wait for.
        [names.queryInChunks]: function* (context) {
          return end((context.df.getInput() as QueryInChunksInput).run);
        },
      },
      activities: {
        [names.planInvestigation]: async () => ({ value: planned }),
        [names.executeStep]: async (step: StepRun) => {
          expect(step.tenant).toBe('the-tenant');
          return end(step);
        },
        [names.finishInvestigation]: async (given: typeof finished) => {
          finished = given;
          return { value: { status: 'completed' } };
        },
      },
      entities: {},
    },
  );
  return { allowed, outcomes: Object.fromEntries(finished!.outcomes.map((outcome) => [outcome.step, outcome])) };
}

const QUERY: readonly BudgetKind[] = ['queries', 'rows'];

describe('the budget of an investigation', () => {
  it('is shared by the steps of a wave, and what they leave goes to the next', async () => {
    const { allowed } = await run(
      [
        {
          a: { spends: QUERY, ends: { queries: 1, rows: 700 }, isChunked: true },
          b: { spends: QUERY, ends: { queries: 4, rows: 100 } },
          c: { spends: [], ends: {} },
        },
        { d: { spends: QUERY, ends: { queries: 1, rows: 0 } }, e: { spends: ['lookups'], ends: { lookups: 30 } } },
        { f: { spends: ['lookups', 'rows'], ends: {} } },
      ],
      { queries: 11, rows: 1000, lookups: 50 },
    );
    expect(allowed).toEqual({
      a: { queries: 6, rows: 500 },
      b: { queries: 5, rows: 500 },
      c: {},
      d: { queries: 6, rows: 200 },
      e: { lookups: 50 },
      f: { lookups: 20, rows: 200 },
    });
  });

  it('leaves nothing to a step for which nothing is left, and the step is told so', async () => {
    const { allowed, outcomes } = await run(
      [
        { a: { spends: QUERY, ends: { queries: 9, rows: 9 } } },
        { b: { spends: QUERY, needs: ['a'], ends: { error: 'none' } } },
      ],
      { queries: 9, rows: 9, lookups: 0 },
    );
    expect(allowed['b']).toEqual({ queries: 0, rows: 0 });
    expect(outcomes['b']).toMatchObject({ status: 'failed', spent: {} });
  });
});
