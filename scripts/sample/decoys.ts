import { at, DOMAIN, HOUR, MINUTE, SERVERS, WORKSTATIONS } from './contoso.ts';
import type { Journal, Story } from './journal.ts';
import { firewall, syslog } from './other-logs.ts';
import type { Random } from './random.ts';
import { logon } from './security-log.ts';
import { domainUser, SYSTEM, type WindowsHost } from './windows-host.ts';
import { ORDINARY_TRACE } from './workday.ts';

const POWERSHELL = 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe';

function decoy(id: string, title: string, explanation: string, techniques: readonly string[] = []): Story {
  return { id, kind: 'decoy', title, techniques, explanation };
}

/** Base64 of UTF-16, as `-EncodedCommand` takes it. */
export function encoded(script: string): string {
  return Buffer.from(script, 'utf16le').toString('base64');
}

/** What looks like an attack and is none. */
export function tellDecoys(journal: Journal, hosts: ReadonlyMap<string, WindowsHost>, random: Random): void {
  const host = (name: string) => hosts.get(name)!;
  journal.during(
    decoy(
      'D1',
      'Management agent runs encoded inventory scripts',
      'The same script on every workstation every two hours, started by the agent of the administrators; decoded it only reads inventory.',
      ['T1059.001'],
    ),
    () => managementAgent(hosts, random),
  );
  journal.during(
    decoy(
      'D2',
      'Backup agent reads LSASS',
      'The backup agent opens every process each hour to see which files are in use.',
      ['T1003.001'],
    ),
    () => {
      for (const name of ['fs01', 'bkp01']) {
        const server = host(name);
        const image = 'C:\\Program Files\\Contoso Backup\\agent\\cbagent.exe';
        const agent = server.running(image, `"${image}" --service`);
        for (let time = at(0, 17); time < at(23, 59); time += HOUR) {
          server.access(time, agent, server.lsass, '0x1410', `${ORDINARY_TRACE}|${image}+4f21`);
          server.access(time + 60, agent, server.svchost, '0x1410', `${ORDINARY_TRACE}|${image}+4f21`);
        }
      }
    },
  );
  journal.during(
    decoy(
      'D3',
      'Vulnerability scanner knocks everywhere',
      'The scanner of the security team: one known address, every port, a login name made for it.',
      ['T1046', 'T1110'],
    ),
    () => scanner(journal, random),
  );
  journal.during(
    decoy(
      'D4',
      'Help desk gathers facts about a computer',
      'A support script started by a person at the desktop; nothing but reading commands.',
      ['T1033', 'T1082'],
    ),
    () => helpDesk(host('ws05')),
  );
  journal.during(
    decoy(
      'D5',
      'Administrator repairs a workstation with PsExec',
      'From the jump host, in working hours, by an administrator; it restarts the spooler.',
      ['T1021.002', 'T1569.002'],
    ),
    () => {
      const jump = host('jmp01');
      const admin = domainUser('adm.larsen');
      const shell = jump.start(
        at(14, 2),
        jump.running('C:\\Windows\\explorer.exe', 'C:\\Windows\\Explorer.EXE', admin),
        'C:\\Windows\\System32\\cmd.exe',
        '"C:\\Windows\\System32\\cmd.exe"',
      );
      jump.run(
        at(14, 3),
        shell,
        'C:\\Tools\\Sysinternals\\PsExec64.exe',
        'PsExec64.exe \\\\ws06 -s net stop spooler',
        admin,
        9000,
      );
      const target = host('ws06');
      target.installService(at(14, 3, 1), 'PSEXESVC', '%SystemRoot%\\PSEXESVC.exe');
      const service = target.start(
        at(14, 3, 2),
        target.services,
        'C:\\Windows\\PSEXESVC.exe',
        'C:\\Windows\\PSEXESVC.exe',
        SYSTEM,
      );
      target.run(at(14, 3, 3), service, 'C:\\Windows\\System32\\net.exe', 'net stop spooler', SYSTEM, 2000);
    },
  );
  journal.during(
    decoy(
      'D6',
      'Nightly archive of reports',
      'A scheduled job packs the reports of the day, without a password, into the share for archives.',
      ['T1560.001'],
    ),
    () => {
      const server = host('fs01');
      const task = server.run(
        at(22, 30),
        server.svchost,
        'C:\\Windows\\System32\\cmd.exe',
        'cmd.exe /c D:\\Jobs\\archive-reports.cmd',
        SYSTEM,
        90_000,
      );
      server.run(
        at(22, 30, 1),
        task,
        'C:\\Program Files\\7-Zip\\7z.exe',
        '"C:\\Program Files\\7-Zip\\7z.exe" a -mx5 E:\\Archive\\reports-20260312.7z D:\\Departments\\Reports\\2026-03-12',
        SYSTEM,
        80_000,
      );
    },
  );
  journal.during(
    decoy(
      'D7',
      'Developer fetches tools',
      'A developer downloads a release of an open tool and checks its digest with certutil.',
      ['T1105'],
    ),
    () => {
      const station = host('ws10');
      const user = domainUser('j.novak');
      const shell = station.start(
        at(10, 44),
        station.running('C:\\Windows\\explorer.exe', 'C:\\Windows\\Explorer.EXE', user),
        'C:\\Windows\\System32\\cmd.exe',
        '"C:\\Windows\\System32\\cmd.exe"',
      );
      station.run(
        at(10, 44, 20),
        shell,
        'C:\\Windows\\System32\\curl.exe',
        'curl -LO https://cdn.example.com/releases/ripgrep-14.1.zip',
        user,
        6000,
      );
      station.run(
        at(10, 45),
        shell,
        'C:\\Windows\\System32\\certutil.exe',
        'certutil -hashfile ripgrep-14.1.zip SHA256',
        user,
        700,
      );
    },
  );
}

function managementAgent(hosts: ReadonlyMap<string, WindowsHost>, random: Random): void {
  const script = [
    '$facts = [ordered]@{}',
    '$facts.os = (Get-CimInstance Win32_OperatingSystem).Version',
    '$facts.disk = (Get-PSDrive C).Free',
    '$facts.updates = (Get-HotFix | Measure-Object).Count',
    "$facts | ConvertTo-Json | Set-Content 'C:\\ProgramData\\Contoso Management\\inventory.json'",
  ].join('\r\n');
  const image = 'C:\\Program Files\\Contoso Management\\cmagent.exe';
  const command = `powershell.exe -NoProfile -NonInteractive -ExecutionPolicy RemoteSigned -EncodedCommand ${encoded(script)}`;
  for (const machine of WORKSTATIONS) {
    const host = hosts.get(machine.name.split('.')[0]!)!;
    const agent = host.running(image, `"${image}" -service`);
    for (let time = at(1, 0) + random.below(40) * 1000; time < at(23, 50); time += 2 * HOUR) {
      const shell = host.run(time, agent, POWERSHELL, command, SYSTEM, 14_000);
      host.run(
        time + 90,
        shell,
        'C:\\Windows\\System32\\conhost.exe',
        '\\??\\C:\\Windows\\system32\\conhost.exe 0xffffffff -ForceV1',
        SYSTEM,
        13_800,
      );
      host.script(time + 700, script);
      host.writeFile(time + 9000, shell, 'C:\\ProgramData\\Contoso Management\\inventory.json');
      host.connect(time + 11_000, agent, '192.0.2.50', 443, 'updates.contoso-tools.example');
    }
  }
}

function scanner(journal: Journal, random: Random): void {
  const { ip, name } = SERVERS.scanner;
  const targets = [...WORKSTATIONS, SERVERS.dc, SERVERS.sql, SERVERS.files, SERVERS.backup, SERVERS.web, SERVERS.build];
  let time = at(19, 30);
  for (const target of targets) {
    for (const port of [21, 22, 23, 80, 135, 139, 443, 445, 1433, 3389, 5985, 8080, 8443]) {
      firewall(journal, time, 50_000 + random.below(9000), {
        from: ip,
        to: target.ip,
        port,
        sent: 74,
        received: random.chance(30) ? 66 : 0,
        action: random.chance(60) ? 'deny' : 'allow',
      });
      time += 350;
    }
  }
  for (let attempt = 0; attempt < 24; attempt++) {
    logon(journal, SERVERS.files.name, time + attempt * 4000, 'svc-scan', 3, { ip, workstation: name }, true);
    syslog(
      journal,
      SERVERS.web.name,
      time + attempt * 5000,
      'sshd',
      `Failed password for invalid user svc-scan from ${ip} port ${41_000 + attempt} ssh2`,
      { facility: 'auth', pid: 7000 + attempt },
    );
  }
}

function helpDesk(station: WindowsHost): void {
  const user = domainUser('e.moreau');
  const explorer = station.running('C:\\Windows\\explorer.exe', 'C:\\Windows\\Explorer.EXE', user);
  const folder = `\\\\fs01.${DOMAIN}\\Support`;
  const shell = station.start(
    at(15, 20),
    explorer,
    'C:\\Windows\\System32\\cmd.exe',
    `"C:\\Windows\\System32\\cmd.exe" /c ${folder}\\gather.cmd`,
    user,
  );
  const commands = [
    ['hostname.exe', 'hostname'],
    ['ipconfig.exe', 'ipconfig /all'],
    ['systeminfo.exe', 'systeminfo'],
    ['tasklist.exe', 'tasklist /v'],
    ['gpresult.exe', 'gpresult /r'],
  ] as const;
  commands.forEach(([image, command], i) => {
    station.run(at(15, 20, 2 + i * 3), shell, `C:\\Windows\\System32\\${image}`, command, user, 2000);
  });
  station.stop(at(15, 20) + MINUTE, shell);
}
