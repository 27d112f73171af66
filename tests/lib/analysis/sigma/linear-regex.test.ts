import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LinearRegex } from '../../../../lib/analysis/sigma/regex/linear-regex.ts';

/** Expressions of every construct that is taken, over a small alphabet. */
const expression = fc.letrec<{ node: string; leaf: string }>((tie) => ({
  leaf: fc.constantFrom(
    'a',
    'b',
    'c',
    '.',
    '\\w',
    '\\d',
    '\\s',
    '[ab]',
    '[^a]',
    '[a-c1-2]',
    '\\.',
    ' ',
    '1',
    '\\b',
    '^',
    '$',
  ),
  node: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    tie('leaf'),
    fc.tuple(tie('node'), tie('node')).map(([a, b]) => `${a}${b}`),
    fc.tuple(tie('node'), tie('node')).map(([a, b]) => `(${a}|${b})`),
    fc.tuple(tie('node'), fc.constantFrom('*', '+', '?', '{2}', '{1,2}', '{0,}', '*?')).map(([a, q]) => `(?:${a})${q}`),
  ),
}));
const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'A', '1', ' ', '.', '\n', 'é'), maxLength: 12 });

describe('LinearRegex', () => {
  it('matches where JavaScript’s own engine does', () => {
    fc.assert(
      fc.property(expression.node, text, fc.boolean(), fc.boolean(), (source, subject, ignoreCase, multiline) => {
        const flags = `${ignoreCase ? 'i' : ''}${multiline ? 'm' : ''}`;
        // JavaScript's "." also stops at \r and two Unicode separators, which the alphabet leaves out.
        const ours = new LinearRegex(source, { ignoreCase, multiline }).test(subject);
        expect(ours).toBe(new RegExp(source, flags).test(subject));
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['(a+)+$', `${'a'.repeat(50_000)}b`],
    ['(a|a)*c', 'a'.repeat(50_000)],
    ['(.*)*x', 'y'.repeat(20_000)],
    ['a{0,500}a{0,500}b', 'a'.repeat(5_000)],
  ])('%s cannot be made slow', (source, subject) => {
    expect(new LinearRegex(source).test(subject)).toBe(false);
  });

  it('takes inline flags, escapes and named groups', () => {
    expect(new LinearRegex('(?i)POWER(?<rest>shell)\\x2eexe').test('C:\\PowerShell.EXE')).toBe(true);
    expect(new LinearRegex('^\\\\\\\\[^\\\\]+\\\\ADMIN\\$').test('\\\\ws07\\ADMIN$')).toBe(true);
    expect(new LinearRegex('a.c').test('a\nc')).toBe(false);
    expect(new LinearRegex('(?s)a.c').test('a\nc')).toBe(true);
  });

  it.each([
    ['(a)\\1', 'back-references'],
    ['(?=a)b', 'look-around'],
    ['(?<!a)b', 'look-around'],
    ['a++', 'possessive'],
    ['[[:alpha:]]', 'POSIX'],
    ['\\p{L}', '\\p'],
    ['(a', 'not closed'],
    ['a)', 'unmatched'],
    ['[a', 'not closed'],
    ['*a', 'nothing to repeat'],
    ['a{5,2}', 'wrong way'],
    ['a\\', 'backslash'],
    ['a{2000}', 'bounded'],
    [`${'('.repeat(200)}a${')'.repeat(200)}`, 'nest'],
    ['((a{100}){100}){100}', 'states'],
  ])('%s is refused with the reason', (source, reason) => {
    expect(() => new LinearRegex(source)).toThrow(reason);
  });
});
