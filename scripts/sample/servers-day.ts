import { at, MINUTE, SERVERS, USERS, USUAL_SITES, WORKSTATIONS } from './contoso.ts';
import type { Journal } from './journal.ts';
import { firewall, signIn, syslog } from './other-logs.ts';
import type { Random } from './random.ts';
import { logon, securityEvent, ticket } from './security-log.ts';
import type { WindowsHost } from './windows-host.ts';

const SERVICES = ['cifs/fs01', 'ldap/dc01', 'host/dc01', 'MSSQLSvc/sql01', 'http/intranet'] as const;
const APPS = [
  'Office 365 Exchange Online',
  'Microsoft Teams',
  'Office 365 SharePoint Online',
  'Contoso Expenses',
] as const;

/** Logons and tickets of the domain controller and the file server. */
export function domainTraffic(journal: Journal, random: Random): void {
  for (let time = at(0, 1); time < at(23, 59); ) {
    const hour = Math.floor((time - at(0)) / (60 * MINUTE));
    const working = hour >= 7 && hour < 18;
    const index = random.below(USERS.length);
    const user = working && random.chance(70) ? USERS[index]! : `${WORKSTATIONS[index]!.name.split('.')[0]}$`;
    const from = { ip: WORKSTATIONS[index]!.ip, workstation: WORKSTATIONS[index]!.name };
    const kind = random.below(10);
    if (kind < 4) ticket(journal, SERVERS.dc.name, time, user, random.pick(SERVICES), from.ip);
    else if (kind < 7) logon(journal, SERVERS.dc.name, time, user, 3, from);
    else if (kind < 9) logon(journal, SERVERS.files.name, time, user, 3, from);
    else {
      securityEvent(journal, SERVERS.files.name, time, 5140, {
        Account: `CONTOSO\\${user}`,
        ShareName: '\\\\*\\Departments',
        IpAddress: from.ip,
        AccessMask: '0x1',
      });
    }
    if (working && random.chance(1)) logon(journal, SERVERS.dc.name, time + 700, USERS[index]!, 2, from, true);
    time += working ? random.between(4, 20) * 1000 : random.between(25, 110) * 1000;
  }
}

/** A Windows server that does its work: mostly services that start helpers. */
export function serverDay(host: WindowsHost, random: Random, everyMinutes: number): void {
  const helpers = [
    ['C:\\Windows\\System32\\wbem\\WmiPrvSE.exe', 'C:\\Windows\\system32\\wbem\\wmiprvse.exe -Embedding'],
    ['C:\\Windows\\System32\\taskhostw.exe', 'taskhostw.exe'],
    [
      'C:\\Windows\\System32\\dllhost.exe',
      'C:\\Windows\\system32\\DllHost.exe /Processid:{E10F6C3A-F1AE-4ADC-AA9D-2FE65525666E}',
    ],
    ['C:\\Windows\\System32\\svchost.exe', 'C:\\Windows\\system32\\svchost.exe -k netsvcs -p -s gpsvc'],
  ] as const;
  for (let time = at(0, 3); time < at(23, 58); time += random.between(everyMinutes * 20, everyMinutes * 100) * 1000) {
    const [image, command] = random.pick(helpers);
    const parent = image.endsWith('svchost.exe') ? host.services : host.svchost;
    const child = host.run(time, parent, image, command, parent.user, random.between(10, 300) * 1000);
    host.access(
      time + 15,
      parent,
      child,
      '0x1fffff',
      'C:\\Windows\\SYSTEM32\\ntdll.dll+9d4c4|C:\\Windows\\System32\\KERNELBASE.dll+2c13e',
    );
    if (random.chance(30)) host.connect(time + 400, host.svchost, SERVERS.dc.ip, 389, SERVERS.dc.name);
  }
}

/** Linux servers: web requests handed to a service, cron, sudo, SSH by key. */
export function linuxDay(journal: Journal, random: Random): void {
  const admins = ['root', 'deploy', 'd.larsen'];
  for (const { name } of [SERVERS.web, SERVERS.build]) {
    for (let time = at(0, 0, 5); time < at(23, 59); time += random.between(15, 95) * 1000) {
      const pid = random.between(900, 32_000);
      const kind = random.below(20);
      if (kind < 9)
        syslog(
          journal,
          name,
          time,
          'systemd',
          random.pick([
            'Started Session of User deploy.',
            'Starting Daily apt download activities...',
            'logrotate.service: Succeeded.',
            'Started Run anacron jobs.',
          ]),
          { pid: 1 },
        );
      else if (kind < 14)
        syslog(journal, name, time, 'CRON', `pam_unix(cron:session): session opened for user root by (uid=0)`, {
          facility: 'authpriv',
          pid,
        });
      else if (kind < 16)
        syslog(
          journal,
          name,
          time,
          'sshd',
          `Accepted publickey for ${random.pick(admins)} from ${SERVERS.jump.ip} port ${random.between(40_000, 60_000)} ssh2`,
          { facility: 'auth', pid },
        );
      else if (kind < 17)
        syslog(
          journal,
          name,
          time,
          'sudo',
          `${random.pick(admins)} : TTY=pts/0 ; PWD=/srv ; USER=root ; COMMAND=/usr/bin/systemctl status nginx`,
          { facility: 'authpriv' },
        );
      else
        syslog(journal, name, time, 'nginx', `GET /shop/item/${random.below(400)} 200 ${random.between(300, 9000)}`, {
          facility: 'local7',
        });
    }
  }
}

/** What the firewall lets out and keeps out. */
export function firewallDay(journal: Journal, random: Random): void {
  for (let time = at(0, 0, 2); time < at(23, 59); ) {
    const hour = Math.floor((time - at(0)) / (60 * MINUTE));
    const working = hour >= 7 && hour < 18;
    const source = 49_152 + random.below(16_000);
    if (random.chance(working ? 88 : 45)) {
      const [host, to] = random.pick(USUAL_SITES);
      const from = random.pick(WORKSTATIONS).ip;
      firewall(journal, time, source, {
        from,
        to,
        port: 443,
        host,
        sent: random.between(500, 60_000),
        received: random.between(2000, 900_000),
      });
    } else {
      const from = `192.0.2.${random.between(100, 250)}`;
      firewall(journal, time, source, {
        from,
        to: '198.51.100.2',
        port: random.pick([22, 23, 80, 445, 3389, 8080]),
        sent: 60,
        received: 0,
        action: 'deny',
      });
    }
    time += working ? random.between(3, 12) * 1000 : random.between(12, 70) * 1000;
  }
}

/** Sign-ins of the cloud, with the odd mistyped password. */
export function signInDay(journal: Journal, random: Random): void {
  for (let time = at(6, 30); time < at(19); time += random.between(10, 70) * 1000) {
    const user = random.pick(USERS);
    const base = { user, app: random.pick(APPS), ip: '192.0.2.5', country: 'DE', city: 'Hamburg' };
    const id = `${random.hex(8)}-${random.hex(4)}-4${random.hex(3)}-8${random.hex(3)}-${random.hex(12)}`;
    signIn(journal, time, id, { ...base, result: random.chance(2) ? 50126 : 0 });
  }
}
