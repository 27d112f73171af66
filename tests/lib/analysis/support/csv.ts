import { readFileSync } from 'node:fs';
import { columnFromCells, makeTable, type Table } from '../../../../lib/tables/index.ts';

/** Rows of a CSV text, RFC 4180. */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let field = '';
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (isQuoted) {
      if (character !== '"') field += character;
      else if (text[at + 1] === '"') {
        field += '"';
        at++;
      } else isQuoted = false;
    } else if (character === '"') isQuoted = true;
    else if (character === ',') {
      row.push(field);
      field = '';
    } else if (character === '\n') {
      row.push(field);
      rows.push(row);
      row = [];
      field = '';
    } else if (character !== '\r') field += character;
  }
  if (field !== '' || row.length > 0) rows.push([...row, field]);
  return rows;
}

/** A CSV file as a table of texts; empty fields are null. A first column without a name (an index) is left out. */
export function csvTable(path: string): Table {
  const [head = [], ...rows] = parseCsv(readFileSync(path, 'utf8'));
  const columns = head.flatMap((name, index) =>
    name === ''
      ? []
      : [
          columnFromCells(
            name,
            'string',
            rows.map((row) => row[index] || null),
          ),
        ],
  );
  return makeTable(columns, rows.length);
}
