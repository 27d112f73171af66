import type { Condition, Source } from './source.ts';

/**
 * One of the shapes in which tools write Windows events: where the parts of the event's envelope lie, and where the
 * fields of its EventData. All shapes become the same envelope; from there on there is one mapping to tables.
 */
export interface WindowsShape {
  readonly id: string;
  /** What writes it. */
  readonly origin: string;
  readonly when: readonly Condition[];
  readonly channel: Source;
  readonly provider: Source;
  readonly eventId: Source;
  readonly computer: Source;
  readonly level?: Source;
  readonly task?: Source;
  readonly opcode?: Source;
  readonly recordId?: Source;
  readonly processId?: Source;
  readonly user?: Source;
  readonly message?: Source;
  readonly time: WindowsTime;
  readonly data: WindowsData;
}

/**
 * The event's own time. `system` is with a zone or in UTC by definition, but some exporters write local time and mark
 * it `Z`: then Sysmon's `UtcTime` in the same file tells by how much they are off. `local` is local time of unknown
 * zone, which `received` (UTC) and `receivedLocal` (the same moment in local time) tell.
 */
export interface WindowsTime {
  readonly system?: Source;
  readonly local?: Source;
  readonly received?: Source;
  readonly receivedLocal?: Source;
  /** True where the time is the service's and must stay as it is. */
  readonly authoritative?: boolean;
}

/** Where the fields of EventData lie: beside the envelope, in an object, in JSON text, or in XML text. */
export type WindowsData =
  | { readonly beside: true }
  | { readonly object: Source }
  | { readonly json: Source }
  /** XML text, with further fields beside. */
  | { readonly xml: Source };

/** Keys of the envelope in flat shapes: what is left of the record is EventData. */
export const ENVELOPE_KEYS = [
  'EventID',
  'EventId',
  'Channel',
  'SourceName',
  'ProviderName',
  'ProviderGuid',
  'Provider',
  'Hostname',
  'Computer',
  'EventTime',
  'EventReceivedTime',
  'TimeCreated',
  'TimeGenerated',
  '@timestamp',
  '@version',
  'host',
  'port',
  'tags',
  'Message',
  'Keywords',
  'Level',
  'Task',
  'Opcode',
  'OpcodeValue',
  'Version',
  'Severity',
  'SeverityValue',
  'SourceModuleName',
  'SourceModuleType',
  'RecordNumber',
  'EventRecordID',
  'ExecutionProcessID',
  'ExecutionThreadID',
  'ThreadID',
  'ERROR_EVT_UNRESOLVED',
  'Category',
  'EventLevel',
  'EventLevelName',
  'EventOriginId',
  'Type',
  'TenantId',
  'SourceSystem',
  'MG',
  'ManagementGroupName',
  'SourceComputerId',
  '_ResourceId',
  '_ItemId',
  'EventSourceName',
  'Activity',
] as const;

const SENTINEL_TIME: WindowsTime = { system: 'TimeGenerated', authoritative: true };

/** The shapes, most telling first. */
export const WINDOWS_SHAPES: readonly WindowsShape[] = [
  {
    id: 'sentinel-windows-event',
    origin: 'Sentinel table WindowsEvent',
    when: [
      { has: 'EventData' },
      { has: 'Provider' },
      { has: 'EventID' },
      { any: [{ at: 'Type', is: ['WindowsEvent'] }, { has: 'EventOriginId' }, { has: 'TimeGenerated' }] },
    ],
    channel: 'Channel',
    provider: 'Provider',
    eventId: 'EventID',
    computer: 'Computer',
    level: 'EventLevel',
    task: 'Task',
    opcode: 'Opcode',
    recordId: 'EventRecordId',
    user: 'SystemUserId',
    time: SENTINEL_TIME,
    data: { json: 'EventData' },
  },
  {
    id: 'sentinel-event',
    origin: 'Sentinel table Event',
    when: [{ has: 'EventLog' }, { has: 'EventID' }, { has: 'Source' }],
    channel: 'EventLog',
    provider: 'Source',
    eventId: 'EventID',
    computer: 'Computer',
    level: 'EventLevel',
    user: 'UserName',
    message: 'RenderedDescription',
    time: SENTINEL_TIME,
    data: { xml: { first: ['EventData', 'EventData_string'] } },
  },
  {
    id: 'winlogbeat',
    origin: 'Winlogbeat 7 and later, Elastic Agent',
    when: [{ has: 'winlog/event_id' }, { has: 'winlog/channel' }],
    channel: 'winlog/channel',
    provider: 'winlog/provider_name',
    eventId: 'winlog/event_id',
    computer: { first: ['winlog/computer_name', 'host/name', 'agent/hostname'] },
    level: { first: ['winlog/level', 'log/level'] },
    task: 'winlog/task',
    opcode: 'winlog/opcode',
    recordId: 'winlog/record_id',
    processId: 'winlog/process/pid',
    user: { join: ['winlog/user/domain', 'winlog/user/name'], by: '\\' },
    message: 'message',
    time: { system: '@timestamp' },
    data: { object: { first: ['winlog/event_data', 'winlog/user_data'] } },
  },
  {
    id: 'winlogbeat-6',
    origin: 'Winlogbeat 5 and 6',
    when: [{ has: 'event_id' }, { has: 'log_name' }],
    channel: 'log_name',
    provider: 'source_name',
    eventId: 'event_id',
    computer: { first: ['computer_name', 'beat/hostname'] },
    level: 'level',
    task: 'task',
    opcode: 'opcode',
    recordId: 'record_number',
    processId: 'process_id',
    user: { join: ['user/domain', 'user/name'], by: '\\' },
    message: 'message',
    time: { system: '@timestamp' },
    data: { object: { first: ['event_data', 'user_data'] } },
  },
  {
    id: 'evtx',
    origin: 'evtx_dump, Velociraptor, exported XML',
    when: [{ has: 'Event/System/EventID' }],
    channel: 'Event/System/Channel',
    provider: {
      first: ['Event/System/Provider/Name', 'Event/System/Provider/#attributes/Name', 'Event/System/Provider/@Name'],
    },
    eventId: {
      first: ['Event/System/EventID/#text', 'Event/System/EventID/Value', 'Event/System/EventID'],
    },
    computer: 'Event/System/Computer',
    level: 'Event/System/Level',
    task: 'Event/System/Task',
    opcode: 'Event/System/Opcode',
    recordId: { first: ['Event/System/EventRecordID', 'Event/System/EventRecordId'] },
    processId: {
      first: ['Event/System/Execution/ProcessID', 'Event/System/Execution/#attributes/ProcessID'],
    },
    user: { first: ['Event/System/Security/UserID', 'Event/System/Security/#attributes/UserID'] },
    message: { first: ['Event/RenderingInfo/Message', 'Message'] },
    time: {
      system: {
        first: [
          'Event/System/TimeCreated/SystemTime',
          'Event/System/TimeCreated/#attributes/SystemTime',
          'Event/System/TimeCreated/@SystemTime',
        ],
      },
    },
    data: { object: { first: ['Event/EventData', 'Event/UserData'] } },
  },
  {
    id: 'velociraptor-evtx',
    origin: 'Velociraptor (parse_evtx)',
    when: [{ has: 'System/EventID' }, { has: 'System/Channel' }],
    channel: 'System/Channel',
    provider: { first: ['System/Provider/Name', 'System/Provider'] },
    eventId: { first: ['System/EventID/Value', 'System/EventID'] },
    computer: 'System/Computer',
    level: 'System/Level',
    task: 'System/Task',
    opcode: 'System/Opcode',
    recordId: 'System/EventRecordID',
    processId: 'System/Execution/ProcessID',
    user: 'System/Security/UserID',
    message: 'Message',
    time: { system: { first: ['System/TimeCreated/SystemTime', 'System/TimeCreated'] } },
    data: { object: { first: ['EventData', 'UserData'] } },
  },
  {
    id: 'nxlog',
    origin: 'NXLog (im_msvistalog), as OTRF Security-Datasets of 2020',
    when: [{ has: 'EventID' }, { has: 'Channel' }, { has: 'EventTime' }, { has: 'SourceName' }],
    channel: 'Channel',
    provider: 'SourceName',
    eventId: 'EventID',
    // "host" is the collector that forwarded the event, "Hostname" the machine that it happened on.
    computer: 'Hostname',
    level: 'Severity',
    task: 'Task',
    opcode: { first: ['Opcode', 'OpcodeValue'] },
    recordId: 'RecordNumber',
    processId: 'ExecutionProcessID',
    user: { join: ['Domain', 'AccountName'], by: '\\' },
    message: 'Message',
    time: { local: 'EventTime', received: '@timestamp', receivedLocal: 'EventReceivedTime' },
    data: { beside: true },
  },
  {
    id: 'plain-export',
    origin: 'PowerShell exports, as OTRF Security-Datasets of 2023',
    when: [
      { any: [{ has: 'EventID' }, { has: 'EventId' }] },
      { has: 'Channel' },
      { any: [{ has: 'SourceName' }, { has: 'ProviderName' }, { has: 'Provider' }] },
    ],
    channel: 'Channel',
    provider: { first: ['SourceName', 'ProviderName', 'Provider'] },
    eventId: { first: ['EventID', 'EventId'] },
    computer: { first: ['Hostname', 'Computer', 'MachineName'] },
    level: 'Level',
    task: 'Task',
    opcode: 'Opcode',
    recordId: { first: ['RecordNumber', 'EventRecordID', 'RecordId'] },
    processId: 'ExecutionProcessID',
    user: 'UserID',
    message: 'Message',
    time: { system: { first: ['TimeCreated', 'TimeGenerated', '@timestamp', 'EventTime'] } },
    data: { beside: true },
  },
  {
    id: 'get-winevent',
    origin: 'PowerShell: Get-WinEvent | ConvertTo-Json or Export-Csv',
    when: [{ has: 'Id' }, { has: 'LogName' }, { has: 'ProviderName' }],
    channel: 'LogName',
    provider: 'ProviderName',
    eventId: 'Id',
    computer: 'MachineName',
    level: { first: ['LevelDisplayName', 'Level'] },
    task: 'Task',
    opcode: 'Opcode',
    recordId: 'RecordId',
    processId: 'ProcessId',
    user: { first: ['UserId/Value', 'UserId'] },
    message: 'Message',
    time: { system: 'TimeCreated' },
    data: { object: 'EventData' },
  },
];
