import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  inspectParquet,
  isoFromTicks,
  MAX_DATETIME_TICKS,
  parquetSource,
  readBatches,
  tableFromRows,
  ticksFromIso,
  toRows,
  writeParquet,
  writeTables,
} from '../../../lib/tables/index.ts';

const SCHEMA = [
  { name: 'Computer', type: 'string' },
  { name: 'TimeGenerated', type: 'datetime' },
  { name: 'Count', type: 'long' },
  { name: 'Small', type: 'int' },
  { name: 'Ratio', type: 'real' },
  { name: 'Flag', type: 'bool' },
  { name: 'Took', type: 'timespan' },
  { name: '__proto__', type: 'dynamic' },
] as const;

const rowArbitrary = fc.tuple(
  fc.option(fc.string({ unit: 'grapheme' })),
  fc.option(fc.bigInt({ min: 0n, max: MAX_DATETIME_TICKS })),
  fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  fc.option(fc.integer()),
  fc.option(fc.double()),
  fc.option(fc.boolean()),
  fc.option(fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n })),
  fc.option(fc.json()),
);

describe('tables in Parquet', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'trailhound-parquet-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('come back as they were, to the tick, in any part of years 1 to 9999', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(rowArbitrary, { maxLength: 30 }), async (rows) => {
        const table = tableFromRows(SCHEMA, rows);
        const path = join(folder, 'property.parquet');
        await writeParquet(table, path);
        const stored = await inspectParquet(path);
        expect(stored.schema).toEqual(SCHEMA);
        expect(toRows(await parquetSource(stored, 'property').read())).toEqual(toRows(table));
      }),
      { numRuns: 60 },
    );
  });

  it('give the same bytes for the same rows', async () => {
    const table = tableFromRows(
      SCHEMA,
      Array.from({ length: 5000 }, (_, i) => [
        `ws-${i % 7}`,
        BigInt(i) * 7n,
        BigInt(i),
        i,
        i / 3,
        i % 2 === 0,
        5n,
        '{}',
      ]),
    );
    const hashes = [];
    for (const name of ['one.parquet', 'two.parquet']) {
      await writeParquet(table, join(folder, name));
      hashes.push(
        createHash('sha256')
          .update(await readFile(join(folder, name)))
          .digest('hex'),
      );
    }
    expect(hashes[0]).toBe(hashes[1]);
  });

  it('are written and read bit by bit as they are at once', async () => {
    const schema = [
      { name: 'N', type: 'long' },
      { name: 'Text', type: 'string' },
    ] as const;
    const tables = [0, 1, 3000, 0, 1, 2, 120_000, 7].map((rowCount, table) =>
      tableFromRows(
        schema,
        Array.from({ length: rowCount }, (_, row) => [
          BigInt(1_000_000 * table + row),
          row % 3 === 0 ? null : `t${row}`,
        ]),
      ),
    );
    const path = join(folder, 'bits.parquet');
    const stored = await writeTables(tables, path);
    expect(stored).toEqual(await inspectParquet(path));
    const expected = tables.flatMap(toRows);
    const read = [];
    for await (const batch of readBatches(stored!)) {
      expect(batch.rowCount).toBeLessThanOrEqual(50_000);
      read.push(...toRows(batch));
    }
    expect(read).toEqual(expected);
    expect(await writeTables([tables[0]!], join(folder, 'none.parquet'))).toBeNull();
    expect(await readdir(folder)).not.toContain('none.parquet');
  });

  it('give chosen rows in the order asked, over several parts, repeated rows too', async () => {
    const part = (from: number) => tableFromRows([{ name: 'N', type: 'long' }], [[from], [from + 1], [from + 2]]);
    const parts = [];
    for (const from of [0, 3]) {
      const stored = await writeParquet(part(from), join(folder, `part-${from}.parquet`));
      parts.push(...stored.parts);
    }
    const source = parquetSource({ schema: [{ name: 'N', type: 'long' }], parts }, 'parts');
    expect(toRows(await source.take([5, 0, 5])).map((row) => row['N'])).toEqual([5n, 0n, 5n]);
    expect((await source.read()).rowCount).toBe(6);
    await expect(source.read(['M'])).rejects.toMatchObject({ code: 'usage' });
  });
});

describe('datetimes', () => {
  it('are read and written to the tick', () => {
    for (const text of [
      '0001-01-01T00:00:00.0000000Z',
      '1601-01-01T00:00:00.0000001Z',
      '9999-12-31T23:59:59.9999999Z',
    ]) {
      expect(isoFromTicks(ticksFromIso(text)!)).toBe(text);
    }
    expect(isoFromTicks(ticksFromIso('2022-03-04 05:06:07+02:00')!)).toBe('2022-03-04T03:06:07.0000000Z');
    expect(ticksFromIso('2022-02-30')).toBeNull();
    expect(ticksFromIso('2022-02-03T25:00:00Z')).toBeNull();
  });
});
