import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readContent } from './support.ts';

const quoted = (value: string) => `"${value.replaceAll('"', '""')}"`;

describe('CSV', () => {
  it('gives back what was written, whatever the values and however the bytes arrive', async () => {
    const cell = fc.string({
      unit: fc.constantFrom('a', ',', '"', '\n', 'é', '😀', ' ', ';'),
      minLength: 1,
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(cell, cell, cell), { maxLength: 20 }),
        fc.integer({ min: 1, max: 50 }),
        async (rows, chunk) => {
          const text = [['One', 'Two', 'Three'], ...rows].map((row) => row.map(quoted).join(',')).join('\r\n');
          const { records, bad } = await readContent(text, { name: 'x.csv', chunk });
          expect(bad).toEqual([]);
          expect(records).toEqual(rows.map(([One, Two, Three]) => ({ One, Two, Three })));
        },
      ),
      { numRuns: 100 },
    );
  });

  it('names the line where a row begins that spans lines', async () => {
    const { records, lines } = await readContent('A,B\n1,"x\ny\nz"\n2,w\n', { name: 'x.csv' });
    expect(records).toEqual([
      { A: '1', B: 'x\ny\nz' },
      { A: '2', B: 'w' },
    ]);
    expect(lines).toEqual([2, 5]);
  });

  it('keeps more values than the header names, and says so', async () => {
    const { records, altered } = await readContent('A,B\n1,2,3,4\n5\n', { name: 'x.csv' });
    expect(records).toEqual([{ A: '1', B: '2', ExtraValues: '["3","4"]' }, { A: '5' }]);
    expect(altered).toHaveLength(2);
  });

  it('loses an unclosed value as one bad line', async () => {
    const { bad, records } = await readContent('A,B\n1,2\n3,"never closed\n4,5\n', { name: 'x.csv' });
    expect(records).toEqual([{ A: '1', B: '2' }]);
    expect(bad).toEqual([{ line: 3, reason: 'the file ends within a quoted value' }]);
  });

  it('takes portals’ names of times, unnamed indexes, repeated names, and other delimiters', async () => {
    const portal = await readContent('TimeGenerated [UTC],Computer,Computer\n"1/2/2026, 3:04:05.678 AM",a,b\n', {
      name: 'x.csv',
    });
    expect(portal.records).toEqual([{ TimeGenerated: '1/2/2026, 3:04:05.678 AM', Computer: 'a', Computer1: 'b' }]);
    expect((await readContent(',A\n0,x\n', { name: 'x.csv' })).records).toEqual([{ A: 'x' }]);
    expect((await readContent('A\tB\n1\t2\n', { name: 'x.tsv' })).records).toEqual([{ A: '1', B: '2' }]);
    expect((await readContent('A;B\n1;2\n', { name: 'x.csv' })).records).toEqual([{ A: '1', B: '2' }]);
  });

  it('reads UTF-16 with and without a mark, and UTF-8 with one', async () => {
    const text = 'Name,City\nZoë,Köln\nAnn,Bern\n';
    const utf16 = Buffer.from(text, 'utf16le');
    const expected = [
      { Name: 'Zoë', City: 'Köln' },
      { Name: 'Ann', City: 'Bern' },
    ];
    for (const bytes of [
      Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]),
      utf16,
      Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(utf16).swap16()]),
      Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(text)]),
    ]) {
      expect((await readContent(bytes, { name: 'x.csv', chunk: 7 })).records).toEqual(expected);
    }
  });

  it('bounds a header of a million columns', async () => {
    const header = Array.from({ length: 1_000_000 }, (_, i) => `c${i}`).join(',');
    const { records, altered } = await readContent(`${header}\n${'1,'.repeat(20)}1\n`, { name: 'x.csv' });
    expect(Object.keys(records[0] as object)).toHaveLength(21);
    expect(altered.length).toBeGreaterThan(0);
  });
});
