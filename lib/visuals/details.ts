import { getColumn, type Table } from '../tables/index.ts';
import { cellText } from './columns.ts';
import type { Details } from './picture.ts';
import { DETAIL_CHARACTERS, safeText } from './safe-text.ts';

const SHORTEST_CUT = 120;

/**
 * The cells of some columns, cleaned, each distinct text once. Where they are more than the budget, long texts are cut
 * (which each says of itself) so that a page stays small.
 */
export function packDetails(table: Table, columns: readonly string[], budgetInCharacters = 400_000): Details {
  const raw: string[] = [];
  const byText = new Map<string, number>();
  const cells = columns.map((name) => {
    const column = getColumn(table, name);
    const codes = new Array<number>(table.rowCount);
    for (let row = 0; row < table.rowCount; row++) {
      const text = cellText(column, row);
      let index = byText.get(text);
      if (index === undefined) {
        index = raw.push(text) - 1;
        byText.set(text, index);
      }
      codes[row] = index;
    }
    return codes;
  });
  let cut = DETAIL_CHARACTERS;
  const charactersAt = (limit: number) => raw.reduce((sum, text) => sum + Math.min(text.length, limit), 0);
  while (cut > SHORTEST_CUT && charactersAt(cut) > budgetInCharacters) cut /= 2;
  return { columns: columns.map((name) => safeText(name, 80)), texts: raw.map((text) => safeText(text, cut)), cells };
}
