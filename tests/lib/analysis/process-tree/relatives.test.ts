import { describe, expect, it } from 'vitest';
import {
  buildLikeMsticpy,
  buildProcessTree,
  detectLikeMsticpy,
  detectSchema,
  openForest,
  relatives,
  treeText,
} from '../../../../lib/analysis/process-tree/index.ts';
import { wrapText } from '../../../../lib/analysis/process-tree/wrap-text.ts';
import { getColumn, tableFromRows, ticksFromIso } from '../../../../lib/tables/index.ts';
import { itWithShared, sharedPath } from '../../../support/shared.ts';
import { csvTable } from '../support/csv.ts';

describe('relatives', () => {
  const time = ticksFromIso('2026-01-01T00:00:00Z')!;
  const SCHEMA = [
    { name: 'TimeGenerated', type: 'datetime' },
    { name: 'Computer', type: 'string' },
    { name: 'Image', type: 'string' },
    { name: 'CommandLine', type: 'string' },
    { name: 'ProcessId', type: 'long' },
    { name: 'ParentProcessId', type: 'long' },
    { name: 'ParentImage', type: 'string' },
    { name: 'ProcessGuid', type: 'string' },
    { name: 'ParentProcessGuid', type: 'string' },
  ] as const;
  const rows = [
    ['b', 'a'],
    ['c', 'a'],
    ['d', 'b'],
    ['e', 'd'],
    ['f', 'x'],
  ].map(([guid, parent], index) => [
    time + BigInt(index),
    'ws-1',
    `C:\\${guid}.exe`,
    `${guid} `.repeat(60),
    BigInt(index + 10),
    1n,
    `C:\\${parent}.exe`,
    guid,
    parent,
  ]);
  const table = tableFromRows(SCHEMA, rows as never);
  const tree = buildProcessTree(table, detectSchema(table.columns)).table;
  const forest = openForest(tree);
  const keys = getColumn(tree, 'NodeKey').values as readonly string[];
  const named = (...parameters: [Parameters<typeof relatives>[1], string?, boolean?, number?]) =>
    relatives(forest, parameters[0], parameters[1], parameters[2] ?? false, parameters[3]).map((row) => keys[row]);

  it('are roots, parents, children, descendants, ancestors and siblings', () => {
    expect(named('roots')).toEqual(['a', 'x']);
    expect(named('parent', 'd')).toEqual(['b']);
    expect(named('parent', 'a')).toEqual([]);
    expect(named('children', 'a')).toEqual(['b', 'c']);
    expect(named('descendants', 'a', true)).toEqual(['a', 'b', 'd', 'e', 'c']);
    expect(named('descendants', 'a', false, 1)).toEqual(['b', 'c']);
    expect(named('ancestors', 'e', true)).toEqual(['a', 'b', 'd', 'e']);
    expect(named('siblings', 'b')).toEqual(['c']);
    expect(named('root', 'e')).toEqual(['a']);
    expect(named('root-tree', 'e')).toEqual(['a', 'b', 'd', 'e', 'c']);
    expect(() => named('children', 'nobody')).toThrow(/no process/);
    expect(() => named('children')).toThrow(/key is needed/);
  });

  it('are written as text, wrapped and indented', () => {
    const text = treeText(tree, detectSchema(table.columns));
    expect(text).toContain('\n   +--  Process: C:\\b.exe  PID: 10\n        Time: 2026-01-01 00:00:00.000000+00:00\n');
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  itWithShared('oracle/win_in.csv', 'have the numbers of MSTICPy’s own tests', () => {
    const input = csvTable(sharedPath('oracle/win_in.csv'));
    const windows = buildLikeMsticpy(input, undefined);
    const open = openForest(windows);
    const root = open.roots()[4]!;
    const descendants = open.descendantsOf(root);
    const deepest = Math.max(...descendants.map((row) => open.ancestorsOf(row).length));
    expect([descendants.length + 1, open.childrenOf(root).length + 1, deepest]).toEqual([25, 13, 3]);
    expect(treeText(windows, detectLikeMsticpy(input.columns)).split('\n')).toHaveLength(5028);
    const linux = openForest(buildLikeMsticpy(csvTable(sharedPath('oracle/lx_in.csv')), undefined));
    const first = linux.roots()[0]!;
    expect([linux.descendantsOf(first).length + 1, linux.childrenOf(first).length + 1]).toEqual([901, 452]);
  });
});

it('text is wrapped as Python does it', () => {
  const wrap = (text: string) => wrapText(text, { first: '', next: '  ' });
  expect(wrap('a'.repeat(170))).toEqual(['a'.repeat(80), `  ${'a'.repeat(78)}`, `  ${'a'.repeat(12)}`]);
  expect(wrap(`${'word '.repeat(20)}end`)).toEqual([`${'word '.repeat(15)}word`, '  word word word word end']);
  expect(wrap(`${'x'.repeat(70)} well-known-thing`)).toEqual([`${'x'.repeat(70)} well-`, '  known-thing']);
  expect(wrap('')).toEqual([]);
});
