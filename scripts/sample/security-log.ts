import { DOMAIN, NETBIOS } from './contoso.ts';
import type { Journal } from './journal.ts';

export const SECURITY_FILE = 'security-events.jsonl';

const ACTIVITIES: Readonly<Record<number, string>> = {
  1102: '1102 - The audit log was cleared.',
  4624: '4624 - An account was successfully logged on.',
  4625: '4625 - An account failed to log on.',
  4634: '4634 - An account was logged off.',
  4672: '4672 - Special privileges assigned to new logon.',
  4688: '4688 - A new process has been created.',
  4698: '4698 - A scheduled task was created.',
  4768: '4768 - A Kerberos authentication ticket (TGT) was requested.',
  4769: '4769 - A Kerberos service ticket was requested.',
  5140: '5140 - A network share object was accessed.',
};

/** A row of the table SecurityEvent, as a workspace exports it. */
export function securityEvent(
  journal: Journal,
  computer: string,
  timeInMs: number,
  eventId: number,
  fields: Record<string, unknown>,
): void {
  journal.add(SECURITY_FILE, 'Security', computer, timeInMs, (recordNumber) => ({
    TimeGenerated: new Date(timeInMs).toISOString(),
    Type: 'SecurityEvent',
    Computer: computer,
    EventID: eventId,
    Activity: ACTIVITIES[eventId],
    Channel: 'Security',
    EventSourceName: 'Microsoft-Windows-Security-Auditing',
    Level: '0',
    EventRecordId: String(recordNumber),
    ...fields,
  }));
}

/** A logon (4624), or its failure (4625). */
export function logon(
  journal: Journal,
  computer: string,
  timeInMs: number,
  user: string,
  logonType: number,
  from: { ip: string; workstation: string },
  failed = false,
): void {
  securityEvent(journal, computer, timeInMs, failed ? 4625 : 4624, {
    Account: `${NETBIOS}\\${user}`,
    AccountType: user.endsWith('$') ? 'Machine' : 'User',
    TargetUserName: user,
    TargetDomainName: NETBIOS,
    TargetLogonId: failed ? null : `0x${(0x50000 + (timeInMs % 0x40000)).toString(16)}`,
    LogonType: logonType,
    LogonProcessName: logonType === 3 ? 'Kerberos' : 'User32',
    AuthenticationPackageName: logonType === 3 ? 'Kerberos' : 'Negotiate',
    IpAddress: from.ip,
    WorkstationName: from.workstation.split('.')[0]!.toUpperCase(),
    ...(failed ? { Status: '0xc000006d', SubStatus: '0xc000006a' } : {}),
  });
}

/** A service ticket (4769). */
export function ticket(
  journal: Journal,
  computer: string,
  timeInMs: number,
  user: string,
  service: string,
  ip: string,
  encryption = '0x12',
): void {
  securityEvent(journal, computer, timeInMs, 4769, {
    Account: `${user}@${DOMAIN.toUpperCase()}`,
    TargetUserName: `${user}@${DOMAIN.toUpperCase()}`,
    TargetDomainName: DOMAIN.toUpperCase(),
    ServiceName: service,
    TicketEncryptionType: encryption,
    TicketOptions: '0x40810000',
    IpAddress: `::ffff:${ip}`,
    Status: '0x0',
  });
}

interface StartedProcess {
  readonly pid: number;
  readonly image: string;
  readonly commandLine: string;
  readonly user: string;
}

/** A process start (4688), with its command line. */
export function processCreated(
  journal: Journal,
  computer: string,
  timeInMs: number,
  process: StartedProcess,
  parent: StartedProcess,
): void {
  const [domain = '', user = ''] = process.user.split('\\');
  securityEvent(journal, computer, timeInMs, 4688, {
    Account: process.user,
    SubjectUserName: user,
    SubjectDomainName: domain,
    SubjectLogonId: domain === NETBIOS ? '0x5a3c1' : '0x3e7',
    NewProcessName: process.image,
    NewProcessId: `0x${process.pid.toString(16)}`,
    ProcessId: `0x${parent.pid.toString(16)}`,
    ParentProcessName: parent.image,
    CommandLine: process.commandLine,
    Process: process.image.slice(process.image.lastIndexOf('\\') + 1),
    TokenElevationType: '%%1936',
  });
}
