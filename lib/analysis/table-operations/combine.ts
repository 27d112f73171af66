import {
  type Cell,
  type Column,
  cell,
  cellText,
  columnFromCells,
  getColumn,
  type KqlType,
  makeTable,
  renameColumn,
  type Table,
} from '../../tables/index.ts';
import { rowCompare, rowKeys } from './compare.ts';

/** The rows of all tables, one after the other, with the columns of all; a column whose types differ becomes text. */
export function unionTables(
  tables: readonly { readonly name: string; readonly table: Table }[],
  withSource: string | undefined,
): Table {
  const types = new Map<string, KqlType>();
  for (const { table } of tables) {
    for (const { name, type } of table.columns) {
      const known = types.get(name);
      types.set(name, known === undefined || known === type ? type : 'string');
    }
  }
  const rowCount = tables.reduce((sum, { table }) => sum + table.rowCount, 0);
  const columns = [...types].map(([name, type]) => {
    const cells: Cell[] = [];
    for (const { table } of tables) {
      const column = table.columns.find((other) => other.name === name);
      for (let row = 0; row < table.rowCount; row++) {
        cells.push(column ? (column.type === type ? cell(column, row) : cellText(column, row)) : null);
      }
    }
    return columnFromCells(name, type, cells);
  });
  if (withSource === undefined) return makeTable(columns, rowCount);
  const sources = tables.flatMap(({ name, table }) => new Array<string>(table.rowCount).fill(name));
  const source: Column = { name: withSource, type: 'string', values: sources };
  return makeTable([source, ...columns.filter((column) => column.name !== withSource)], rowCount);
}

/** Rows whose values in these columns were not seen in an earlier row. */
export function distinctRows(table: Table, columns: readonly string[]): number[] {
  const keyOf = rowKeys(columns.map((name) => getColumn(table, name)));
  const seen = new Set<string>();
  const rows: number[] = [];
  for (let row = 0; row < table.rowCount; row++) {
    const key = keyOf(row);
    if (seen.has(key)) continue;
    seen.add(key);
    rows.push(row);
  }
  return rows;
}

export interface SortKey {
  readonly column: string;
  readonly order: 'asc' | 'desc';
}

/** Rows in order of the keys; equal ones keep their order. Null is the least of all. */
export function sortedRows(table: Table, keys: readonly SortKey[]): number[] {
  const compares = keys.map(({ column, order }) => {
    const compare = rowCompare(getColumn(table, column));
    return order === 'asc' ? compare : (a: number, b: number) => -compare(a, b);
  });
  const rows = Array.from({ length: table.rowCount }, (_, row) => row);
  return rows.sort((a, b) => {
    for (const compare of compares) {
      const order = compare(a, b);
      if (order !== 0) return order;
    }
    return a - b;
  });
}

/** `count` rows, spread evenly by chance from a seed, in the table's order. */
export function sampledRows(rowCount: number, count: number, seed: number): number[] {
  let state = (seed ^ 0x9e37_79b9) >>> 0;
  const next = () => {
    // Mulberry32: small, and the same everywhere.
    state = (state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const rows: number[] = [];
  for (let row = 0, wanted = Math.min(count, rowCount); row < rowCount && wanted > 0; row++) {
    if (next() * (rowCount - row) >= wanted) continue;
    rows.push(row);
    wanted--;
  }
  return rows;
}

/** The table with columns under other names. */
export function renameColumns(table: Table, names: Readonly<Record<string, string>>): Table {
  for (const name of Object.keys(names)) getColumn(table, name);
  return makeTable(
    table.columns.map((column) =>
      Object.hasOwn(names, column.name) ? renameColumn(column, names[column.name]!) : column,
    ),
    table.rowCount,
  );
}
