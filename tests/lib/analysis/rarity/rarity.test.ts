import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { basename, generalise } from '../../../../lib/analysis/generalise.ts';
import { countCombinations, scoreCombinations } from '../../../../lib/analysis/rarity/index.ts';
import { columnFromCells, sourceOf, tableFromRows, toRows } from '../../../../lib/tables/index.ts';
import { getVerb } from '../../../../lib/verbs/registry.ts';

const SCHEMA = ['Computer', 'ParentImage', 'Image'].map((name) => ({ name, type: 'string' as const }));
const verb = getVerb('score.rarity');
const run = (rows: (string | null)[][], parameters: object) =>
  verb.run([sourceOf(tableFromRows(SCHEMA, rows), 'processes')], verb.parameters.parse(parameters), {
    signal: new AbortController().signal,
    nowInMs: 0,
  });

const ORDINARY = Array.from({ length: 400 }, (_, i) => [
  `ws0${i % 3}`,
  'C:\\Windows\\explorer.exe',
  i % 2 ? 'C:\\a\\excel.exe' : 'C:\\b\\WINWORD.EXE',
]);
const ODD = ['ws02', 'C:\\Office\\winword.exe', 'C:\\Windows\\powershell.exe'];

describe('countCombinations', () => {
  it('counts what counting by joined text counts', () => {
    const value = fc.option(fc.constantFrom('a', 'b', 'c', '', 'x\\a', 'A'), { nil: null });
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value, value), { maxLength: 60 }), (rows) => {
        const columns = [0, 1, 2].map((i) =>
          columnFromCells(
            `c${i}`,
            'string',
            rows.map((row) => row[i] ?? null),
          ),
        );
        const expected = new Map<string, number>();
        for (const row of rows) {
          if (row.some((cell) => cell === null || cell === '')) continue;
          const key = row.map((cell) => basename(cell!).toLowerCase()).join('\n');
          expected.set(key, (expected.get(key) ?? 0) + 1);
        }
        const { combinations, countedRows } = countCombinations(columns, 'basename', null);
        const counted = combinations.map(({ values, count }) => [
          values.map((cell) => basename(cell).toLowerCase()).join('\n'),
          count,
        ]);
        expect(counted).toEqual([...expected]);
        expect(countedRows).toBe([...expected.values()].reduce((sum, count) => sum + count, 0));
      }),
    );
  });
});

describe('score.rarity', () => {
  it('tells in words why the odd one out is odd', async () => {
    const { findings } = await run([...ORDINARY, ODD], {
      columns: ['ParentImage', 'Image'],
      relation: '{0} started {1}',
    });
    expect(findings).toHaveLength(1);
    expect(findings![0]).toMatchObject({
      title: 'Rare: winword.exe started powershell.exe on ws02',
      reason:
        'Seen once among 401 on 1 of 3 computers: winword.exe started powershell.exe. Alone: winword.exe once as ParentImage, powershell.exe once as Image.',
      evidence: [
        { table: 'processes', row: 400, time: null, excerpt: 'C:\\Office\\winword.exe → C:\\Windows\\powershell.exe' },
      ],
    });
  });

  it('adds for notable values', async () => {
    const score = async (parameters: object) =>
      (await run([...ORDINARY, ODD], { columns: ['ParentImage', 'Image'], minimumScore: 0, ...parameters }))
        .findings![0]!.score;
    expect(await score({ notable: { Image: ['PowerShell.exe'] } })).toBe((await score({})) + 10);
  });

  it('says little where nearly everything is rare, or rows are few', async () => {
    const all = Array.from({ length: 400 }, (_, i) => ['ws01', `p${i}.exe`, `c${i}.exe`]);
    expect((await run(all, { columns: ['ParentImage', 'Image'] })).findings).toEqual([]);
    expect((await run([ODD, ORDINARY[0]!, ORDINARY[0]!], { columns: ['ParentImage', 'Image'] })).findings).toEqual([]);
  });

  it('gives every rare combination as a row, the highest first, the same each time', async () => {
    const rows = [...ORDINARY, ODD, ['ws01', 'x.exe', 'excel.exe'], ['ws01', 'x.exe', 'excel.exe']];
    const [first, second] = [
      await run(rows, { columns: ['ParentImage', 'Image'] }),
      await run(rows, { columns: ['ParentImage', 'Image'] }),
    ];
    expect(first).toEqual(second);
    const table = toRows(first.table as never);
    expect(table.map(({ Count, SourceRow, Value_Image }) => [Count, SourceRow, Value_Image])).toEqual([
      [1n, 400n, 'C:\\Windows\\powershell.exe'],
      [2n, 401n, 'excel.exe'],
    ]);
  });

  it('names a column that is not there', async () => {
    await expect(run([], { columns: ['Nope'] })).rejects.toMatchObject({ code: 'usage', message: /Nope/ });
  });

  it('never scores outside 0 to 100', () => {
    const cell = fc.constantFrom('a', 'b', 'c', 'd');
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { maxLength: 80 }), (rows) => {
        const columns = [0, 1].map((i) =>
          columnFromCells(
            `c${i}`,
            'string',
            rows.map((row) => row[i]!),
          ),
        );
        const scores = scoreCombinations(countCombinations(columns, 'exact', null), ['c0', 'c1'], {
          maxCount: 100,
          notable: [{ column: 'c0', values: ['a'] }],
          relation: null,
        });
        for (const { score } of scores) expect(score >= 0 && score <= 100).toBe(true);
      }),
    );
  });
});

describe('generalise', () => {
  it.each([
    ['C:\\Users\\ann\\Downloads\\x.EXE', 'c:\\users\\*\\downloads\\x.exe'],
    ['/home/bob/run.sh 17', '/home/*/run.sh 0'],
    ['svchost -p {3EB3C877-1F16-487C-9050-104DBCD66683}', 'svchost -p {guid}'],
    ['\\Device\\HarddiskVolume3\\a.exe', 'c:\\a.exe'],
    ['id 0xdeadbeef01', 'id {hex}'],
    ['S-1-5-21-1-2-3-1103', '{sid}'],
  ])('%s', (text, expected) => {
    expect(generalise(text)).toBe(expected);
  });

  it('takes long texts in stride', () => {
    for (const unit of ['a', '0', 'a0', '\\users\\', '{12345678-', 's-1-5-21-'])
      expect(generalise(unit.repeat(200_000)).length).toBeGreaterThan(0);
  });
});
