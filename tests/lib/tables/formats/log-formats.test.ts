import { describe, expect, it } from 'vitest';
import { readContent } from './support.ts';

describe('log formats', () => {
  it('auditd: a record a line, the call with what its event tells', async () => {
    const { format, records, lines, bad } = await readContent(
      [
        'type=SYSCALL msg=audit(1604994496.155:9): syscall=59 success=yes ppid=2 pid=16 uid=1000 comm="arp" exe="/usr/sbin/arp" key=(null)',
        'type=EXECVE msg=audit(1604994496.155:9): argc=3 a0="sh" a1="-c" a2=6563686F2068690A',
        'type=CWD msg=audit(1604994496.155:9): cwd="/home/a"',
        'type=PROCTITLE msg=audit(1604994496.155:9): proctitle=617270002D61',
        'garbage',
        'node=web1 type=USER_LOGIN msg=audit(1604994497.001:10): pid=5 uid=0 msg=\'op=login acct="root" addr=192.0.2.7 res=failed\'',
      ].join('\n'),
    );
    expect(format).toBe('auditd');
    expect(lines).toEqual([1, 2, 3, 4, 6]);
    expect(bad).toEqual([{ line: 5, reason: 'not a line of the audit log' }]);
    expect(records[0]).toMatchObject({
      EventType: 'SYSCALL_EXECVE',
      AuditTime: '1604994496.155',
      cmdline: 'sh -c echo hi',
      cwd: '/home/a',
      proctitle: 'arp -a',
      exe: '/usr/sbin/arp',
    });
    expect(records[4]).toMatchObject({ Computer: 'web1', acct: 'root', addr: '192.0.2.7', res: 'failed' });
  });

  it('Zeek: types, unset and empty fields, escapes', async () => {
    const { format, records, bad } = await readContent(
      [
        '#separator \\x09',
        '#set_separator\t,',
        '#empty_field\t(empty)',
        '#unset_field\t-',
        '#path\thttp',
        '#fields\tts\tid.orig_h\tid.orig_p\tduration\tlocal\ttags\turi',
        '#types\ttime\taddr\tport\tinterval\tbool\tset[string]\tstring',
        '1692161622.036086\t192.0.2.1\t52605\t1.5\tT\ta,b\t/caf\\xc3\\xa9',
        '1692161623.000001\t192.0.2.1\t-\t-\tF\t(empty)\t-',
        'too\tfew',
        '#close\t2023-08-16-01-28-55',
      ].join('\n'),
    );
    expect(format).toBe('zeek');
    expect(records).toEqual([
      {
        _path: 'http',
        ts: '1692161622.036086',
        'id.orig_h': '192.0.2.1',
        'id.orig_p': 52605,
        duration: 1.5,
        local: true,
        tags: ['a', 'b'],
        uri: '/café',
      },
      { _path: 'http', ts: '1692161623.000001', 'id.orig_h': '192.0.2.1', local: false, tags: [] },
    ]);
    expect(bad).toEqual([{ line: 10, reason: '2 values where the header names 7 fields' }]);
  });

  it('W3C: Sentinel’s names, plus signs, a header that changes', async () => {
    const { format, records } = await readContent(
      [
        '#Software: Microsoft Internet Information Services 10.0',
        '#Fields: date time c-ip cs-method cs-uri-stem cs(User-Agent) sc-status',
        '2026-11-21 09:15:07 192.0.2.9 GET /login Mozilla/5.0+(X11) 200',
        '#Fields: date time c-ip sc-status',
        '2026-11-21 09:15:08 192.0.2.9 404',
      ].join('\r\n'),
    );
    expect(format).toBe('w3c');
    expect(records[0]).toMatchObject({
      EventTime: '2026-11-21 09:15:07',
      cIP: '192.0.2.9',
      csUserAgent: 'Mozilla/5.0 (X11)',
      scStatus: '200',
    });
    expect(records[1]).toMatchObject({ scStatus: '404' });
  });

  it('syslog: RFC 3164, RFC 5424 with structured data, ISO times, CEF within', async () => {
    const { format, records, altered } = await readContent(
      [
        "<34>Oct 11 22:14:15 mymachine su[230]: 'su root' failed for lonvick",
        '<165>1 2026-10-11T22:14:15.003Z host.example.org evntslog 111 ID47 [x@1 a="b\\]c"] An application event',
        '2026-10-11T22:14:15.123456+02:00 web sshd[7]: Accepted publickey for root',
        '<134>Dec 24 10:00:00 fw CEF:0|Contoso|Wall|1.0|100|Port scan \\| seen|7|src=192.0.2.1 dst=198.51.100.2 spt=1 msg=a b\\=c cs1Label=Rule cs1=R 1 zone=dmz',
      ].join('\n'),
      { modified: '2026-11-21T00:00:00Z' },
    );
    expect(format).toBe('syslog');
    expect(records[0]).toMatchObject({
      Facility: 'auth',
      SeverityLevel: 'crit',
      EventTime: '2026-10-11 22:14:15',
      HostName: 'mymachine',
      ProcessName: 'su',
      ProcessID: '230',
      SyslogMessage: "'su root' failed for lonvick",
    });
    expect(records[1]).toMatchObject({
      EventTime: '2026-10-11T22:14:15.003Z',
      ProcessName: 'evntslog',
      StructuredData: '[x@1 a="b\\]c"]',
      SyslogMessage: 'An application event',
    });
    expect(records[2]).toMatchObject({ HostName: 'web', ProcessName: 'sshd', ProcessID: '7' });
    // A day after the file's date is of the year before.
    expect(records[3]).toMatchObject({
      EventTime: '2025-12-24 10:00:00',
      Computer: 'fw',
      DeviceVendor: 'Contoso',
      Activity: 'Port scan | seen',
      SourceIP: '192.0.2.1',
      DestinationIP: '198.51.100.2',
      Message: 'a b=c',
      DeviceCustomString1: 'R 1',
      DeviceCustomString1Label: 'Rule',
      AdditionalExtensions: 'zone=dmz',
    });
    expect(altered).toHaveLength(2);
  });

  it('XML: Windows events with and without a root, other documents by their children, no entities but XML’s own', async () => {
    const event =
      '<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><Provider Name="P"/><EventID>1</EventID>' +
      '<TimeCreated SystemTime="2026-11-21T09:15:07.1234567Z"/></System><EventData><Data Name="Image">C:\\a &amp; b.exe</Data>' +
      '<Data Name="__proto__">x</Data><Data Name="Empty"/></EventData></Event>';
    for (const [text, count] of [
      [`<?xml version="1.0"?>\n<Events>${event}\n${event}</Events>`, 2],
      [`${event}\r\n${event}${event}`, 3],
    ] as const) {
      const { format, records, bad } = await readContent(text, { chunk: 50 });
      expect(format).toBe('xml');
      expect(bad).toEqual([]);
      expect(records).toHaveLength(count);
      const { Event } = records[0] as { Event: { System: unknown; EventData: Record<string, unknown> } };
      expect(Event.System).toMatchObject({
        Provider: { Name: 'P' },
        EventID: '1',
        TimeCreated: { SystemTime: '2026-11-21T09:15:07.1234567Z' },
      });
      expect(Event.EventData['Image']).toBe('C:\\a & b.exe');
      expect(Object.keys(Event.EventData)).toContain('__proto__');
    }
    const other = await readContent(
      '<!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/passwd">]><r><row a="1">x&e;</row><row/></r>',
    );
    expect(other.records).toEqual([{ row: { a: '1', '#text': 'x&e;' } }, { row: '' }]);
    const cut = await readContent(`${event}<Event><System>`);
    expect(cut.bad).toEqual([{ line: 1, reason: 'the file ends within this element' }]);
  });

  it('refuses by name what holds no text', async () => {
    await expect(readContent('ElfFile\0\0\0\0', { name: 'a.evtx' })).rejects.toMatchObject({
      code: 'unsupported',
      hint: expect.stringContaining('wevtutil'),
    });
    await expect(readContent(Buffer.from([0xd4, 0xc3, 0xb2, 0xa1, 2, 0]))).rejects.toMatchObject({
      code: 'unsupported',
    });
  });
});
