import { describe, expect, it } from 'vitest';
import { accounted, jsonLines, loadFiles, rowsOf, tableOf } from './support.ts';

const SYSMON = { SourceName: 'Microsoft-Windows-Sysmon', Channel: 'Microsoft-Windows-Sysmon/Operational' };
const SECURITY = { SourceName: 'Microsoft-Windows-Security-Auditing', Channel: 'Security' };

describe('traps of published data', () => {
  it('corrects local times in 12-hour form that are marked Z, by Sysmon’s UtcTime, to the tick', async () => {
    // The machine is at UTC-7 and writes 09:53 for 21:53: nineteen hours off.
    const sysmon = Array.from({ length: 20 }, (_, i) => ({
      ...SYSMON,
      EventID: 1,
      Hostname: 'ws-1.contoso.com',
      TimeCreated: `2023-08-15T09:53:${10 + i}.554Z`,
      UtcTime: `2023-08-16 04:53:${10 + i}.446`,
      Image: 'C:\\a.exe',
    }));
    const other = {
      ...SECURITY,
      EventID: 4688,
      Hostname: 'ws-1.contoso.com',
      TimeCreated: '2023-08-15T09:54:00.1234567Z',
      '@timestamp': '2023-08-15T09:54:00.123Z',
      NewProcessName: 'C:\\b.exe',
    };
    const data = await loadFiles({ 'events.json': jsonLines([other, ...sysmon]) });
    expect((await rowsOf(data, 'SecurityEvent'))[0]).toMatchObject({ TimeGenerated: '2023-08-16T04:54:00.1234567Z' });
    expect((await rowsOf(data, 'Event'))[0]).toMatchObject({ TimeGenerated: '2023-08-16T04:53:10.4460000Z' });
    expect(data.warnings.map(({ message }) => message).join()).toContain('corrected');
  });

  it('leaves times alone where Sysmon agrees with the exporter', async () => {
    const rows = Array.from({ length: 20 }, (_, i) => ({
      ...SYSMON,
      EventID: 1,
      TimeCreated: `2023-08-15T09:53:${10 + i}.554Z`,
      UtcTime: `2023-08-15 09:53:${10 + i}.446`,
    }));
    const data = await loadFiles({
      'events.json': jsonLines([...rows, { ...SECURITY, EventID: 4624, TimeCreated: '2023-08-15T10:00:00Z' }]),
    });
    expect((await rowsOf(data, 'SecurityEvent'))[0]).toMatchObject({ TimeGenerated: '2023-08-15T10:00:00.0000000Z' });
  });

  it('reads three shapes of Windows events alike; the machine, not the collector; one spelling of channels', async () => {
    const nxlog = {
      ...SECURITY,
      Channel: 'security',
      EventID: 4688,
      EventTime: '2020-09-04 16:09:55',
      EventReceivedTime: '2020-09-04 16:09:56',
      '@timestamp': '2020-09-04T20:09:57.054Z',
      host: 'wec.internal.example.net',
      Hostname: 'WS5.contoso.com',
      NewProcessName: 'C:\\Windows\\System32\\wscript.exe',
      SubjectDomainName: 'CONTOSO',
      SubjectUserName: 'ada',
    };
    const plain = { ...nxlog, TimeCreated: '2020-09-04T20:09:55Z', EventTime: undefined, EventReceivedTime: undefined };
    const winlogbeat = {
      '@timestamp': '2020-09-04T20:09:55.000Z',
      host: { name: 'wec' },
      message: 'A new process has been created.',
      winlog: {
        channel: 'Security',
        provider_name: 'Microsoft-Windows-Security-Auditing',
        event_id: 4688,
        computer_name: 'WS5.contoso.com',
        record_id: 7,
        event_data: {
          NewProcessName: 'C:\\Windows\\System32\\wscript.exe',
          SubjectDomainName: 'CONTOSO',
          SubjectUserName: 'ada',
        },
      },
    };
    const data = await loadFiles({ 'mixed.json': jsonLines([nxlog, plain, winlogbeat]) });
    const rows = await rowsOf(data, 'SecurityEvent');
    expect(rows).toHaveLength(3);
    for (const row of rows) {
      expect(row).toMatchObject({
        TimeGenerated: '2020-09-04T20:09:55.0000000Z',
        Computer: 'WS5.contoso.com',
        Channel: 'Security',
        EventID: 4688,
        Account: 'CONTOSO\\ada',
        Process: 'wscript.exe',
      });
      expect(JSON.parse(row['EventData'] as string)).toMatchObject({ SubjectUserName: 'ada' });
    }
    expect(JSON.parse(rows[0]!['RawRecord'] as string)).toMatchObject({ host: 'wec.internal.example.net' });
    expect(await rowsOf(data, 'ProcessCreation')).toHaveLength(3);
  });

  it('puts rows of unsorted files in order of time when asked, and keeps the file’s order in the table', async () => {
    const rows = [3, 1, 2].map((second) => ({ Timestamp: `2026-01-01T00:00:0${second}Z`, N: second }));
    const data = await loadFiles({ 'unsorted.jsonl': jsonLines(rows) });
    expect((await rowsOf(data, 'unsorted')).map((row) => row['N'])).toEqual([3n, 1n, 2n]);
    expect(tableOf(data, 'unsorted').timeRange).toMatchObject({ column: 'TimeGenerated' });
  });

  it('loses only the value that does not fit, and counts it', async () => {
    const row = (EventID: unknown) => ({
      Type: 'SecurityEvent',
      TimeGenerated: '2026-01-01T00:00:00Z',
      Computer: 'a',
      EventID,
    });
    const data = await loadFiles({ 'a.jsonl': jsonLines([row(4624), row('not a number'), row('4625')]) });
    expect((await rowsOf(data, 'SecurityEvent')).map((found) => found['EventID'])).toEqual([4624, undefined, 4625]);
    expect(tableOf(data, 'SecurityEvent').unfit).toEqual({ EventID: 1 });
    expect(accounted(data)).toEqual({ rowsIn: 3, inTables: 3, bad: 0 });
  });

  it('keeps every value of unknown records: a type holds only if all fit it', async () => {
    const rows = [
      { A: 1, B: '2026-01-01T00:00:00Z', C: true, D: { x: 1 }, E: 1.5, F: '007' },
      { A: 'two', B: 'later', C: 0, D: 'text', E: 2, F: '8' },
    ];
    const data = await loadFiles({
      'odd.jsonl': jsonLines(rows),
      'odd.csv': 'Id,Code,When\n1,007,2026-01-01T00:00:00Z\n2,8,2026-01-02\n',
    });
    const table = tableOf(data, 'odd');
    const types = Object.fromEntries(table.schema.map(({ name, type }) => [name, type]));
    expect(types).toMatchObject({ A: 'string', B: 'string', C: 'string', D: 'dynamic', E: 'real', F: 'string' });
    expect(types).toMatchObject({ Id: 'long', Code: 'string', When: 'string' });
    const found = await rowsOf(data, 'odd');
    expect(found).toContainEqual(expect.objectContaining({ A: 'two', B: 'later', C: '0', D: '"text"', E: 2, F: '8' }));
    expect(found).toContainEqual({ Id: 2n, Code: '8', When: '2026-01-02' });
  });

  it('unites files of one table whose columns differ', async () => {
    const base = { Type: 'SigninLogs', TimeGenerated: '2026-01-01T00:00:00Z' };
    const data = await loadFiles({
      'one.jsonl': jsonLines([{ ...base, Extra: 5, Same: 'x' }]),
      'two.jsonl': jsonLines([{ ...base, Extra: 'five', Other: 1.5 }]),
    });
    const rows = await rowsOf(data, 'SigninLogs', ['Extra', 'Same', 'Other']);
    expect(rows).toEqual([
      { Extra: '5', Same: 'x' },
      { Extra: 'five', Other: 1.5 },
    ]);
  });
});
