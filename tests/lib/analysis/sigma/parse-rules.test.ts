import { describe, expect, it } from 'vitest';
import { parseCondition } from '../../../../lib/analysis/sigma/condition.ts';
import { parseRules } from '../../../../lib/analysis/sigma/index.ts';

const rule = (detection: string, rest = 'level: high') =>
  `title: T\nid: r1\nlogsource: { category: process_creation }\n${rest}\ndetection:\n${detection}`;

const issuesOf = (text: string) =>
  parseRules(text, 'r.yml').issues.map(({ line, column, message }) => `${line}:${column} ${message}`);

describe('rules', () => {
  it('are read with all documents of a file', () => {
    const text = `${rule('  s: { Image: a }\n  condition: s')}\n---\n${rule('  s: [x, y]\n  condition: not s').replace('r1', 'r2')}`;
    const { rules, issues } = parseRules(text, 'r.yml');
    expect(issues).toEqual([]);
    expect(rules.map(({ id, level }) => [id, level])).toEqual([
      ['r1', 'high'],
      ['r2', 'high'],
    ]);
  });

  it('name every mistake with its line and column, and lose only the rule that has it', () => {
    const bad = rule('  s:\n    Image|nope: a\n    CommandLine|re: "("\n  condition: s and t', 'level: severe');
    const good = rule('  s: { Image: a }\n  condition: s');
    const { rules, issues } = parseRules(`${bad}\n---\n${good}`, 'r.yml');
    expect(rules).toHaveLength(1);
    expect(issues.map(({ line, column }) => [line, column])).toEqual([
      [4, 8],
      [7, 5],
      [8, 5],
      [9, 20],
    ]);
    expect(issues.map(({ message }) => message).join('\n')).toMatch(
      /severe[\s\S]*nope[\s\S]*not closed[\s\S]*no search "t"/,
    );
  });

  it.each([
    ['a: [', /^1:\d+ /],
    ['- a\n- b', /must be a map/],
    ['title: T\ndetection: { condition: s }', /"logsource" is missing/],
    ['title: T\nlogsource: {}\ndetection: { s: { a: b }, condition: s }', /names a category/],
    [rule('  s: { Image: a }'), /"condition" is missing/],
    [rule('  s: { Image: a }\n  condition: s | count() > 5'), /write a correlation/],
    [rule('  s: { Image: a }\n  timeframe: 5m\n  condition: s'), /write a correlation/],
    [rule('  s: { Image: { a: b } }\n  condition: s'), /a value must be text/],
    [rule('  s: { Image: [] }\n  condition: s'), /has no value/],
    [
      'title: T\ncorrelation: { type: temporal_ordered, rules: [a], timespan: 5m }',
      /"temporal_ordered" are not supported/,
    ],
    ['title: T\ncorrelation: { type: event_count, rules: [a], timespan: 5w, condition: { gte: 3 } }', /s, m, h or d/],
    [
      'title: T\ncorrelation: { type: value_count, rules: [a], timespan: 5m, condition: { gte: 3 } }',
      /"field" is missing/,
    ],
    [
      'title: T\ncorrelation: { type: event_count, rules: [a], timespan: 5m, condition: { lt: 3 } }',
      /other comparisons/,
    ],
  ])('%s is an issue', (text, expected) => {
    expect(issuesOf(text).join('\n')).toMatch(expected);
  });

  it('take hexadecimal values as they are written', () => {
    const { rules } = parseRules(rule('  s: { GrantedAccess: [0x1410, 16] }\n  condition: s'), 'r.yml');
    expect(rules).toHaveLength(1);
  });
});

describe('conditions', () => {
  const names = ['sel_a', 'sel_b', 'filter', '_hidden'];
  const search = (name: string) => ({ kind: 'search', name });

  it.each([
    ['sel_a', search('sel_a')],
    ['sel_a and not filter', { kind: 'and', operands: [search('sel_a'), { kind: 'not', operand: search('filter') }] }],
    [
      'sel_a or sel_b and filter',
      { kind: 'or', operands: [search('sel_a'), { kind: 'and', operands: [search('sel_b'), search('filter')] }] },
    ],
    [
      '(sel_a or sel_b) and filter',
      { kind: 'and', operands: [{ kind: 'or', operands: [search('sel_a'), search('sel_b')] }, search('filter')] },
    ],
    ['1 of sel_*', { kind: 'or', operands: [search('sel_a'), search('sel_b')] }],
    ['all of sel_*', { kind: 'and', operands: [search('sel_a'), search('sel_b')] }],
    ['any of them', { kind: 'or', operands: [search('sel_a'), search('sel_b'), search('filter')] }],
    ['NOT Filter'.replace('Filter', 'filter'), { kind: 'not', operand: search('filter') }],
  ])('%s', (text, expected) => {
    expect(parseCondition(text, names)).toEqual(expected);
  });

  it.each([
    ['sel_a and', 9],
    ['sel_a sel_b', 6],
    ['(sel_a', 0],
    ['2 of sel_*', 0],
    ['1 of nothing*', 5],
    ['and sel_a', 0],
    [`${'not '.repeat(80)}sel_a`, 200],
  ])('%s is refused at its place', (text, offset) => {
    expect(() => parseCondition(text, names)).toThrow(expect.objectContaining({ offset }));
  });
});
