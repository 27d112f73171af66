import { describe, expect, it } from 'vitest';
import { type Cell, sourceOf, type Table, tableFromRows, ticksFromIso, toRows } from '../../../lib/tables/index.ts';
import { tableVerbs } from '../../../lib/verbs/table.ts';

const SCHEMA = [
  { name: 'Host', type: 'string' },
  { name: 'Count', type: 'long' },
  { name: 'Time', type: 'datetime' },
] as const;
const T = (hour: number) => ticksFromIso(`2026-01-01T0${hour}:00:00Z`);
const left = tableFromRows(SCHEMA, [
  ['a', 3n, T(1)],
  ['B', 1n, T(2)],
  [null, 2n, null],
  ['a', 1n, T(3)],
]);
const right = tableFromRows(
  [
    { name: 'Host', type: 'string' },
    { name: 'Owner', type: 'string' },
  ],
  [
    ['b', 'x'],
    ['a', 'y'],
    ['a', 'z'],
    [null, 'n'],
  ],
);

async function run(name: string, parameters: object, ...tables: Table[]) {
  const verb = tableVerbs.find((each) => each.name === name)!;
  const inputs = tables.map((table, index) => sourceOf(table, `t${index}`));
  const output = await verb.run(inputs, verb.parameters.parse(parameters), {
    signal: new AbortController().signal,
    nowInMs: 0,
  });
  return { ...output, rows: toRows(output.table as Table).map((row): Cell[] => Object.values(row)) };
}
const hosts = (result: { rows: Cell[][] }) => result.rows.map(([host]) => host);

describe('table verbs', () => {
  it('select and rename columns', async () => {
    expect((await run('table.select', { columns: ['Count', 'Host'] }, left)).rows[0]).toEqual([3n, 'a']);
    expect((await run('table.rename', { columns: { Host: 'Computer' } }, left)).table).toMatchObject({
      columns: [{ name: 'Computer' }, { name: 'Count' }, { name: 'Time' }],
    });
    await expect(run('table.rename', { columns: { Host: 'Count' } }, left)).rejects.toThrow(/two columns/);
    await expect(run('table.rename', { columns: { Nothing: 'X' } }, left)).rejects.toThrow(/no column/);
  });

  it('filter rows', async () => {
    const filtered = async (...conditions: object[]) => hosts(await run('table.filter', { conditions }, left));
    expect(await filtered({ column: 'Host', value: 'b' })).toEqual(['B']);
    expect(await filtered({ column: 'Host', operator: 'not-in', value: ['A'] })).toEqual(['B', null]);
    expect(await filtered({ column: 'Count', operator: 'at-least', value: 2 })).toEqual(['a', null]);
    expect(
      await filtered({ column: 'Count', value: 1 }, { column: 'Host', operator: 'starts-with', value: 'A' }),
    ).toEqual(['a']);
    expect(await filtered({ column: 'Time', operator: 'less', value: '2026-01-01T02:00:00Z' })).toEqual(['a']);
    expect(await filtered({ column: 'Host', operator: 'is-null' })).toEqual([null]);
    expect(await filtered({ column: 'Host', operator: 'matches', value: '^[b-c]$' })).toEqual(['B']);
    expect(
      (
        await run(
          'table.filter',
          {
            mode: 'any',
            conditions: [
              { column: 'Host', value: 'B' },
              { column: 'Count', value: 3 },
            ],
          },
          left,
        )
      ).rows,
    ).toHaveLength(2);
    await expect(filtered({ column: 'Host', operator: 'matches', value: '(?=a)' })).rejects.toThrow(/linear/);
    await expect(filtered({ column: 'Count', operator: 'less', value: 'x' })).rejects.toThrow(/cannot be compared/);
  });

  it('join as KQL does', async () => {
    const joined = async (kind: string, more: object = {}) =>
      (await run('table.join', { on: 'Host', kind, ...more }, left, right)).rows;
    expect((await joined('inner')).map((row) => [row[0], row[4]])).toEqual([
      ['a', 'y'],
      ['a', 'z'],
      ['a', 'y'],
      ['a', 'z'],
    ]);
    expect((await joined('inner', { ignoreCase: true })).map((row) => row[4])).toEqual(['y', 'z', 'x', 'y', 'z']);
    expect((await joined('leftouter')).map((row) => [row[0], row[4]])).toEqual([
      ['a', 'y'],
      ['a', 'z'],
      ['B', null],
      [null, null],
      ['a', 'y'],
      ['a', 'z'],
    ]);
    expect((await joined('fullouter')).slice(6).map((row) => [row[0], row[3], row[4]])).toEqual([
      [null, 'b', 'x'],
      [null, null, 'n'],
    ]);
    expect((await joined('leftanti')).map((row) => row[0])).toEqual(['B', null]);
    expect((await joined('leftsemi')).map((row) => row[0])).toEqual(['a', 'a']);
    expect((await joined('rightanti')).map((row) => row[1])).toEqual(['x', 'n']);
    expect(await run('table.join', { on: 'Host', maxRows: 3 }, left, right)).toMatchObject({
      partial: true,
      table: { rowCount: 3 },
    });
  });

  it('put tables one after the other, with what each lacks null', async () => {
    const { rows, table } = await run('table.union', { sourceColumn: 'From' }, left, right);
    expect((table as Table).columns.map((column) => column.name)).toEqual(['From', 'Host', 'Count', 'Time', 'Owner']);
    expect(rows).toHaveLength(8);
    expect(rows[4]).toEqual(['t1', 'b', null, null, 'x']);
  });

  it('keep distinct rows, sort and sample', async () => {
    expect(hosts(await run('table.distinct', { columns: ['Host'] }, left))).toEqual(['a', 'B', null]);
    expect(
      (await run('table.sort', { by: [{ column: 'Count' }, { column: 'Host', order: 'desc' }] }, left)).rows.map(
        (row) => [row[1], row[0]],
      ),
    ).toEqual([
      [1n, 'a'],
      [1n, 'B'],
      [2n, null],
      [3n, 'a'],
    ]);
    expect(hosts(await run('table.sort', { by: [{ column: 'Host' }], maxRows: 2 }, left))).toEqual([null, 'B']);
    const sample = await run('table.sample', { rows: 2, seed: 7 }, left);
    expect(sample).toMatchObject({ partial: true, warnings: [{ code: 'sample' }] });
    expect(sample.rows).toEqual((await run('table.sample', { rows: 2, seed: 7 }, left)).rows);
    expect((await run('table.sample', { rows: 9 }, left)).partial).toBeUndefined();
  });

  it('summarise', async () => {
    const aggregates = {
      N: { of: 'count' },
      Sum: { of: 'sum', column: 'Count' },
      Mean: { of: 'avg', column: 'Count' },
      Least: { of: 'min', column: 'Time' },
      All: { of: 'make_set', column: 'Count' },
      Kinds: { of: 'dcount', column: 'Count' },
    };
    const { rows } = await run('table.summarise', { by: ['Host'], aggregates }, left);
    expect(rows).toEqual([
      ['a', 2n, 4n, 2, T(1), '["3","1"]', 2n],
      ['B', 1n, 1n, 1, T(2), '["1"]', 1n],
      [null, 1n, 2n, 2, null, '["2"]', 1n],
    ]);
    expect((await run('table.summarise', {}, left)).rows).toEqual([[4n]]);
    await expect(run('table.summarise', { aggregates: { X: { of: 'sum' } } }, left)).rejects.toThrow(/needs a column/);
  });
});
