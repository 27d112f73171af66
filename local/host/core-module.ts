import Module from 'node:module';
import { TrailhoundError } from '../../lib/errors.ts';
import type { HookCallback } from './hooks.ts';
import type { FunctionCallback, FunctionMetadata, LogCategory, LogLevel, ProgrammingModel } from './model.ts';

/** What the virtual module passes on to the host that is loading an app. */
export interface CoreTarget {
  registerFunction(metadata: FunctionMetadata, callback: FunctionCallback): () => void;
  registerHook(name: string, callback: HookCallback): () => void;
  setProgrammingModel(model: ProgrammingModel): void;
  log(level: LogLevel, category: LogCategory, message: string): void;
}

class Disposable {
  readonly #undo: () => void;

  constructor(undo: () => void) {
    this.#undo = undo;
  }

  dispose(): void {
    this.#undo();
  }

  static from(...disposables: { dispose(): void }[]): Disposable {
    return new Disposable(() => {
      for (const disposable of disposables) disposable.dispose();
    });
  }
}

const CORE_MODULE = '@azure/functions-core';
let target: CoreTarget | undefined;
let model: ProgrammingModel | undefined;
let isInstalled = false;

function current(): CoreTarget {
  if (!target) throw new TrailhoundError('internal', 'no host is running in this process');
  return target;
}

/** One object for the whole process: the library keeps it from its first use on. */
const core = {
  version: '3.14.1',
  hostVersion: '4.1037.0',
  Disposable,
  registerFunction: (metadata: FunctionMetadata, callback: FunctionCallback) =>
    new Disposable(current().registerFunction(metadata, callback)),
  registerHook: (name: string, callback: HookCallback) => new Disposable(current().registerHook(name, callback)),
  setProgrammingModel: (given: ProgrammingModel) => {
    model = given;
    current().setProgrammingModel(given);
  },
  getProgrammingModel: () => model,
  log: (level: LogLevel, category: LogCategory, message: string) => target?.log(level, category, message),
};

interface Requirer {
  prototype: { require(this: unknown, id: string): unknown };
}

/**
 * Makes `require('@azure/functions-core')` give the worker's core API, by the same patch as the real Node worker.
 * The last target installed receives the calls, so two hosts of one process must not load their apps at once.
 *
 * @returns the model that an earlier app of this process has set, for the library sets it only once.
 */
export function installCoreModule(newTarget: CoreTarget): ProgrammingModel | undefined {
  target = newTarget;
  if (!isInstalled) {
    isInstalled = true;
    const { prototype } = Module as unknown as Requirer;
    const original = prototype.require;
    prototype.require = function (this: unknown, id: string) {
      return id === CORE_MODULE ? core : original.call(this, id);
    };
  }
  return model;
}
