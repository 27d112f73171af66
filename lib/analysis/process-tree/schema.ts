/**
 * Which columns of a table say what about a process. The first fourteen are MSTICPy's generic property names, in camel
 * case; the rest is known to fewer sources and makes the tree better where it is there.
 */
export interface ProcessSchema {
  readonly processName: string;
  readonly processId: string;
  readonly parentId: string;
  readonly timeStamp: string;
  readonly cmdLine?: string | undefined;
  /** Default `\`. */
  readonly pathSeparator?: string | undefined;
  readonly userName?: string | undefined;
  readonly logonId?: string | undefined;
  readonly hostNameColumn?: string | undefined;
  readonly parentName?: string | undefined;
  readonly targetLogonId?: string | undefined;
  readonly userId?: string | undefined;
  /** Only rows whose value in this column is `eventIdIdentifier` are process starts. */
  readonly eventIdColumn?: string | undefined;
  readonly eventIdIdentifier?: string | number | undefined;
  /** Identifiers that are never used twice: parents are found by them alone. */
  readonly processGuid?: string | undefined;
  readonly parentGuid?: string | undefined;
  /** When the process itself started, where `timeStamp` is when that was logged. */
  readonly startTime?: string | undefined;
  readonly parentTime?: string | undefined;
  readonly parentCmdLine?: string | undefined;
  readonly grandparentName?: string | undefined;
  readonly grandparentId?: string | undefined;
  readonly grandparentTime?: string | undefined;
  /** Value of `eventIdColumn` on rows that say that a process ended; `endProcessId` then holds its id. */
  readonly endIdentifier?: string | number | undefined;
  readonly endProcessId?: string | undefined;
}

export interface NamedSchema extends ProcessSchema {
  readonly name: string;
}

const WINDOWS_SECURITY: NamedSchema = {
  name: 'windows-security',
  timeStamp: 'TimeGenerated',
  processName: 'NewProcessName',
  processId: 'NewProcessId',
  parentName: 'ParentProcessName',
  parentId: 'ProcessId',
  logonId: 'SubjectLogonId',
  targetLogonId: 'TargetLogonId',
  cmdLine: 'CommandLine',
  userName: 'SubjectUserName',
  pathSeparator: '\\',
  userId: 'SubjectUserSid',
  eventIdColumn: 'EventID',
  eventIdIdentifier: 4688,
  hostNameColumn: 'Computer',
  endIdentifier: 4689,
  endProcessId: 'ProcessId',
};

const LINUX_AUDITD: NamedSchema = {
  name: 'linux-auditd',
  timeStamp: 'TimeGenerated',
  processName: 'exe',
  processId: 'pid',
  parentId: 'ppid',
  logonId: 'ses',
  cmdLine: 'cmdline',
  userName: 'acct',
  pathSeparator: '/',
  userId: 'uid',
  eventIdColumn: 'EventType',
  eventIdIdentifier: 'SYSCALL_EXECVE',
  hostNameColumn: 'Computer',
};

const DEFENDER_INTERNAL: NamedSchema = {
  name: 'defender-internal',
  timeStamp: 'CreatedProcessCreationTime',
  processName: 'CreatedProcessName',
  processId: 'CreatedProcessId',
  parentName: 'InitiatingProcessName',
  parentId: 'InitiatingProcessId',
  logonId: 'InitiatingProcessLogonId',
  targetLogonId: 'LogonId',
  cmdLine: 'CreatedProcessCommandLine',
  userName: 'CreatedProcessAccountName',
  pathSeparator: '\\',
  userId: 'CreatedProcessAccountSid',
  hostNameColumn: 'ComputerDnsName',
  parentTime: 'InitiatingProcessCreationTime',
  parentCmdLine: 'Process_CommandLine',
  grandparentName: 'InitiatingProcessParentProcessName',
  grandparentId: 'InitiatingProcessParentProcessId',
  grandparentTime: 'InitiatingProcessParentCreationTime',
};

const DEFENDER: NamedSchema = {
  name: 'defender',
  timeStamp: 'Timestamp',
  processName: 'FileName',
  processId: 'ProcessId',
  parentName: 'InitiatingProcessFileName',
  parentId: 'InitiatingProcessId',
  logonId: 'InitiatingProcessLogonId',
  targetLogonId: 'LogonId',
  cmdLine: 'ProcessCommandLine',
  userName: 'AccountName',
  pathSeparator: '\\',
  userId: 'AccountSid',
  hostNameColumn: 'DeviceName',
  eventIdColumn: 'ActionType',
  eventIdIdentifier: 'ProcessCreated',
  startTime: 'ProcessCreationTime',
  parentTime: 'InitiatingProcessCreationTime',
  parentCmdLine: 'InitiatingProcessCommandLine',
  grandparentName: 'InitiatingProcessParentFileName',
  grandparentId: 'InitiatingProcessParentId',
  grandparentTime: 'InitiatingProcessParentCreationTime',
};

const SYSMON: NamedSchema = {
  name: 'sysmon',
  timeStamp: 'UtcTime',
  processName: 'Image',
  processId: 'ProcessId',
  parentName: 'ParentImage',
  parentId: 'ParentProcessId',
  logonId: 'LogonId',
  cmdLine: 'CommandLine',
  userName: 'User',
  pathSeparator: '\\',
  eventIdColumn: 'EventID',
  eventIdIdentifier: 1,
  hostNameColumn: 'Computer',
  processGuid: 'ProcessGuid',
  parentGuid: 'ParentProcessGuid',
  parentCmdLine: 'ParentCommandLine',
  endIdentifier: 5,
  endProcessId: 'ProcessId',
};

const OSQUERY: NamedSchema = {
  name: 'osquery',
  timeStamp: 'calendarTime',
  processName: 'name',
  processId: 'pid',
  parentName: 'pcmdline',
  parentId: 'parent',
  cmdLine: 'cmdline',
  userName: 'username',
  pathSeparator: '/',
  userId: 'uid',
};

const TRELLIX_HX: NamedSchema = {
  name: 'trellix-hx',
  timeStamp: 'starttime',
  processName: 'process',
  processId: 'pid',
  parentName: 'parentprocess',
  parentId: 'parentpid',
  cmdLine: 'processcmdline',
  userName: 'username',
  pathSeparator: '\\',
  eventIdColumn: 'eventtype',
  eventIdIdentifier: 'start',
  hostNameColumn: 'hostname',
};

/** MSTICPy's seven, in its order: on equal counts the later one wins there. */
export const MSTICPY_SCHEMAS: readonly NamedSchema[] = [
  WINDOWS_SECURITY,
  LINUX_AUDITD,
  { ...DEFENDER_INTERNAL, parentName: 'ParentProcessName', parentId: 'CreatedProcessParentId' },
  DEFENDER,
  SYSMON,
  OSQUERY,
  TRELLIX_HX,
];

/** The normalised view of process starts over all sources. */
const PROCESS_CREATION: NamedSchema = { ...SYSMON, name: 'process-creation', timeStamp: 'TimeGenerated' };

const DEFENDER_IN_SENTINEL: NamedSchema = { ...DEFENDER, name: 'defender-in-sentinel', timeStamp: 'TimeGenerated' };

const VIRUSTOTAL: NamedSchema = {
  name: 'virustotal-sandbox',
  timeStamp: 'time_stamp',
  processName: 'name',
  processId: 'process_id',
  parentId: 'parent_id',
  cmdLine: 'cmd_line',
  logonId: 'logon_id',
  userName: 'user_name',
  pathSeparator: '\\',
  hostNameColumn: 'host',
  eventIdColumn: 'event_id',
};

/** All that are known, the more telling first: on equal counts the earlier one wins. */
export const PROCESS_SCHEMAS: readonly NamedSchema[] = [
  PROCESS_CREATION,
  WINDOWS_SECURITY,
  SYSMON,
  DEFENDER,
  DEFENDER_IN_SENTINEL,
  DEFENDER_INTERNAL,
  LINUX_AUDITD,
  OSQUERY,
  TRELLIX_HX,
  VIRUSTOTAL,
];

/** The columns that a schema names; what else it holds (a separator, values of events, its own name) is no column. */
export function columnsOf(schema: ProcessSchema): string[] {
  const { pathSeparator: _s, eventIdIdentifier: _i, endIdentifier: _e, ...columns } = schema;
  const { name: _n, ...rest } = columns as ProcessSchema & { name?: string };
  return [...new Set(Object.values(rest).filter((column) => column !== undefined))] as string[];
}
