import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTableFile } from '../../../../lib/tables/formats/index.ts';
import { isoFromTicks, schemaOf, tableFromRows, toRows, writeParquet } from '../../../../lib/tables/index.ts';

describe('one file as a table', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'trailhound-file-'));
  });
  afterAll(() => rm(folder, { recursive: true }));
  const read = async (name: string, content: string, options = {}) => {
    const path = join(folder, name);
    await writeFile(path, content);
    return readTableFile(path, options);
  };

  it('keeps names as they are and finds the narrowest types', async () => {
    const table = await read(
      'a.csv',
      'user.name,Count,Ratio,Flag,When,Code\nada,1,0.5,True,2026-01-01T00:00:00.1234567Z,007\nbob,,2,False,,8\n',
    );
    expect(schemaOf(table)).toEqual([
      { name: 'user.name', type: 'string' },
      { name: 'Count', type: 'long' },
      { name: 'Ratio', type: 'real' },
      { name: 'Flag', type: 'bool' },
      { name: 'When', type: 'datetime' },
      { name: 'Code', type: 'string' },
    ]);
    const [first, second] = toRows(table);
    expect(isoFromTicks(first!['When'] as bigint)).toBe('2026-01-01T00:00:00.1234567Z');
    expect(second).toMatchObject({ Count: null, Ratio: 2, Flag: false, Code: '8' });
  });

  it('gives back every text of JSON lines', async () => {
    const row = fc.record({ A: fc.string(), B: fc.integer(), C: fc.option(fc.boolean()) });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 5 }), async (rows) => {
        const table = await read('p.jsonl', rows.map((each) => JSON.stringify(each)).join('\n'));
        const read1 = toRows(table);
        expect(read1.map((found) => found['A'])).toEqual(rows.map(({ A }) => A.toWellFormed()));
        expect(read1.map((found) => found['B'])).toEqual(rows.map(({ B }) => BigInt(B)));
      }),
      { numRuns: 10 },
    );
  });

  it('reads Parquet by its content, whatever its name', async () => {
    const table = tableFromRows([{ name: 'N', type: 'long' }], [[1n], [2n]]);
    await writeParquet(table, join(folder, 'x.data'));
    expect(toRows(await readTableFile(join(folder, 'x.data')))).toEqual([{ N: 1n }, { N: 2n }]);
  });

  it('fails on a bad line unless told what to do with it, and on too much', async () => {
    await expect(read('b.jsonl', '{"a":1}\nnonsense\n')).rejects.toMatchObject({
      code: 'bad-data',
      message: 'b.jsonl, line 2: not a JSON object',
    });
    const bad: unknown[] = [];
    const table = await read('b.jsonl', '{"a":1}\nnonsense\n', { onBadLine: (line: unknown) => bad.push(line) });
    expect(table.rowCount).toBe(1);
    expect(bad).toEqual([{ line: 2, reason: 'not a JSON object' }]);
    await expect(read('c.jsonl', '{"a":1}\n'.repeat(10), { maxRows: 9 })).rejects.toMatchObject({ code: 'limit' });
    await expect(read('c.jsonl', '{"a":1}\n'.repeat(10), { maxBytes: 9 })).rejects.toMatchObject({ code: 'limit' });
    expect((await read('empty.jsonl', '')).rowCount).toBe(0);
  });
});
