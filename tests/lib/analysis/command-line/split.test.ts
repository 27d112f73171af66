import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCommandLine, splitPosix, splitWindows } from '../../../../lib/analysis/command-line/index.ts';

describe('command lines of Windows', () => {
  // The examples of Microsoft's documentation of CommandLineToArgvW and of C's argument parsing.
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['x "abc" d e', ['x', 'abc', 'd', 'e']],
    ['x a\\\\b d"e f"g h', ['x', 'a\\\\b', 'de fg', 'h']],
    ['x a\\\\\\"b c d', ['x', 'a\\"b', 'c', 'd']],
    ['x a\\\\\\\\"b c" d e', ['x', 'a\\\\b c', 'd', 'e']],
    ['x a"b"" c d', ['x', 'ab" c d']],
    ['"C:\\Program Files\\a.exe" -x "C:\\dir\\\\" y', ['C:\\Program Files\\a.exe', '-x', 'C:\\dir\\', 'y']],
    ['C:\\a\\b.exe  ""  z', ['C:\\a\\b.exe', '', 'z']],
  ];
  for (const [line, expected] of cases) it(line, () => expect(splitWindows(line)).toEqual(expected));

  it('come back from being quoted', () => {
    const quote = (word: string) => `"${word.replaceAll(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1')}"`;
    const word = fc.string({ unit: fc.constantFrom('a', ' ', '\\', '"', '\t', 'é'), maxLength: 12 });
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), (words) => {
        expect(splitWindows(['x', ...words.map(quote)].join(' '))).toEqual(['x', ...words]);
      }),
    );
  });
});

describe('command lines of POSIX shells', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    [`sh -c 'echo "a b"' "c \\"d\\" \\$e" f\\ g`, ['sh', '-c', 'echo "a b"', 'c "d" $e', 'f g']],
    [`a '' "" b`, ['a', '', '', 'b']],
    [`a"b"'c'd`, ['abcd']],
    ['curl x|sh', ['curl', 'x|sh']],
  ];
  for (const [line, expected] of cases) it(line, () => expect(splitPosix(line)).toEqual(expected));

  it('come back from being quoted', () => {
    const quote = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 12 }), { maxLength: 6 }), (words) => {
        expect(splitPosix(words.map(quote).join(' '))).toEqual(words);
      }),
    );
  });
});

it('command lines are split by what they look like, with their switches', () => {
  expect(parseCommandLine('"C:\\x\\a.exe" /out:f.txt -v --depth=3 -name two')).toMatchObject({
    rules: 'windows',
    program: 'C:\\x\\a.exe',
    switches: { out: 'f.txt', v: true, depth: '3', name: 'two' },
  });
  expect(parseCommandLine("/usr/bin/find / -name 'a b'")).toMatchObject({
    rules: 'posix',
    arguments: ['/', '-name', 'a b'],
  });
  expect(parseCommandLine('x --__proto__ y').switches['__proto__']).toBeUndefined();
});
