import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { OrchestratorState } from '../../../local/durable/actions.ts';
import type { HistoryEvent } from '../../../local/durable/history.ts';
import type { RpcData } from '../../../local/host/rpc.ts';
import { sharedPath } from '../../support/shared.ts';

export const RECORDINGS = 'oracle/real-host/recorded.jsonl.gz';
export const ANSWERS = 'oracle/real-host/api-answers.txt';

/** What an orchestrator was called with. */
export interface Trigger {
  readonly history: HistoryEvent[];
  readonly input: unknown;
  readonly instanceId: string;
  readonly [field: string]: unknown;
}

/** One invocation that the worker of the real host saw. */
export interface Recorded {
  readonly kind: 'orchestration' | 'activity' | 'entity' | 'http' | 'timer';
  readonly capture: string;
  readonly function: string;
  readonly instanceId: string;
  readonly episode: number;
  readonly trigger: Trigger;
  readonly inputData: { name: string; data: RpcData }[];
  readonly triggerMetadata: Record<string, RpcData>;
  readonly returned: unknown;
  readonly error: string | null;
}

export function readRecordings(): Recorded[] {
  const text = gunzipSync(readFileSync(sharedPath(RECORDINGS))).toString('utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Recorded);
}

export const stateOf = (recorded: Recorded): OrchestratorState | undefined =>
  (recorded.returned as OrchestratorState | null) ?? undefined;
