import { at, HOUR, MINUTE, SERVERS, USUAL_SITES } from './contoso.ts';
import type { Random } from './random.ts';
import { domainUser, type Process, SYSTEM, type WindowsHost } from './windows-host.ts';

const WINDOWS = 'C:\\Windows\\System32';
const OFFICE = 'C:\\Program Files\\Microsoft Office\\root\\Office16';
const EDGE = 'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe';
const DEFENDER = 'C:\\ProgramData\\Microsoft\\Windows Defender\\Platform\\4.18.26010.5-0\\MsMpEng.exe';

/** Call traces of programs that have files: every part lies in a module. */
export const ORDINARY_TRACE =
  'C:\\Windows\\SYSTEM32\\ntdll.dll+9d4c4|C:\\Windows\\System32\\KERNELBASE.dll+2c13e|C:\\Windows\\System32\\KERNEL32.DLL+17034';

const BACKGROUND: readonly (readonly [image: string, command: string])[] = [
  [
    `${WINDOWS}\\backgroundTaskHost.exe`,
    `"${WINDOWS}\\backgroundTaskHost.exe" -ServerName:App.AppXmtcan0h2tfbfy7k9kn8hbxb6dmzz1zh0.mca`,
  ],
  [`${WINDOWS}\\RuntimeBroker.exe`, `${WINDOWS}\\RuntimeBroker.exe -Embedding`],
  [`${WINDOWS}\\taskhostw.exe`, 'taskhostw.exe'],
  [`${WINDOWS}\\wbem\\WmiPrvSE.exe`, `${WINDOWS}\\wbem\\wmiprvse.exe -secured -Embedding`],
  [`${WINDOWS}\\dllhost.exe`, `${WINDOWS}\\DllHost.exe /Processid:{AB8902B4-09CA-4BB6-B78D-A8F59079A8D5}`],
  [`${WINDOWS}\\svchost.exe`, `${WINDOWS}\\svchost.exe -k wsappx -p -s ClipSVC`],
  [`${WINDOWS}\\SearchProtocolHost.exe`, `"${WINDOWS}\\SearchProtocolHost.exe" Global\\UsGthrFltPipeMssGthrPipe1_`],
  [`${WINDOWS}\\smartscreen.exe`, `${WINDOWS}\\smartscreen.exe -Embedding`],
  [`${WINDOWS}\\conhost.exe`, `\\??\\${WINDOWS}\\conhost.exe 0xffffffff -ForceV1`],
];

const LIBRARIES = [
  'ntdll.dll',
  'kernel32.dll',
  'rpcrt4.dll',
  'combase.dll',
  'bcryptprimitives.dll',
  'msvcp_win.dll',
  'amsi.dll',
];

const DOCUMENTS = [
  'Budget 2026',
  'Offer draft',
  'Team plan',
  'Meeting notes',
  'Price list',
  'Travel',
  'Forecast Q2',
  'Minutes',
];

/** What the logged-on user's desktop runs all day. */
export interface Desktop {
  readonly explorer: Process;
  readonly outlook: Process;
  readonly edge: Process;
}

/** A workstation from logon to logoff, with what Windows does beside. */
export function workday(host: WindowsHost, user: string, random: Random): Desktop {
  const account = domainUser(user);
  const begin = at(7, 20) + random.below(80) * MINUTE;
  const end = at(16, 10) + random.below(110) * MINUTE;
  const userinit = host.running(`${WINDOWS}\\userinit.exe`, `${WINDOWS}\\userinit.exe`, account);
  const explorer = host.start(begin, userinit, 'C:\\Windows\\explorer.exe', 'C:\\Windows\\Explorer.EXE', account);
  const outlook = host.start(begin + 40_000, explorer, `${OFFICE}\\OUTLOOK.EXE`, `"${OFFICE}\\OUTLOOK.EXE"`);
  const edge = host.start(begin + 65_000, explorer, EDGE, `"${EDGE}" --profile-directory=Default`);
  const desktop: Desktop = { explorer, outlook, edge };
  background(host, account, random.fork('background'));
  for (let time = begin + 3 * MINUTE; time < end; time += random.between(45, 270) * 1000) {
    userAction(host, desktop, account, user, time, random);
  }
  for (let time = begin + 2 * MINUTE; time < end; time += random.between(35, 170) * 1000) {
    browse(host, random.chance(70) ? edge : outlook, time, random);
  }
  host.stop(end, edge);
  host.stop(end + 4000, outlook);
  host.stop(end + 9000, explorer);
  return desktop;
}

function userAction(
  host: WindowsHost,
  desktop: Desktop,
  account: string,
  user: string,
  time: number,
  random: Random,
): void {
  const document = random.pick(DOCUMENTS);
  const folder = `C:\\Users\\${user}\\Documents`;
  switch (random.below(9)) {
    case 0: {
      const file = `${folder}\\${document}.docx`;
      const parent = random.chance(25) ? desktop.outlook : desktop.explorer;
      const word = host.run(
        time,
        parent,
        `${OFFICE}\\WINWORD.EXE`,
        `"${OFFICE}\\WINWORD.EXE" /n "${file}" /o ""`,
        account,
        400_000,
      );
      host.writeFile(time + 9000, word, `${folder}\\~$${document.slice(2)}.docx`);
      host.load(time + 2000, word, `${WINDOWS}\\bcrypt.dll`);
      break;
    }
    case 1: {
      const excel = host.run(
        time,
        desktop.explorer,
        `${OFFICE}\\EXCEL.EXE`,
        `"${OFFICE}\\EXCEL.EXE" "${folder}\\${document}.xlsx"`,
        account,
        300_000,
      );
      host.writeFile(time + 60_000, excel, `${folder}\\${document}.xlsx`);
      break;
    }
    case 2:
      host.run(
        time,
        desktop.explorer,
        `${WINDOWS}\\notepad.exe`,
        `"${WINDOWS}\\NOTEPAD.EXE" C:\\Users\\${user}\\Desktop\\todo.txt`,
        account,
        60_000,
      );
      break;
    case 3:
      host.writeFile(
        time,
        desktop.edge,
        `C:\\Users\\${user}\\Downloads\\${document.toLowerCase().replace(/ /g, '-')}-${random.below(90)}.pdf`,
      );
      break;
    case 4:
      host.setValue(
        time,
        desktop.explorer,
        `HKU\\S-1-5-21-1004336348-1177238915-682003330-${1100 + random.below(12)}\\Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\RecentDocs\\${random.below(40)}`,
        'Binary Data',
      );
      break;
    default: {
      const child = host.run(
        time,
        desktop.edge,
        EDGE,
        `"${EDGE}" --type=renderer --lang=en-US --renderer-client-id=${random.below(60)}`,
        account,
        random.between(20, 900) * 1000,
      );
      host.access(time + 20, desktop.edge, child, '0x1fffff', ORDINARY_TRACE);
    }
  }
}

function browse(host: WindowsHost, process: Process, time: number, random: Random): void {
  const [name, ip] = random.pick(USUAL_SITES);
  if (random.chance(60)) host.resolve(time, process, name, ip);
  host.connect(time + 30, process, ip, 443, name);
}

/** What Windows does by itself, day and night. */
function background(host: WindowsHost, account: string, random: Random): void {
  const defender = host.running(DEFENDER);
  const end = at(23, 58);
  for (let time = at(0, 2); time < end; time += random.between(150, 700) * 1000) {
    const [image, command] = random.pick(BACKGROUND);
    const parent = image.endsWith('\\svchost.exe') ? host.services : host.svchost;
    const child = host.run(
      time,
      parent,
      image,
      command,
      random.chance(40) ? account : SYSTEM,
      random.between(5, 240) * 1000,
    );
    host.access(time + 12, parent, child, '0x1fffff', ORDINARY_TRACE);
    for (let i = random.between(1, 4); i > 0; i--)
      host.load(time + 5 + i, child, `${WINDOWS}\\${random.pick(LIBRARIES)}`);
    if (random.chance(35)) host.access(time + 900, defender, child, '0x1000', ORDINARY_TRACE);
  }
  for (let time = at(0, 5); time < end; time += random.between(300, 1300) * 1000) {
    host.access(time, host.svchost, host.lsass, random.chance(85) ? '0x1000' : '0x1400', ORDINARY_TRACE);
    if (random.chance(50))
      host.setValue(
        time + 300,
        host.svchost,
        `HKLM\\System\\CurrentControlSet\\Services\\W32Time\\Config\\LastKnownGoodTime`,
        `QWORD (0x01dcb1f4-0x${random.hex(8)})`,
      );
    if (random.chance(55)) host.connect(time + 500, host.svchost, SERVERS.dc.ip, 53, SERVERS.dc.name, 'udp');
  }
  for (let time = at(0, 40) + random.below(60) * MINUTE; time < end; time += 4 * HOUR) {
    host.access(time, defender, host.lsass, '0x1410', `${ORDINARY_TRACE}|${DEFENDER}+1a2b3`);
  }
}
