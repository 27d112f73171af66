import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileGlob, literalOf, parseGlob } from '../../../../lib/analysis/sigma/glob.ts';

const matches = (pattern: string, text: string) => compileGlob(parseGlob(pattern))(text);

/** The meaning of a glob by trying everything. */
function naive(pattern: string, text: string): boolean {
  if (pattern === '') return text === '';
  if (pattern[0] === '*') return naive(pattern.slice(1), text) || (text !== '' && naive(pattern, text.slice(1)));
  return text !== '' && (pattern[0] === '?' || pattern[0] === text[0]) && naive(pattern.slice(1), text.slice(1));
}

describe('globs', () => {
  it('match as trying everything says', () => {
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 });
    const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 });
    fc.assert(
      fc.property(pattern, text, (p, t) => {
        expect(matches(p, t)).toBe(naive(p, t));
      }),
      { numRuns: 3000 },
    );
  });

  it('take backslashes as Sigma does', () => {
    expect(matches('\\cmd.exe', '\\cmd.exe')).toBe(true);
    expect(matches('\\\\host', '\\host')).toBe(true);
    expect(matches('a\\*b', 'a*b')).toBe(true);
    expect(matches('a\\*b', 'axb')).toBe(false);
    expect(matches('a\\\\*', 'a\\xyz')).toBe(true);
    expect(literalOf(parseGlob('a\\?b'))).toBe('a?b');
    expect(literalOf(parseGlob('a?b'))).toBeNull();
  });

  it('do not take long over a hostile text', () => {
    expect(matches(`*${'a*'.repeat(50)}b`, 'a'.repeat(100_000))).toBe(false);
  });

  it('hold characters beyond the basic plane', () => {
    expect(matches('*😀?x*', 'ab😀-x')).toBe(true);
  });
});
