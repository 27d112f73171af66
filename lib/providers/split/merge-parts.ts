import {
  type Cell,
  type Column,
  cell,
  columnFromCells,
  makeTable,
  selectRows,
  type Table,
} from '../../tables/index.ts';
import { uniteTables } from '../unite-tables.ts';
import type { Fold, Merge } from './split-plan.ts';

/** The result of the whole from the results of its parts, which come in order of time. */
export function mergeTables(tables: readonly Table[], merge: Merge): Table {
  const ordered = merge.kind === 'rows' && merge.descending ? tables.toReversed() : tables;
  const all = uniteTables(ordered);
  switch (merge.kind) {
    case 'rows':
      return all;
    case 'take':
      return selectRows(
        all,
        Uint32Array.from({ length: Math.min(merge.count, all.rowCount) }, (_, row) => row),
      );
    case 'distinct':
      return selectRows(all, firstOfEach(all, all.columns.length).first);
    case 'aggregate':
      return foldRows(all, merge.keys, merge.folds);
  }
}

/** For each row the number of its group, and each group's first row; rows are of a group if their first columns are equal. */
function firstOfEach(table: Table, keys: number): { group: Uint32Array; first: Uint32Array } {
  const numbers = new Map<string, number>();
  const first: number[] = [];
  const group = new Uint32Array(table.rowCount);
  const columns = table.columns.slice(0, keys);
  for (let row = 0; row < table.rowCount; row++) {
    const key = JSON.stringify(columns.map((column) => keyText(cell(column, row))));
    let number = numbers.get(key);
    if (number === undefined) {
      number = first.length;
      numbers.set(key, number);
      first.push(row);
    }
    group[row] = number;
  }
  return { group, first: Uint32Array.from(first) };
}

function keyText(value: Cell): string | null {
  return value === null ? null : `${typeof value}:${value}`;
}

function foldRows(table: Table, keys: number, folds: readonly Fold[]): Table {
  const { group, first } = firstOfEach(table, keys);
  const kept = selectRows(table, first).columns.slice(0, keys);
  const folded = table.columns.slice(keys).map((column, index): Column => {
    const cells = new Array<Cell>(first.length).fill(null);
    const fold = folds[index] ?? 'sum';
    for (let row = 0; row < table.rowCount; row++) {
      const number = group[row]!;
      cells[number] = foldCells(cells[number]!, cell(column, row), fold);
    }
    return columnFromCells(column.name, column.type, cells);
  });
  return makeTable([...kept, ...folded], first.length);
}

/** Null is no value: the other one stands. */
function foldCells(a: Cell, b: Cell, fold: Fold): Cell {
  if (a === null) return b;
  if (b === null) return a;
  if (fold === 'min') return a <= b ? a : b;
  if (fold === 'max') return a >= b ? a : b;
  if (typeof a === 'bigint' && typeof b === 'bigint') return a + b;
  return Number(a) + Number(b);
}
