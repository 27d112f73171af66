import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  parquetSource,
  schemaOf,
  tableFromRows,
  ticksFromIso,
  toRows,
  writeTableFile,
} from '../../../lib/tables/index.ts';

const table = tableFromRows(
  [
    { name: 'Time', type: 'datetime' },
    { name: 'Text', type: 'string' },
    { name: 'Big', type: 'long' },
    { name: 'Ratio', type: 'real' },
    { name: 'Flag', type: 'bool' },
    { name: 'Bag', type: 'dynamic' },
  ],
  [
    [
      ticksFromIso('2026-03-04T05:06:07.1234567Z'),
      'a "quoted", line\nend',
      9007199254740993n,
      0.5,
      true,
      '{"a": [1,2]}',
    ],
    [null, '', 7n, Number.NaN, null, 'not json'],
    [null, null, null, null, false, null],
    [null, '=cmd|calc', -1n, -2.5, null, null],
  ],
);

describe('writeTableFile', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'trailhound-write-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const written = async (name: string, options = {}) => {
    const path = join(folder, name);
    await writeTableFile(table, path, options);
    return readFile(path, 'utf8');
  };

  it('writes CSV as RFC 4180 has it, null and empty text told apart', async () => {
    expect(await written('a.csv')).toBe(
      [
        'Time,Text,Big,Ratio,Flag,Bag',
        '2026-03-04T05:06:07.1234567Z,"a ""quoted"", line\nend",9007199254740993,0.5,true,"{""a"": [1,2]}"',
        ',"",7,NaN,,not json',
        ',,,,false,',
        ',=cmd|calc,-1,-2.5,,',
        '',
      ].join('\n'),
    );
  });

  it('keeps spreadsheets from running text, and leaves numbers alone, when asked to', async () => {
    expect((await written('b.csv', { guardFormulas: true })).split('\n').at(-2)).toBe(",'=cmd|calc,-1,-2.5,,");
  });

  it('writes JSON lines without losing a digit', async () => {
    const lines = (await written('a.jsonl'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines[0]).toEqual({
      Time: '2026-03-04T05:06:07.1234567Z',
      Text: 'a "quoted", line\nend',
      Big: '9007199254740993',
      Ratio: 0.5,
      Flag: true,
      Bag: { a: [1, 2] },
    });
    expect(lines[1]).toEqual({ Time: null, Text: '', Big: 7, Ratio: 'NaN', Flag: null, Bag: 'not json' });
  });

  it('writes Parquet that reads back the same', async () => {
    const path = join(folder, 'a.parquet');
    await writeTableFile(table, path);
    const stored = { schema: schemaOf(table), parts: [{ path, rowCount: table.rowCount }] };
    expect(toRows(await parquetSource(stored, 'a').read())).toEqual(toRows(table));
  });

  it('refuses other endings by name, and leaves no part behind', async () => {
    await expect(writeTableFile(table, join(folder, 'a.xlsx'))).rejects.toThrow('a table cannot be written as ".xlsx"');
    expect((await readdir(folder)).filter((name) => name.endsWith('.partial'))).toEqual([]);
  });
});
