import { cellText, findColumn, type Table, type TableSource } from '../tables/index.ts';
import { cutText } from './cut-text.ts';
import type { DecodedCommand, ReportTable, Shown } from './input.ts';
import { slicesOf } from './slices.ts';

const SHOWN = 100;
const TEXT_CHARACTERS = 8_000;
const TEXT_COLUMN = 'DecodedText';
const COMMAND_COLUMN = 'DecodedCommand';

/** Column → what the report calls it, for those that a decoding verb gives. */
const DETAIL_COLUMNS: Readonly<Record<string, string>> = {
  TimeGenerated: 'time',
  Computer: 'host',
  FileName: 'file',
  Method: 'method',
  Encoding: 'encoding',
  FileType: 'type',
  Depth: 'depth',
  Sha256: 'SHA-256',
};

/** The distinct texts that decoding steps found, in the order of the rows that held them. */
export async function gatherDecoded(
  tables: readonly ReportTable[],
  sources: ReadonlyMap<string, TableSource>,
): Promise<Shown<DecodedCommand>> {
  const counts = new Map<string, number>();
  const shown = new Map<string, Omit<DecodedCommand, 'count'>>();
  for (const { name, verb } of tables) {
    const source = sources.get(name);
    if (!verb.startsWith('decode.') || !source?.schema.some((column) => column.name === TEXT_COLUMN)) continue;
    const wanted = source.schema.map((column) => column.name).filter((column) => isShown(column));
    const table = await source.read(wanted);
    const texts = findColumn(table, TEXT_COLUMN)!;
    for await (const { start, end } of slicesOf(table.rowCount)) {
      for (let row = start; row < end; row++) {
        const text = cellText(texts, row);
        if (!text?.trim()) continue;
        counts.set(text, (counts.get(text) ?? 0) + 1);
        if (shown.size < SHOWN && !shown.has(text)) shown.set(text, commandOf(name, table, row, text));
      }
    }
  }
  return {
    items: [...shown].map(([text, command]) => ({ ...command, count: counts.get(text) ?? 1 })),
    total: counts.size,
  };
}

function isShown(column: string): boolean {
  return column === TEXT_COLUMN || column === COMMAND_COLUMN || Object.hasOwn(DETAIL_COLUMNS, column);
}

function commandOf(name: string, table: Table, row: number, text: string): Omit<DecodedCommand, 'count'> {
  const details: Record<string, string> = {};
  for (const [column, label] of Object.entries(DETAIL_COLUMNS)) {
    const found = findColumn(table, column);
    const value = found && cellText(found, row);
    if (value) details[label] = value.slice(0, 200);
  }
  const whole = findColumn(table, COMMAND_COLUMN);
  const command = whole ? cellText(whole, row) : null;
  return {
    table: name,
    row,
    text: text.slice(0, TEXT_CHARACTERS),
    characters: text.length,
    command: command && command.trim() !== text.trim() ? cutText(command, TEXT_CHARACTERS) : null,
    details,
  };
}
