import {
  columns,
  DEVICE_EVENT,
  type NormalizedView,
  PROVIDER,
  SECURITY_ACTOR,
  SYSMON_EVENT,
  type ViewSource,
} from './normalized-view.ts';

const REGISTRY_OPERATIONS = { '%%1904': 'CreateValue', '%%1905': 'SetValue', '%%1906': 'DeleteValue' } as const;

/** Changes to files, registry, services, tasks and logs. */
export const SYSTEM_VIEWS: readonly NormalizedView[] = [
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
