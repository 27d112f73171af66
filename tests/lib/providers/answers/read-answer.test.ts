import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readIntoFile } from '../../../../lib/providers/answers/answer-tasks.ts';
import { type Reading, readHere, readTables } from '../../../../lib/providers/answers/read-answer.ts';
import {
  isoFromTicks,
  MAX_DATETIME_TICKS,
  type ParquetTable,
  parquetSource,
  schemaOf,
  type Table,
  textFromTimespan,
  toRows,
} from '../../../../lib/tables/index.ts';

const READING: Reading = { form: { name: 'log-analytics' }, service: 'Test', maxRows: Number.POSITIVE_INFINITY };

/** Numbers as JSON writes them, which JavaScript may not be able to hold; the others as they are. */
class Literal {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '',
    ' ',
    'NaN',
    '-Infinity',
    '\0',
    'a\0b',
    '\ud800',
    'x\udfff',
    '{"a":1',
    '[1]',
    'true',
    '0x10',
    '1e400',
  ),
  fc
    .constantFrom('1.5', '-0', '1e3', '1E400', '9223372036854775807', '-9223372036854775808', '9223372036854775808')
    .map((text) => new Literal(text)),
);
const cellOf: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  string: fc.string({ unit: 'binary' }),
  guid: fc.uuid(),
  dynamic: fc.oneof(fc.json(), fc.jsonValue()),
  decimal: fc.bigInt().map(String),
  long: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => new Literal(String(value))),
  int: fc.integer(),
  real: fc.double(),
  bool: fc.oneof(fc.boolean(), fc.constantFrom(0, 1, 'True', 'false')),
  datetime: fc.bigInt({ min: 0n, max: MAX_DATETIME_TICKS }).map(isoFromTicks),
  timespan: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(textFromTimespan),
};
const types = Object.keys(cellOf);
const rowOf = fc.tuple(...types.map((type) => fc.oneof(fc.constant(null), cellOf[type]!, anything)));

function answerOf(rows: readonly (readonly unknown[])[]): Uint8Array<ArrayBuffer>[] {
  const texts = rows.map((row) => {
    const cells = row.map((cell) => (cell instanceof Literal ? cell.text : (JSON.stringify(cell) ?? 'null')));
    return `[${cells.join(',')}]`;
  });
  const columns = types.map((type) => ({ name: type, type }));
  const text = `{"tables":[{"name":"T","columns":${JSON.stringify(columns)},"rows":[${texts.join(',')}]}]}`;
  const bytes = Buffer.from(text);
  const middle = bytes.length >> 1;
  return [Uint8Array.from(bytes.subarray(0, middle)), Uint8Array.from(bytes.subarray(middle))];
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trailhound-answers-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Parquet's reader leaves out a byte order mark at the start of a text. */
const withoutMark = (table: Table) =>
  toRows(table).map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, cell]) => [name, typeof cell === 'string' ? cell.replace(/^\ufeff/, '') : cell]),
    ),
  );

describe('an answer', () => {
  it('has the same values, whether they stay in memory or go to a file', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(rowOf, { maxLength: 20 }), async (rows) => {
        const here = readHere(answerOf(rows), READING, Number.POSITIVE_INFINITY)!;
        const filed = await readIntoFile(answerOf(rows), READING, join(folder, 'property.parquet'));
        const table = here.table as Table;
        const stored =
          'parts' in filed.table ? await parquetSource(filed.table, 'filed').read() : (filed.table as Table);
        expect(schemaOf(stored)).toEqual(schemaOf(table));
        expect(withoutMark(stored)).toEqual(withoutMark(table));
        expect({ ...filed, table: null }).toEqual({ ...here, table: null });
      }),
      { numRuns: 100 },
    );
  });

  it('takes the conditions, the cap and the source with it, over many batches', async () => {
    const rows = Array.from({ length: 30_000 }, (_, index) => [
      `${'x'.repeat(100)}${index % 3}`,
      null,
      null,
      null,
      new Literal(String(index)),
    ]);
    const reading: Reading = {
      ...READING,
      filter: { request: { where: { string: `${'X'.repeat(100)}1` }, nowInMs: 0 }, timeColumn: undefined },
      source: { column: 'Workspace', name: 'soc' },
      maxRows: 9_500,
    };
    const read = await readIntoFile(answerOf(rows), reading, join(folder, 'shaped.parquet'));
    expect(read).toMatchObject({ rowsGiven: 30_000, rowsFound: 10_000, rest: { warnings: [] } });
    const found = toRows(await parquetSource(read.table as ParquetTable, 'shaped').read());
    expect(found).toHaveLength(9_500);
    expect(found.map((row) => row['long'])).toEqual(Array.from({ length: 9_500 }, (_, index) => BigInt(index * 3 + 1)));
    expect(new Set(found.map((row) => row['Workspace']))).toEqual(new Set(['soc']));
  });

  it('whose items hold rows, or whose cells are lists in places, is the same in a file', async () => {
    const list: Reading = {
      ...READING,
      form: {
        name: 'list',
        rowsIn: [['groups'], ['a', 'b']],
        columns: [
          { name: 'Id', type: 'string', from: '../../id', until: '/' },
          { name: 'Group', type: 'string', from: '../name' },
          { name: 'N', type: 'long', from: 'n' },
        ],
      },
    };
    const group = (name: string) => ({ name, a: [{ n: 1 }], b: Array.from({ length: 3 }, () => ({ n: 2 })) });
    const value = Array.from({ length: 1000 }, (_, n) => ({ id: `i${n}/x`, groups: [group('g'), group('h')] }));
    const elastic: Reading = { ...READING, form: { name: 'elastic' } };
    const columns = ['plain', 'some'].map((name) => ({ name, type: 'keyword' }));
    const values = Array.from({ length: 3000 }, (_, n) => ['a', n === 2999 ? ['x', 'y'] : 'x']);
    for (const [reading, answer] of [
      [list, { value }],
      [elastic, { columns, values }],
    ] as const) {
      const body = () => [Uint8Array.from(Buffer.from(JSON.stringify(answer)))];
      const here = readHere(body(), reading, Number.POSITIVE_INFINITY)!;
      const filed = await readIntoFile(body(), reading, join(folder, `${reading.form.name}.parquet`));
      const rows = toRows(here.table as Table);
      expect(toRows(await parquetSource(filed.table as ParquetTable, 'filed').read())).toEqual(rows);
      expect({ ...filed, table: null }).toEqual({ ...here, table: null });
      if (reading === list) {
        expect(rows).toHaveLength(8000);
        expect(rows.slice(6, 9)).toEqual([
          { Id: 'i0', Group: 'h', N: 2n },
          { Id: 'i0', Group: 'h', N: 2n },
          { Id: 'i1', Group: 'g', N: 1n },
        ]);
        expect(here.rest.items).toEqual({ count: 1000, firstId: 'i0/x' });
      } else
        expect([rows[0], rows[2999]]).toEqual([
          { plain: 'a', some: '"x"' },
          { plain: 'a', some: '["x","y"]' },
        ]);
    }
  });

  it('whose one item holds very many rows is read some at a time', () => {
    const reading: Reading = {
      ...READING,
      form: { name: 'list', rowsIn: [['rows']], columns: [{ name: 'N', type: 'long', from: 'n' }] },
    };
    const body = [Uint8Array.from(Buffer.from(`{"value":[{"rows":[${'0,'.repeat(2_500_000)}0]}]}`))];
    const sizes: number[] = [];
    for (const table of readTables(body, reading)) sizes.push(table.rowCount);
    expect(sizes).toEqual([2_000_000, 500_001]);
  });

  it('that has few bytes and many cells is not small', () => {
    const rows = Array.from({ length: 20_000 }, () => []);
    expect(readHere(answerOf(rows), READING, 100_000)).toBeUndefined();
    expect(readHere(answerOf(rows), READING, 200_000)).toMatchObject({ rowsGiven: 20_000 });
  });

  it('without rows, or without columns, needs no file', async () => {
    const path = join(folder, 'none.parquet');
    expect(await readIntoFile(answerOf([]), READING, path)).toMatchObject({ rowsFound: 0, table: { rowCount: 0 } });
    const empty = [Uint8Array.from(Buffer.from('{"tables":[{"columns":[],"rows":[[],[]]}]}'))];
    expect(await readIntoFile(empty, READING, path)).toMatchObject({ rowsFound: 2, table: { columns: [] } });
    expect(await readdir(folder)).not.toContain('none.parquet');
  });

  it('that is broken or says that there is nothing is an error, at whatever place it is read', async () => {
    const texts = {
      '': 'bad-data',
      '<html>sign in</html>': 'bad-data',
      '{"tables":[{"columns":[],"rows":[[1],[2]': 'bad-data',
      '{"error":{"code":"X","message":"no"}}': 'remote',
      '{"tables":[]}': 'remote',
      null: 'remote',
    };
    for (const [text, code] of Object.entries(texts)) {
      const body = () => [Uint8Array.from(Buffer.from(text))];
      expect(() => readHere(body(), READING, 10), text).toThrow(expect.objectContaining({ code }));
      await expect(readIntoFile(body(), READING, join(folder, 'broken.parquet')), text).rejects.toMatchObject({ code });
    }
  });
});
