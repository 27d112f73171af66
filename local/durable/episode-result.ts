import type { HistoryEvent } from './history.ts';
import type { InstanceRow, OutgoingMessage } from './store.ts';

/** What an episode changes; nothing of it has happened until it is committed. */
export interface EpisodeResult {
  readonly row: InstanceRow;
  /** The history events to append. */
  readonly append: readonly HistoryEvent[];
  /** Continue-as-new: the history begins again. */
  readonly restarts: boolean;
  readonly children: readonly InstanceRow[];
  readonly outgoing: readonly OutgoingMessage[];
  /** Timers that the orchestrator has cancelled. */
  readonly cancelledTimers: readonly number[];
  readonly warnings: readonly string[];
}

/** The new instances and messages of an episode. */
export type Sent = Pick<EpisodeResult, 'children' | 'outgoing'>;
