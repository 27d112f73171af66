import { type Column, isTextColumn, type Table, toDoubles } from '../../tables/index.ts';
import { cellText, isNumeric } from '../columns.ts';
import { safeText } from '../safe-text.ts';
import type { GridColumn } from './grid-payload.ts';

/** Newlines and tabs survive in the cells of a page, where they are text like any other. */
const cleanCell = (text: string, cut: number) =>
  text
    .slice(0, cut)
    .split(/(\r\n|[\n\t])/)
    .map((part) => (part === '\r\n' || part === '\n' || part === '\t' ? part.at(-1)! : safeText(part, cut)))
    .join('') + (text.length > cut ? `…(+${text.length - cut})` : '');

/** A column in the form in which a page takes it; texts longer than `cut` are cut and say so. */
export function gridColumn(column: Column, cut: number): GridColumn {
  const name = safeText(column.name, 120);
  const isExact =
    column.type !== 'long' ||
    (column.values as BigInt64Array).every((value) => value > -9007199254740992n && value < 9007199254740992n);
  if (isNumeric(column.type) && !isTextColumn(column) && isExact) {
    return {
      name,
      kind: 'number',
      values: Array.from(toDoubles(column), (value) => (Number.isFinite(value) ? value : null)),
    };
  }
  const texts: string[] = [];
  const byText = new Map<string, number>();
  const codes = Array.from({ length: column.values.length }, (_, row) => {
    const raw = cellText(column, row);
    let code = byText.get(raw);
    if (code === undefined) {
      code = texts.push(column.type === 'datetime' ? raw.replace('T', ' ') : cleanCell(raw, cut)) - 1;
      byText.set(raw, code);
    }
    return code;
  });
  const isJson =
    column.type === 'dynamic' ||
    (texts.length > 0 &&
      texts.some((text) => /^\s*[[{]/.test(text)) &&
      texts.every((text) => text === '' || /^\s*[[{]/.test(text)));
  return { name, kind: column.type === 'datetime' ? 'time' : isJson ? 'json' : 'text', texts, codes };
}

/** All columns of a table; the longest texts are cut so far that a page stays within the budget. */
export function gridColumns(table: Table, budgetInCharacters = 60_000_000): { columns: GridColumn[]; cut: number } {
  for (let cut = 20_000; ; cut = Math.floor(cut / 4)) {
    const columns = table.columns.map((column) => gridColumn(column, cut));
    const characters = columns.reduce(
      (sum, column) =>
        sum + (column.kind === 'number' ? 0 : column.texts.reduce((length, text) => length + text.length, 0)),
      0,
    );
    if (characters <= budgetInCharacters || cut < 100) return { columns, cut };
  }
}
