import { columns, DEVICE_EVENT, type NormalizedView, SECURITY_ACTOR, SYSMON_EVENT } from './normalized-view.ts';

/** Processes: their starts, their access to each other, what they load. */
export const PROCESS_VIEWS: readonly NormalizedView[] = [
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
];
