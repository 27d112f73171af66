import type { ErrorInfo } from '../lib/errors.ts';
import type { StepOutcome } from '../lib/investigation/request.ts';
import type { Spending } from '../lib/verbs/budget.ts';

/** What a step's sub-orchestration returns: a value or an error as data; it does not throw. */
export type Attempt<T> =
  | { readonly value: T }
  /** `spent`: what of the budget it used all the same. */
  | { readonly error: ErrorInfo; readonly durationInMs: number; readonly spent?: Spending };

/** The outcome of a step that was not run, with the reason. */
export function skipped(step: string, error: ErrorInfo): StepOutcome {
  const nothing = { rowsIn: 0, rowsOut: 0, partial: false, spent: {}, durationInMs: 0 };
  return { step, status: 'skipped', result: null, ...nothing, error };
}
