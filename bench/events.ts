import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { columnFromCells, isTextColumn, makeTable, type Table, ticksFromIso } from '../lib/tables/index.ts';
import { withCorpus } from './corpus.ts';

/** A JSON-lines file of events as a table in memory: `TimeGenerated` as datetime, numbers as long, the rest as text. */
async function readEvents(path: string): Promise<Table> {
  const names: string[] = [];
  const cells: (string | number | bigint | null)[][] = [];
  let rows = 0;
  for await (const line of createInterface({ input: createReadStream(path) })) {
    if (line === '') continue;
    const event = JSON.parse(line) as Record<string, string | number | null>;
    if (rows === 0) {
      names.push(...Object.keys(event));
      cells.push(...names.map(() => []));
    }
    names.forEach((name, index) => {
      const value = event[name] ?? null;
      cells[index]!.push(name === 'TimeGenerated' ? ticksFromIso(String(value)) : value);
    });
    rows++;
  }
  return makeTable(
    names.map((name, index) => {
      const type = name === 'TimeGenerated' ? 'datetime' : typeof cells[index]![0] === 'number' ? 'long' : 'string';
      return columnFromCells(name, type, cells[index]!);
    }),
    rows,
  );
}

/** Works with the events of a corpus (see `withCorpus`) in memory. */
export function withEvents<T>(
  options: { readonly data?: string | undefined; readonly rows: number },
  work: (events: Table) => Promise<T>,
): Promise<T> {
  return withCorpus(options, async (path) => work(await readEvents(path)));
}

/** A plain pass over the text of columns: each character is looked at once and added up. */
export function plainPass(events: Table, columns: readonly string[]): number {
  let sum = 0;
  for (const column of events.columns) {
    if (!columns.includes(column.name) || !isTextColumn(column)) continue;
    for (const text of column.values) if (text) for (let at = 0; at < text.length; at++) sum += text.charCodeAt(at);
  }
  return sum;
}
