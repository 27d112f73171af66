import { TrailhoundError } from '../../lib/errors.ts';
import { type Action, leavesOf } from './actions.ts';

/** Longest JSON text of an input, result, event or output, in UTF-16 units: beyond it Azure moves it out to a blob. */
export const MAX_PAYLOAD_LENGTH = 45_000;
/** Azure refuses a longer custom status. */
export const MAX_CUSTOM_STATUS_LENGTH = 8_192;

const refuse = (message: string, hint: string): TrailhoundError => new TrailhoundError('usage', message, { hint });

/** @param json the input's JSON text */
export function checkActivityInput(name: string, json: string | null): void {
  if (json !== 'true' && json !== 'false') return;
  throw refuse(
    `the input of activity "${name}" is the bare boolean ${json}, which arrives in Azure as the string "${json === 'true' ? 'True' : 'False'}"`,
    'Pass an object: { value: … }.',
  );
}

export function checkContinueAsNewInput(input: unknown): void {
  if (typeof input !== 'string') return;
  throw refuse(
    'continueAsNew was given a string, which Azure encodes twice: the next generation would get it in quotes',
    'Pass an object: { value: … }.',
  );
}

/** @param json JSON text of whatever `what` names */
export function checkPayload(what: string, json: string | null, limit = MAX_PAYLOAD_LENGTH): void {
  if (json === null || json.length <= limit) return;
  throw refuse(
    `${what} is ${json.length.toLocaleString('en')} characters of JSON; the durable history takes ${limit.toLocaleString('en')} at most`,
    'Store it as a blob or a table, and pass its name.',
  );
}

/** Finds the path of a property named exactly `Timestamp` that holds a string. */
export function findTimestampKey(value: unknown, path = '$'): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, child] of Object.entries(value)) {
    const childPath = Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`;
    if (key === 'Timestamp' && typeof child === 'string') return childPath;
    const found = findTimestampKey(child, childPath);
    if (found) return found;
  }
  return undefined;
}

/** @param json JSON text of an orchestrator's input */
export function checkOrchestratorInput(name: string, json: string | null): void {
  checkPayload(`the input of orchestrator "${name}"`, json);
  if (!json?.includes('"Timestamp"')) return;
  const path = findTimestampKey(JSON.parse(json));
  if (!path) return;
  throw refuse(
    `the input of orchestrator "${name}" has the key "Timestamp" (${path}), which the durable library turns into a Date and so cuts to milliseconds`,
    'Rename the key, or pass the rows by reference to a blob.',
  );
}

export function checkKnown(kind: 'activity' | 'orchestrator', name: string, known: readonly string[]): void {
  if (known.some((each) => each.toLowerCase() === name.toLowerCase())) return;
  throw refuse(
    `there is no ${kind} "${name}"; in Azure the instance would stay "Running" for ever`,
    `Known: ${known.join(', ') || 'none'}.`,
  );
}

/**
 * Refuses a task that was yielded once and is awaited again in a later `Task.all` or `Task.any`.
 *
 * @param actions the library's own objects: one task is one object
 */
export function checkReusedTasks(actions: readonly Action[]): void {
  const seen = new Set<Action>();
  for (const leaf of leavesOf(actions)) {
    if (seen.has(leaf)) {
      throw refuse(
        `a task (${leaf.functionName ?? leaf.externalEventName ?? 'timer'}) is awaited again in a second Task.all or Task.any; Azure runs it a second time, and later results go to the wrong tasks`,
        'Yield the task by itself, or put it into one group only.',
      );
    }
    seen.add(leaf);
  }
}

export const caughtGroupWithRetries = (): TrailhoundError =>
  refuse(
    'a Task.all over calls with retries has failed and the orchestrator went on; Azure first schedules the other retries, so that later calls silently get other tasks’ results',
    'Retry inside a sub-orchestration that returns an outcome instead of throwing, or let the failure end the orchestration.',
  );

export const mixedUpPoll = (): TrailhoundError =>
  refuse(
    'a callHttp was answered 202 and polled while other tasks were begun; the library and Azure then number tasks differently',
    'Put the callHttp into a sub-orchestration of its own, or set enablePolling: false.',
  );
