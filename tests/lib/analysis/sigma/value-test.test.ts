import { describe, expect, it } from 'vitest';
import { compileValueTest, type SigmaValue } from '../../../../lib/analysis/sigma/value-test.ts';

function holds(modifiers: string, values: SigmaValue | SigmaValue[], text: string | null): boolean {
  const test = compileValueTest(modifiers === '' ? [] : modifiers.split('|'), [values].flat());
  if (test.kind !== 'text') throw new Error('not a test of text');
  return test.test(text, text?.toLowerCase() ?? null);
}

describe('modifiers', () => {
  it.each([
    ['', 'WHOAMI', 'whoami', true],
    ['', 'who*', 'whoami', true],
    ['cased', 'WHOAMI', 'whoami', false],
    ['contains', 'ami', 'WhoAmI.exe', true],
    ['startswith', 'C:\\Win', 'c:\\windows', true],
    ['endswith', '\\cmd.exe', 'C:\\CMD.EXE', true],
    ['endswith', '\\cmd.exe', 'C:\\cmd.exe.bak', false],
    ['contains', ['x', 'who'], 'whoami', true],
    ['contains|all', ['who', 'ami'], 'whoami', true],
    ['contains|all', ['who', 'x'], 'whoami', false],
    ['re', 'w.oa', 'whoami', true],
    ['re', 'W.OA', 'whoami', false],
    ['re|i', 'W.OA', 'whoami', true],
    ['cidr', '10.20.0.0/16', '10.20.30.40', true],
    ['cidr', '10.20.0.0/16', '10.21.0.1', false],
    ['cidr', '2001:db8::/32', '2001:db8::5', true],
    ['cidr', '10.0.0.0/8', '::ffff:10.1.2.3', true],
    ['cidr', '10.0.0.0/8', 'not an address', false],
    ['gt', 5, '6', true],
    ['gte', 5, '5', true],
    ['lt', 5, '5', false],
    ['lte', '5', '5', true],
    ['gt', 5, '', false],
    ['gt', 5, 'six', false],
    ['neq', 'a', 'b', true],
    ['neq', 'a', 'A', false],
    ['', null, null, true],
    ['', null, '', true],
    ['', null, 'x', false],
    ['', 'x', null, false],
    ['contains|windash', ' -enc ', 'powershell /ENC aaa', true],
    ['contains|windash', ' -enc ', 'powershell –enc aaa', true],
    ['contains|windash', ' -enc ', 'powershell -e aaa', false],
    ['base64', 'attack', 'YXR0YWNr', true],
    ['wide|base64offset|contains', 'http://', Buffer.from('x = http://', 'utf16le').toString('base64'), true],
    ['base64offset|contains', 'downloadstring', Buffer.from('a downloadstring').toString('base64'), true],
    ['base64offset|contains', 'downloadstring', Buffer.from('ab downloadstring').toString('base64'), true],
    ['base64offset|contains', 'downloadstring', Buffer.from('abc downloadstring').toString('base64'), true],
    ['base64offset|contains', 'downloadstring', Buffer.from('abc uploadstring').toString('base64'), false],
  ] as const)('%s of %j on %j is %s', (modifiers, values, text, expected) => {
    expect(holds(modifiers, values as SigmaValue | SigmaValue[], text)).toBe(expected);
  });

  it.each([
    ['nope', 'x', 'the modifier "nope" is not supported'],
    ['expand', '%users%', 'the modifier "expand" is not supported'],
    ['contains|endswith', 'x', 'exclude each other'],
    ['cidr', '10.0.0.0', 'not a network'],
    ['gt', 'many', 'takes a number'],
    ['exists', 'yes', 'true or false'],
    ['base64', 'a*b', 'wildcards cannot be encoded'],
    ['re', '(?=x)', 'look-around'],
    ['windash', ' -a -b -c -d ', 'at most 3'],
  ])('%s of %j is refused', (modifiers, value, message) => {
    expect(() => compileValueTest(modifiers.split('|'), [value])).toThrow(message);
  });
});
