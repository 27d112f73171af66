import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseWireJson } from '../../../lib/providers/wire-json.ts';
import { columnsOfLists, kqlTypeOfWire, tableFromWire, ticksFromTimespan } from '../../../lib/providers/wire-table.ts';
import { isoFromTicks, MAX_DATETIME_TICKS, textFromTimespan, ticksFromIso, toRows } from '../../../lib/tables/index.ts';

describe('JSON on the wire', () => {
  const parse = (text: string) => parseWireJson(Buffer.from(text));

  it('is what JSON.parse gives, but for long whole numbers, which stay text', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const text = JSON.stringify(value);
        const expected = JSON.parse(text, (_key, member: unknown) =>
          typeof member === 'number' && Number.isInteger(member) && /^-?\d{16,}$/.test(JSON.stringify(member))
            ? JSON.stringify(member)
            : member,
        ) as unknown;
        expect(parse(text)).toEqual(expected);
      }),
    );
    expect(
      parse(
        '[9223372036854775807,-9007199254740993,1.2345678901234567,1e20,"12345678901234567","a\\"12345678901234567"]',
      ),
    ).toEqual([
      '9223372036854775807',
      '-9007199254740993',
      1.2345678901234567,
      1e20,
      '12345678901234567',
      'a"12345678901234567',
    ]);
    expect(() => parse('{"a":12345678901234567')).toThrow(SyntaxError);
    for (const text of ['', '"', '"\\', '-', '[1234567890123456']) expect(() => parse(text), text).toThrow(SyntaxError);
    expect(parse('\ufeff["é",1234567890123456,"\\\\",-1234567890123456]')).toEqual([
      'é',
      '1234567890123456',
      '\\',
      '-1234567890123456',
    ]);
    expect(parseWireJson(Buffer.from([0x22, 0xff, 0x22]))).toBe('\ufffd');
  });
});

describe('cells on the wire', () => {
  const column = (type: string, cells: readonly unknown[]) =>
    toRows(
      tableFromWire(
        columnsOfLists(
          [{ name: 'c', type: kqlTypeOfWire(type) }],
          cells.map((cell) => [cell]),
        ),
        cells.length,
      ),
    ).map((row) => row['c']);

  it('keep every digit of a datetime and timespan', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, MAX_DATETIME_TICKS), (ticks) => {
        expect(column('datetime', [isoFromTicks(ticks)])).toEqual([ticks]);
        expect(ticksFromTimespan(textFromTimespan(ticks))).toBe(ticks);
      }),
    );
    const odd = [
      '2024-05-01T10:00:00Z',
      '2024-05-01T10:00:00.5Z',
      '2024-05-01T10:00:00+02:00',
      '2024-02-30T00:00:00Z',
      '2024-05-01T24:00:00Z',
      'no',
      7,
      null,
    ];
    expect(column('datetime', odd)).toEqual(odd.map((text) => (typeof text === 'string' ? ticksFromIso(text) : null)));
  });

  it('are null where they are of another type', () => {
    expect(column('long', [1, '2', '9223372036854775807', 1.5, 'x', true, null])).toEqual([
      1n,
      2n,
      9223372036854775807n,
      null,
      null,
      null,
      null,
    ]);
    expect(column('long', ['9223372036854775808', '-9223372036854775808'])).toEqual([null, -(2n ** 63n)]);
    expect(column('int', [1, '-2', 1.5, 2 ** 31, -(2 ** 31), -0, 'NaN', 'x'])).toEqual([
      1,
      -2,
      null,
      null,
      -(2 ** 31),
      0,
      null,
      null,
    ]);
    expect(
      column('timespan', ['10675199.02:48:05.4775807', '-10675199.02:48:05.4775808', '10675199.02:48:05.4775808']),
    ).toEqual([2n ** 63n - 1n, -(2n ** 63n), null]);
    expect(column('real', [1, '2.5', 'NaN', '-Infinity', 'x', ''])).toEqual([
      1,
      2.5,
      Number.NaN,
      Number.NEGATIVE_INFINITY,
      null,
      null,
    ]);
    expect(column('SByte', [true, 1, 0, 'false', 'maybe'])).toEqual([true, true, false, false, null]);
    expect(column('dynamic', [{ a: 1 }, '[1]', 'text', '', null])).toEqual(['{"a":1}', '[1]', '"text"', null, null]);
    expect(column('made up', [1, { a: 1 }, null])).toEqual(['1', '{"a":1}', null]);
  });

  it('stand under distinct names', () => {
    const schema = [
      { name: 'a', type: 'string' },
      { name: 'a', type: 'string' },
      { name: '', type: 'string' },
    ] as const;
    expect(Object.keys(toRows(tableFromWire(columnsOfLists(schema, [['1', '2', '3']]), 1))[0]!)).toEqual([
      'a',
      'a1',
      'Column',
    ]);
  });
});
