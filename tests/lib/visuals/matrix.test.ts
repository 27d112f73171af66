import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sourceOf, tableFromRows } from '../../../lib/tables/index.ts';
import { matrixOptions, matrixPictureOf } from '../../../lib/visuals/index.ts';
import { type MatrixOptions, matrixOf, sizeShare } from '../../../lib/visuals/matrix/matrix.ts';
import { itWithShared, sharedPath } from '../../support/shared.ts';
import { logons } from './sample-tables.ts';

const options: MatrixOptions = {
  mode: 'linear',
  maxColumns: 200,
  maxRows: 200,
  orderX: 'ascending',
  orderY: 'ascending',
};

/** A CSV file with quoted cells, as lists of cells. */
function csv(path: string): string[][] {
  return readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => [...line.matchAll(/("([^"]|"")*"|[^,]*)(,|$)/g)].map((match) => match[1]!.replace(/^"|"$/g, '')));
}

describe('matrixOf', () => {
  it('keeps totals whole, however short its axes are', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(8), fc.nat(8), fc.nat(3)), { minLength: 1, maxLength: 80 }),
        fc.integer({ min: 2, max: 6 }),
        (rows, max) => {
          const labels = Array.from({ length: 9 }, (_, index) => `v${index}`);
          const x = { codes: Int32Array.from(rows, ([a]) => a), labels };
          const y = { codes: Int32Array.from(rows, ([, b]) => b), labels };
          const counted = matrixOf({ x, y, measurement: 'count' }, { ...options, maxColumns: max, maxRows: max });
          expect(counted.cells.reduce((sum, { value }) => sum + value, 0)).toBe(rows.length);
          expect(counted.x.totals.reduce((a, b) => a + b, 0)).toBe(rows.length);
          const distinct = matrixOf(
            { x, y, measurement: 'distinct', distinct: Int32Array.from(rows, ([, , value]) => value) },
            { ...options, maxColumns: 2, maxRows: 2 },
          );
          for (const { value } of distinct.cells) expect(value).toBeLessThanOrEqual(4);
        },
      ),
    );
  });

  it('puts rare pairs first where rare is large', () => {
    const codes = [...new Array<number>(50).fill(0), 1, 2];
    const input = {
      x: { codes: Int32Array.from(codes), labels: ['often', 'rare', 'rarer'] },
      y: { codes: new Int32Array(codes.length), labels: ['y'] },
      measurement: 'count' as const,
    };
    expect(matrixOf(input, { ...options, mode: 'inverse', maxColumns: 3 }).x.labels).toEqual([
      'often',
      'rare',
      'rarer',
    ]);
    expect(matrixOf(input, { ...options, mode: 'inverse', maxColumns: 2 }).x.labels).toEqual(['rare', '2 others']);
    expect(matrixOf(input, { ...options, maxColumns: 2 }).x.labels).toEqual(['often', '2 others']);
  });

  itWithShared('oracle/matrix_sum.csv', 'gives the sums and counts that MSTICPy gives', () => {
    const [head = [], ...rows] = csv(sharedPath('data/msticpy/az_net_flows.csv'));
    const column = (name: string) => rows.map((row) => row[head.indexOf(name)] ?? '');
    const categories = (values: string[]) => {
      const labels = [...new Set(values.filter(Boolean))];
      return { labels, codes: Int32Array.from(values, (value) => labels.indexOf(value)) };
    };
    const [x, y] = [categories(column('L7Protocol')), categories(column('AllExtIPs'))];
    const values = Float64Array.from(column('TotalAllowedFlows'), Number);
    const sums = matrixOf({ x, y, measurement: 'sum', values }, options);
    const counts = matrixOf({ x, y, measurement: 'count' }, options);
    const asKeyed = ({ x: xs, y: ys, cells }: typeof sums) =>
      new Map(cells.map((cell) => [`${xs.labels[cell.x]} ${ys.labels[cell.y]}`, cell.value]));
    const oracle = (file: string) =>
      new Map(
        csv(sharedPath(`oracle/${file}`))
          .slice(1)
          .map(([a, b, value]) => [`${a} ${b}`, Number(value)]),
      );
    expect(asKeyed(sums)).toEqual(oracle('matrix_sum.csv'));
    expect(asKeyed(counts)).toEqual(oracle('matrix_rowcount.csv'));
    expect(sums.x.labels).toEqual(['ftp', 'http', 'https', 'microsoft-ds', 'ms-wbt-server', 'ntp', 'ssh']);
  });
});

it('sizes: log keeps one visible, inverse turns round, a rest is at most the largest', () => {
  expect(sizeShare(1, 1000, 'log')).toBeGreaterThan(0.09);
  expect(sizeShare(1, 1000, 'inverse')).toBe(1);
  expect(sizeShare(1000, 1000, 'inverse')).toBe(0.001);
  expect(sizeShare(9e9, 1000, 'linear')).toBe(1);
  expect(sizeShare(0, 1000, 'log')).toBe(0);
  expect(sizeShare(1, 1, 'log')).toBe(1);
});

describe('draw.matrix', () => {
  it('makes a picture of any table', async () => {
    const picture = await matrixPictureOf(sourceOf(logons(500)), matrixOptions.parse({}));
    expect(picture.title).toBe('Account by Computer');
    expect(picture.notes[0]).toContain('500 rows');
  });

  it('refuses a value column that is no number, by its name', async () => {
    const source = sourceOf(
      tableFromRows(
        ['a', 'b', 'c'].map((name) => ({ name, type: 'string' })),
        [['x', 'y', 'many']],
      ),
    );
    await expect(matrixPictureOf(source, matrixOptions.parse({ x: 'a', y: 'b', valueColumn: 'c' }))).rejects.toThrow(
      /valueColumn: column "c" is not numeric/,
    );
    await expect(matrixPictureOf(source, matrixOptions.parse({ x: 'a', y: 'b', distinct: true }))).rejects.toThrow(
      /distinct/,
    );
    const distinct = await matrixPictureOf(
      source,
      matrixOptions.parse({ x: 'a', y: 'b', valueColumn: 'c', distinct: true }),
    );
    expect(distinct.data['cells']!['v']).toEqual([1]);
  });
});
