import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { type ErrorInfo, fromErrorInfo, TrailhoundError } from '../errors.ts';

/** What goes to a worker thread and what comes back. */
export interface TaskMessage {
  readonly id: number;
  readonly task: string;
  readonly input: unknown;
}
export type TaskAnswer =
  | { readonly id: number; readonly output: unknown }
  | { readonly id: number; readonly error: ErrorInfo };

export interface PoolOptions {
  /** The worker's program, which calls `serveTasks`. */
  readonly program: URL;
  /** Default: the number of cores, at least 1 and at most 4. */
  readonly threads?: number;
  /** A thread's JavaScript heap; default 1,536 MiB. A thread that exceeds it fails its task, and only that. */
  readonly heapLimitInMiB?: number;
}

export interface TaskOptions {
  readonly signal?: AbortSignal | undefined;
  /** Default 15 minutes. The thread is ended and replaced when the time is over: a hung task cannot hold it. */
  readonly timeoutInMs?: number;
  /** Memory of the input that is handed over and not copied: it is gone from this thread when the task starts. */
  readonly transfer?: readonly ArrayBuffer[];
}

const DEFAULT_TIMEOUT_IN_MS = 15 * 60_000;

interface Job {
  readonly message: TaskMessage;
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly options: TaskOptions;
}

interface Thread {
  readonly worker: Worker;
  job: Job | undefined;
  settle: (() => void) | undefined;
}

/**
 * A small pool of long-lived worker threads for CPU-heavy work: the event loop stays free, and modules that are slow
 * to load (drawing, the KQL parser) are loaded once per thread. One task at a time per thread, first come first served.
 */
export class WorkerPool {
  readonly #options: PoolOptions;
  readonly #size: number;
  readonly #threads: Thread[] = [];
  readonly #queue: Job[] = [];
  #nextId = 1;
  #closed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#size = options.threads ?? Math.max(1, Math.min(4, availableParallelism()));
  }

  /** Runs a task in a thread. Rejects with the task's own error, or with `limit`, `cancelled` or `internal`. */
  run(task: string, input: unknown, options: TaskOptions = {}): Promise<unknown> {
    if (this.#closed) return Promise.reject(new TrailhoundError('internal', 'the worker pool is closed'));
    if (options.signal?.aborted) return Promise.reject(new TrailhoundError('cancelled', `${task} was cancelled`));
    const { signal } = options;
    let cancel: (() => void) | undefined;
    const done = new Promise((resolve, reject) => {
      const job: Job = { message: { id: this.#nextId++, task, input }, resolve, reject, options };
      cancel = () => this.#cancel(job);
      signal?.addEventListener('abort', cancel, { once: true });
      this.#queue.push(job);
      this.#dispatch();
    });
    return done.finally(() => signal?.removeEventListener('abort', cancel!));
  }

  /** Ends all threads; tasks under way reject with `cancelled`. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const job of this.#queue.splice(0)) job.reject(new TrailhoundError('cancelled', 'the worker pool was closed'));
    await Promise.all(
      [...this.#threads].map((thread) =>
        this.#end(thread, new TrailhoundError('cancelled', 'the worker pool was closed')),
      ),
    );
  }

  #dispatch(): void {
    while (this.#queue.length > 0) {
      const idle = this.#threads.find((thread) => !thread.job);
      if (!idle && this.#threads.length >= this.#size) return;
      this.#start(idle ?? this.#spawn(), this.#queue.shift()!);
    }
  }

  #spawn(): Thread {
    const worker = new Worker(this.#options.program, {
      resourceLimits: { maxOldGenerationSizeMb: this.#options.heapLimitInMiB ?? 1536 },
    });
    const thread: Thread = { worker, job: undefined, settle: undefined };
    worker.on('message', (answer: TaskAnswer) => {
      const job = this.#release(thread);
      if (!job || job.message.id !== answer.id) return;
      if ('error' in answer) job.reject(fromErrorInfo(answer.error));
      else job.resolve(answer.output);
      this.#dispatch();
    });
    worker.on('error', (error: Error & { code?: string }) => {
      const outOfMemory = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
      this.#drop(
        thread,
        outOfMemory
          ? new TrailhoundError('limit', `${thread.job?.message.task} needs more memory than a worker may use`, {
              hint: 'Narrow the time range or select fewer columns.',
            })
          : new TrailhoundError('internal', `a worker thread ended: ${error.message}`, { cause: error }),
      );
    });
    worker.on('exit', () => this.#drop(thread, new TrailhoundError('internal', 'a worker thread ended unexpectedly')));
    worker.unref();
    this.#threads.push(thread);
    return thread;
  }

  #start(thread: Thread, job: Job): void {
    thread.job = job;
    thread.worker.ref();
    const { timeoutInMs = DEFAULT_TIMEOUT_IN_MS, transfer = [] } = job.options;
    const { task } = job.message;
    const timer = setTimeout(() => {
      void this.#end(thread, new TrailhoundError('limit', `${task} took longer than ${timeoutInMs / 1000} s`));
    }, timeoutInMs);
    thread.settle = () => clearTimeout(timer);
    try {
      thread.worker.postMessage(job.message, transfer);
    } catch (error) {
      // What cannot be sent leaves the thread free.
      const { message } = error as Error;
      this.#release(thread)?.reject(new TrailhoundError('internal', `${task} cannot be sent to a thread: ${message}`));
    }
  }

  /** Ends a task's thread; a task that still waits for one is not begun. */
  #cancel(job: Job): void {
    const error = new TrailhoundError('cancelled', `${job.message.task} was cancelled`);
    const thread = this.#threads.find((each) => each.job === job);
    if (thread) void this.#end(thread, error);
    else {
      const place = this.#queue.indexOf(job);
      if (place >= 0) this.#queue.splice(place, 1);
      job.reject(error);
    }
  }

  #release(thread: Thread): Job | undefined {
    const { job } = thread;
    thread.settle?.();
    thread.settle = undefined;
    thread.job = undefined;
    thread.worker.unref();
    return job;
  }

  #drop(thread: Thread, error: Error): void {
    const index = this.#threads.indexOf(thread);
    if (index < 0) return;
    this.#threads.splice(index, 1);
    this.#release(thread)?.reject(error);
    if (!this.#closed) this.#dispatch();
  }

  async #end(thread: Thread, error: Error): Promise<void> {
    this.#drop(thread, error);
    await thread.worker.terminate();
  }
}
