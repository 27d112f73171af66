/** The sender of an entity message: an orchestration, or nobody for a signal from outside. */
export interface Sender {
  readonly instanceId: string;
  readonly executionId: string;
}

/** What is sent to an entity, as the durable extension writes it. */
export interface RequestMessage {
  readonly $type: string;
  readonly op: string | null;
  readonly signal?: boolean;
  /** JSON text. */
  readonly input?: string;
  readonly id: string;
  readonly parent?: string;
  readonly parentExecution?: string;
  readonly lockset?: readonly { name: string; key: string }[];
  /** How many entities of the lock set are locked already. */
  readonly pos?: number;
}

const NAMESPACE = 'Microsoft.Azure.WebJobs.Extensions.DurableTask';
const typeName = (name: string) => `${NAMESPACE}.${name}, ${NAMESPACE}`;
const NEVER = '0001-01-01T00:00:00';

const senderFields = (sender: Sender | undefined) =>
  sender ? { parent: sender.instanceId, parentExecution: sender.executionId } : {};

/** A call or a signal. `input` is JSON text. */
export function operationMessage(
  id: string,
  operation: string,
  input: string | null,
  isSignal: boolean,
  sender: Sender | undefined,
  at: string,
): string {
  return JSON.stringify({
    $type: typeName('RequestMessage'),
    op: operation,
    ...(isSignal ? { signal: true } : {}),
    ...(input === null ? {} : { input }),
    id,
    ...senderFields(sender),
    Timestamp: at,
    Predecessor: NEVER,
    requestTime: at,
  });
}

/** Asks for the lock of all entities of a set, one after the other in its order. */
export function lockMessage(
  id: string,
  lockSet: readonly { name: string; key: string }[],
  sender: Sender,
  at: string,
): string {
  return JSON.stringify({
    $type: typeName('RequestMessage'),
    op: null,
    id,
    ...senderFields(sender),
    Timestamp: at,
    Predecessor: NEVER,
    lockset: lockSet.map((target) => ({ $type: typeName('EntityId'), ...target })),
  });
}

export function releaseMessage(id: string, sender: Sender): string {
  return JSON.stringify({ $type: typeName('ReleaseMessage'), parent: sender.instanceId, id });
}

/** An entity's answer. `result` is JSON text; `exceptionType` marks a failed operation. */
export function responseMessage(result: string | null, exceptionType?: string): string {
  return JSON.stringify({
    $type: typeName('ResponseMessage'),
    result,
    ...(exceptionType === undefined ? {} : { exceptionType }),
  });
}
