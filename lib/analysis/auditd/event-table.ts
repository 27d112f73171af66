import { type Cell, type Column, columnFromCells, makeTable, type Table } from '../../tables/index.ts';

export type EventFields = ReadonlyMap<string, string | number | null>;

/** Columns of the fields' names: `long` where all values are whole numbers, else text; none where all are null. */
export function fieldColumns(events: readonly EventFields[], order: (names: string[]) => string[]): Column[] {
  const names = new Set<string>();
  for (const event of events) for (const [name, value] of event) if (value !== null) names.add(name);
  return order([...names]).map((name) => {
    const cells = events.map((event): Cell => event.get(name) ?? null);
    const isWhole = cells.every((value) => value === null || typeof value === 'number');
    return columnFromCells(name, isWhole ? 'long' : 'string', cells);
  });
}

/** Columns side by side; one of a name that is taken is left out. */
export function sideBySide(columns: readonly Column[], rowCount: number): Table {
  const taken = new Set<string>();
  const kept = columns.filter(({ name }) => !taken.has(name) && taken.add(name));
  return makeTable(kept, rowCount);
}

/** Ticks of the time in an audit id, `1551487424.869:752`; null if it has none. */
export function ticksOfId(id: string): bigint | null {
  const match = /^(\d{1,11})(?:\.(\d{1,9}))?/.exec(id);
  if (!match) return null;
  return (
    BigInt(match[1]!) * 10_000_000n + BigInt((match[2] ?? '').padEnd(7, '0').slice(0, 7)) + 621_355_968_000_000_000n
  );
}
