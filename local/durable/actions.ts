/** The numbers of the actions that the durable library returns. */
export const ActionType = {
  CallActivity: 0,
  CallActivityWithRetry: 1,
  CallSubOrchestrator: 2,
  CallSubOrchestratorWithRetry: 3,
  ContinueAsNew: 4,
  CreateTimer: 5,
  WaitForExternalEvent: 6,
  CallEntity: 7,
  CallHttp: 8,
  SignalEntity: 9,
  WhenAny: 11,
  WhenAll: 12,
  LockEntities: 13,
  ReleaseEntities: 14,
} as const;
export type ActionType = (typeof ActionType)[keyof typeof ActionType];

const actionNames: ReadonlyMap<number, string> = new Map(
  Object.entries(ActionType).map(([name, number]) => [number, name]),
);

/** Intervals in milliseconds, as the library writes them. */
export interface RetryOptions {
  readonly firstRetryIntervalInMilliseconds: number;
  readonly maxNumberOfAttempts: number;
  readonly backoffCoefficient?: number;
  readonly maxRetryIntervalInMilliseconds?: number;
  readonly retryTimeoutInMilliseconds?: number;
}

export interface DurableHttpRequest {
  readonly method: string;
  readonly uri: string;
  readonly content?: string;
  readonly headers?: Record<string, string>;
  readonly tokenSource?: { resource?: string };
  readonly asynchronousPatternEnabled?: boolean;
}

/** One action of an orchestrator. Which members are set depends on `actionType`. */
export interface Action {
  readonly actionType: ActionType;
  readonly functionName?: string;
  readonly input?: unknown;
  readonly retryOptions?: RetryOptions;
  readonly instanceId?: string;
  readonly version?: string;
  readonly fireAt?: string | Date;
  readonly isCanceled?: boolean;
  readonly externalEventName?: string;
  readonly operation?: string;
  readonly httpRequest?: DurableHttpRequest;
  readonly compoundActions?: readonly Action[];
  readonly lockSet?: readonly { name: string; key: string }[];
  readonly lockRequestId?: string;
}

/** What the library returns for one episode. */
export interface OrchestratorState {
  readonly isDone: boolean;
  /** All actions since the start of this execution, as the only element of an outer array. */
  readonly actions: readonly (readonly Action[])[];
  readonly output?: unknown;
  readonly customStatus?: unknown;
  readonly error?: string;
}

/** Kind and name of an action, by which a replay is compared with what was recorded. */
export function signatureOf(action: Action): string {
  const name = action.functionName ?? action.externalEventName ?? action.operation ?? '';
  const kind = actionNames.get(action.actionType) ?? `action ${action.actionType}`;
  if (action.compoundActions) return `${kind}(${action.compoundActions.map(signatureOf).join(', ')})`;
  return name === '' ? kind : `${kind} ${name}`;
}

/** The actions of a state, flat. */
export function actionsOf(state: OrchestratorState): Action[] {
  return state.actions.flat();
}

export const isCompound = (action: Action): boolean =>
  action.actionType === ActionType.WhenAll || action.actionType === ActionType.WhenAny;

/** Every action of a list, compounds entered depth first, compounds themselves left out. */
export function* leavesOf(actions: readonly Action[]): Generator<Action> {
  for (const action of actions) {
    if (isCompound(action)) yield* leavesOf(action.compoundActions ?? []);
    else yield action;
  }
}

const FAILURE_LABEL = '\n\n$OutOfProcData$:';

/**
 * The state that a failed orchestrator carries in its error's message, or one that holds the error alone when the
 * handler failed outside the library.
 */
export function stateOfFailure(thrown: unknown): OrchestratorState {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const start = message.indexOf(FAILURE_LABEL);
  if (start < 0) return { isDone: false, actions: [[]], error: message };
  const state = JSON.parse(message.slice(start + FAILURE_LABEL.length)) as OrchestratorState;
  return { ...state, error: state.error ?? 'the orchestrator failed without a message' };
}
