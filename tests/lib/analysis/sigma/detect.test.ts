import { describe, expect, it } from 'vitest';
import { detect, findingsOf, matchTable, parseAllowList, parseRules } from '../../../../lib/analysis/sigma/index.ts';
import { type Cell, sourceOf, tableFromRows, ticksFromIso, toRows } from '../../../../lib/tables/index.ts';

const TIME = ticksFromIso('2026-03-12T09:00:00Z')!;
const SECOND = 10_000_000n;

function source(name: string, columns: string[], rows: (Cell | undefined)[][]) {
  const schema = columns.map((column) => ({
    name: column,
    type:
      column === 'TimeGenerated'
        ? ('datetime' as const)
        : column === 'EventID'
          ? ('int' as const)
          : ('string' as const),
  }));
  return sourceOf(tableFromRows(schema, rows), name);
}

function processes(
  ...rows: [computer: string, parent: string, image: string, command: string, second?: number, guid?: string][]
) {
  return source(
    'processes',
    ['TimeGenerated', 'Computer', 'ParentImage', 'Image', 'CommandLine', 'ProcessGuid'],
    rows.map(([computer, parent, image, command, second = 0, guid]) => [
      TIME + BigInt(second) * SECOND,
      computer,
      parent,
      image,
      command,
      guid,
    ]),
  );
}

const rulesOf = (text: string) => {
  const { rules, issues } = parseRules(text, 'test.yml');
  expect(issues).toEqual([]);
  return rules;
};

const rule = (id: string, selection: string, rest = '', logsource = '{ category: process_creation }') =>
  `title: Rule ${id}\nid: ${id}\nname: ${id}\nlogsource: ${logsource}\nlevel: high\ndetection:\n  s: ${selection}\n  condition: s\n${rest}`;

const SHELL = rule('shell', "{ Image|endswith: '\\powershell.exe' }");

describe('detect', () => {
  it('reads the tables whose columns fit, whatever they are called', async () => {
    const security = source(
      'other',
      ['EventID', 'Computer', 'NewProcessName', 'CommandLine'],
      [
        [4688, 'dc01', 'C:\\w\\powershell.exe', 'powershell'],
        [4689, 'dc01', 'C:\\w\\powershell.exe', 'powershell'],
      ],
    );
    const defender = source(
      'device',
      ['DeviceName', 'FolderPath', 'ProcessCommandLine', 'InitiatingProcessFolderPath'],
      [['ws09', 'C:\\w\\PowerShell.exe', 'powershell', 'C:\\explorer.exe']],
    );
    const none = source('dns', ['TimeGenerated', 'Computer', 'QueryName'], [[TIME, 'ws01', 'powershell.exe']]);
    const { matches, coverage } = await detect(rulesOf(SHELL), [security, defender, none]);
    expect(
      toRows(matchTable(matches, new Map())).map(({ SourceTable, SourceRow, Computer, Actor }) => [
        SourceTable,
        SourceRow,
        Computer,
        Actor,
      ]),
    ).toEqual([
      ['other', 0n, 'dc01', 'C:\\w\\powershell.exe'],
      ['device', 0n, 'ws09', 'C:\\w\\PowerShell.exe'],
    ]);
    expect(coverage[0]).toMatchObject({ tables: ['other', 'device'], matches: 2, missingFields: [] });
  });

  it('reads events whose fields lie in a JSON object', async () => {
    const events = source(
      'events',
      ['TimeGenerated', 'Computer', 'EventID', 'EventLog', 'EventData'],
      [
        [TIME, 'ws01', 4104, 'Microsoft-Windows-PowerShell/Operational', '{"ScriptBlockText":"IEX whoami"}'],
        [TIME, 'ws01', 4104, 'Microsoft-Windows-PowerShell/Operational', 'not json'],
        [TIME, 'ws01', 4103, 'Microsoft-Windows-PowerShell/Operational', '{"ScriptBlockText":"IEX whoami"}'],
        [TIME, 'ws01', 7045, 'System', '{"ServiceName":"x","ImagePath":"%COMSPEC% /c IEX"}'],
      ],
    );
    const rules = rulesOf(
      `${rule('script', '{ ScriptBlockText|contains: iex }', '', '{ category: ps_script }')}\n---\n${rule('service', '{ EventID: 7045, ImagePath|contains: comspec }', '', '{ product: windows, service: system }')}`,
    );
    const { matches } = await detect(rules, [events]);
    expect(matches.map((match) => [match.rule.id, match.rows[0]!.row])).toEqual([
      ['script', 0],
      ['service', 3],
    ]);
  });

  it('treats a field that the table lacks as absent, and says so', async () => {
    const rules = rulesOf(rule('r', '{ Image|contains: a, Company: null }'));
    const { matches, coverage } = await detect(rules, [processes(['ws01', 'p', 'a', 'c'])]);
    expect(matches).toHaveLength(1);
    expect(coverage[0]!.missingFields).toEqual(['Company']);
  });

  it('compares fields with each other and seeks keywords everywhere', async () => {
    const rules = rulesOf(`${rule('same', '{ Image|fieldref: ParentImage }')}\n---\n${rule('word', '[evil]')}`);
    const table = processes(['ws01', 'C:\\a', 'c:\\A', 'x'], ['ws01', 'b', 'c', 'an EVIL thing']);
    const { matches } = await detect(rules, [table]);
    expect(matches.map((match) => [match.rule.id, match.rows[0]!.row])).toEqual([
      ['same', 0],
      ['word', 1],
    ]);
  });

  it('keeps what an allow-list covers, with the entry that covers it', async () => {
    const { entries, issues } = parseAllowList(
      'entries:\n  - id: agent\n    reason: ours\n    rules: [shell]\n    where: { ParentImage|endswith: agent.exe }\n',
      'allow.yaml',
    );
    expect(issues).toEqual([]);
    const table = processes(
      ['ws01', 'agent.exe', '\\powershell.exe', 'a'],
      ['ws01', 'word.exe', '\\powershell.exe', 'b'],
    );
    const { matches, coverage } = await detect(rulesOf(SHELL), [table], { allowList: entries });
    const { findings } = findingsOf(matches);
    expect(findings.map(({ suppressedBy }) => suppressedBy ?? null).sort()).toEqual(['agent', null]);
    expect(coverage[0]).toMatchObject({ matches: 2, suppressed: 1 });
  });

  it('names the mistakes of an allow-list', () => {
    const { entries, issues } = parseAllowList('entries:\n  - id: a\n    where: { x|nope: y }\n  - 7\n', 'allow.yaml');
    expect(entries).toEqual([]);
    expect(issues.map(({ line, message }) => `${line} ${message.split(' (')[0]}`)).toEqual([
      '2 "reason" is missing',
      '3 the modifier "nope" is not supported',
      '4 an entry must be a map',
    ]);
  });
});

describe('correlations', () => {
  const base = rule('base', '{ Image|contains: x }');
  const burst = (condition: string, type = 'value_count', rest = '') =>
    `title: Burst\nid: burst\nlevel: medium\ncorrelation:\n  type: ${type}\n  rules: [base]\n  group-by: [Computer]\n  timespan: 10s\n  condition: ${condition}\n${rest}`;

  it('count different values in a sliding window, and only the burst is reported', async () => {
    const rows = [0, 5, 9, 30, 31].map((second, i) => ['ws01', 'p', `x${i}`, 'c', second] as const);
    const table = processes(...rows.map((row) => [...row] as [string, string, string, string, number]), [
      'ws02',
      'p',
      'x1',
      'c',
      3,
    ]);
    const { matches } = await detect(rulesOf(`${base}\n---\n${burst('{ field: Image, gte: 3 }')}`), [table]);
    expect(matches.map((match) => [match.rule.id, match.rows.map(({ row }) => row)])).toEqual([['burst', [0, 1, 2]]]);
  });

  it('go on while events follow, and do not overlap', async () => {
    const table = processes(
      ...[0, 4, 8, 12, 16, 60, 61, 62].map((second): [string, string, string, string, number] => [
        'ws01',
        'p',
        'x',
        'c',
        second,
      ]),
    );
    const { matches } = await detect(rulesOf(`${base}\n---\n${burst('{ gte: 3 }', 'event_count')}`), [table]);
    expect(matches.map((match) => match.rows.map(({ row }) => row))).toEqual([
      [0, 1, 2, 3, 4],
      [5, 6, 7],
    ]);
  });

  it('of several kinds need them all', async () => {
    const both = `title: Both\nid: both\nlevel: high\ncorrelation: { type: temporal, rules: [a, b], group-by: [Computer], timespan: 10s, generate: true }`;
    const text = `${rule('a', '{ Image: a }')}\n---\n${rule('b', '{ Image: b }')}\n---\n${both}`;
    const table = processes(['ws01', 'p', 'a', 'c', 0], ['ws02', 'p', 'b', 'c', 1], ['ws01', 'p', 'b', 'c', 8]);
    const { matches } = await detect(rulesOf(text), [table]);
    expect(matches.map((match) => [match.rule.id, match.rows.map(({ row }) => row)])).toEqual([
      ['a', [0]],
      ['b', [1]],
      ['b', [2]],
      ['both', [0, 2]],
    ]);
  });

  it('count apart what an allow-list covers', async () => {
    const { entries } = parseAllowList('entries: [{ id: scan, reason: ours, where: { CommandLine: scan } }]', 'a.yaml');
    const table = processes(
      ...[0, 1, 2, 3].map((second): [string, string, string, string, number] => [
        'ws01',
        'p',
        'x',
        second < 3 ? 'scan' : 'c',
        second,
      ]),
    );
    const { matches } = await detect(rulesOf(`${base}\n---\n${burst('{ gte: 3 }', 'event_count')}`), [table], {
      allowList: entries,
    });
    expect(matches.map(({ suppressedBy, rows }) => [suppressedBy, rows.length])).toEqual([['scan', 3]]);
  });
});

describe('findings', () => {
  it('are one for what differs in numbers only, lower the commoner it is', async () => {
    const rows = Array.from({ length: 40 }, (_, i): [string, string, string, string] => [
      'ws01',
      'agent.exe',
      '\\powershell.exe',
      `run ${i}`,
    ]);
    const { matches } = await detect(rulesOf(SHELL), [
      processes(...rows, ['ws01', 'winword.exe', '\\powershell.exe', 'run 1']),
    ]);
    const { findings } = findingsOf(matches);
    expect(findings).toHaveLength(2);
    expect(findings[0]!.evidence).toEqual([
      { table: 'processes', row: 40, time: '2026-03-12T09:00:00.0000000Z', excerpt: 'run 1' },
    ]);
    expect(findings[0]!.score).toBeGreaterThan(findings[1]!.score + 10);
    expect(findings[1]!.reason).toContain('40 times');
    expect(findings[0]!.reason).toContain('Started by winword.exe');
  });

  it('are higher where other rules hit the same process', async () => {
    const other = rule('other', '{ CommandLine|contains: evil }');
    const table = processes(
      ['ws01', 'p', '\\powershell.exe', 'evil', 0, '{1}'],
      ['ws02', 'p2', '\\powershell.exe', 'good', 0, '{2}'],
    );
    const { matches } = await detect(rulesOf(`${SHELL}\n---\n${other}`), [table]);
    const [first, , last] = findingsOf(matches).findings.filter(({ title }) => title.startsWith('Rule'));
    expect(first!.reason).toMatch(/same process also matched “Rule (other|shell)”/);
    expect(first!.score).toBeGreaterThan(last!.score);
  });

  it('that many computers share are one', async () => {
    const rows = [1, 2, 3, 4, 5].map((i): [string, string, string, string] => [
      `ws0${i}`,
      'agent.exe',
      '\\powershell.exe',
      'a',
    ]);
    const { findings } = findingsOf((await detect(rulesOf(SHELL), [processes(...rows)])).matches);
    expect(findings.map(({ title, evidence }) => [title, evidence.length])).toEqual([
      ['Rule shell: powershell.exe on 5 computers', 5],
    ]);
  });

  it('hold hostile text as data', async () => {
    const nasty = '<script>alert(1)</script>\u202e\0'.repeat(1000);
    const {
      findings: [finding],
    } = findingsOf((await detect(rulesOf(SHELL), [processes(['ws01', nasty, '\\powershell.exe', nasty])])).matches);
    expect(finding!.evidence[0]!.excerpt.length).toBeLessThanOrEqual(1000);
  });
});
