import { serveTasks } from '../workers/serve-tasks.ts';
import { runReadTask, runUniteTask } from './answer-worker.ts';
import { runKqlTask } from './kql-task.ts';
import { runVerb, type VerbRun } from './run-verb.ts';

/** The program of the worker threads. The pool ends a thread to cancel it, so no signal is needed in here. */
serveTasks({
  'run-verb': (run: VerbRun) => runVerb(run, { signal: new AbortController().signal }),
  'run-kql': runKqlTask,
  'read-answer': runReadTask,
  'unite-tables': runUniteTask,
});
