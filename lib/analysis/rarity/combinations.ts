import { type Column, cellText } from '../../tables/index.ts';
import { basename, generalise } from '../generalise.ts';

/** How values are made comparable before they are counted. */
export type Normalisation = 'basename' | 'generalised' | 'exact';

/** One combination of values, with where it was seen. */
export interface Combination {
  /** The values as they stood in the first row. */
  readonly values: readonly string[];
  /** Ids of the normalised values, one a column. */
  readonly parts: readonly number[];
  readonly rows: number[];
  count: number;
  readonly computers: Set<number>;
}

export interface CombinationCounts {
  readonly rowCount: number;
  /** Rows in which every column has a value: what shares are taken of. */
  readonly countedRows: number;
  readonly combinations: readonly Combination[];
  /** How often each value of each column was seen, by id. */
  readonly valueCounts: readonly (readonly number[])[];
  readonly computerCount: number;
}

/** Rows kept as evidence of a combination; all are counted. */
const MAX_ROWS_KEPT = 10;

const NORMALISERS: Readonly<Record<Normalisation, (text: string) => string>> = {
  basename: (text) => basename(text).toLowerCase(),
  generalised: generalise,
  exact: (text) => text,
};

/** Gives each normalised value of a column a number; rows without a value have -1. */
function encode(column: Column, normalise: (text: string) => string): { ids: Int32Array; count: number } {
  const rowCount = column.values.length;
  const ids = new Int32Array(rowCount);
  const idOfText = new Map<string | null, number>([[null, -1]]);
  const idOfNormal = new Map<string, number>([['', -1]]);
  let count = 0;
  for (let row = 0; row < rowCount; row++) {
    const text = cellText(column, row);
    let id = idOfText.get(text);
    if (id === undefined) {
      const normal = normalise(text!);
      id = idOfNormal.get(normal);
      if (id === undefined) {
        id = count++;
        idOfNormal.set(normal, id);
      }
      idOfText.set(text, id);
    }
    ids[row] = id;
  }
  return { ids, count };
}

/**
 * Counts the combinations of the columns' values. Linear: each distinct text is normalised once, each row costs a look-up
 * for every column. Combinations come in order of their first row.
 */
export function countCombinations(
  columns: readonly Column[],
  normalisation: Normalisation,
  computerColumn: Column | null,
): CombinationCounts {
  const rowCount = columns[0]?.values.length ?? 0;
  const encoded = columns.map((column) => encode(column, NORMALISERS[normalisation]));
  const computers = computerColumn ? encode(computerColumn, (text) => text.toLowerCase()) : null;
  const valueCounts = encoded.map(({ count }) => new Array<number>(count).fill(0));
  const combinations: Combination[] = [];
  // A tree of look-ups instead of joined texts: combination so far → id of the next value → combination.
  const tree: Map<number, number>[] = encoded.map(() => new Map());
  let countedRows = 0;
  for (let row = 0; row < rowCount; row++) {
    let node = 0;
    let complete = true;
    for (let i = 0; i < encoded.length; i++) {
      const id = encoded[i]!.ids[row]!;
      if (id < 0) {
        complete = false;
        break;
      }
      // Nodes are numbered per level, so that node × values + id is a key of its own.
      const key = node * encoded[i]!.count + id;
      const level = tree[i]!;
      const known = level.get(key);
      if (known !== undefined) node = known;
      else {
        node = level.size;
        level.set(key, node);
      }
    }
    if (!complete) continue;
    countedRows++;
    let combination = combinations[node];
    if (!combination) {
      combination = {
        values: columns.map((column) => cellText(column, row) ?? ''),
        parts: encoded.map(({ ids }) => ids[row]!),
        rows: [],
        count: 0,
        computers: new Set(),
      };
      combinations[node] = combination;
    }
    combination.count++;
    if (combination.rows.length < MAX_ROWS_KEPT) combination.rows.push(row);
    if (computers && computers.ids[row]! >= 0) combination.computers.add(computers.ids[row]!);
    for (let i = 0; i < encoded.length; i++) valueCounts[i]![encoded[i]!.ids[row]!]!++;
  }
  return { rowCount, countedRows, combinations, valueCounts, computerCount: computers?.count ?? 0 };
}
