import { linearPattern } from '../linear-pattern.ts';
import type { Found } from './ioc.ts';

/** A pattern of the caller's own, for a type of that name. */
export interface CustomPattern {
  readonly type: string;
  readonly pattern: RegExp;
}

/** Compiles custom patterns to run in linear time. A group named `value` narrows the indicator to it. */
export function compilePatterns(patterns: Readonly<Record<string, string>>): CustomPattern[] {
  return Object.entries(patterns).map(([type, source]) => ({
    type,
    pattern: linearPattern(source, 'g', `pattern "${type}"`),
  }));
}

export function findCustom(text: string, patterns: readonly CustomPattern[], found: Found): void {
  for (const { type, pattern } of patterns) {
    for (const match of text.matchAll(pattern)) {
      const value = match.groups?.['value'] ?? match[0];
      if (value !== '') found.push({ type, value, start: match.index, end: match.index + match[0].length });
    }
  }
}
