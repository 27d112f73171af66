import { readFileSync } from 'node:fs';
import { type KqlEngine, KqlError, kqlCellText } from '../../../../lib/kql/index.ts';
import { cell, type Table } from '../../../../lib/tables/index.ts';

/** A question, and what the real engine answered. */
export interface RecordedAnswer {
  readonly id: string;
  readonly family: string;
  readonly kql: string;
  readonly columns: readonly string[];
  readonly rowCount: number;
  readonly sampleRows: readonly string[];
}

export interface Comparison {
  readonly id: string;
  readonly outcome: 'same' | 'refused' | 'different';
  readonly reason: string;
  readonly warned: boolean;
}

export function readAnswers(path: string): RecordedAnswer[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as RecordedAnswer);
}

/** A row's text without what the recording could not keep: whitespace, quotes, the last digits of reals. */
function normalized(row: string): string {
  return row
    .replace(/\s+/g, '')
    .replace(/['"]/g, '')
    .replace(/\\u([0-9a-fA-F]{4})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replaceAll('\\', '')
    .replace(/-?\d+\.?\d*(?:[eE][+-]?\d+)?/g, (digits) => {
      if (digits.length > 15 && /^-?\d+$/.test(digits)) return digits;
      const value = Number(digits);
      return Number.isFinite(value) ? String(Number(value.toPrecision(9))) : digits;
    });
}

/** The pieces of a row in no order: sets and bags have none. */
function unordered(row: string): string {
  return row
    .split(/[,[\](){}]/)
    .sort()
    .join();
}

function rowText(table: Table, row: number): string {
  const cells = table.columns.map((column) => {
    const text = kqlCellText(column.type, cell(column, row));
    return column.type === 'string' ? `'${text ?? ''}'` : (text ?? 'null');
  });
  return `(${cells.join(', ')})`;
}

function sameRows(answer: RecordedAnswer, actual: readonly string[]): boolean {
  const expected = answer.sampleRows.map(normalized);
  const got = actual.map(normalized);
  const remaining = [...got];
  const allFound = (wanted: readonly string[], from: string[]) =>
    wanted.every((row) => {
      const at = from.indexOf(row);
      if (at >= 0) from.splice(at, 1);
      return at >= 0;
    });
  if (allFound(expected, remaining)) return true;
  return /set|bag|pack/.test(answer.kql) && allFound(expected.map(unordered), got.map(unordered));
}

/** Asks the engine and compares columns, the number of rows, and the rows that were recorded. */
export async function compareAnswer(engine: KqlEngine, answer: RecordedAnswer): Promise<Comparison> {
  const { id } = answer;
  try {
    const { table, schema, warnings } = await engine.run(answer.kql, { nowInMs: 0 });
    const warned = warnings.length > 0;
    const names = schema.map((column) => column.name).join();
    const expected = answer.columns.map((column) => column.replace(/:[^:]*$/, '')).join();
    if (names !== expected) return { id, outcome: 'different', reason: `columns ${names} not ${expected}`, warned };
    const rows = Array.from({ length: (table as Table).rowCount }, (_, row) => rowText(table as Table, row));
    if (rows.length !== answer.rowCount)
      return {
        id,
        outcome: 'different',
        reason: `${rows.length} rows, not ${answer.rowCount}: ${rows.slice(0, 3).join(' ')}`,
        warned,
      };
    if (sameRows(answer, rows)) return { id, outcome: 'same', reason: '', warned };
    return {
      id,
      outcome: 'different',
      reason: `${rows.slice(0, 4).join(' ')} NOT ${answer.sampleRows.slice(0, 4).join(' ').replace(/\s+/g, ' ')}`,
      warned,
    };
  } catch (error) {
    if (error instanceof KqlError)
      return {
        id,
        outcome: 'refused',
        reason: `${error.info.code} ${error.info.construct}: ${error.info.message}`,
        warned: false,
      };
    throw error;
  }
}
