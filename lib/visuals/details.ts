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
  for (let cut = DETAIL_CHARACTERS; ; cut /= 2) {
    const texts: string[] = [];
    const byText = new Map<string, number>();
    let characters = 0;
    const cells = columns.map((name) => {
      const column = getColumn(table, name);
      return Array.from({ length: table.rowCount }, (_, row) => {
        const text = safeText(cellText(column, row), cut);
        let index = byText.get(text);
        if (index === undefined) {
          index = texts.push(text) - 1;
          byText.set(text, index);
          characters += text.length;
        }
        return index;
      });
    });
    if (characters <= budgetInCharacters || cut <= SHORTEST_CUT) {
      return { columns: columns.map((name) => safeText(name, 80)), texts, cells };
    }
  }
}
