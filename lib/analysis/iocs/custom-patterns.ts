import { setFlagsFromString } from 'node:v8';
import { TrailhoundError } from '../../errors.ts';
import type { Found } from './ioc.ts';

/** A pattern of the caller's own, for a type of that name. */
export interface CustomPattern {
  readonly type: string;
  readonly pattern: RegExp;
}

let isLinearEngineOn = false;

/**
 * Compiles custom patterns for V8's engine without backtracking, so that no text can make them slow. What that engine
 * cannot do (look-around, back-references) is refused. A group named `value` narrows the indicator to it.
 */
export function compilePatterns(patterns: Readonly<Record<string, string>>): CustomPattern[] {
  if (!isLinearEngineOn && Object.keys(patterns).length > 0) {
    setFlagsFromString('--enable-experimental-regexp-engine');
    isLinearEngineOn = true;
  }
  return Object.entries(patterns).map(([type, source]) => {
    try {
      return { type, pattern: new RegExp(source, 'gil') };
    } catch (thrown) {
      throw new TrailhoundError('usage', `pattern "${type}" cannot be used: ${(thrown as Error).message}`, {
        hint: 'Patterns run in linear time: no look-ahead, look-behind or back-references.',
      });
    }
  });
}

export function findCustom(text: string, patterns: readonly CustomPattern[], found: Found): void {
  for (const { type, pattern } of patterns) {
    for (const match of text.matchAll(pattern)) {
      const value = match.groups?.['value'] ?? match[0];
      if (value !== '') found.push({ type, value, start: match.index, end: match.index + match[0].length });
    }
  }
}
