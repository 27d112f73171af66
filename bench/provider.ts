import { parseWireJson } from '../lib/providers/wire-json.ts';
import { kqlTypeOfWire, tableFromWire } from '../lib/providers/wire-table.ts';
import { type Bench, fastest, measure } from './bench.ts';

const COLUMNS = [
  ['TimeGenerated', 'datetime'],
  ['Computer', 'string'],
  ['EventID', 'int'],
  ['ProcessId', 'long'],
  ['CommandLine', 'string'],
  ['Properties', 'dynamic'],
] as const;

/** A Log Analytics answer as it comes over the wire, made into a table: what a query costs on this side. */
export const bench: Bench = {
  name: 'provider',
  description: 'an answer of Log Analytics as text made into a typed table; the floor is JSON.parse of it',
  async run({ rows = 100_000 }) {
    const text = answerText(rows);
    const schema = COLUMNS.map(([name, type]) => ({ name, type: kqlTypeOfWire(type) }));
    const seconds = await fastest(3, async () => {
      const { tables } = parseWireJson(text) as { tables: { rows: unknown[][] }[] };
      return tableFromWire(schema, tables[0]!.rows);
    });
    const floor = await fastest(3, async () => JSON.parse(text) as unknown);
    return [measure('log-analytics answer', rows, seconds, floor)];
  },
};

function answerText(rowCount: number): string {
  const start = Date.UTC(2026, 2, 4);
  const rows = Array.from({ length: rowCount }, (_, row) => [
    `${new Date(start + row * 37).toISOString().slice(0, -1)}${String(row % 10_000).padStart(4, '0')}Z`,
    `ws-${row % 500}.contoso.example`,
    4688,
    row % 9 === 0 ? '@' : 1000 + (row % 60_000),
    `C:\\Windows\\System32\\svchost.exe -k netsvcs -p -s Schedule ${row}`,
    `{"ParentProcessName":"C:\\\\Windows\\\\System32\\\\services.exe","TokenElevationType":"%%1936","Index":${row}}`,
  ]);
  const columns = COLUMNS.map(([name, type]) => ({ name, type }));
  // Some process ids are of 64 bits, and stand as numbers on the wire.
  return JSON.stringify({ tables: [{ name: 'PrimaryResult', columns, rows }] }).replaceAll('"@"', '9007199254740993');
}
