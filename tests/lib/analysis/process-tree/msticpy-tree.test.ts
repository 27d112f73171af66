import { describe, expect, it } from 'vitest';
import { buildLikeMsticpy, type ProcessSchema } from '../../../../lib/analysis/process-tree/index.ts';
import { numpyArgsort } from '../../../../lib/analysis/process-tree/numpy-argsort.ts';
import { toRows } from '../../../../lib/tables/index.ts';
import { itWithShared, sharedPath } from '../../../support/shared.ts';
import { csvTable } from '../support/csv.ts';

const MINIMAL: ProcessSchema = {
  processName: 'ImageFileName',
  processId: 'PID',
  parentId: 'PPID',
  timeStamp: 'CreateTime',
  targetLogonId: 'TargetLogonId',
  userId: 'SubjectUserSid',
};

/** Input; processes, roots, leaves, branches, isolated, levels. */
const SUMMARIES: readonly (readonly [string, readonly number[], ProcessSchema?])[] = [
  ['oracle/win_in.csv', [1010, 10, 815, 185, 0, 7]],
  ['oracle/lx_in.csv', [1029, 29, 497, 503, 0, 5]],
  ['data/msticpy/winproctree-minimal.csv', [126, 10, 97, 19, 0, 7], MINIMAL],
  ['data/msticpy/mde_proc_cs1.csv', [1642, 9, 1177, 456, 0, 16]],
  ['oracle/mde_pub_in.csv', [266, 3, 200, 63, 0, 10]],
];

const LEVELS: readonly (readonly [string, readonly number[]])[] = [
  ['oracle/win_in.csv', [10, 160, 361, 110, 273, 6, 90]],
  ['oracle/lx_in.csv', [29, 496, 476, 14, 14]],
];

function levelsOf(path: unknown): number {
  return String(path).split('/').length;
}

describe('a process tree like MSTICPy’s', () => {
  for (const [tree, input] of [
    ['oracle/win_tree.csv', 'oracle/win_in.csv'],
    ['oracle/mde_cs1_tree.csv', 'data/msticpy/mde_proc_cs1.csv'],
  ] as const) {
    itWithShared(tree, `equals ${tree} row by row`, () => {
      const built = toRows(buildLikeMsticpy(csvTable(sharedPath(input)), undefined));
      const shown = built.map((row) => ({
        proc_key: row['proc_key'],
        parent_key: row['parent_key'],
        source_index: row['source_index'],
        path: row['path'],
        IsRoot: row['IsRoot'] ? 'True' : 'False',
        IsLeaf: row['IsLeaf'] ? 'True' : 'False',
        IsBranch: row['IsBranch'] ? 'True' : 'False',
      }));
      expect(shown).toEqual(toRows(csvTable(sharedPath(tree))).map((row) => ({ ...row })));
    });
  }

  for (const [input, expected, schema] of SUMMARIES) {
    itWithShared(input, `has the counts of ${input}`, () => {
      const rows = toRows(buildLikeMsticpy(csvTable(sharedPath(input)), schema));
      const count = (test: (row: (typeof rows)[number]) => unknown) => rows.filter(test).length;
      const deepest = Math.max(...rows.map((row) => levelsOf(row['path'])));
      expect([
        rows.length,
        count((row) => row['IsRoot']),
        count((row) => row['IsLeaf']),
        count((row) => row['IsBranch']),
        count((row) => row['IsRoot'] && row['IsLeaf']),
        deepest,
      ]).toEqual(expected);
    });
  }

  for (const [input, expected] of LEVELS) {
    itWithShared(input, `has the level sizes of ${input}`, () => {
      const sizes: number[] = [];
      for (const row of toRows(buildLikeMsticpy(csvTable(sharedPath(input)), undefined))) {
        const level = levelsOf(row['path']) - 1;
        sizes[level] = (sizes[level] ?? 0) + 1;
      }
      expect(sizes).toEqual(expected);
    });
  }

  it('sorts whole arrays, whatever the order of ties', () => {
    for (const count of [0, 1, 16, 17, 500]) {
      const values = Float64Array.from({ length: count }, (_, i) => (i * 7919) % 37);
      const order = [...numpyArgsort(values)];
      expect([...order].sort((a, b) => a - b)).toEqual(order.map((_, i) => i));
      expect(order.map((i) => values[i])).toEqual([...values.slice().sort()]);
    }
    const adverse = Float64Array.from({ length: 4096 }, (_, i) => (i % 2 === 0 ? i : 4096 - i));
    expect([...numpyArgsort(adverse)].map((i) => adverse[i])).toEqual([...adverse.slice().sort()]);
  });
});
