import type { RpcData } from './rpc.ts';

/** One binding of a function, as the library registers it. */
export interface Binding {
  readonly type: string;
  readonly direction: 'in' | 'out';
  readonly [option: string]: unknown;
}

/** A duration in the worker protocol. */
export interface RpcDuration {
  seconds?: number | string;
  nanos?: number;
}

/** How a trigger's failed invocation is repeated. */
export interface RetryPolicy {
  readonly maxRetryCount?: number;
  /** 0 exponential back-off, 1 fixed delay (the protocol's numbers), or their names. */
  readonly retryStrategy?: number | string;
  readonly delayInterval?: RpcDuration;
  readonly minimumInterval?: RpcDuration;
  readonly maximumInterval?: RpcDuration;
}

export interface FunctionMetadata {
  readonly name: string;
  readonly functionId?: string;
  readonly bindings: Readonly<Record<string, Binding>>;
  readonly retryOptions?: RetryPolicy;
}

export type FunctionCallback = (...args: unknown[]) => unknown;

/** A function of the app, as it was registered. */
export interface HostedFunction {
  readonly name: string;
  readonly metadata: FunctionMetadata;
  readonly callback: FunctionCallback;
  readonly triggerName: string;
  readonly trigger: Binding;
  /** The trigger's type in lower case: `httptrigger`, `timertrigger`, `orchestrationtrigger`… */
  readonly triggerType: string;
}

export interface RetryContext {
  readonly retryCount: number;
  readonly maxRetryCount: number;
}

/** What the library's invocation model reads of one call. */
export interface InvocationRequest {
  invocationId: string;
  functionId: string;
  inputData: { name: string; data: RpcData }[];
  triggerMetadata: Record<string, RpcData>;
  retryContext?: RetryContext | undefined;
  traceContext?: undefined;
}

export type InvocationState = 'preInvocationHooks' | 'invocation' | 'postInvocationHooks' | undefined;

export interface CoreInvocationContext {
  readonly invocationId: string;
  readonly metadata: FunctionMetadata;
  readonly request: InvocationRequest;
  state: InvocationState;
  log(level: LogLevel, category: LogCategory, message: string): void;
}

export interface InvocationModel {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], callback: FunctionCallback): Promise<unknown>;
  getResponse(
    context: unknown,
    result: unknown,
  ): Promise<{ returnValue?: RpcData | null; outputData?: { name?: string; data?: RpcData | null }[] }>;
}

/** What `@azure/functions` hands to the worker. */
export interface ProgrammingModel {
  readonly name: string;
  readonly version: string;
  getInvocationModel(context: CoreInvocationContext): InvocationModel;
  getCapabilities?(defaults: Record<string, string>): Record<string, string> | Promise<Record<string, string>>;
}

export type LogLevel = 'trace' | 'debug' | 'information' | 'warning' | 'error' | 'critical' | 'none';
export type LogCategory = 'user' | 'system' | 'customMetric';

/** A line that the app or the host logs. */
export interface LogEntry {
  readonly level: LogLevel;
  readonly category: LogCategory | 'host';
  readonly message: string;
  readonly functionName?: string;
  readonly invocationId?: string;
}
