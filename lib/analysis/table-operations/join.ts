import {
  type Column,
  cell,
  columnFromCells,
  freeName,
  getColumn,
  isTextColumn,
  makeTable,
  selectRows,
  type Table,
} from '../../tables/index.ts';
import { rowKeys } from './compare.ts';

export const JOIN_KINDS = [
  'inner',
  'leftouter',
  'rightouter',
  'fullouter',
  'leftsemi',
  'leftanti',
  'rightanti',
] as const;
export type JoinKind = (typeof JOIN_KINDS)[number];

export interface JoinOptions {
  /** Column of the left table → column of the right one. */
  readonly on: Readonly<Record<string, string>>;
  readonly kind: JoinKind;
  readonly ignoreCase: boolean;
  readonly maxRows: number;
}

export interface Joined {
  readonly table: Table;
  readonly isCut: boolean;
}

/**
 * Joins two tables by equal keys, as KQL does (each pair of matching rows, null matches nothing; columns of the right
 * whose names are taken get a number), but with the rows in the left table's order, then the right's.
 */
export function joinTables(left: Table, right: Table, { on, kind, ignoreCase, maxRows }: JoinOptions): Joined {
  const leftKeys = Object.keys(on).map((name) => getColumn(left, name));
  const rightKeys = Object.values(on).map((name) => getColumn(right, name));
  const keyOfLeft = rowKeys(leftKeys.map(asText), ignoreCase);
  const keyOfRight = rowKeys(rightKeys.map(asText), ignoreCase);
  const rightRows = new Map<string, number[]>();
  for (let row = 0; row < right.rowCount; row++) {
    if (rightKeys.some((column) => cell(column, row) === null)) continue;
    const key = keyOfRight(row);
    const rows = rightRows.get(key);
    if (rows) rows.push(row);
    else rightRows.set(key, [row]);
  }
  const matchesOf = (row: number) =>
    leftKeys.some((column) => cell(column, row) === null) ? [] : (rightRows.get(keyOfLeft(row)) ?? []);
  if (kind === 'leftsemi' || kind === 'leftanti') {
    const rows = range(left.rowCount).filter((row) => matchesOf(row).length > 0 === (kind === 'leftsemi'));
    return { table: selectRows(left, rows.slice(0, maxRows)), isCut: rows.length > maxRows };
  }
  const matched = new Uint8Array(right.rowCount);
  const pairs: { left: number; right: number }[] = [];
  let isCut = false;
  for (let row = 0; row < left.rowCount && !isCut; row++) {
    const matches = matchesOf(row);
    for (const match of matches) {
      matched[match] = 1;
      if (pairs.length >= maxRows) isCut = true;
      else pairs.push({ left: row, right: match });
    }
    if (matches.length === 0 && (kind === 'leftouter' || kind === 'fullouter')) pairs.push({ left: row, right: -1 });
  }
  const unmatched = range(right.rowCount).filter((row) => !matched[row]);
  if (kind === 'rightanti') return { table: selectRows(right, unmatched), isCut: false };
  if (kind === 'rightouter' || kind === 'fullouter') pairs.push(...unmatched.map((row) => ({ left: -1, right: row })));
  const taken = new Set(left.columns.map((column) => column.name));
  const columns = [
    ...left.columns.map((column) =>
      pick(
        column,
        column.name,
        pairs.map((pair) => pair.left),
      ),
    ),
    ...right.columns.map((column) => {
      const name = freeName(taken, column.name);
      taken.add(name);
      return pick(
        column,
        name,
        pairs.map((pair) => pair.right),
      );
    }),
  ];
  return { table: makeTable(columns, pairs.length), isCut };
}

/** Keys of different types are compared by their text. */
function asText(column: Column): Column {
  if (isTextColumn(column)) return column;
  return columnFromCells(
    column.name,
    'string',
    range(column.values.length).map((row) => {
      const value = cell(column, row);
      return value === null ? null : String(value);
    }),
  );
}

function pick(column: Column, name: string, rows: readonly number[]): Column {
  return columnFromCells(
    name,
    column.type,
    rows.map((row) => (row < 0 ? null : cell(column, row))),
  );
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
