import { type Column, cell, cellText, findColumn, isTextColumn, type Table } from '../../tables/index.ts';
import { numpyArgsort } from './numpy-argsort.ts';
import { ticksOfText } from './process-rows.ts';

/** Ticks of 1970-01-01: MSTICPy's time of what has none. */
export const TIME_ZERO = 621_355_968_000_000_000n;

/** Texts of a column as pandas would have them after `astype(str)`: whole numbers without `.0`; null where empty. */
export function textsOf(table: Table, name: string | undefined): readonly (string | null)[] | null {
  const column = name === undefined ? undefined : findColumn(table, name);
  if (!column) return null;
  const texts = isTextColumn(column)
    ? column.values
    : Array.from({ length: table.rowCount }, (_, row) => cellText(column, row));
  const isNumeric = texts.every((text) => text === null || text === '' || /^-?\d+(?:\.0+)?$/.test(text));
  if (!isNumeric) return texts;
  return texts.map((text) => (text === null || text === '' ? null : text.replace(/\.0+$/, '')));
}

export function ticksOfColumn(table: Table, name: string): readonly (bigint | null)[] {
  const column = findColumn(table, name);
  if (!column) return new Array<bigint | null>(table.rowCount).fill(null);
  return Array.from({ length: table.rowCount }, (_, row) => ticksAt(column, row));
}

function ticksAt(column: Column, row: number): bigint | null {
  const value = cell(column, row);
  if (typeof value === 'bigint') return value;
  return typeof value === 'string' ? ticksOfText(value) : null;
}

/** Rows in order of time, as pandas sorts them: ties as NumPy leaves them, rows without a time last. */
export function byTime(rows: readonly number[], times: readonly (bigint | null)[]): number[] {
  const timed = rows.filter((row) => (times[row] ?? null) !== null);
  const order = numpyArgsort(BigInt64Array.from(timed, (row) => times[row]!));
  return [...Array.from(order, (position) => timed[position]!), ...rows.filter((row) => (times[row] ?? null) === null)];
}
