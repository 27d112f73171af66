import { kqlCellText } from '../lib/kql/index.ts';
import { cell, type Table } from '../lib/tables/index.ts';
import { textTable } from './text-table.ts';

const SHOWN_ROWS = 100;

/** The first rows of a result, for people. */
export function kqlTableText(table: Table): string {
  const shown = Math.min(table.rowCount, SHOWN_ROWS);
  const rows = Array.from({ length: shown }, (_, row) =>
    table.columns.map((column) => kqlCellText(column.type, cell(column, row)) ?? ''),
  );
  const heads = table.columns.map((column) => column.name);
  const more = table.rowCount > shown ? `, the first ${shown} shown` : '';
  const counted = `${table.rowCount.toLocaleString('en-US')} ${table.rowCount === 1 ? 'row' : 'rows'}${more}\n`;
  return heads.length > 0 ? textTable(heads, rows) + counted : counted;
}
