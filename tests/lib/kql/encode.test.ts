import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bindParameters,
  declaredParameters,
  encodeLiteral,
  encodeName,
  type KqlValue,
} from '../../../lib/kql/encode.ts';
import { language } from '../../../lib/kql/language/language.ts';
import { kindOf, type SyntaxNode, walk } from '../../../lib/kql/language/syntax.ts';

const HOSTILE = ['"', "'", '\\', '\n', '\r', '\t', ';', '|', '//', '`', '```', '~~~', '@"', "h'", '{', '}', '(', ')'];
const MORE = [
  '[',
  ']',
  'a',
  '0',
  ' ',
  'é',
  '\u2028',
  '\0',
  '\u0085',
  '😀',
  '%',
  '$',
  '/*',
  '*/',
  'let x=1;',
  'union *',
];
const hostileText = fc.oneof(
  fc.array(fc.constantFrom(...HOSTILE, ...MORE), { maxLength: 8 }).map((pieces) => pieces.join('')),
  fc.string({ unit: 'binary', maxLength: 12 }),
);

function literalValues(query: string): unknown[] {
  const analysis = language().analyze(query, language().globals([], []));
  expect(analysis.syntaxErrors).toEqual([]);
  const found: unknown[] = [];
  walk(analysis.root, (node: SyntaxNode) => {
    if (kindOf(node) === 'StringLiteralExpression') found.push(node.LiteralValue);
  });
  return found;
}

describe('encodeLiteral', () => {
  it('keeps any text one literal with the same value', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(literalValues(`print x = ${encodeLiteral(text, 'string')}`)).toEqual([text]);
      }),
      { numRuns: 250 },
    );
  });

  it('keeps any text inside dynamic values', () => {
    fc.assert(
      fc.property(hostileText, hostileText, (key, text) => {
        const query = `print x = ${encodeLiteral({ [key]: [text, 1, null, true] }, 'dynamic')}`;
        expect(literalValues(query)).toEqual([key, text].slice(-literalValues(query).length));
        expect(literalValues(query).at(-1)).toBe(text);
      }),
      { numRuns: 80 },
    );
  });

  it.each([
    [new Date(Date.UTC(2022, 2, 4, 5, 6, 7)), 'datetime', 'datetime(2022-03-04T05:06:07.000Z)'],
    [637_819_671_671_234_567n, 'datetime', 'datetime(2022-03-04T05:06:07.1234567Z)'],
    ['2022-03-04', 'datetime', 'datetime(2022-03-04T00:00:00.0000000Z)'],
    [937_840_000_000n, 'timespan', 'timespan(1.02:03:04)'],
    ['1.5h', 'timespan', 'timespan(1.5h)'],
    [-(2n ** 63n), 'long', 'long(-9223372036854775808)'],
    [Number.NaN, 'real', 'real(nan)'],
    [Number.NEGATIVE_INFINITY, 'real', 'real(-inf)'],
    [1e-7, 'real', 'real(1e-7)'],
    [true, 'bool', 'true'],
    ['550e8400-e29b-41d4-a716-446655440000', 'guid', 'guid(550e8400-e29b-41d4-a716-446655440000)'],
    ['0.1', 'decimal', 'decimal(0.1)'],
    [[], 'dynamic', 'dynamic([])'],
    [null, 'string', '""'],
    [null, 'long', 'long(null)'],
  ] as const)('encodes %s as %s', (value, type, expected) => {
    const text = encodeLiteral(value as KqlValue, type);
    expect(text).toBe(expected);
    expect(literalValues(`print x = ${text}`)).toBeDefined();
  });

  it.each([
    ['2022-13-01', 'datetime'],
    [new Date(Number.NaN), 'datetime'],
    [2n ** 63n, 'long'],
    [1.5, 'long'],
    ['1); drop', 'long'],
    ['1d) | union T', 'timespan'],
    ['not-a-guid', 'guid'],
    ['1e5', 'decimal'],
    ['yes', 'bool'],
    [5, 'string'],
  ] as const)('refuses %s as %s', (value, type) => {
    expect(() => encodeLiteral(value, type)).toThrow(/is not a value of the KQL type/);
  });

  it('brackets names and refuses those that could escape', () => {
    expect(encodeName('where')).toBe("['where']");
    expect(() => encodeName("a'] | union T //")).toThrow(/cannot be a name/);
  });
});

describe('bindParameters', () => {
  const query =
    'declare query_parameters(host:string,\n  ids:dynamic, n:long=5);\nT | where Computer has host and id in (ids)';

  it('reads the header', () => {
    expect(declaredParameters(query)).toEqual([
      { name: 'host', type: 'string' },
      { name: 'ids', type: 'dynamic' },
      { name: 'n', type: 'long', defaultText: '5' },
    ]);
  });

  it('puts encoded values in its place and keeps the lines', () => {
    const bound = bindParameters(query, { host: 'x" or 1==1 | union SigninLogs //', ids: [] });
    expect(bound).toContain("let ['host'] = \"x\\\" or 1==1 | union SigninLogs //\"; let ['ids'] = dynamic([])");
    expect(bound.split('\n')).toHaveLength(query.split('\n').length);
  });

  it('never changes the structure, whatever the value', () => {
    const kinds = (text: string) =>
      language()
        .tokens(text)
        .map((token) => token.kind);
    const plain = kinds(bindParameters(query, { host: 'x', ids: ['x'] }));
    fc.assert(
      fc.property(hostileText, hostileText, (host, id) => {
        expect(kinds(bindParameters(query, { host, ids: [id] }))).toEqual(plain);
      }),
      { numRuns: 40 },
    );
  });

  it('refuses missing and unknown parameters', () => {
    expect(() => bindParameters(query, { host: 'a' })).toThrow(/parameter "ids" \(dynamic\) has no value/);
    expect(() => bindParameters(query, { host: 'a', ids: [], x: 1 })).toThrow(/no parameter named x/);
    expect(bindParameters('T | take 1')).toBe('T | take 1');
  });
});
