import { createRequire } from 'node:module';
import { TrailhoundError } from '../../lib/errors.ts';
import type { FunctionCallback } from '../host/model.ts';

type Mutable = Record<string, unknown>;

/** What an orchestrator must not call, and what it should do instead. */
const INSTEAD = {
  clock: 'Use context.df.currentUtcDateTime.',
  random: 'Use context.df.newGuid(…), or take the value from an activity.',
  io: 'Do it in an activity, or use context.df.callHttp.',
  timer: 'Use context.df.createTimer.',
};

interface Forbidden {
  readonly owner: Mutable;
  readonly name: string;
  readonly shown: string;
  readonly hint: string;
}

const RealDate = Date;
const crypto = createRequire(import.meta.url)('node:crypto') as Mutable;
const webCrypto = Object.getPrototypeOf(globalThis.crypto) as Mutable;
const globals = globalThis as unknown as Mutable;

const FORBIDDEN: readonly Forbidden[] = [
  { owner: Math as unknown as Mutable, name: 'random', shown: 'Math.random()', hint: INSTEAD.random },
  { owner: webCrypto, name: 'randomUUID', shown: 'crypto.randomUUID()', hint: INSTEAD.random },
  { owner: webCrypto, name: 'getRandomValues', shown: 'crypto.getRandomValues()', hint: INSTEAD.random },
  { owner: crypto, name: 'randomUUID', shown: 'randomUUID()', hint: INSTEAD.random },
  { owner: crypto, name: 'randomBytes', shown: 'randomBytes()', hint: INSTEAD.random },
  {
    owner: Object.getPrototypeOf(performance) as Mutable,
    name: 'now',
    shown: 'performance.now()',
    hint: INSTEAD.clock,
  },
  { owner: process as unknown as Mutable, name: 'hrtime', shown: 'process.hrtime()', hint: INSTEAD.clock },
  { owner: globals, name: 'fetch', shown: 'fetch()', hint: INSTEAD.io },
  { owner: globals, name: 'setTimeout', shown: 'setTimeout()', hint: INSTEAD.timer },
  { owner: globals, name: 'setInterval', shown: 'setInterval()', hint: INSTEAD.timer },
  { owner: globals, name: 'setImmediate', shown: 'setImmediate()', hint: INSTEAD.timer },
];

/**
 * Lets an orchestrator run with the clock, randomness and I/O taken away. Its code runs synchronously within the call,
 * so nothing else of the process meets the guards.
 *
 * @param report receives the first violation, whether or not the orchestrator catches it
 */
export function guardDeterminism(
  callback: FunctionCallback,
  report: (violation: TrailhoundError) => void,
): FunctionCallback {
  const forbid = (shown: string, hint: string) => (): never => {
    const violation = new TrailhoundError('usage', `the orchestrator called ${shown}, which differs at every replay`, {
      hint,
    });
    report(violation);
    throw violation;
  };
  return (...args) => {
    const undo = FORBIDDEN.map(({ owner, name, shown, hint }) => replace(owner, name, forbid(shown, hint)));
    undo.push(replace(globals, 'Date', guardedDate(forbid)));
    try {
      return callback(...args);
    } finally {
      for (const restore of undo) restore();
    }
  };
}

function replace(owner: Mutable, name: string, value: unknown): () => void {
  const original = Object.getOwnPropertyDescriptor(owner, name);
  if (!original) return () => {};
  Object.defineProperty(owner, name, { configurable: true, writable: true, enumerable: original.enumerable!, value });
  return () => Object.defineProperty(owner, name, original);
}

/** `Date` without its reading of the clock; `new Date(value)`, `Date.parse` and `Date.UTC` stay. */
function guardedDate(forbid: (shown: string, hint: string) => () => never): DateConstructor {
  const current = forbid('new Date()', INSTEAD.clock);
  function GuardedDate(...parts: []): Date {
    return parts.length === 0 ? current() : new RealDate(...parts);
  }
  GuardedDate.prototype = RealDate.prototype;
  return Object.assign(GuardedDate, {
    parse: RealDate.parse,
    UTC: RealDate.UTC,
    now: forbid('Date.now()', INSTEAD.clock),
  }) as unknown as DateConstructor;
}
