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
];
