import { findColumn, isTextColumn, type Table } from '../../tables/index.ts';
import type { LocatedRecord } from './build-events.ts';
import { parseLiteral } from './literal.ts';
import type { AuditMessage } from './msticpy-events.ts';
import { parseRecord, splitFields } from './record.ts';

export interface ReadRecords {
  readonly records: readonly LocatedRecord[];
  /** Rows that are no audit records, with the reason of the first. */
  readonly badRows: readonly number[];
  readonly firstProblem: string | null;
}

/**
 * Records of a column: raw lines (several in a cell are fine), or lists as Log Analytics holds them in `AuditdMessage`,
 * with `mssg_id` beside them.
 */
export function readRecords(table: Table, column: string): ReadRecords {
  const texts = findColumn(table, column);
  const ids = textsOf(table, 'mssg_id');
  const computers = textsOf(table, 'Computer');
  const records: LocatedRecord[] = [];
  const badRows: number[] = [];
  let firstProblem: string | null = null;
  const values = texts && isTextColumn(texts) ? texts.values : [];
  values.forEach((text, row) => {
    if (!text?.trim()) return;
    const computer = computers?.[row] ?? null;
    const before = records.length;
    try {
      if (/^\s*[[{]/.test(text)) {
        const id = ids?.[row] ?? '';
        for (const { type, tokens } of listedRecords(text))
          records.push({ type, id, host: null, computer, row, tokens });
      } else {
        for (const line of text.split(/\r?\n/)) {
          const record = parseRecord(line);
          if (record) records.push({ ...record, computer, row });
        }
      }
    } catch (thrown) {
      firstProblem ??= (thrown as Error).message;
    }
    if (records.length === before) badRows.push(row);
  });
  return { records, badRows, firstProblem: firstProblem ?? (badRows.length > 0 ? 'not an audit record' : null) };
}

function textsOf(table: Table, name: string): readonly (string | null)[] | null {
  const column = findColumn(table, name);
  return column && isTextColumn(column) ? column.values : null;
}

function listedRecords(text: string): { type: string; tokens: string[] }[] {
  return messagesOf(text).flatMap((message) =>
    Object.entries(message).map(([type, tokens]) => ({ type, tokens: splitFields(tokens.join(' ')) })),
  );
}

/** The messages of a cell of `AuditdMessage`: a list of `{TYPE: [tokens]}`. */
export function messagesOf(text: string): AuditMessage[] {
  const parsed = parseLiteral(text);
  return (Array.isArray(parsed) ? parsed : [parsed]).flatMap((item) => {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return [];
    const entries = Object.entries(item).map(([type, tokens]) => [
      type,
      (Array.isArray(tokens) ? tokens : []).map(String),
    ]);
    return [Object.fromEntries(entries) as AuditMessage];
  });
}
