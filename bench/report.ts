import { gatherReport, type ReportSubject, renderReport } from '../lib/report/index.ts';
import { makeTable, schemaOf, sourceOf, type Table } from '../lib/tables/index.ts';
import { type Bench, fastest, measure } from './bench.ts';

const DISTINCT = 20_000;

/** A table of indicators and one of decoded texts, as wide and as long as a noisy day gives. */
function makeTables(rows: number): { iocs: Table; decoded: Table } {
  const text = (name: string, value: (row: number) => string) => ({
    name,
    type: 'string' as const,
    values: Array.from({ length: rows }, (_, row) => value(row)),
  });
  return {
    iocs: makeTable([text('IoCType', () => 'dns'), text('Observable', (row) => `h${(row * 7919) % DISTINCT}.example`)]),
    decoded: makeTable([
      text('DecodedText', (row) => `IEX (New-Object Net.WebClient).DownloadString(${row % DISTINCT})`),
    ]),
  };
}

function subjectOf(tables: Readonly<Record<string, Table>>): ReportSubject {
  const verbs: Readonly<Record<string, string>> = { iocs: 'extract.iocs', decoded: 'decode.base64' };
  return {
    playbook: 'bench',
    description: '',
    inputs: {},
    timeRange: null,
    sources: [],
    steps: [],
    tables: Object.entries(tables).map(([name, table]) => ({
      name,
      verb: verbs[name]!,
      rows: table.rowCount,
      columns: schemaOf(table),
      parts: [],
    })),
    findings: Array.from({ length: 2000 }, (_, row) => ({
      score: row % 100,
      severity: 'medium' as const,
      title: `Finding ${row}`,
      reason: 'Because.',
      techniques: ['T1059.001'],
      entities: [],
      evidence: [{ table: 'decoded', row, time: null, excerpt: 'powershell -enc …' }],
    })),
    verdicts: [],
    artifacts: [],
    warnings: [],
    versions: {},
  };
}

export const bench: Bench = {
  name: 'report',
  description:
    'gathering and rendering a report of 2,000 findings, indicators and decoded texts; the floor is a pass over the texts',
  run: async ({ rows = 100_000 }) => {
    const tables: Record<string, Table> = { ...makeTables(rows) };
    const subject = subjectOf(tables);
    const readers = { table: (name: string) => sourceOf(tables[name]!, name), artifact: async () => null };
    const input = await gatherReport(subject, readers);
    const floor = await fastest(3, () => {
      let characters = 0;
      for (const table of Object.values(tables)) {
        for (const column of table.columns) for (const value of column.values) characters += String(value).length;
      }
      return characters;
    });
    return [
      measure('gather', rows * 2, await fastest(3, () => gatherReport(subject, readers)), floor),
      measure('render', rows * 2, await fastest(3, () => renderReport(input)), floor),
    ];
  },
};
