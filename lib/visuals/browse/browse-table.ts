import { z } from 'zod';
import { TrailhoundError } from '../../errors.ts';
import type { TableSource } from '../../tables/index.ts';
import { requireColumn } from '../columns.ts';
import type { Drawn } from '../draw-picture.ts';
import { eventNamesOf } from '../event-names/event-names.ts';
import { countOf, formatCount } from '../format.ts';
import { pictureOptions } from '../options.ts';
import { htmlPage } from '../page.ts';
import { gridColumns } from './grid-columns.ts';
import type { GridPayload } from './grid-payload.ts';
import { tablePng } from './table-picture.ts';

/** Options of pages that show rows: the same as of pictures, but a PNG is made only when asked for. */
export const browseOptions = {
  ...pictureOptions,
  formats: z
    .array(z.enum(['png', 'html']))
    .min(1)
    .default(['html'])
    .describe('What to make; a PNG shows the first rows'),
  maxRows: z
    .int()
    .min(1)
    .max(200_000)
    .default(100_000)
    .describe('Most rows in the page; the first are taken, and the page says so'),
};

export const browseTableOptions = z.object({
  ...browseOptions,
  columns: z
    .array(z.string())
    .min(1)
    .max(400)
    .optional()
    .describe('Columns shown at first, in this order; the others can be chosen. By default those that hold anything'),
});
export type BrowseTableParameters = z.output<typeof browseTableOptions>;

/** Above this a browser takes long to read a page. */
const MAX_PAGE_CHARACTERS = 60_000_000;
const FIRST_COLUMNS = 14;

export async function firstRows(source: TableSource, maxRows: number) {
  if (source.rowCount <= maxRows) return source.read();
  return source.take(Uint32Array.from({ length: maxRows }, (_, row) => row));
}

/** The rows of a table as a page needs them. */
export async function gridPayload(
  source: TableSource,
  maxRows: number,
  wanted: readonly string[] | undefined,
): Promise<{ payload: GridPayload; notes: string[] }> {
  const table = await firstRows(source, maxRows);
  if (table.columns.length === 0) throw new TrailhoundError('usage', 'a table without columns cannot be browsed');
  const { columns: plain, cut } = gridColumns(table, MAX_PAGE_CHARACTERS);
  const events = await eventNamesOf(source);
  const columns = plain.map((column) =>
    events && column.kind === 'number' && column.name === events.column ? { ...column, names: events.names } : column,
  );
  const filled = columns.filter((column) =>
    column.kind === 'number' ? column.values.some((value) => value !== null) : column.texts.some((text) => text !== ''),
  );
  const position = new Map(table.columns.map(({ name }, index) => [name, index]));
  const shown =
    wanted?.map((name) => columns[position.get(requireColumn(source.schema, name, 'columns').name)!]!.name) ??
    (filled.length > 0 ? filled : columns).slice(0, FIRST_COLUMNS).map(({ name }) => name);
  const notes = [`${countOf(source.rowCount, 'row')}, ${countOf(columns.length, 'column')}.`];
  if (table.rowCount < source.rowCount)
    notes.push(
      `The first ${formatCount(table.rowCount)} rows are in this page, ${formatCount(source.rowCount - table.rowCount)} are not.`,
    );
  if (cut < 20_000) notes.push(`Texts longer than ${formatCount(cut)} characters are cut, and say so.`);
  return { payload: { rowCount: table.rowCount, columns, shown }, notes };
}

/** A page to look into a table: choose columns, filter, sort, unfold JSON, export. No server behind it. */
export async function browseTable(
  source: TableSource,
  parameters: BrowseTableParameters,
  fallbackName: string,
): Promise<Drawn[]> {
  const name = parameters.name ?? fallbackName;
  const title = parameters.title ?? (source.name === 'table' ? 'Table' : `Table ${source.name}`);
  const { payload, notes } = await gridPayload(source, parameters.maxRows, parameters.columns);
  const drawn: Drawn[] = [];
  if (parameters.formats.includes('png')) {
    drawn.push({ name, kind: 'png', content: await tablePng({ title, notes, payload }, parameters) });
  }
  if (parameters.formats.includes('html')) {
    drawn.push({ name, kind: 'html', content: await htmlPage({ title, notes, script: 'table', payload }) });
  }
  return drawn;
}
