import type { HistoryEvent, ParentLink } from './history.ts';

export type RuntimeStatus = 'Pending' | 'Running' | 'Suspended' | 'Completed' | 'Failed' | 'Terminated';

export const isActive = (status: RuntimeStatus): boolean =>
  status === 'Pending' || status === 'Running' || status === 'Suspended';

/** One orchestration instance. `input`, `output` and `customStatus` are JSON texts; times are ISO. */
export interface InstanceRow {
  readonly id: string;
  readonly name: string;
  readonly version: string | null;
  readonly executionId: string;
  readonly input: string | null;
  readonly output: string | null;
  readonly customStatus: string | null;
  readonly status: RuntimeStatus;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly parent: ParentLink | null;
  /** Number of history events that belong to this execution. */
  readonly historyLength: number;
}

/** One durable entity: `@name@key`. */
export interface EntityRow {
  readonly id: string;
  readonly exists: boolean;
  /** JSON text. */
  readonly state: string | null;
  /** The instance that holds the lock. */
  readonly lockedBy: string | null;
  readonly lastOperationAt: string;
}

/** An event on its way to an instance or entity, stored until a commit consumes it. */
export interface OutgoingMessage {
  readonly target: string;
  readonly event: HistoryEvent;
}

/** A message that lies in an inbox. `key` is absent for what can be derived anew after a crash. */
export interface Message {
  readonly key?: number;
  readonly event: HistoryEvent;
}

/** Everything that changes with one episode, made durable at once or not at all. */
export interface Commit {
  /** Instances as they are from now on; new ones replace finished ones of the same id. */
  readonly instances?: readonly InstanceRow[];
  /** Cuts this instance's history down to so many events before appending. */
  readonly truncate?: { readonly id: string; readonly length: number };
  readonly append?: { readonly id: string; readonly from: number; readonly events: readonly HistoryEvent[] };
  readonly consumed?: readonly number[];
  readonly entity?: EntityRow;
  readonly outgoing?: readonly OutgoingMessage[];
}

export interface InstanceFilter {
  readonly statuses?: readonly string[];
  readonly createdFrom?: string;
  readonly createdTo?: string;
  readonly idPrefix?: string;
  /** Only ids after this one. */
  readonly after?: string;
  readonly limit?: number;
}

/** Where the durable state lies. All methods are synchronous and atomic. */
export interface DurableStore {
  getInstance(id: string): InstanceRow | undefined;
  /** In order of their ids. */
  listInstances(filter: InstanceFilter): InstanceRow[];
  countActive(): number;
  getHistory(id: string): HistoryEvent[];
  getInbox(target: string): Message[];
  /** Targets with messages in their inbox. */
  targetsWithMessages(): string[];
  getEntity(id: string): EntityRow | undefined;
  listEntities(namePrefix: string): EntityRow[];
  /** @returns the messages as they lie in the inboxes, in the order of `outgoing` */
  commit(commit: Commit): Message[];
  purgeInstance(id: string): void;
  getValue(key: string): string | undefined;
  setValue(key: string, value: string): void;
  close(): void;
}
