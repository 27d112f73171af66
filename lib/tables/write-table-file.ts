import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { extname } from 'node:path';
import { TrailhoundError } from '../errors.ts';
import { cellText } from './cell-text.ts';
import { type Column, cell } from './column.ts';
import { writeParquet } from './parquet.ts';
import type { Table } from './table.ts';

export interface WriteTableOptions {
  /**
   * For CSV that people open in a spreadsheet: text that a spreadsheet would run as a formula (`=`, `+`, `-`, `@`, tab
   * or return at its start) gets an apostrophe before it. Default: false, every cell is exactly what it was.
   */
  readonly guardFormulas?: boolean;
}

type Lines = (table: Table, options: WriteTableOptions) => Generator<string>;

const TEXT_FORMATS: Readonly<Record<string, Lines>> = {
  '.csv': (table, options) => delimitedLines(table, ',', options),
  '.tsv': (table, options) => delimitedLines(table, '\t', options),
  '.jsonl': jsonLines,
  '.ndjson': jsonLines,
};

/** Endings of files that `writeTableFile` writes. */
export const TABLE_FILE_ENDINGS: readonly string[] = [...Object.keys(TEXT_FORMATS), '.parquet'];

const CHUNK_CHARACTERS = 1 << 18;

/**
 * Writes a table to a file; its ending names the format. The file is there whole or not at all.
 *
 * @throws `usage` for an unknown ending
 * @example await writeTableFile(table, 'decoded.jsonl');
 */
export async function writeTableFile(table: Table, path: string, options: WriteTableOptions = {}): Promise<void> {
  const ending = extname(path).toLowerCase();
  const partial = `${path}.partial`;
  try {
    if (ending === '.parquet') await writeParquet(table, partial);
    else {
      const lines = TEXT_FORMATS[ending];
      if (!lines) {
        throw new TrailhoundError('usage', `a table cannot be written as "${ending || path}"`, {
          hint: `Endings that work: ${TABLE_FILE_ENDINGS.join(', ')}`,
        });
      }
      const file = await open(partial, 'w');
      try {
        await writeChunks(file, lines(table, options));
      } finally {
        await file.close();
      }
    }
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    if (error instanceof TrailhoundError) throw error;
    throw new TrailhoundError('unavailable', `${path} cannot be written: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

async function writeChunks(file: FileHandle, lines: Iterable<string>): Promise<void> {
  let chunk = '';
  for (const line of lines) {
    chunk += line;
    if (chunk.length < CHUNK_CHARACTERS) continue;
    await file.write(chunk);
    chunk = '';
  }
  if (chunk !== '') await file.write(chunk);
}

/** Delimited lines after RFC 4180, ended by LF. Null is an empty field, empty text is `""`. */
function* delimitedLines(
  table: Table,
  delimiter: string,
  { guardFormulas = false }: WriteTableOptions,
): Generator<string> {
  const quoted = (text: string) =>
    text === '' || text.includes(delimiter) || /["\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  const guarded = (text: string) => (guardFormulas && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text);
  yield `${table.columns.map((column) => quoted(guarded(column.name))).join(delimiter)}\n`;
  const isText = table.columns.map(({ type }) => type === 'string' || type === 'dynamic');
  for (let row = 0; row < table.rowCount; row++) {
    const fields = table.columns.map((column, index) => {
      const text = cellText(column, row);
      return text === null ? '' : quoted(isText[index] ? guarded(text) : text);
    });
    yield `${fields.join(delimiter)}\n`;
  }
}

/** One JSON object a line, every column in each, in the table's order. */
export function* jsonLines(table: Table): Generator<string> {
  const keys = table.columns.map(({ name }) => `${JSON.stringify(name)}:`);
  for (let row = 0; row < table.rowCount; row++) {
    const members = table.columns.map((column, index) => `${keys[index]}${cellJson(column, row)}`);
    yield `{${members.join(',')}}\n`;
  }
}

/**
 * A cell as JSON text: datetimes and timespans as their text, dynamics as the JSON that they are, longs beyond 2^53
 * and decimals as strings, NaN and infinities as strings.
 */
export function cellJson(column: Column, row: number): string {
  const value = cell(column, row);
  if (value === null) return 'null';
  switch (column.type) {
    case 'bool':
      return String(value);
    case 'int':
    case 'real':
      return Number.isFinite(value) ? String(value) : `"${value}"`;
    case 'long':
      return Number.isSafeInteger(Number(value)) ? String(value) : `"${value}"`;
    case 'dynamic':
      return isJson(value as string) ? (value as string).replace(/[\r\n]+/g, ' ') : JSON.stringify(value);
    default:
      return JSON.stringify(cellText(column, row));
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
