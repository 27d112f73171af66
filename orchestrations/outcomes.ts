import type { ErrorInfo } from '../lib/errors.ts';
import type { StepOutcome } from '../lib/investigation/request.ts';

/** What a step's sub-orchestration returns: a value or an error as data; it does not throw. */
export type Attempt<T> = { readonly value: T } | { readonly error: ErrorInfo; readonly durationInMs: number };

/** The outcome of a step that was not run, with the reason. */
export function skipped(step: string, error: ErrorInfo): StepOutcome {
  return { step, status: 'skipped', result: null, rowsIn: 0, rowsOut: 0, partial: false, error, durationInMs: 0 };
}
