import type { TableSchema } from '../../../tables/index.ts';
import type { Source } from './source.ts';

/**
 * Normalized views: the same kind of event under the same columns, whatever wrote it. Each source is a table of the
 * local data; a column that a source does not name is empty.
 */
export interface NormalizedView {
  readonly name: string;
  readonly description: string;
  readonly schema: TableSchema;
  readonly sources: readonly ViewSource[];
}

export interface ViewSource {
  readonly table: string;
  /** Columns' values (texts as they are, numbers as text) that rows must have: any of a list, in all columns. */
  readonly where: Readonly<Record<string, readonly string[]>>;
  /** A column that must match a regular expression (RE2) somewhere. */
  readonly matches?: { readonly column: string; readonly pattern: string };
  readonly columns: Readonly<Record<string, Source>>;
}

function columns(text: string): TableSchema {
  return text.split(/\s+/).map((entry) => {
    const [name, type = 'string'] = entry.split(':') as [string, TableSchema[number]['type']?];
    return { name, type };
  });
}

const SECURITY_ACTOR = {
  TimeGenerated: 'TimeGenerated',
  Computer: 'Computer',
  Account: { first: ['SubjectAccount', 'Account'] },
  LogonId: 'SubjectLogonId',
  Source: { text: 'SecurityEvent' },
} as const;

const SYSMON_EVENT = {
  TimeGenerated: 'TimeGenerated',
  Computer: 'Computer',
  Account: 'User',
  Image: 'Image',
  ProcessId: 'ProcessId',
  ProcessGuid: 'ProcessGuid',
  Source: { text: 'Sysmon' },
} as const;

const DEVICE_EVENT = {
  TimeGenerated: 'TimeGenerated',
  Computer: 'DeviceName',
  Account: {
    first: [
      { join: ['InitiatingProcessAccountDomain', 'InitiatingProcessAccountName'], by: '\\' },
      'InitiatingProcessAccountName',
    ],
  },
  Image: { first: ['InitiatingProcessFolderPath', 'InitiatingProcessFileName'] },
  ProcessId: 'InitiatingProcessId',
} as const;

/** The column that names an event's provider. */
const PROVIDER: Readonly<Record<string, string>> = { Event: 'Source', WindowsEvent: 'Provider' };

const REGISTRY_OPERATIONS = { '%%1904': 'CreateValue', '%%1905': 'SetValue', '%%1906': 'DeleteValue' } as const;

export const NORMALIZED_VIEWS: readonly NormalizedView[] = [
  {
    name: 'ProcessCreation',
    description: 'Processes that started',
    schema: columns(
      'TimeGenerated:datetime Computer Account Image CommandLine ProcessId:long ParentProcessId:long ParentImage ParentCommandLine ProcessGuid ParentProcessGuid LogonId IntegrityLevel CurrentDirectory OriginalFileName Hashes Source',
    ),
    sources: [
      {
        table: 'Sysmon',
        where: { EventID: ['1'] },
        columns: {
          ...SYSMON_EVENT,
          CommandLine: 'CommandLine',
          ParentProcessId: 'ParentProcessId',
          ParentImage: 'ParentImage',
          ParentCommandLine: 'ParentCommandLine',
          ParentProcessGuid: 'ParentProcessGuid',
          LogonId: 'LogonId',
          IntegrityLevel: 'IntegrityLevel',
          CurrentDirectory: 'CurrentDirectory',
          OriginalFileName: 'OriginalFileName',
          Hashes: 'Hashes',
        },
      },
      {
        table: 'SecurityEvent',
        where: { EventID: ['4688'] },
        columns: {
          ...SECURITY_ACTOR,
          Image: 'NewProcessName',
          CommandLine: 'CommandLine',
          ProcessId: 'NewProcessId',
          ParentProcessId: 'ProcessId',
          ParentImage: 'ParentProcessName',
        },
      },
      {
        table: 'DeviceProcessEvents',
        where: { ActionType: ['ProcessCreated'] },
        columns: {
          TimeGenerated: 'TimeGenerated',
          Computer: 'DeviceName',
          Account: { first: [{ join: ['AccountDomain', 'AccountName'], by: '\\' }, 'AccountName'] },
          Image: { first: ['FolderPath', 'FileName'] },
          CommandLine: 'ProcessCommandLine',
          ProcessId: 'ProcessId',
          ParentProcessId: 'InitiatingProcessId',
          ParentImage: { first: ['InitiatingProcessFolderPath', 'InitiatingProcessFileName'] },
          ParentCommandLine: 'InitiatingProcessCommandLine',
          LogonId: 'LogonId',
          IntegrityLevel: 'ProcessIntegrityLevel',
          OriginalFileName: 'ProcessVersionInfoOriginalFileName',
          Hashes: 'SHA256',
          Source: { text: 'DeviceProcessEvents' },
        },
      },
      {
        table: 'DefenderProcessEvents',
        where: {},
        columns: {
          TimeGenerated: 'TimeGenerated',
          Computer: { first: ['ComputerDnsName', 'MachineId'] },
          Account: {
            first: [
              { join: ['CreatedProcessAccountDomainName', 'CreatedProcessAccountName'], by: '\\' },
              'CreatedProcessAccountName',
            ],
          },
          Image: { first: ['CreatedProcessFilePath', 'CreatedProcessName'] },
          CommandLine: 'CreatedProcessCommandLine',
          ProcessId: 'CreatedProcessId',
          ParentProcessId: 'InitiatingProcessId',
          ParentImage: {
            first: [
              { join: ['InitiatingProcessImageFilePath', 'InitiatingProcessName'], by: '\\' },
              'InitiatingProcessName',
            ],
          },
          ParentCommandLine: 'Process_CommandLine',
          LogonId: 'LogonId',
          IntegrityLevel: 'CreatedProcessIntegrityLevel',
          OriginalFileName: 'CreatedProcessVersionInfoOriginalFileName',
          Hashes: 'CreatedProcessFileSha256',
          Source: { text: 'DefenderProcessEvents' },
        },
      },
      {
        table: 'LinuxAudit',
        where: { EventType: ['SYSCALL_EXECVE'] },
        columns: {
          TimeGenerated: 'TimeGenerated',
          Computer: 'Computer',
          Account: 'acct',
          Image: 'exe',
          CommandLine: { first: ['cmdline', 'proctitle'] },
          ProcessId: 'pid',
          ParentProcessId: 'ppid',
          LogonId: 'ses',
          CurrentDirectory: 'cwd',
          Source: { text: 'LinuxAudit' },
        },
      },
      {
        table: 'Syslog',
        where: {},
        matches: { column: 'SyslogMessage', pattern: '^type=AUOMS_EXECVE .*success=yes' },
        columns: {
          TimeGenerated: 'TimeGenerated',
          Computer: 'Computer',
          Account: { match: ' user=(\\S+)', in: 'SyslogMessage' },
          Image: { match: ' exe="([^"]*)"', in: 'SyslogMessage' },
          CommandLine: {
            first: [
              { match: ' cmdline="(.*)" redactors=', in: 'SyslogMessage' },
              { match: ' cmdline=(.*) redactors=', in: 'SyslogMessage' },
            ],
          },
          ProcessId: { match: ' pid=(\\d+)', in: 'SyslogMessage' },
          ParentProcessId: { match: ' ppid=(\\d+)', in: 'SyslogMessage' },
          LogonId: { match: ' ses="?(-?\\d+)', in: 'SyslogMessage' },
          CurrentDirectory: { match: ' cwd="([^"]*)"', in: 'SyslogMessage' },
          Source: { text: 'Syslog (auoms)' },
        },
      },
    ],
  },
  {
    name: 'ProcessAccess',
    description: 'Processes that opened another process',
    schema: columns(
      'TimeGenerated:datetime Computer SourceImage SourceProcessId:long SourceProcessGuid TargetImage TargetProcessId:long TargetProcessGuid GrantedAccess CallTrace SourceUser TargetUser Source',
    ),
    sources: [
      {
        table: 'Sysmon',
        where: { EventID: ['10'] },
        columns: {
          TimeGenerated: 'TimeGenerated',
          Computer: 'Computer',
          SourceImage: 'SourceImage',
          SourceProcessId: 'SourceProcessId',
          SourceProcessGuid: 'SourceProcessGuid',
          TargetImage: 'TargetImage',
          TargetProcessId: 'TargetProcessId',
          TargetProcessGuid: 'TargetProcessGuid',
          GrantedAccess: 'GrantedAccess',
          CallTrace: 'CallTrace',
          SourceUser: 'SourceUser',
          TargetUser: 'TargetUser',
          Source: { text: 'Sysmon' },
        },
      },
    ],
  },
  {
    name: 'NetworkConnection',
    description: 'Connections over the network',
    schema: columns(
      'TimeGenerated:datetime Computer Account Image ProcessId:long ProcessGuid Protocol SourceIp SourcePort:int DestinationIp DestinationPort:int DestinationHostname Direction Action Source',
    ),
    sources: [
      {
        table: 'Sysmon',
        where: { EventID: ['3'] },
        columns: {
          ...SYSMON_EVENT,
          Protocol: 'Protocol',
          SourceIp: 'SourceIp',
          SourcePort: 'SourcePort',
          DestinationIp: 'DestinationIp',
          DestinationPort: 'DestinationPort',
          DestinationHostname: 'DestinationHostname',
          Direction: { name: 'Initiated', among: { true: 'outbound', false: 'inbound' } },
          Action: { text: 'connected' },
        },
      },
      {
        table: 'SecurityEvent',
        where: { EventID: ['5156', '5157'] },
        columns: {
          TimeGenerated: 'TimeGenerated',
          Computer: 'Computer',
          Image: 'Application',
          ProcessId: 'ProcessId',
          Protocol: { name: 'Protocol', among: { '1': 'icmp', '6': 'tcp', '17': 'udp' } },
          SourceIp: 'SourceAddress',
          SourcePort: 'SourcePort',
          DestinationIp: 'DestAddress',
          DestinationPort: 'DestPort',
          Direction: { name: 'Direction', among: { '%%14592': 'inbound', '%%14593': 'outbound' } },
          Action: { name: 'EventID', among: { '5156': 'allowed', '5157': 'blocked' } },
          Source: { text: 'SecurityEvent' },
        },
      },
      {
        table: 'DeviceNetworkEvents',
        where: {},
        columns: {
          ...DEVICE_EVENT,
          Protocol: 'Protocol',
          SourceIp: 'LocalIP',
          SourcePort: 'LocalPort',
          DestinationIp: 'RemoteIP',
          DestinationPort: 'RemotePort',
          DestinationHostname: 'RemoteUrl',
          Action: 'ActionType',
          Source: { text: 'DeviceNetworkEvents' },
        },
      },
      {
        table: 'Zeek_conn',
        where: {},
        columns: {
          TimeGenerated: 'TimeGenerated',
          Protocol: 'proto',
          SourceIp: 'id_orig_h',
          SourcePort: 'id_orig_p',
          DestinationIp: 'id_resp_h',
          DestinationPort: 'id_resp_p',
          Action: 'conn_state',
          Source: { text: 'Zeek_conn' },
        },
      },
      {
        table: 'VMConnection',
        where: {},
        columns: {
          TimeGenerated: 'TimeGenerated',
          Computer: 'Computer',
          Image: 'ProcessName',
          Protocol: 'Protocol',
          SourceIp: 'SourceIp',
          DestinationIp: 'DestinationIp',
          DestinationPort: 'DestinationPort',
          Direction: 'Direction',
          Source: { text: 'VMConnection' },
        },
      },
    ],
  },
  {
    name: 'FileCreation',
    description: 'Files that were created or written',
    schema: columns(
      'TimeGenerated:datetime Computer Account Image ProcessId:long ProcessGuid TargetFilename CreationUtcTime:datetime Hashes Action Source',
    ),
    sources: [
      {
        table: 'Sysmon',
        where: { EventID: ['11', '15', '29'] },
        columns: {
          ...SYSMON_EVENT,
          TargetFilename: 'TargetFilename',
          CreationUtcTime: 'CreationUtcTime',
          Hashes: { first: ['Hashes', 'Hash'] },
          Action: 'EventName',
        },
      },
      {
        table: 'DeviceFileEvents',
        where: { ActionType: ['FileCreated', 'FileModified', 'FileRenamed'] },
        columns: {
          ...DEVICE_EVENT,
          TargetFilename: { first: ['FolderPath', 'FileName'] },
          Hashes: 'SHA256',
          Action: 'ActionType',
          Source: { text: 'DeviceFileEvents' },
        },
      },
    ],
  },
  {
    name: 'RegistryEvent',
    description: 'Keys and values of the registry that were created, set, renamed or deleted',
    schema: columns(
      'TimeGenerated:datetime Computer Account Image ProcessId:long ProcessGuid EventType TargetObject Details NewName Source',
    ),
    sources: [
      {
        table: 'Sysmon',
        where: { EventID: ['12', '13', '14'] },
        columns: {
          ...SYSMON_EVENT,
          EventType: 'EventType',
          TargetObject: 'TargetObject',
          Details: 'Details',
          NewName: 'NewName',
        },
      },
      {
        table: 'SecurityEvent',
        where: { EventID: ['4657'] },
        columns: {
          ...SECURITY_ACTOR,
          Image: 'ProcessName',
          ProcessId: 'ProcessId',
          EventType: { first: [{ name: 'OperationType', among: REGISTRY_OPERATIONS }, { text: 'SetValue' }] },
          TargetObject: { first: [{ join: ['ObjectName', 'ObjectValueName'], by: '\\' }, 'ObjectName'] },
          Details: 'NewValue',
        },
      },
      {
        table: 'DeviceRegistryEvents',
        where: {},
        columns: {
          ...DEVICE_EVENT,
          EventType: 'ActionType',
          TargetObject: { first: [{ join: ['RegistryKey', 'RegistryValueName'], by: '\\' }, 'RegistryKey'] },
          Details: 'RegistryValueData',
          Source: { text: 'DeviceRegistryEvents' },
        },
      },
    ],
  },
  {
    name: 'ScriptBlock',
    description: 'PowerShell that ran: script blocks, pipelines, and what started the engine',
    schema: columns(
      'TimeGenerated:datetime Computer Account EventID:int ScriptBlockText ScriptBlockId MessageNumber:int MessageTotal:int Path HostApplication CommandName Source',
    ),
    sources: [
      ...['Event', 'WindowsEvent'].flatMap((table) => powershellSources(table)),
      {
        table: 'DeviceEvents',
        where: { ActionType: ['PowerShellCommand', 'ScriptContent', 'AmsiScriptContent'] },
        columns: {
          TimeGenerated: 'TimeGenerated',
          Computer: 'DeviceName',
          Account: 'InitiatingProcessAccountName',
          ScriptBlockText: {
            first: ['AdditionalFields/ScriptContent', 'AdditionalFields/Command', 'AdditionalFields/Description'],
          },
          HostApplication: 'InitiatingProcessCommandLine',
          CommandName: 'AdditionalFields/Command',
          Source: { text: 'DeviceEvents' },
        },
      },
    ],
  },
  {
    name: 'ImageLoad',
    description: 'Libraries and drivers that processes loaded',
    schema: columns(
      'TimeGenerated:datetime Computer Account Image ProcessId:long ProcessGuid ImageLoaded OriginalFileName Hashes Signed Signature SignatureStatus Source',
    ),
    sources: [
      {
        table: 'Sysmon',
        where: { EventID: ['6', '7'] },
        columns: {
          ...SYSMON_EVENT,
          ImageLoaded: 'ImageLoaded',
          OriginalFileName: 'OriginalFileName',
          Hashes: 'Hashes',
          Signed: 'Signed',
          Signature: 'Signature',
          SignatureStatus: 'SignatureStatus',
        },
      },
      {
        table: 'DeviceImageLoadEvents',
        where: {},
        columns: {
          ...DEVICE_EVENT,
          ImageLoaded: { first: ['FolderPath', 'FileName'] },
          Hashes: 'SHA256',
          Source: { text: 'DeviceImageLoadEvents' },
        },
      },
    ],
  },
  {
    name: 'Logon',
    description: 'Logons that succeeded or failed, on machines and in the cloud',
    schema: columns(
      'TimeGenerated:datetime Computer Account Result LogonType IpAddress WorkstationName LogonId LogonProcessName AuthenticationPackageName SubjectAccount Application FailureReason Source',
    ),
    sources: [
      {
        table: 'SecurityEvent',
        where: { EventID: ['4624', '4625', '4648'] },
        columns: {
          TimeGenerated: 'TimeGenerated',
          Computer: 'Computer',
          Account: { first: ['TargetAccount', 'Account'] },
          Result: { name: 'EventID', among: { '4624': 'success', '4625': 'failure', '4648': 'explicit-credentials' } },
          LogonType: { first: ['LogonTypeName', 'LogonType'] },
          IpAddress: { name: 'IpAddress', among: { '-': '' } },
          WorkstationName: { name: 'WorkstationName', among: { '-': '' } },
          LogonId: { first: ['TargetLogonId', 'SubjectLogonId'] },
          LogonProcessName: 'LogonProcessName',
          AuthenticationPackageName: 'AuthenticationPackageName',
          SubjectAccount: 'SubjectAccount',
          Application: { name: 'ProcessName', among: { '-': '' } },
          FailureReason: { first: ['FailureReason', 'SubStatus', 'Status'] },
          Source: { text: 'SecurityEvent' },
        },
      },
      {
        table: 'SigninLogs',
        where: {},
        columns: {
          TimeGenerated: 'TimeGenerated',
          Computer: 'DeviceDetail/displayName',
          Account: 'UserPrincipalName',
          Result: { when: 'ResultType', is: ['0'], gives: { text: 'success' }, otherwise: { text: 'failure' } },
          IpAddress: 'IPAddress',
          Application: 'AppDisplayName',
          FailureReason: 'ResultDescription',
          Source: { text: 'SigninLogs' },
        },
      },
      {
        table: 'DeviceLogonEvents',
        where: {},
        columns: {
          TimeGenerated: 'TimeGenerated',
          Computer: 'DeviceName',
          Account: { first: [{ join: ['AccountDomain', 'AccountName'], by: '\\' }, 'AccountName'] },
          Result: { name: 'ActionType', among: { LogonSuccess: 'success', LogonFailed: 'failure' } },
          LogonType: 'LogonType',
          IpAddress: 'RemoteIP',
          WorkstationName: 'RemoteDeviceName',
          LogonId: 'LogonId',
          AuthenticationPackageName: 'Protocol',
          Application: 'InitiatingProcessFileName',
          FailureReason: 'FailureReason',
          Source: { text: 'DeviceLogonEvents' },
        },
      },
      {
        table: 'LinuxAudit',
        where: { EventType: ['USER_LOGIN'] },
        columns: {
          TimeGenerated: 'TimeGenerated',
          Computer: 'Computer',
          Account: 'acct',
          Result: { name: 'res', among: { success: 'success', failed: 'failure' } },
          IpAddress: { name: 'addr', among: { '?': '' } },
          LogonId: 'ses',
          Application: 'exe',
          Source: { text: 'LinuxAudit' },
        },
      },
    ],
  },
  {
    name: 'ServiceInstall',
    description: 'Services that were installed',
    schema: columns(
      'TimeGenerated:datetime Computer Account ServiceName ImagePath ServiceType StartType ServiceAccount Source',
    ),
    sources: [
      ...['Event', 'WindowsEvent'].map(
        (table): ViewSource => ({
          table,
          where: { EventID: ['7045'], [PROVIDER[table]!]: ['Service Control Manager'] },
          columns: {
            TimeGenerated: 'TimeGenerated',
            Computer: 'Computer',
            Account: table === 'Event' ? 'UserName' : 'SystemUserId',
            ServiceName: 'EventData/ServiceName',
            ImagePath: 'EventData/ImagePath',
            ServiceType: 'EventData/ServiceType',
            StartType: 'EventData/StartType',
            ServiceAccount: 'EventData/AccountName',
            Source: { text: 'System 7045' },
          },
        }),
      ),
      {
        table: 'SecurityEvent',
        where: { EventID: ['4697'] },
        columns: {
          ...SECURITY_ACTOR,
          ServiceName: 'ServiceName',
          ImagePath: 'ServiceFileName',
          ServiceType: 'ServiceType',
          StartType: 'ServiceStartType',
          ServiceAccount: 'ServiceAccount',
          Source: { text: 'Security 4697' },
        },
      },
      {
        table: 'DeviceEvents',
        where: { ActionType: ['ServiceInstalled'] },
        columns: {
          TimeGenerated: 'TimeGenerated',
          Computer: 'DeviceName',
          Account: 'InitiatingProcessAccountName',
          ServiceName: 'AdditionalFields/ServiceName',
          ImagePath: { first: ['FolderPath', 'FileName'] },
          ServiceAccount: 'AdditionalFields/ServiceAccount',
          Source: { text: 'DeviceEvents' },
        },
      },
    ],
  },
  {
    name: 'ScheduledTask',
    description: 'Scheduled tasks that were registered, changed, run or deleted',
    schema: columns('TimeGenerated:datetime Computer Account Action TaskName Command TaskContent Source'),
    sources: [
      {
        table: 'SecurityEvent',
        where: { EventID: ['4698', '4699', '4700', '4701', '4702'] },
        columns: {
          ...SECURITY_ACTOR,
          Action: {
            name: 'EventID',
            among: { '4698': 'created', '4699': 'deleted', '4700': 'enabled', '4701': 'disabled', '4702': 'updated' },
          },
          TaskName: 'TaskName',
          Command: {
            join: [
              {
                match: '(?:<|&lt;)Command(?:>|&gt;)(.*?)(?:<|&lt;)/Command',
                in: { first: ['TaskContent', 'TaskContentNew'] },
              },
              {
                first: [
                  {
                    match: '(?:<|&lt;)Arguments(?:>|&gt;)(.*?)(?:<|&lt;)/Arguments',
                    in: { first: ['TaskContent', 'TaskContentNew'] },
                  },
                  { text: ' ' },
                ],
              },
            ],
            by: ' ',
          },
          TaskContent: { first: ['TaskContent', 'TaskContentNew'] },
          Source: { text: 'SecurityEvent' },
        },
      },
      ...['Event', 'WindowsEvent'].map(
        (table): ViewSource => ({
          table,
          where: {
            EventID: ['106', '140', '141', '129', '200'],
            [PROVIDER[table]!]: ['Microsoft-Windows-TaskScheduler'],
          },
          columns: {
            TimeGenerated: 'TimeGenerated',
            Computer: 'Computer',
            Account: { first: ['EventData/UserContext', 'EventData/UserName'] },
            Action: {
              name: 'EventID',
              among: { '106': 'created', '140': 'updated', '141': 'deleted', '129': 'run', '200': 'run' },
            },
            TaskName: 'EventData/TaskName',
            Command: { first: ['EventData/Path', 'EventData/ActionName'] },
            Source: { text: 'TaskScheduler' },
          },
        }),
      ),
      {
        table: 'DeviceEvents',
        where: { ActionType: ['ScheduledTaskCreated', 'ScheduledTaskUpdated', 'ScheduledTaskDeleted'] },
        columns: {
          TimeGenerated: 'TimeGenerated',
          Computer: 'DeviceName',
          Account: 'InitiatingProcessAccountName',
          Action: 'ActionType',
          TaskName: 'AdditionalFields/TaskName',
          TaskContent: 'AdditionalFields/TaskContent',
          Source: { text: 'DeviceEvents' },
        },
      },
    ],
  },
  {
    name: 'DnsQuery',
    description: 'Names that were looked up',
    schema: columns(
      'TimeGenerated:datetime Computer Account Image ProcessId:long ProcessGuid ClientIp QueryName QueryType QueryStatus QueryResults Source',
    ),
    sources: [
      {
        table: 'Sysmon',
        where: { EventID: ['22'] },
        columns: {
          ...SYSMON_EVENT,
          QueryName: 'QueryName',
          QueryStatus: 'QueryStatus',
          QueryResults: 'QueryResults',
        },
      },
      {
        table: 'DnsEvents',
        where: { SubType: ['LookupQuery'] },
        columns: {
          TimeGenerated: 'TimeGenerated',
          Computer: 'Computer',
          ClientIp: 'ClientIP',
          QueryName: 'Name',
          QueryType: 'QueryType',
          QueryStatus: { first: ['ResultCode', 'Result'] },
          QueryResults: 'IPAddresses',
          Source: { text: 'DnsEvents' },
        },
      },
      {
        table: 'Zeek_dns',
        where: {},
        columns: {
          TimeGenerated: 'TimeGenerated',
          ClientIp: 'id_orig_h',
          QueryName: 'query',
          QueryType: 'qtype_name',
          QueryStatus: 'rcode_name',
          QueryResults: 'answers',
          Source: { text: 'Zeek_dns' },
        },
      },
      {
        table: 'DeviceEvents',
        where: { ActionType: ['DnsQueryResponse'] },
        columns: {
          ...DEVICE_EVENT,
          QueryName: { first: ['AdditionalFields/DnsQueryString', 'RemoteUrl'] },
          QueryResults: 'AdditionalFields/DnsQueryResult',
          Source: { text: 'DeviceEvents' },
        },
      },
    ],
  },
  {
    name: 'LogCleared',
    description: 'Event logs that were cleared',
    schema: columns('TimeGenerated:datetime Computer Account Channel Source'),
    sources: [
      {
        table: 'SecurityEvent',
        where: { EventID: ['1102'] },
        columns: { ...SECURITY_ACTOR, Channel: { text: 'Security' } },
      },
      ...['Event', 'WindowsEvent'].map(
        (table): ViewSource => ({
          table,
          where: { EventID: ['104', '1102'], [PROVIDER[table]!]: ['Microsoft-Windows-Eventlog'] },
          columns: {
            TimeGenerated: 'TimeGenerated',
            Computer: 'Computer',
            Account: {
              first: [
                { join: ['EventData/SubjectDomainName', 'EventData/SubjectUserName'], by: '\\' },
                'EventData/LogFileCleared/SubjectUserName',
                ...(table === 'Event' ? ['UserName'] : []),
              ],
            },
            Channel: {
              first: [
                'EventData/Channel',
                'EventData/LogFileCleared/Channel',
                ...(table === 'Event' ? [{ match: '^The (.+) log file was cleared', in: 'RenderedDescription' }] : []),
              ],
            },
            Source: { text: 'System 104' },
          },
        }),
      ),
    ],
  },
];

function powershellSources(table: string): ViewSource[] {
  const message: Source = table === 'Event' ? 'RenderedDescription' : 'EventData/Message';
  const common = {
    TimeGenerated: 'TimeGenerated',
    Computer: 'Computer',
    EventID: 'EventID',
    Account: {
      first: [
        { match: '(?:^|\\s)User(?:Id)?\\s?=\\s?([^\\r\\n]+)', in: { first: ['EventData/ContextInfo', message] } },
        ...(table === 'Event' ? ['UserName'] : []),
      ],
    },
    HostApplication: {
      match: 'Host\\s?Application\\s?=\\s?([^\\r\\n]*)',
      in: { first: ['EventData/ContextInfo', 'EventData/Data', message] },
    },
    CommandName: {
      match: 'Command\\s?Name\\s?=[ \\t]?([^\\r\\n]*)',
      in: { first: ['EventData/ContextInfo', message] },
    },
    Source: { join: [{ text: 'PowerShell' }, 'EventID'], by: ' ' },
  } as const;
  const provider = PROVIDER[table]!;
  return [
    {
      table,
      where: { EventID: ['4104'], [provider]: ['Microsoft-Windows-PowerShell', 'PowerShellCore'] },
      columns: {
        ...common,
        ScriptBlockText: 'EventData/ScriptBlockText',
        ScriptBlockId: 'EventData/ScriptBlockId',
        MessageNumber: 'EventData/MessageNumber',
        MessageTotal: 'EventData/MessageTotal',
        Path: 'EventData/Path',
      },
    },
    {
      table,
      where: { EventID: ['4103'], [provider]: ['Microsoft-Windows-PowerShell', 'PowerShellCore'] },
      columns: {
        ...common,
        ScriptBlockText: {
          first: ['EventData/Payload', { match: '(?s)^(.*?)\\s*\\r?\\n\\r?\\nContext:', in: message }],
        },
        Path: { match: 'Script Name = ([^\\r\\n]+)', in: { first: ['EventData/ContextInfo', message] } },
      },
    },
    {
      table,
      where: { EventID: ['800'], [provider]: ['PowerShell'] },
      columns: {
        ...common,
        ScriptBlockText: {
          first: [
            {
              match: '(?s)^Pipeline execution details for command line:\\s*(.*?)\\s*\\.\\s*Context Information:',
              in: message,
            },
            { match: 'CommandLine=([^\\r\\n]+)', in: message },
          ],
        },
        Path: { match: 'ScriptName=([^\\r\\n]+)', in: message },
      },
    },
    {
      table,
      where: { EventID: ['400'], [provider]: ['PowerShell'] },
      columns: {
        ...common,
        ScriptBlockText: { match: 'HostApplication=([^\\r\\n]*)', in: { first: ['EventData/Data', message] } },
      },
    },
  ];
}
