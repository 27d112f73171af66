import { TrailhoundError } from '../../lib/errors.ts';
import type { FunctionCallback, FunctionMetadata, HostedFunction } from './model.ts';

/** The app's functions by id (case-insensitive, as on the real host). Closed once the app has started. */
export class FunctionRegistry {
  readonly #functions = new Map<string, HostedFunction>();
  #isClosed = false;

  /** @returns a function that takes the registration back. */
  register(metadata: FunctionMetadata, callback: FunctionCallback): () => void {
    if (this.#isClosed) throw new Error('A function can only be registered during app startup.');
    const id = metadata.functionId ?? metadata.name;
    const key = id.toLowerCase();
    if (this.#functions.has(key)) throw new Error(`A function with id "${id}" has already been registered.`);
    const trigger = Object.entries(metadata.bindings).find(([, binding]) => /trigger$/i.test(binding.type));
    if (!trigger) throw new TrailhoundError('usage', `the function "${metadata.name}" has no trigger`);
    this.#functions.set(key, {
      name: metadata.name,
      metadata: { ...metadata, functionId: id },
      callback,
      triggerName: trigger[0],
      trigger: trigger[1],
      triggerType: trigger[1].type.toLowerCase(),
    });
    return () => this.#functions.delete(key);
  }

  close(): void {
    this.#isClosed = true;
  }

  find(name: string, triggerType: string): HostedFunction | undefined {
    const found = this.#functions.get(name.toLowerCase());
    return found?.triggerType === triggerType.toLowerCase() ? found : undefined;
  }

  withTrigger(triggerType: string): HostedFunction[] {
    const wanted = triggerType.toLowerCase();
    return [...this.#functions.values()].filter((hosted) => hosted.triggerType === wanted);
  }

  get names(): string[] {
    return [...this.#functions.values()].map((hosted) => hosted.name);
  }
}
