import type { GridColumn, GridPayload } from '../browse/grid-payload.ts';
import { shownCell } from './grid-filter.ts';
import { jsonView } from './json-view.ts';
import { button, copyText, make, type Pair, pairTable } from './page.ts';

const LONG = 160;

const detailText = (column: GridColumn, row: number) => {
  const text = shownCell(column, row);
  return column.kind === 'time' && text !== '' ? `${text} UTC` : text;
};

/** All that a row holds: short cells as pairs, long ones and JSON in sections of their own. Empty cells are left out. */
export function rowDetail(payload: GridPayload, row: number, first: readonly string[] = []): HTMLElement[] {
  const rank = (name: string) => (first.includes(name) ? first.indexOf(name) : first.length);
  const cells = payload.columns
    .map((column) => ({ column, text: detailText(column, row) }))
    .filter(({ text }) => text !== '')
    .sort((a, b) => rank(a.column.name) - rank(b.column.name));
  const pairs: Pair[] = [];
  const sections: HTMLElement[] = [];
  for (const { column, text } of cells) {
    if (column.kind === 'json') sections.push(make('section', '', [make('h2', '', column.name), jsonView(text)]));
    else if (text.length > LONG || text.includes('\n')) {
      const copy: HTMLButtonElement = button('Copy', () => copyText(text, copy));
      sections.push(make('section', '', [make('h2', '', [column.name, ' ', copy]), make('div', 'json', text)]));
    } else pairs.push([column.name, text]);
  }
  return [make('section', '', [pairTable(pairs)]), ...sections];
}
