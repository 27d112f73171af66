import type { FunctionsRuntime } from '../host/functions-runtime.ts';
import { operationMessage, type RequestMessage, responseMessage } from './entity-messages.ts';
import { eventRaised, eventSent, timestamp } from './history.ts';
import { entityId, parseEntityId } from './ids.ts';
import type { EntityRow, Message, OutgoingMessage } from './store.ts';

/** What the library returns for a batch of operations. */
interface EntityState {
  readonly entityExists: boolean;
  readonly entityState?: string;
  readonly results: readonly { isError: boolean; result?: string }[];
  readonly signals: readonly { target: { name: string; key: string }; name: string; input: string }[];
}

/** An entity after a batch, the messages it sends, and the messages it took. */
export interface EntityOutcome {
  readonly row: EntityRow;
  readonly outgoing: readonly OutgoingMessage[];
  readonly consumed: readonly Message[];
}

/** Whether an execution of an instance is still going on. */
export type IsAlive = (instanceId: string, executionId: string | undefined) => boolean;

const MAX_BATCH = 100;

/**
 * Takes the next messages of an entity's inbox in their order and answers them: a run of operations in one call of the
 * app, a lock, or a release. While the entity is locked, only its holder is served and the others wait.
 *
 * @returns undefined when nothing can be served now
 */
export async function serveEntity(
  runtime: FunctionsRuntime,
  row: EntityRow,
  inbox: readonly Message[],
  isAlive: IsAlive,
): Promise<EntityOutcome | undefined> {
  const requests = inbox.map((message) => ({ message, request: JSON.parse(message.event.Input!) as RequestMessage }));
  const isRelease = (message: Message) => message.event.Name === 'release';
  const servable = requests.filter(({ message, request }) =>
    row.lockedBy === null ? true : request.parent === row.lockedBy && (isRelease(message) || request.op !== null),
  );
  const first = servable[0];
  if (!first) return undefined;
  if (isRelease(first.message)) {
    return { row: { ...row, lockedBy: null }, outgoing: [], consumed: [first.message] };
  }
  if (first.request.op === null) {
    // Who asked may have ended since: its lock would never be given free.
    const { parent, parentExecution } = first.request;
    if (!isAlive(parent!, parentExecution)) return { row, outgoing: [], consumed: [first.message] };
    return grantLock(row, first.message, first.request);
  }
  const end = servable.findIndex(({ message, request }) => isRelease(message) || request.op === null);
  const batch = servable.slice(0, Math.min(end < 0 ? servable.length : end, MAX_BATCH));
  const outcome = await runOperations(
    runtime,
    row,
    batch.map(({ request }) => request),
  );
  return { ...outcome, consumed: batch.map(({ message }) => message) };
}

/** Locks this entity, then asks the next of the set, or tells the holder that it has them all. */
function grantLock(row: EntityRow, message: Message, request: RequestMessage): EntityOutcome {
  const at = timestamp();
  const position = (request.pos ?? 0) + 1;
  const next = request.lockset?.[position];
  const outgoing: OutgoingMessage = next
    ? {
        target: entityId(next.name, next.key),
        event: eventSent(-1, '', 'op', JSON.stringify({ ...request, pos: position }), at),
      }
    : {
        target: request.parent!,
        event: eventRaised(request.id, responseMessage('Lock Acquisition Completed'), at),
      };
  return { row: { ...row, lockedBy: request.parent! }, outgoing: [outgoing], consumed: [message] };
}

async function runOperations(
  runtime: FunctionsRuntime,
  row: EntityRow,
  requests: readonly RequestMessage[],
): Promise<Omit<EntityOutcome, 'consumed'>> {
  const at = timestamp();
  const { state, error } = await callEntity(runtime, row, requests);
  const outgoing: OutgoingMessage[] = [];
  for (const [index, request] of requests.entries()) {
    if (request.signal || request.parent === undefined) continue;
    const result = state?.results[index];
    const response =
      result === undefined
        ? responseMessage(JSON.stringify(error ?? 'the operation gave no result'), 'EntityFailed')
        : responseMessage(result.result ?? null, result.isError ? 'Error' : undefined);
    outgoing.push({ target: request.parent, event: eventRaised(request.id, response, at) });
  }
  for (const [index, signal] of (state?.signals ?? []).entries()) {
    const id = `${requests[0]!.id}-${index}`;
    const message = operationMessage(id, signal.name, signal.input || null, true, undefined, at);
    const target = entityId(signal.target.name, signal.target.key);
    outgoing.push({ target, event: eventSent(-1, target, 'op', message, at) });
  }
  if (!state) return { row, outgoing };
  const exists = state.entityExists;
  const next = { ...row, exists, state: exists ? (state.entityState ?? null) : null, lastOperationAt: at };
  return { row: next, outgoing };
}

async function callEntity(
  runtime: FunctionsRuntime,
  row: EntityRow,
  requests: readonly RequestMessage[],
): Promise<{ state?: EntityState; error?: string }> {
  const self = parseEntityId(row.id);
  const hosted = runtime.registry.find(self.name, 'entityTrigger');
  if (!hosted) return { error: `there is no entity "${self.name}"` };
  const payload = JSON.stringify({
    self,
    exists: row.exists,
    state: row.state,
    batch: requests.map(({ op, input, signal, id }) => ({
      name: op,
      input: input ?? null,
      isSignal: signal ?? false,
      id,
    })),
  });
  try {
    const { raw } = await runtime.invoke(
      hosted,
      { string: payload },
      {
        triggerMetadata: {
          [hosted.triggerName]: { string: payload },
          self: { json: JSON.stringify(self) },
          exists: { string: row.exists ? 'True' : 'False' },
        },
      },
    );
    return { state: raw as EntityState };
  } catch (thrown) {
    return { error: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}
