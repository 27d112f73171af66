import { columnFromCells, makeTable, type Table, tableFromRows, ticksFromMs } from '../../../lib/tables/index.ts';

/** The same numbers in every run. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export const DAY_START = Date.UTC(2026, 10, 17);
const ACTIVITIES = ['Process created', 'Logon', 'Network connection', 'Logon failed', 'Service installed'];

/** Events of a week in groups of very different size, with a burst of failed logons. */
export function events(count: number): Table {
  const random = seeded(7);
  const times: bigint[] = [];
  const activities: string[] = [];
  const commands: string[] = [];
  for (let row = 0; row < count; row++) {
    const group = Math.min(4, Math.floor(-Math.log(1 - random()) * 1.1));
    const burst = group === 3 && random() < 0.7;
    const day = burst ? 4 + random() * 0.02 : random() * 7;
    times.push(ticksFromMs(DAY_START + Math.round(day * 86_400_000)));
    activities.push(ACTIVITIES[group]!);
    commands.push(`cmd.exe /c task ${row % 97}`);
  }
  return makeTable([
    columnFromCells('TimeGenerated', 'datetime', times),
    columnFromCells('Activity', 'string', activities),
    columnFromCells(
      'Computer',
      'string',
      activities.map((_, row) => `ws-${row % 5}`),
    ),
    columnFromCells('CommandLine', 'string', commands),
    columnFromCells(
      'Bytes',
      'long',
      activities.map((_, row) => (row * 7919) % 100_000),
    ),
  ]);
}

/** A host with an intrusion: Word starts a shell that starts PowerShell, which looks around. */
export function processes(noise = 60): Table {
  const rows: (string | bigint | null)[][] = [];
  const random = seeded(3);
  const add = (
    key: string,
    parent: string | null,
    name: string,
    command: string,
    account: string,
    second: number,
    severity: string | null,
    reason: string | null,
  ) =>
    rows.push([
      ticksFromMs(DAY_START + second * 1000),
      'ws-17.contoso.com',
      key,
      parent,
      name,
      `0x${(1000 + rows.length * 4).toString(16)}`,
      command,
      account,
      severity,
      reason,
    ]);
  add(
    'smss',
    null,
    'C:\\Windows\\System32\\smss.exe',
    '\\SystemRoot\\System32\\smss.exe',
    'NT AUTHORITY\\SYSTEM',
    0,
    null,
    null,
  );
  add('services', 'smss', 'C:\\Windows\\System32\\services.exe', 'services.exe', 'NT AUTHORITY\\SYSTEM', 1, null, null);
  add('explorer', 'smss', 'C:\\Windows\\explorer.exe', 'explorer.exe', 'CONTOSO\\jdoe', 20, null, null);
  add(
    'word',
    'explorer',
    'C:\\Program Files\\Office\\WINWORD.EXE',
    'WINWORD.EXE /n "C:\\Users\\jdoe\\invoice\u202Efdp.docm"',
    'CONTOSO\\jdoe',
    600,
    'medium',
    'Document with a macro',
  );
  add(
    'cmd',
    'word',
    'C:\\Windows\\System32\\cmd.exe',
    'cmd.exe /c powershell -nop -w hidden -enc SQBFAFgAKABOAGUAdwA=',
    'CONTOSO\\jdoe',
    608,
    'high',
    'Office started a shell',
  );
  add(
    'ps',
    'cmd',
    'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe',
    'powershell -nop -w hidden -enc SQBFAFgAKABOAGUAdwA=',
    'CONTOSO\\jdoe',
    609,
    'critical',
    'Encoded command, hidden window',
  );
  add('whoami', 'ps', 'C:\\Windows\\System32\\whoami.exe', 'whoami /all', 'CONTOSO\\jdoe', 640, 'medium', 'Discovery');
  for (let index = 0; index < noise; index++) {
    const parent = ['services', 'explorer', 'smss'][Math.floor(random() * 3)]!;
    add(
      `n${index}`,
      parent,
      `C:\\Windows\\System32\\${['svchost', 'conhost', 'dllhost'][index % 3]}.exe`,
      `-k task${index}`,
      parent === 'explorer' ? 'CONTOSO\\jdoe' : 'NT AUTHORITY\\SYSTEM',
      30 + Math.floor(random() * 3000),
      null,
      null,
    );
  }
  const schema = [
    { name: 'TimeGenerated', type: 'datetime' },
    ...[
      'Computer',
      'NodeKey',
      'ParentKey',
      'NewProcessName',
      'NewProcessId',
      'CommandLine',
      'Account',
      'Severity',
      'Reason',
    ].map((name) => ({ name, type: 'string' as const })),
  ] as const;
  return tableFromRows(schema, rows);
}

/** Logons of accounts on hosts; a few accounts and hosts make most. */
export function logons(count: number): Table {
  const random = seeded(11);
  return tableFromRows(
    [
      { name: 'Account', type: 'string' },
      { name: 'Computer', type: 'string' },
    ],
    Array.from({ length: count }, () => [
      `CONTOSO\\user${Math.floor(60 * random() ** 3)}`,
      `ws-${Math.floor(40 * random() ** 2)}`,
    ]),
  );
}

/** Hourly values with a daily season, one spike and one dip, taken apart. */
export function series(hours = 240): Table {
  const schema = [
    { name: 'TimeGenerated', type: 'datetime' },
    { name: 'TotalBytesSent', type: 'real' },
    { name: 'baseline', type: 'real' },
    { name: 'trend', type: 'real' },
    { name: 'seasonal', type: 'real' },
    { name: 'residual', type: 'real' },
    { name: 'score', type: 'real' },
    { name: 'anomalies', type: 'int' },
  ] as const;
  const random = seeded(5);
  return tableFromRows(
    schema,
    Array.from({ length: hours }, (_, hour) => {
      const trend = 1000 + hour;
      const seasonal = 300 * Math.sin((hour / 24) * 2 * Math.PI);
      const noise = (random() - 0.5) * 60;
      const anomaly = hour === 100 ? 1 : hour === 170 ? -1 : 0;
      const residual = noise + anomaly * 500;
      return [
        ticksFromMs(DAY_START + hour * 3_600_000),
        trend + seasonal + residual,
        trend + seasonal,
        trend,
        seasonal,
        residual,
        residual / 60,
        anomaly,
      ];
    }),
  );
}

const CITIES = [
  [51.5, -0.12],
  [40.71, -74],
  [35.68, 139.69],
  [-33.87, 151.2],
  [48.85, 2.35],
] as const;

/** Sign-ins; jdoe is in London, and 40 minutes later in Sydney. */
export function signIns(count = 120): Table {
  const random = seeded(13);
  const rows = Array.from({ length: count }, (_, row) => {
    const [latitude, longitude] = CITIES[Math.floor(random() * CITIES.length)]!;
    return [
      ticksFromMs(DAY_START + row * 600_000),
      `user${row % 40}@contoso.com`,
      `203.0.113.${row % 250}`,
      latitude + random(),
      longitude + random(),
      ['Portal', 'Mail'][row % 2]!,
    ];
  });
  rows.push([ticksFromMs(DAY_START), 'jdoe@contoso.com', '192.0.2.7', 51.5, -0.12, 'Mail']);
  rows.push([ticksFromMs(DAY_START + 2_400_000), 'jdoe@contoso.com', '198.51.100.66', -33.87, 151.2, 'Mail']);
  return tableFromRows(
    [
      { name: 'TimeGenerated', type: 'datetime' },
      { name: 'UserPrincipalName', type: 'string' },
      { name: 'IPAddress', type: 'string' },
      { name: 'Latitude', type: 'real' },
      { name: 'Longitude', type: 'real' },
      { name: 'AppDisplayName', type: 'string' },
    ],
    rows,
  );
}

const ENTITIES = JSON.stringify([
  { $id: '1', Type: 'host', HostName: 'ws-17', DnsDomain: 'contoso.com' },
  { $id: '2', Type: 'account', Name: 'jdoe', UPNSuffix: 'contoso.com', Host: { $ref: '1' } },
  { $id: '3', Type: 'ip', Address: '198.51.100.66' },
]);

export function alerts(): Table {
  return tableFromRows(
    [
      { name: 'TimeGenerated', type: 'datetime' },
      { name: 'AlertName', type: 'string' },
      { name: 'AlertSeverity', type: 'string' },
      { name: 'SystemAlertId', type: 'string' },
      { name: 'Description', type: 'string' },
      { name: 'ExtendedProperties', type: 'dynamic' },
      { name: 'Entities', type: 'dynamic' },
    ],
    [
      [
        ticksFromMs(DAY_START),
        'Encoded PowerShell',
        'High',
        'a1',
        'A shell ran an encoded command',
        '{"Query":"SecurityEvent | take 1"}',
        ENTITIES,
      ],
      [ticksFromMs(DAY_START + 3_600_000), 'Rare sign-in', 'Medium', 'a2', 'A place never seen before', '{}', ENTITIES],
      [ticksFromMs(DAY_START + 7_200_000), 'Rare sign-in', 'Low', 'a3', 'Another place', '{}', '[]'],
    ],
  );
}

/** Texts that try to be more than text, in a page, a picture or an expression. */
export const HOSTILE = [
  '</script><img src=x onerror=alert(1)>',
  '<!--<script>alert(1)</script>',
  '"><svg onload=alert(1)>',
  "'+alert(1)+'",
  '{{constructor.constructor("alert(1)")()}}',
  'javascript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'line\u2028separator\u2029end',
  'nul\u0000esc\u001b[31mred',
  'invoice\u202Efdp.exe',
  'zero\u200bwidth',
  'lone\ud800surrogate',
  '__proto__',
  'constructor',
  "a'b",
  'a]b',
  'a.b[0]',
  '=HYPERLINK("http://evil.example","x")',
  'x'.repeat(100_000),
  '',
] as const;

/** A table whose every text and column name is hostile. */
export function hostile(rows = 40): Table {
  const text = (row: number, shift: number) => HOSTILE[(row + shift) % HOSTILE.length]!;
  const cells = (shift: number) => Array.from({ length: rows }, (_, row) => text(row, shift));
  return makeTable([
    columnFromCells(
      'TimeGenerated',
      'datetime',
      cells(0).map((_, row) => ticksFromMs(DAY_START + row * 60_000)),
    ),
    columnFromCells('Computer', 'string', cells(0)),
    columnFromCells('Account', 'string', cells(1)),
    columnFromCells('NewProcessName', 'string', cells(2)),
    columnFromCells(
      'NewProcessId',
      'string',
      cells(3).map((_, row) => String(row + 1)),
    ),
    columnFromCells(
      'ProcessId',
      'string',
      cells(3).map((_, row) => String(Math.floor(row / 2))),
    ),
    columnFromCells('CommandLine', 'string', cells(4)),
    columnFromCells('</script><b>', 'string', cells(5)),
    columnFromCells('__proto__', 'string', cells(6)),
    columnFromCells('constructor', 'string', cells(7)),
    columnFromCells(
      'image',
      'string',
      cells(0).map(() => 'data:x," onerror="alert(1)'),
    ),
    columnFromCells(
      'Score',
      'real',
      cells(0).map((_, row) => (row * 37) % 101),
    ),
    columnFromCells(
      'Latitude',
      'real',
      cells(0).map((_, row) => (row % 170) - 80),
    ),
    columnFromCells(
      'Longitude',
      'real',
      cells(0).map((_, row) => ((row * 17) % 350) - 170),
    ),
    columnFromCells(
      'ExtendedProperties',
      'dynamic',
      cells(0).map((value) => JSON.stringify({ [value.slice(0, 200)]: value.slice(0, 200) })),
    ),
  ]);
}
