import type { Action, RetryOptions } from './actions.ts';
import type { Failure } from './history.ts';

/** A task that the scheduler has begun. Its parent learns of its end through `onDone`. */
export abstract class TaskNode {
  isDone = false;
  parent: GroupNode | undefined;

  finish(hasFailed = false): void {
    if (this.isDone) return;
    this.isDone = true;
    this.parent?.childDone(hasFailed);
  }
}

/** A single action: what it still needs to know between its attempts or polls. */
export class LeafNode extends TaskNode {
  readonly action: Action;
  readonly retry: RetryState | undefined;
  /** What a callHttp that was answered 202 asks next, once its timer has fired. */
  nextPoll: string | undefined;

  constructor(action: Action) {
    super();
    this.action = action;
    this.retry = action.retryOptions && new RetryState(action.retryOptions);
  }
}

/** How far a call with retries has come. */
export class RetryState {
  readonly options: RetryOptions;
  attempt = 1;
  firstAttemptAt: number | undefined;
  isWaiting = false;
  isLast = false;
  isTimedOut = false;
  lastFailure: Failure | undefined;

  constructor(options: RetryOptions) {
    this.options = options;
  }
}

/**
 * Tasks that are awaited together. As on the real host, "all" ends when every child has ended, failed or not, although
 * the library goes on at the first failure; "any" ends with its first child.
 */
export class GroupNode extends TaskNode {
  readonly isAll: boolean;
  readonly children: readonly TaskNode[];
  /** A child has failed, so that the library has gone on. */
  hasFailed = false;
  /** How many children have not ended. */
  #open: number;

  constructor(isAll: boolean, children: readonly TaskNode[]) {
    super();
    this.isAll = isAll;
    this.children = children;
    for (const child of children) child.parent = this;
    this.#open = children.filter((child) => !child.isDone).length;
    this.#check();
  }

  childDone(hasFailed: boolean): void {
    if (hasFailed && this.isAll) this.hasFailed = true;
    this.#open--;
    this.#check();
  }

  /** Whether a call with retries is anywhere below. */
  get hasRetries(): boolean {
    return this.children.some((child) => (child instanceof GroupNode ? child.hasRetries : hasRetry(child)));
  }

  #check(): void {
    const isEnough = this.isAll ? this.#open === 0 : this.#open < this.children.length;
    if (isEnough) this.finish(this.hasFailed);
  }
}

const hasRetry = (node: TaskNode): boolean => node instanceof LeafNode && node.retry !== undefined;
