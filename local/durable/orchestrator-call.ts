import { type TrailhoundError, toErrorInfo } from '../../lib/errors.ts';
import type { FunctionsRuntime } from '../host/functions-runtime.ts';
import type { FunctionCallback } from '../host/model.ts';
import { type OrchestratorState, stateOfFailure } from './actions.ts';
import { guardDeterminism } from './determinism-guard.ts';
import { unknownOrchestrator } from './failures.ts';

/** What one run of an orchestrator's code gave. */
export interface OrchestratorOutcome {
  readonly state: OrchestratorState;
  /** The code threw; `state.error` says what. */
  readonly hasFailed: boolean;
  /** The actions are the library's own objects, so that the same task is the same object. */
  readonly hasIdentity: boolean;
  /** A rule of strict mode that the code broke. */
  readonly violation?: TrailhoundError;
}

/** Runs an orchestrator over a history. Never throws: every failure is an outcome. */
export async function callOrchestrator(
  runtime: FunctionsRuntime,
  name: string,
  instanceId: string,
  payload: string,
  isStrict: boolean,
): Promise<OrchestratorOutcome> {
  const hosted = runtime.registry.find(name, 'orchestrationTrigger');
  if (!hosted) {
    const known = runtime.registry.withTrigger('orchestrationTrigger').map((each) => each.name);
    const error = unknownOrchestrator(name, known);
    return { state: { isDone: false, actions: [[]], error }, hasFailed: true, hasIdentity: false };
  }
  let violation: TrailhoundError | undefined;
  const wrap = (callback: FunctionCallback) =>
    guardDeterminism(callback, (reported) => {
      violation ??= reported;
    });
  const found = () => (violation ? { violation } : {});
  try {
    const { raw } = await runtime.invoke(
      hosted,
      { string: payload },
      { triggerMetadata: { instanceId: { string: instanceId } }, ...(isStrict ? { wrap } : {}) },
    );
    return { state: raw as OrchestratorState, hasFailed: false, hasIdentity: true, ...found() };
  } catch (thrown) {
    return { state: stateOfFailure(thrown), hasFailed: true, hasIdentity: false, ...found() };
  }
}

/** A violation in one line: what, and what to do instead. */
export function explain(violation: unknown): string {
  const { message, hint } = toErrorInfo(violation);
  return hint ? `${message}. ${hint}` : message;
}
