import { parentPort } from 'node:worker_threads';
import { TrailhoundError, toErrorInfo } from '../errors.ts';
import type { TaskAnswer, TaskMessage } from './pool.ts';

export type TaskHandler = (input: never) => Promise<unknown>;

/** Answers the tasks that a `WorkerPool` sends to this thread. */
export function serveTasks(handlers: Readonly<Record<string, TaskHandler>>): void {
  const port = parentPort;
  if (!port) throw new TrailhoundError('internal', 'this program runs in a worker thread only');
  port.on('message', async ({ id, task, input }: TaskMessage) => {
    let answer: TaskAnswer;
    try {
      const handler = handlers[task];
      if (!handler) throw new TrailhoundError('internal', `there is no task "${task}"`);
      answer = { id, output: await handler(input as never) };
    } catch (error) {
      answer = { id, error: toErrorInfo(error) };
    }
    port.postMessage(answer);
  });
}
