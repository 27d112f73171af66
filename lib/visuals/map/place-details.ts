import { getColumn, type Table } from '../../tables/index.ts';
import { categoriesOf } from '../columns.ts';
import { formatCount } from '../format.ts';
import type { Details } from '../picture.ts';
import { safeText } from '../safe-text.ts';

const MOST_VALUES = 6;
const FEWEST_VALUES = 3;
const LONGEST_VALUE = 300;
const SHORTEST_VALUE = 40;
const BUDGET_IN_CHARACTERS = 1_500_000;

/** Rows in the order of their places, and where each place begins; the last entry is the end. */
function rowsByPlace(placeOfRow: Int32Array, count: number): { rows: Int32Array; starts: Int32Array } {
  const starts = new Int32Array(count + 1);
  for (const place of placeOfRow) if (place >= 0 && place < count) starts[place + 1]!++;
  for (let place = 0; place < count; place++) starts[place + 1]! += starts[place]!;
  const next = starts.slice();
  const rows = new Int32Array(starts[count]!);
  placeOfRow.forEach((place, row) => {
    if (place >= 0 && place < count) rows[next[place]!++] = row;
  });
  return { rows, starts };
}

/** What the rows of each place hold in some columns: the commonest values with their counts, and how many more. */
export function placeDetails(
  table: Table,
  columns: readonly string[],
  placeOfRow: Int32Array,
  placeCount: number,
): Details {
  const { rows, starts } = rowsByPlace(placeOfRow, placeCount);
  const cellCount = Math.max(1, placeCount * columns.length);
  const valuesListed = cellCount > 5000 ? FEWEST_VALUES : MOST_VALUES;
  const characters = Math.max(
    SHORTEST_VALUE,
    Math.min(LONGEST_VALUE, Math.floor(BUDGET_IN_CHARACTERS / cellCount / valuesListed)),
  );
  const texts: string[] = [];
  const byText = new Map<string, number>();
  const cells = columns.map((name) => {
    const { codes, labels } = categoriesOf(getColumn(table, name), 'omit');
    const counts = new Int32Array(labels.length);
    return Array.from({ length: placeCount }, (_, place) => {
      const met: number[] = [];
      for (let at = starts[place]!; at < starts[place + 1]!; at++) {
        const code = codes[rows[at]!]!;
        if (code >= 0 && counts[code]!++ === 0) met.push(code);
      }
      const commonest = [...met].sort((a, b) => counts[b]! - counts[a]! || a - b).slice(0, valuesListed);
      const listed = commonest.map((code) => {
        const times = counts[code]! > 1 && met.length > 1 ? ` (${formatCount(counts[code]!)})` : '';
        return safeText(labels[code], characters) + times;
      });
      for (const code of met) counts[code] = 0;
      const more = met.length - listed.length;
      const text = listed.join(', ') + (more > 0 ? ` and ${formatCount(more)} more` : '');
      const known = byText.get(text) ?? texts.push(text) - 1;
      byText.set(text, known);
      return known;
    });
  });
  return { columns: columns.map((name) => safeText(name, 80)), texts, cells };
}
