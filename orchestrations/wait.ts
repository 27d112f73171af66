import type { Task } from 'durable-functions';

/** Waits for a task, with the type of what it gives: `const rows = yield* wait<number>(task)`. */
export function* wait<Result>(task: Task): Generator<Task, Result, Result> {
  return yield task;
}
