import {
  type Cell,
  type Column,
  cell,
  cellText,
  columnFromCells,
  getColumn,
  type KqlType,
  makeTable,
  type Table,
  takeRows,
} from '../../tables/index.ts';
import { rowCompare, rowKeys } from './compare.ts';

export const AGGREGATES = [
  'count',
  'dcount',
  'sum',
  'avg',
  'min',
  'max',
  'first',
  'last',
  'make_set',
  'make_list',
] as const;
export type Aggregate = (typeof AGGREGATES)[number];

export interface AggregateColumn {
  readonly of: Aggregate;
  /** Not needed for `count`. */
  readonly column?: string | undefined;
}

/** Values in one list or set. */
const MAX_LISTED = 1000;

/** One row for each distinct combination of the `by` columns, in order of first appearance. */
export function summarise(
  table: Table,
  by: readonly string[],
  aggregates: Readonly<Record<string, AggregateColumn>>,
): Table {
  const keys = by.map((name) => getColumn(table, name));
  const keyOf = rowKeys(keys);
  const groups = new Map<string, number[]>();
  for (let row = 0; row < table.rowCount; row++) {
    const key = keyOf(row);
    const rows = groups.get(key);
    if (rows) rows.push(row);
    else groups.set(key, [row]);
  }
  if (by.length === 0 && groups.size === 0) groups.set('', []);
  const grouped = [...groups.values()];
  const firsts = grouped.map(([first]) => first ?? 0);
  const columns = [
    ...keys.map((column) => takeRows(column, firsts)),
    ...Object.entries(aggregates).map(([name, { of, column }]) =>
      aggregate(name, of, column === undefined ? undefined : getColumn(table, column), grouped),
    ),
  ];
  return makeTable(columns, grouped.length);
}

function aggregate(
  name: string,
  of: Aggregate,
  column: Column | undefined,
  groups: readonly (readonly number[])[],
): Column {
  if (of === 'count' || column === undefined)
    return columnFromCells(
      name,
      'long',
      groups.map((rows) => rows.length),
    );
  const present = (rows: readonly number[]) => rows.filter((row) => cell(column, row) !== null);
  const texts = (rows: readonly number[]) => present(rows).map((row) => cellText(column, row)!);
  const make = (type: KqlType, give: (rows: readonly number[]) => Cell) =>
    columnFromCells(name, type, groups.map(give));
  const numbers = (rows: readonly number[]) =>
    present(rows)
      .map((row) => Number(cell(column, row)))
      .filter(Number.isFinite);
  const compare = rowCompare(column);
  switch (of) {
    case 'dcount':
      return make('long', (rows) => new Set(texts(rows)).size);
    case 'sum':
      return column.type === 'long'
        ? make('long', (rows) => present(rows).reduce((sum, row) => sum + (cell(column, row) as bigint), 0n))
        : make('real', (rows) => numbers(rows).reduce((sum, value) => sum + value, 0));
    case 'avg':
      return make('real', (rows) => {
        const values = numbers(rows);
        return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
      });
    case 'make_set':
      return make('dynamic', (rows) => JSON.stringify([...new Set(texts(rows))].slice(0, MAX_LISTED)));
    case 'make_list':
      return make('dynamic', (rows) => JSON.stringify(texts(rows).slice(0, MAX_LISTED)));
    default: {
      const chosen = (rows: readonly number[]): number | undefined => {
        const filled = present(rows);
        if (of === 'first') return filled[0];
        if (of === 'last') return filled.at(-1);
        return filled.reduce<number | undefined>((best, row) => {
          if (best === undefined) return row;
          const order = compare(row, best);
          return (of === 'min' ? order < 0 : order > 0) ? row : best;
        }, undefined);
      };
      return make(column.type, (rows) => {
        const row = chosen(rows);
        return row === undefined ? null : cell(column, row);
      });
    }
  }
}
