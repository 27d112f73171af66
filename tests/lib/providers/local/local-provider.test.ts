import { readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type LocalData, LocalProvider, loadLocalData } from '../../../../lib/providers/local/index.ts';
import { type ParquetTable, parquetSource, ticksFromIso, toRows } from '../../../../lib/tables/index.ts';
import { folderOf, jsonLines, rowsOf, temporaryFolder } from './support.ts';

const nowInMs = Date.parse('2026-11-21T00:00:00Z');

describe('the local provider', () => {
  let data: LocalData;
  let provider: LocalProvider;
  beforeAll(async () => {
    const at = (second: number, rest: object) => ({ Timestamp: `2026-01-01T00:00:0${second}.0000001Z`, ...rest });
    const folder = await folderOf({
      'events.jsonl': `${jsonLines([
        at(3, { Name: 'Straße', Count: 1, Flag: true, Ratio: 0.5 }),
        at(1, { Name: 'ALPHA', Count: 2, Flag: false, Ratio: 1.5 }),
        at(1, { Name: "o'neil", Count: 3, Flag: true }),
      ])}{"Name":"alpha","Count":9007199254740993,"Flag":null}\n`,
    });
    data = await loadLocalData([folder], { cacheFolder: await temporaryFolder() });
    provider = new LocalProvider(data, { resultFolder: await temporaryFolder() });
  });
  const names = async (request: object) => {
    const { table, partial } = await provider.query({ table: 'events', nowInMs, ...request });
    const rows = toRows(await parquetSource(table as ParquetTable, 'events').read(['Name']));
    return { names: rows.map((row) => row['Name']), partial };
  };

  it('orders by time, then as in the file; rows without a time come last', async () => {
    expect((await names({})).names).toEqual(['ALPHA', "o'neil", 'Straße', 'alpha']);
  });

  it('compares text without regard to case, lists by any, all columns together', async () => {
    expect((await names({ where: { Name: 'alpha' } })).names).toEqual(['ALPHA', 'alpha']);
    expect((await names({ where: { Name: ['ALPHA', "O'NEIL"], Flag: true } })).names).toEqual(["o'neil"]);
    expect((await names({ where: { Name: [] } })).names).toEqual([]);
    expect((await names({ where: { Count: [1, '2'], Ratio: 1.5 } })).names).toEqual(['ALPHA']);
    expect((await names({ where: { Count: 9007199254740993n } })).names).toEqual(['alpha']);
    expect((await names({ where: { Flag: null } })).names).toEqual(['alpha']);
    expect((await names({ where: { Timestamp: '2026-01-01T00:00:03.0000001Z' } })).names).toEqual(['Straße']);
  });

  it('takes a half-open range of time, to the tick', async () => {
    const tick = ticksFromIso('2026-01-01T00:00:01.0000001Z')!;
    expect((await names({ timeRange: { start: tick, end: tick + 1n } })).names).toEqual(['ALPHA', "o'neil"]);
    expect((await names({ timeRange: { start: tick + 1n, end: tick + 10n } })).names).toEqual([]);
  });

  it('says when a result is cut', async () => {
    expect(await names({ maxRows: 2 })).toEqual({ names: ['ALPHA', "o'neil"], partial: true });
    expect(await names({ maxRows: 4 })).toMatchObject({ partial: false });
  });

  it('never takes a value for SQL', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: fc.constantFrom("'", '"', ';', '-', '\\', '$1', 'a', '\0', '%') }),
        async (value) => {
          expect((await names({ where: { Name: value } })).names).toEqual([]);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('refuses what is not there, naming what is', async () => {
    await expect(names({ where: { name: 'x' } })).rejects.toMatchObject({
      code: 'usage',
      hint: expect.stringContaining('Name'),
    });
    await expect(names({ where: { Count: 'many' } })).rejects.toMatchObject({ code: 'usage' });
    await expect(names({ table: 'Events' })).rejects.toMatchObject({
      code: 'not-found',
      hint: 'Did you mean "events"?',
    });
    await expect(provider.query({ kql: 'events', nowInMs })).rejects.toMatchObject({ code: 'unsupported' });
    await expect(loadLocalData(['/no/such/file'], { cacheFolder: '/tmp' })).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('orders a result that is sorted in several steps, also where columns are named as its own', async () => {
    const count = 31_000;
    const rows = Array.from({ length: count }, (_, i) => ({
      Timestamp: new Date(Date.UTC(2026, 0, 1) + ((i * 7919) % count) * 1000),
      part: i,
    }));
    const folder = await folderOf({ 'many.jsonl': jsonLines(rows) });
    const many = await loadLocalData([folder], { cacheFolder: await temporaryFolder() });
    const manyProvider = new LocalProvider(many, { resultFolder: await temporaryFolder() });
    const { table } = await manyProvider.query({ table: 'many', nowInMs });
    expect((table as ParquetTable).parts.map(({ rowCount }) => rowCount)).toEqual([31_000]);
    const read = await parquetSource(table as ParquetTable, 'many').read(['TimeGenerated']);
    const times = read.columns[0]!.values as BigInt64Array;
    expect(times.every((time, row) => row === 0 || time > times[row - 1]!)).toBe(true);
  });

  it('hands KQL to the engine it was given, with all tables', async () => {
    const asked: string[] = [];
    const withKql = new LocalProvider(data, {
      resultFolder: await temporaryFolder(),
      kql: async ({ kql }, tables, { outFile }) => {
        asked.push(kql, ...tables.map(({ name }) => name), outFile.slice(-8));
        return { table: tables[0]!.stored, partial: false, warnings: [] };
      },
    });
    await withKql.query({ kql: 'events | take 1', nowInMs });
    expect(asked).toEqual(['events | take 1', 'events', '.parquet']);
  });
});

describe('the cache of local data', () => {
  it('holds tables by content and name, and is not fooled by an equal date', async () => {
    const folder = await folderOf({ 'a.jsonl': '{"N":1}\n' });
    const cacheFolder = await temporaryFolder();
    const path = join(folder, 'a.jsonl');
    const date = new Date('2026-01-01T00:00:00Z');
    await utimes(path, date, date);
    const first = await loadLocalData([folder], { cacheFolder });
    const again = await loadLocalData([path], { cacheFolder });
    expect(again.tables[0]!.stored.parts).toEqual(first.tables[0]!.stored.parts);
    await writeFile(path, '{"N":2}\n');
    await utimes(path, date, date);
    expect(await rowsOf(await loadLocalData([folder], { cacheFolder }), 'a')).toEqual([{ N: 2n }]);
    const left = await readdir(join(cacheFolder, 'local-data'));
    expect(left.filter((name) => name.endsWith('.partial'))).toEqual([]);
  });

  it('loads nothing after it was cancelled, and leaves no half table', async () => {
    const folder = await folderOf({ 'a.jsonl': '{"N":1}\n'.repeat(1000) });
    const cacheFolder = await temporaryFolder();
    const controller = new AbortController();
    const loading = loadLocalData([folder], {
      cacheFolder,
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await expect(loading).rejects.toMatchObject({ name: 'AbortError' });
    expect((await loadLocalData([folder], { cacheFolder })).rowsIn).toBe(1000);
  });
});
