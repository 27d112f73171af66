import { expect, it } from 'vitest';
import { kqlRowsJson } from '../../../lib/kql/index.ts';
import { tableFromRows } from '../../../lib/tables/index.ts';

it('answers are JSON whatever the numbers, also within dynamics', () => {
  const schema = [
    { name: 'd', type: 'dynamic' },
    { name: 'r', type: 'real' },
    { name: 'n', type: 'long' },
  ] as const;
  const table = tableFromRows(schema, [['[3.3,NaN,-Infinity,"NaN \\" Infinity"]', Number.NaN, 2n ** 60n]]);
  expect(JSON.parse(kqlRowsJson(table))).toEqual([
    [[3.3, 'NaN', '-Infinity', 'NaN " Infinity'], 'NaN', '1152921504606846976'],
  ]);
});
