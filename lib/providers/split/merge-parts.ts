import {
  type Cell,
  type Column,
  cell,
  columnFromCells,
  firstRows,
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
      return firstRows(all, merge.count);
    case 'distinct':
      return selectRows(all, groupsOf(all.columns, all.rowCount).first);
    case 'aggregate':
      return foldRows(all, merge.keys, merge.folds);
  }
}

/** For each row the number of its group, and each group's first row; rows are of a group if these columns are equal. */
function groupsOf(columns: readonly Column[], rowCount: number): { group: Uint32Array; first: Uint32Array } {
  const numbers = new Map<string, number>();
  const first: number[] = [];
  const group = new Uint32Array(rowCount);
  for (let row = 0; row < rowCount; row++) {
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

/** Keys come first, then what is folded; what stands after that (the name of a workspace) is a key too. */
function foldRows(table: Table, keys: number, folds: readonly Fold[]): Table {
  const foldOf = (index: number): Fold | undefined => (index < keys ? undefined : folds[index - keys]);
  const keyColumns = table.columns.filter((_, index) => foldOf(index) === undefined);
  const { group, first } = groupsOf(keyColumns, table.rowCount);
  const kept = selectRows(table, first);
  const columns = table.columns.map((column, index): Column => {
    const fold = foldOf(index);
    if (fold === undefined) return kept.columns[index]!;
    const cells = new Array<Cell>(first.length).fill(null);
    for (let row = 0; row < table.rowCount; row++) {
      const number = group[row]!;
      cells[number] = foldCells(cells[number]!, cell(column, row), fold);
    }
    return columnFromCells(column.name, column.type, cells);
  });
  return makeTable(columns, first.length);
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
