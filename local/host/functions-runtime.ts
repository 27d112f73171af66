import { randomUUID } from 'node:crypto';
import { TrailhoundError } from '../../lib/errors.ts';
import { loadApp } from './app-loader.ts';
import { installCoreModule } from './core-module.ts';
import { FunctionRegistry } from './function-registry.ts';
import { type HookContext, Hooks } from './hooks.ts';
import type {
  Binding,
  CoreInvocationContext,
  FunctionCallback,
  HostedFunction,
  LogCategory,
  LogEntry,
  LogLevel,
  ProgrammingModel,
  RetryContext,
} from './model.ts';
import { retryDelayInMs } from './retry-policy.ts';
import type { RpcData } from './rpc.ts';

/** What one invocation is given beside the trigger's value. */
export interface InvokeOptions {
  readonly triggerMetadata?: Record<string, RpcData>;
  readonly retryContext?: RetryContext;
  /** Wraps the app's handler, to watch it run. */
  readonly wrap?: (callback: FunctionCallback) => FunctionCallback;
}

export interface InvocationResult {
  readonly returnValue: RpcData | null | undefined;
  readonly outputs: ReadonlyMap<string, RpcData>;
  /** The handler's own result, before it was encoded. */
  readonly raw: unknown;
}

/** Gives the value of an input binding that is not the trigger, such as the durable client's. */
export type InputProvider = (binding: Binding) => RpcData | undefined;

/**
 * The part of the Functions host and its Node worker that loads an app and calls its functions.
 *
 * The order of one call is the worker's: arguments, preInvocation hooks (which may replace inputs and callback), the
 * handler, postInvocation hooks (which may replace result and error), response.
 */
export class FunctionsRuntime {
  readonly registry = new FunctionRegistry();
  readonly hooks = new Hooks();
  readonly #log: (entry: LogEntry) => void;
  #model: ProgrammingModel | undefined;
  #inputProvider: InputProvider = () => undefined;

  constructor(log: (entry: LogEntry) => void) {
    this.#log = log;
  }

  /** Loads the app's bundle; its functions can be registered only now. */
  async load(appFile: string, appFolder: string, inputProvider: InputProvider): Promise<void> {
    this.#inputProvider = inputProvider;
    this.#model = installCoreModule({
      registerFunction: (metadata, callback) => this.registry.register(metadata, callback),
      registerHook: (name, callback) => this.hooks.add(name, callback),
      setProgrammingModel: (model) => {
        this.#model = model;
      },
      log: (level, category, message) => this.log({ level, category, message }),
    });
    await loadApp(appFile);
    this.registry.close();
    await this.#model?.getCapabilities?.({ RawHttpBodyBytes: 'true', RpcHttpBodyOnly: 'true' });
    const { appHookData } = this.hooks;
    await this.hooks.run('appStart', { hookData: {}, appHookData, functionAppDirectory: appFolder });
  }

  async terminate(): Promise<void> {
    await this.hooks.run('appTerminate', { hookData: {}, appHookData: this.hooks.appHookData });
  }

  log(entry: LogEntry): void {
    const context: HookContext = { hookData: {}, appHookData: this.hooks.appHookData, ...entry };
    if (entry.category !== 'host' && this.hooks.has('log')) {
      this.hooks.runLog(context);
      this.#log({ ...entry, level: context['level'] as LogLevel, message: context['message'] as string });
      return;
    }
    this.#log(entry);
  }

  /** Calls a function once. @throws whatever the handler or a hook threw */
  async invoke(hosted: HostedFunction, trigger: RpcData, options: InvokeOptions = {}): Promise<InvocationResult> {
    if (!this.#model) throw new TrailhoundError('internal', 'the app has not set a programming model');
    const coreContext = this.#coreContext(hosted, trigger, options);
    const model = this.#model.getInvocationModel(coreContext);
    const { context, inputs } = await model.getArguments();
    const { appHookData } = this.hooks;
    const callback = options.wrap ? options.wrap(hosted.callback) : hosted.callback;
    const before: HookContext = {
      hookData: {},
      appHookData,
      invocationContext: context,
      functionCallback: callback,
      inputs,
    };
    coreContext.state = 'preInvocationHooks';
    await this.hooks.run('preInvocation', before);
    const finalInputs = before['inputs'] as unknown[];
    const after: HookContext = {
      hookData: before.hookData,
      appHookData,
      invocationContext: context,
      inputs: finalInputs,
      result: null,
      error: null,
    };
    coreContext.state = 'invocation';
    try {
      after['result'] = await model.invokeFunction(
        context,
        finalInputs,
        before['functionCallback'] as FunctionCallback,
      );
    } catch (thrown) {
      after['error'] = thrown ?? new Error('the function threw nothing');
    }
    coreContext.state = 'postInvocationHooks';
    await this.hooks.run('postInvocation', after);
    coreContext.state = undefined;
    if (after['error'] !== null && after['error'] !== undefined) throw after['error'];
    const response = await model.getResponse(context, after['result']);
    const outputs = new Map<string, RpcData>();
    for (const { name, data } of response.outputData ?? []) if (name && data) outputs.set(name, data);
    return { returnValue: response.returnValue, outputs, raw: after['result'] };
  }

  /** Calls a function, and again as its retry policy says. */
  async invokeWithRetries(hosted: HostedFunction, trigger: RpcData, signal: AbortSignal): Promise<InvocationResult> {
    const policy = hosted.metadata.retryOptions;
    for (let attempt = 0; ; attempt++) {
      try {
        if (!policy || attempt === 0) return await this.invoke(hosted, trigger);
        const retryContext = { retryCount: attempt, maxRetryCount: policy.maxRetryCount ?? -1 };
        return await this.invoke(hosted, trigger, { retryContext });
      } catch (thrown) {
        const delay = retryDelayInMs(policy, attempt + 1);
        if (delay === undefined) throw thrown;
        await pause(delay, signal);
        if (signal.aborted) throw thrown;
      }
    }
  }

  #coreContext(hosted: HostedFunction, trigger: RpcData, options: InvokeOptions): CoreInvocationContext {
    const invocationId = randomUUID();
    const inputData = [{ name: hosted.triggerName, data: trigger }];
    for (const [name, binding] of Object.entries(hosted.metadata.bindings)) {
      if (binding.direction !== 'in' || name === hosted.triggerName) continue;
      const data = this.#inputProvider(binding);
      if (data) inputData.push({ name, data });
    }
    return {
      invocationId,
      metadata: hosted.metadata,
      state: undefined,
      request: {
        invocationId,
        functionId: hosted.metadata.functionId ?? hosted.name,
        inputData,
        triggerMetadata: options.triggerMetadata ?? {},
        retryContext: options.retryContext,
      },
      log: (level: LogLevel, category: LogCategory, message: string) =>
        this.log({ level, category, message, functionName: hosted.name, invocationId }),
    };
  }
}

/** Waits, or no longer than until the signal. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const handle = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(handle);
      resolve();
    });
  });
}
