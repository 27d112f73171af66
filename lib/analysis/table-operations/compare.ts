import { type Column, isTextColumn } from '../../tables/index.ts';

/** Compares two rows of a column: numbers by value, texts by code point; null before all else. */
export type RowCompare = (a: number, b: number) => number;

export function rowCompare(column: Column): RowCompare {
  if (isTextColumn(column)) {
    const { values } = column;
    return (a, b) => {
      const left = values[a] ?? null;
      const right = values[b] ?? null;
      if (left === right) return 0;
      if (left === null || right === null) return left === null ? -1 : 1;
      return compareText(left, right);
    };
  }
  const { values, nulls } = column as Extract<Column, { values: Float64Array }>;
  return (a, b) => {
    if (nulls && nulls[a] !== nulls[b]) return nulls[a] ? -1 : 1;
    const left = values[a]!;
    const right = values[b]!;
    return left < right ? -1 : left > right ? 1 : 0;
  };
}

/** By code point, as the table's files are sorted everywhere; UTF-16 order differs for characters beyond U+FFFF. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const left = a.charCodeAt(at);
    const right = b.charCodeAt(at);
    if (left === right) continue;
    const isLeftHigh = left >= 0xd800 && left <= 0xdfff;
    const isRightHigh = right >= 0xd800 && right <= 0xdfff;
    if (isLeftHigh !== isRightHigh) return isLeftHigh ? 1 : -1;
    return left - right;
  }
  return a.length - b.length;
}

/** A text that is equal for equal rows of these columns: for grouping and joining. */
export function rowKeys(columns: readonly Column[], ignoreCase = false): (row: number) => string {
  return (row) => {
    let key = '';
    for (const column of columns) {
      const isNull = isTextColumn(column) ? column.values[row] === null : column.nulls?.[row] === 1;
      const value = String(column.values[row]);
      key += isNull
        ? '\u0000n'
        : `\u0000v${value.length}:${ignoreCase && isTextColumn(column) ? value.toLowerCase() : value}`;
    }
    return key;
  };
}
