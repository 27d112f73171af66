/** The names of the worker's hooks. */
export const HOOK_NAMES = ['appStart', 'appTerminate', 'preInvocation', 'postInvocation', 'log'] as const;
export type HookName = (typeof HOOK_NAMES)[number];

/** The context that the hooks of one moment share and may change. */
export type HookContext = { hookData: Record<string, unknown>; appHookData: Record<string, unknown> } & Record<
  string,
  unknown
>;
export type HookCallback = (context: HookContext) => unknown;

/** The app's hooks, called in the order of their registration. */
export class Hooks {
  readonly appHookData: Record<string, unknown> = {};
  readonly #callbacks = new Map<HookName, HookCallback[]>(HOOK_NAMES.map((name) => [name, []]));

  /** @returns a function that removes the hook again. */
  add(name: string, callback: HookCallback): () => void {
    const callbacks = this.#callbacks.get(name as HookName);
    if (!callbacks) throw new RangeError(`Unrecognized hook "${name}"`);
    callbacks.push(callback);
    return () => {
      const index = callbacks.indexOf(callback);
      if (index >= 0) callbacks.splice(index, 1);
    };
  }

  has(name: HookName): boolean {
    return this.#callbacks.get(name)!.length > 0;
  }

  async run(name: HookName, context: HookContext): Promise<void> {
    for (const callback of [...this.#callbacks.get(name)!]) await callback(context);
  }

  /** Log hooks are not awaited. */
  runLog(context: HookContext): void {
    for (const callback of this.#callbacks.get('log')!) callback(context);
  }
}
