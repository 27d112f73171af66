import type { Source } from './source.ts';

/**
 * From the envelope of Windows events (`windows-shapes.ts`) to tables. Fields of the envelope have a `#` before their
 * name; all others are fields of EventData. A column that is not listed is filled from the field of its own name.
 */
export interface WindowsTable {
  readonly table: string;
  /** Which events, as SQL over the envelope's columns. */
  readonly where: string;
  readonly columns: Readonly<Record<string, Source>>;
  /** A further view of events that another table already holds. */
  readonly view?: true;
}

const SECURITY = `lower(channel) = 'security' OR (channel IS NULL AND provider = 'Microsoft-Windows-Security-Auditing')`;
export const SYSMON = `provider IN ('Microsoft-Windows-Sysmon', 'Linux-Sysmon') OR lower(channel) IN ('microsoft-windows-sysmon/operational', 'linux-sysmon/operational')`;

/** Events of the Security log whose account is the one that was acted on or logged on, not the one that acted. */
const TARGET_IS_ACCOUNT = [
  '4624',
  '4625',
  '4626',
  '4627',
  '4634',
  '4647',
  '4768',
  '4769',
  '4770',
  '4771',
  '4776',
  '4778',
  '4779',
];

const SUBJECT: Source = { join: ['SubjectDomainName', 'SubjectUserName'], by: '\\' };
const TARGET: Source = { join: ['TargetDomainName', 'TargetUserName'], by: '\\' };

const ACTIVITIES: Readonly<Record<string, string>> = {
  '1102': '1102 - The audit log was cleared.',
  '4624': '4624 - An account was successfully logged on.',
  '4625': '4625 - An account failed to log on.',
  '4634': '4634 - An account was logged off.',
  '4648': '4648 - A logon was attempted using explicit credentials.',
  '4656': '4656 - A handle to an object was requested.',
  '4657': '4657 - A registry value was modified.',
  '4658': '4658 - The handle to an object was closed.',
  '4662': '4662 - An operation was performed on an object.',
  '4663': '4663 - An attempt was made to access an object.',
  '4672': '4672 - Special privileges assigned to new logon.',
  '4673': '4673 - A privileged service was called.',
  '4688': '4688 - A new process has been created.',
  '4689': '4689 - A process has exited.',
  '4697': '4697 - A service was installed in the system.',
  '4698': '4698 - A scheduled task was created.',
  '4699': '4699 - A scheduled task was deleted.',
  '4702': '4702 - A scheduled task was updated.',
  '4720': '4720 - A user account was created.',
  '4728': '4728 - A member was added to a security-enabled global group.',
  '4732': '4732 - A member was added to a security-enabled local group.',
  '4768': '4768 - A Kerberos authentication ticket (TGT) was requested.',
  '4769': '4769 - A Kerberos service ticket was requested.',
  '4776': '4776 - The computer attempted to validate the credentials for an account.',
  '5140': '5140 - A network share object was accessed.',
  '5145': '5145 - A network share object was checked to see whether client can be granted desired access.',
  '5156': '5156 - The Windows Filtering Platform has allowed a connection.',
  '5158': '5158 - The Windows Filtering Platform has permitted a bind to a local port.',
};

const LOGON_TYPES: Readonly<Record<string, string>> = {
  '2': '2 - Interactive',
  '3': '3 - Network',
  '4': '4 - Batch',
  '5': '5 - Service',
  '7': '7 - Unlock',
  '8': '8 - NetworkCleartext',
  '9': '9 - NewCredentials',
  '10': '10 - RemoteInteractive',
  '11': '11 - CachedInteractive',
};

/** Sysmon's event types by id. */
export const SYSMON_EVENTS: Readonly<Record<string, string>> = {
  '1': 'ProcessCreate',
  '2': 'FileCreateTime',
  '3': 'NetworkConnect',
  '4': 'ServiceStateChange',
  '5': 'ProcessTerminate',
  '6': 'DriverLoad',
  '7': 'ImageLoad',
  '8': 'CreateRemoteThread',
  '9': 'RawAccessRead',
  '10': 'ProcessAccess',
  '11': 'FileCreate',
  '12': 'RegistryObject',
  '13': 'RegistryValueSet',
  '14': 'RegistryRename',
  '15': 'FileCreateStreamHash',
  '16': 'ConfigurationChange',
  '17': 'PipeCreated',
  '18': 'PipeConnected',
  '19': 'WmiFilter',
  '20': 'WmiConsumer',
  '21': 'WmiBinding',
  '22': 'DnsQuery',
  '23': 'FileDelete',
  '24': 'ClipboardChange',
  '25': 'ProcessTampering',
  '26': 'FileDeleteDetected',
  '27': 'FileBlockExecutable',
  '28': 'FileBlockShredding',
  '29': 'FileExecutableDetected',
  '255': 'Error',
};

const LEVEL_NUMBERS: Readonly<Record<string, string>> = {
  CRITICAL: '1',
  ERROR: '2',
  WARNING: '3',
  INFO: '4',
  information: '4',
  Information: '4',
  warning: '3',
  Warning: '3',
  error: '2',
  Error: '2',
  critical: '1',
  Critical: '1',
  Verbose: '5',
  DEBUG: '5',
};

const LEVEL_NAMES: Readonly<Record<string, string>> = {
  '0': 'LogAlways',
  '1': 'Critical',
  '2': 'Error',
  '3': 'Warning',
  '4': 'Information',
  '5': 'Verbose',
  '8': 'Audit Success',
  '16': 'Audit Failure',
  INFO: 'Information',
};

/** Columns of SecurityEvent that Sentinel makes from others; kept where they are there already. */
export const SECURITY_EVENT_COLUMNS = {
  Account: {
    first: ['Account', { when: 'EventID', is: TARGET_IS_ACCOUNT, gives: TARGET, otherwise: SUBJECT }],
  },
  Activity: { first: ['Activity', { name: 'EventID', among: ACTIVITIES }] },
  SubjectAccount: { first: ['SubjectAccount', SUBJECT] },
  TargetAccount: { first: ['TargetAccount', TARGET] },
  Process: { first: ['Process', { fileName: { first: ['NewProcessName', 'ProcessName'] } }] },
  ProcessId: { first: ['ProcessId', 'ProcessID'] },
  LogonTypeName: { first: ['LogonTypeName', { name: 'LogonType', among: LOGON_TYPES }] },
} as const satisfies Readonly<Record<string, Source>>;

/** Sysmon's events with their fields as columns. */
export const SYSMON_TABLE: WindowsTable = {
  table: 'Sysmon',
  where: SYSMON,
  view: true,
  columns: {
    Computer: '#computer',
    EventID: '#eventId',
    EventName: { name: '#eventId', among: SYSMON_EVENTS },
    Source: '#provider',
    SourceProcessGuid: { first: ['SourceProcessGUID', 'SourceProcessGuid'] },
    TargetProcessGuid: { first: ['TargetProcessGUID', 'TargetProcessGuid'] },
  },
};

export const WINDOWS_TABLES: readonly WindowsTable[] = [
  {
    table: 'SecurityEvent',
    where: SECURITY,
    columns: {
      ...SECURITY_EVENT_COLUMNS,
      Computer: '#computer',
      EventID: '#eventId',
      Channel: { first: ['#channel', { text: 'Security' }] },
      EventSourceName: '#provider',
      Level: '#level',
      Task: '#task',
      EventRecordId: '#recordId',
      Activity: { name: '#eventId', among: ACTIVITIES },
      Account: { first: ['Account', { when: '#eventId', is: TARGET_IS_ACCOUNT, gives: TARGET, otherwise: SUBJECT }] },
      EventData: '#data',
    },
  },
  {
    table: 'Event',
    where: `NOT coalesce(${SECURITY}, false) AND shape <> 'sentinel-windows-event'`,
    columns: {
      Source: '#provider',
      EventLog: '#channel',
      Computer: '#computer',
      EventLevel: { name: '#level', among: LEVEL_NUMBERS },
      EventLevelName: { name: '#level', among: LEVEL_NAMES },
      ParameterXml: 'ParameterXml',
      EventData: '#data',
      EventID: '#eventId',
      RenderedDescription: '#message',
      UserName: '#user',
      EventCategory: '#task',
      EventRecordId: '#recordId',
    },
  },
  {
    table: 'WindowsEvent',
    where: `NOT coalesce(${SECURITY}, false) AND shape = 'sentinel-windows-event'`,
    columns: {
      Provider: '#provider',
      Channel: '#channel',
      Computer: '#computer',
      Task: '#task',
      EventLevel: { name: '#level', among: LEVEL_NUMBERS },
      EventLevelName: { name: '#level', among: LEVEL_NAMES },
      EventData: '#data',
      EventID: '#eventId',
      EventRecordId: '#recordId',
      Opcode: '#opcode',
      SystemUserId: '#user',
    },
  },
  SYSMON_TABLE,
];
