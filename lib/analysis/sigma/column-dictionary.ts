import { type Column, cellText } from '../../tables/index.ts';

/** A column as its distinct values and, for each row, which of them it holds: what is true of a value is asked once. */
export interface ColumnDictionary {
  readonly values: readonly (string | null)[];
  readonly ids: Uint32Array;
}

/** The dictionary of a column; cells that are no text become text. */
export function dictionaryOf(column: Column): ColumnDictionary {
  const rowCount = column.values.length;
  const ids = new Uint32Array(rowCount);
  const values: (string | null)[] = [];
  const idOf = new Map<string | null, number>();
  for (let row = 0; row < rowCount; row++) {
    const value = cellText(column, row);
    let id = idOf.get(value);
    if (id === undefined) {
      id = values.length;
      values.push(value);
      idOf.set(value, id);
    }
    ids[row] = id;
  }
  return { values, ids };
}
