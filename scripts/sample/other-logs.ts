import { DOMAIN } from './contoso.ts';
import type { Journal } from './journal.ts';

/** A line of syslog, as the table Syslog holds it. */
export function syslog(
  journal: Journal,
  computer: string,
  timeInMs: number,
  process: string,
  message: string,
  options: { facility?: string; severity?: string; pid?: number } = {},
): void {
  journal.add('syslog.jsonl', 'syslog', computer, timeInMs, () => ({
    TimeGenerated: new Date(timeInMs).toISOString(),
    Type: 'Syslog',
    Computer: computer.split('.')[0],
    EventTime: new Date(timeInMs - (timeInMs % 1000)).toISOString(),
    Facility: options.facility ?? 'daemon',
    HostName: computer.split('.')[0],
    SeverityLevel: options.severity ?? 'info',
    SyslogMessage: message,
    ProcessName: process,
    ...(options.pid === undefined ? {} : { ProcessID: options.pid }),
    SourceSystem: 'Linux',
  }));
}

export interface Flow {
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly sent: number;
  readonly received: number;
  readonly action?: 'allow' | 'deny';
  readonly host?: string;
  readonly protocol?: string;
}

/** A connection that the firewall saw, as the table CommonSecurityLog holds it. */
export function firewall(journal: Journal, timeInMs: number, sourcePort: number, flow: Flow): void {
  journal.add('firewall.jsonl', 'firewall', `fw01.${DOMAIN}`, timeInMs, (recordNumber) => ({
    TimeGenerated: new Date(timeInMs).toISOString(),
    Type: 'CommonSecurityLog',
    DeviceVendor: 'Contoso Networks',
    DeviceProduct: 'Edge Firewall',
    DeviceEventClassID: 'traffic',
    Activity: 'TRAFFIC',
    LogSeverity: '1',
    DeviceAction: flow.action ?? 'allow',
    Protocol: flow.protocol ?? 'tcp',
    SourceIP: flow.from,
    SourcePort: sourcePort,
    DestinationIP: flow.to,
    DestinationPort: flow.port,
    ...(flow.host === undefined ? {} : { DestinationHostName: flow.host }),
    SentBytes: flow.sent,
    ReceivedBytes: flow.received,
    ExternalID: recordNumber,
    Computer: `fw01.${DOMAIN}`,
  }));
}

export interface SignIn {
  readonly user: string;
  readonly app: string;
  readonly ip: string;
  readonly country: string;
  readonly city: string;
  /** 0: success; 50126: wrong password; 50074 and 500121: second factor missing or refused. */
  readonly result?: number;
  readonly risk?: 'none' | 'medium' | 'high';
  readonly client?: string;
}

const RESULTS: Readonly<Record<number, string>> = {
  0: '',
  50126: 'Invalid username or password.',
  50074: 'Strong authentication is required.',
  500121: 'Authentication failed during strong authentication request.',
};

/** A sign-in of the cloud, as the table SigninLogs holds it. */
export function signIn(journal: Journal, timeInMs: number, id: string, entry: SignIn): void {
  const { result = 0, risk = 'none' } = entry;
  journal.add('signins.jsonl', 'signin', 'cloud', timeInMs, () => ({
    TimeGenerated: new Date(timeInMs).toISOString(),
    Type: 'SigninLogs',
    Id: id,
    Category: 'SignInLogs',
    OperationName: 'Sign-in activity',
    UserPrincipalName: `${entry.user}@${DOMAIN}`,
    UserDisplayName: entry.user,
    AppDisplayName: entry.app,
    ClientAppUsed: entry.client ?? 'Browser',
    IPAddress: entry.ip,
    Location: entry.country,
    LocationDetails: JSON.stringify({ city: entry.city, countryOrRegion: entry.country }),
    ResultType: String(result),
    ResultDescription: RESULTS[result] ?? '',
    ConditionalAccessStatus: result === 0 ? 'success' : 'failure',
    AuthenticationRequirement: 'multiFactorAuthentication',
    RiskLevelDuringSignIn: risk,
    RiskState: risk === 'none' ? 'none' : 'atRisk',
    CorrelationId: id,
  }));
}
