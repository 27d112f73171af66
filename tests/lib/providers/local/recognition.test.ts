import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { tableFromRows, ticksFromIso, writeParquet } from '../../../../lib/tables/index.ts';
import { accounted, jsonLines, loadFiles, rowsOf, tableOf, temporaryFolder } from './support.ts';

describe('recognition', () => {
  it('shows records under the tables and columns of Sentinel and Defender', async () => {
    const data = await loadFiles({
      'cloudtrail.json': JSON.stringify({
        Records: [
          {
            eventVersion: '1.05',
            eventTime: '2026-01-01T00:00:01Z',
            eventSource: 's3.amazonaws.com',
            eventName: 'GetObject',
            sourceIPAddress: '192.0.2.1',
            userIdentity: { type: 'IAMUser', userName: 'ada' },
          },
        ],
      }),
      'device.jsonl': jsonLines([
        {
          Timestamp: '2026-01-01T00:00:00.1234567Z',
          DeviceId: 'd',
          DeviceName: 'ws',
          ActionType: 'ProcessCreated',
          FileName: 'cmd.exe',
          FolderPath: 'C:\\Windows\\System32\\cmd.exe',
          ProcessId: 12,
          ProcessCommandLine: 'cmd /c whoami',
          AccountName: 'ada',
          InitiatingProcessId: 5,
          InitiatingProcessFolderPath: 'c:\\windows\\explorer.exe',
        },
        {
          Timestamp: '2026-01-01T00:00:01Z',
          DeviceId: 'd',
          DeviceName: 'ws',
          ActionType: 'ConnectionSuccess',
          RemoteIP: '192.0.2.9',
          RemotePort: 443,
        },
      ]),
      'signin.json': JSON.stringify([
        {
          createdDateTime: '2026-01-01T00:00:02Z',
          userPrincipalName: 'ada@contoso.com',
          appDisplayName: 'Portal',
          ipAddress: '192.0.2.3',
          status: { errorCode: 50126, failureReason: 'Invalid password' },
        },
      ]),
      'dns.log':
        '#separator \\x09\n#path\tdns\n#fields\tts\tid.orig_h\tquery\n#types\ttime\taddr\tstring\n1767225600.036086\t192.0.2.1\texample.org\n',
      'conn.json': jsonLines([
        { ts: 1767225601.5, uid: 'C1', 'id.orig_h': '192.0.2.1', 'id.resp_h': '192.0.2.8', 'id.resp_p': 22 },
      ]),
      'osquery.log': jsonLines([
        {
          name: 'processes',
          hostIdentifier: 'lx',
          unixTime: 1767225600,
          action: 'added',
          columns: { pid: '1', path: '/bin/sh' },
        },
      ]),
      'sysmon-linux.jsonl': jsonLines([
        {
          Type: 'Syslog',
          TimeGenerated: '2026-01-01T00:00:00.4Z',
          Computer: 'lx',
          SyslogMessage:
            '<Event><System><Provider Name="Linux-Sysmon"/><EventID>1</EventID></System><EventData><Data Name="UtcTime">2026-01-01 00:00:00.395</Data><Data Name="Image">/bin/sh</Data><Data Name="CommandLine">sh -c &quot;id&quot;</Data><Data Name="ProcessId">9</Data></EventData></Event>',
        },
      ]),
    });
    expect(accounted(data)).toMatchObject({ rowsIn: 8, inTables: 8, bad: 0 });
    expect(await rowsOf(data, 'AWSCloudTrail', ['EventName', 'SourceIpAddress', 'UserIdentityUserName'])).toEqual([
      { EventName: 'GetObject', SourceIpAddress: '192.0.2.1', UserIdentityUserName: 'ada' },
    ]);
    expect(await rowsOf(data, 'SigninLogs')).toMatchObject([
      { TimeGenerated: '2026-01-01T00:00:02.0000000Z', ResultType: '50126', IPAddress: '192.0.2.3' },
    ]);
    expect(await rowsOf(data, 'Zeek_dns')).toEqual([
      { TimeGenerated: '2026-01-01T00:00:00.0360860Z', id_orig_h: '192.0.2.1', query: 'example.org' },
    ]);
    expect(await rowsOf(data, 'Osquery_processes')).toMatchObject([{ Computer: 'lx', path: '/bin/sh', pid: '1' }]);
    const processes = await rowsOf(data, 'ProcessCreation');
    expect(processes).toContainEqual({
      TimeGenerated: '2026-01-01T00:00:00.1234567Z',
      Computer: 'ws',
      Account: 'ada',
      Image: 'C:\\Windows\\System32\\cmd.exe',
      CommandLine: 'cmd /c whoami',
      ProcessId: 12n,
      ParentProcessId: 5n,
      ParentImage: 'c:\\windows\\explorer.exe',
      Source: 'DeviceProcessEvents',
    });
    expect(processes).toContainEqual(
      expect.objectContaining({
        CommandLine: 'sh -c "id"',
        ProcessId: 9n,
        TimeGenerated: '2026-01-01T00:00:00.3950000Z',
      }),
    );
    expect(await rowsOf(data, 'Zeek_conn')).toMatchObject([
      { TimeGenerated: '2026-01-01T00:00:01.5000000Z', id_resp_p: 22n },
    ]);
    const connections = await rowsOf(data, 'NetworkConnection');
    expect(connections).toContainEqual(expect.objectContaining({ DestinationIp: '192.0.2.9', DestinationPort: 443 }));
    expect(connections).toContainEqual(expect.objectContaining({ DestinationIp: '192.0.2.8', DestinationPort: 22 }));
    expect(await rowsOf(data, 'Logon')).toMatchObject([{ Result: 'failure', Account: 'ada@contoso.com' }]);
    expect(await rowsOf(data, 'DnsQuery')).toMatchObject([{ QueryName: 'example.org' }]);
  });

  it('takes Parquet files as any other, to the tick', async () => {
    const path = join(await temporaryFolder(), 'x.parquet');
    const time = ticksFromIso('2026-01-01T00:00:00.1234567Z')!;
    const schema = [
      { name: 'TimeGenerated', type: 'datetime' },
      { name: 'Computer', type: 'string' },
      { name: 'EventID', type: 'int' },
      { name: 'Bag', type: 'dynamic' },
    ] as const;
    await writeParquet(
      tableFromRows(schema, [
        [time, 'ws', 4688, '{"a":1}'],
        [null, 'ws', 4624, null],
      ]),
      path,
    );
    const data = await loadFiles({
      'events.parquet': await readFile(path),
      'packed.gz': gzipSync(await readFile(path)),
    });
    expect(accounted(data)).toEqual({ rowsIn: 4, inTables: 4, bad: 0 });
    expect(await rowsOf(data, 'SecurityEvent', ['TimeGenerated', 'EventID', 'Bag'])).toEqual([
      { TimeGenerated: '2026-01-01T00:00:00.1234567Z', EventID: 4688, Bag: '{"a":1}' },
      { EventID: 4624 },
      { TimeGenerated: '2026-01-01T00:00:00.1234567Z', EventID: 4688, Bag: '{"a":1}' },
      { EventID: 4624 },
    ]);
  });

  it('normalizes what Windows logs tell: scripts, services, tasks, logs cleared', async () => {
    const event = (SourceName: string, Channel: string, EventID: number, fields: object) => ({
      SourceName,
      Channel,
      EventID,
      Hostname: 'ws',
      TimeCreated: '2026-01-01T00:00:00Z',
      ...fields,
    });
    const data = await loadFiles({
      'events.jsonl': jsonLines([
        event('Microsoft-Windows-PowerShell', 'Microsoft-Windows-PowerShell/Operational', 4104, {
          ScriptBlockText: 'IEX $x',
          ScriptBlockId: 'b',
          MessageNumber: '1',
          MessageTotal: '2',
        }),
        event('PowerShell', 'Windows PowerShell', 800, {
          Message:
            'Pipeline execution details for command line: Start-Sleep 5\n. \r\n\r\nContext Information: \r\n\tUserId=CONTOSO\\ada\r\n\tHostApplication=powershell.exe -enc AAAA\r\n',
        }),
        event('Service Control Manager', 'System', 7045, {
          ServiceName: 'svc',
          ImagePath: 'C:\\x.exe',
          AccountName: 'LocalSystem',
        }),
        event('Microsoft-Windows-Security-Auditing', 'Security', 4698, {
          TaskName: '\\t',
          TaskContent: '<Task><Exec><Command>cmd.exe</Command><Arguments>/c a</Arguments></Exec></Task>',
          SubjectUserName: 'ada',
          SubjectDomainName: 'CONTOSO',
        }),
        event('Microsoft-Windows-Eventlog', 'System', 104, { Message: 'The Setup log file was cleared.' }),
      ]),
    });
    expect(await rowsOf(data, 'ScriptBlock')).toMatchObject([
      { ScriptBlockText: 'IEX $x', ScriptBlockId: 'b', MessageNumber: 1, MessageTotal: 2, EventID: 4104 },
      { ScriptBlockText: 'Start-Sleep 5', Account: 'CONTOSO\\ada', HostApplication: 'powershell.exe -enc AAAA' },
    ]);
    expect(await rowsOf(data, 'ServiceInstall')).toMatchObject([{ ServiceName: 'svc', ImagePath: 'C:\\x.exe' }]);
    expect(await rowsOf(data, 'ScheduledTask')).toMatchObject([
      { Action: 'created', Command: 'cmd.exe /c a', Account: 'CONTOSO\\ada' },
    ]);
    expect(await rowsOf(data, 'LogCleared')).toMatchObject([{ Channel: 'Setup' }]);
    expect(tableOf(data, 'Event').view).toBe(false);
  });
});
