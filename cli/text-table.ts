import { safeText } from '../lib/visuals/safe-text.ts';

/** Rows as text in columns; every cell on one line, cut, without characters that would act on a terminal. */
export function textTable(heads: readonly string[], rows: readonly (readonly string[])[], maxCell = 60): string {
  const cells = rows.map((row) => row.map((cell) => safeText(cell, maxCell)));
  const widths = heads.map((head, index) => Math.max(head.length, ...cells.map((row) => (row[index] ?? '').length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, index) => cell.padEnd(widths[index]!))
      .join('  ')
      .trimEnd();
  return `${[line(heads), line(widths.map((width) => '─'.repeat(width))), ...cells.map(line)].join('\n')}\n`;
}
