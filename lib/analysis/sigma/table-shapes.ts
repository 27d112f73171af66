import type { Logsource } from './rule.ts';

/**
 * One way in which tables hold the events of a logsource: rules apply to a table that has all of the `requires`
 * columns and whose logsource fits. The first shape that fits is taken.
 */
export interface TableShape {
  readonly logsource: Logsource;
  readonly requires: readonly string[];
  /** Columns by which a table with the required ones is of another kind. */
  readonly excludes?: readonly string[];
  /** Rows that belong to the logsource: any of the values, for each column. Absent: all rows. */
  readonly where?: Readonly<Record<string, readonly string[]>>;
  /** Columns that hold Sigma's fields under another name; tried in order. A field not named here is its own column. */
  readonly fields?: Readonly<Record<string, readonly string[]>>;
  /** A column with a JSON object that holds the fields which are no columns. */
  readonly bag?: string;
}

/** Field names that differ between sources, whatever the event. */
const COMMON_FIELDS: Readonly<Record<string, readonly string[]>> = {
  Computer: ['Computer', 'DeviceName', 'Hostname', 'HostName'],
  ComputerName: ['Computer', 'DeviceName', 'Hostname', 'HostName'],
  TimeGenerated: ['TimeGenerated', 'Timestamp', 'TimeCreated', '@timestamp'],
  User: ['User', 'Account', 'AccountName', 'SubjectUserName', 'InitiatingProcessAccountName'],
  EventID: ['EventID', 'EventId'],
  ImagePath: ['ImagePath', 'ServiceFileName'],
};

/** Security event 4688 and Sysmon's event 1 name the same things differently. */
const PROCESS_4688: Readonly<Record<string, readonly string[]>> = {
  Image: ['NewProcessName'],
  ParentImage: ['ParentProcessName'],
  ProcessId: ['NewProcessId'],
  ParentProcessId: ['ProcessId', 'CreatorProcessId'],
  User: ['SubjectUserName', 'Account'],
};

const DEFENDER_ACTOR: Readonly<Record<string, readonly string[]>> = {
  Image: ['InitiatingProcessFolderPath'],
  CommandLine: ['InitiatingProcessCommandLine'],
  ProcessId: ['InitiatingProcessId'],
  ParentImage: ['InitiatingProcessParentFileName'],
};

/** Tables that are views of one kind of event, or of Defender: known by their columns. */
const VIEWS: readonly TableShape[] = [
  { logsource: { category: 'process_access' }, requires: ['SourceImage', 'TargetImage', 'GrantedAccess'] },
  {
    logsource: { category: 'create_remote_thread' },
    requires: ['SourceImage', 'TargetImage', 'StartFunction'],
  },
  { logsource: { category: 'process_creation' }, requires: ['Image', 'CommandLine'], excludes: ['DecodedText'] },
  {
    logsource: { category: 'process_creation' },
    requires: ['NewProcessName', 'CommandLine', 'EventID'],
    where: { EventID: ['4688'] },
    fields: PROCESS_4688,
  },
  { logsource: { category: 'process_creation' }, requires: ['NewProcessName', 'CommandLine'], fields: PROCESS_4688 },
  {
    logsource: { category: 'process_creation' },
    requires: ['ProcessCommandLine', 'FolderPath', 'InitiatingProcessFolderPath'],
    fields: {
      Image: ['FolderPath'],
      CommandLine: ['ProcessCommandLine'],
      ParentImage: ['InitiatingProcessFolderPath'],
      ParentCommandLine: ['InitiatingProcessCommandLine'],
      ParentProcessId: ['InitiatingProcessId'],
      OriginalFileName: ['ProcessVersionInfoOriginalFileName'],
      IntegrityLevel: ['ProcessIntegrityLevel'],
    },
  },
  { logsource: { category: 'image_load' }, requires: ['Image', 'ImageLoaded'] },
  { logsource: { category: 'file_event' }, requires: ['TargetFilename'] },
  {
    logsource: { category: 'file_event' },
    requires: ['FolderPath', 'FileName', 'PreviousFileName'],
    where: { ActionType: ['FileCreated', 'FileModified', 'FileRenamed'] },
    fields: { ...DEFENDER_ACTOR, TargetFilename: ['FolderPath'] },
  },
  ...['registry_event', 'registry_set', 'registry_add', 'registry_delete'].map((category) => ({
    logsource: { category },
    requires: ['TargetObject'],
  })),
  {
    logsource: { category: 'registry_set' },
    requires: ['RegistryKey', 'RegistryValueData', 'ActionType'],
    where: { ActionType: ['RegistryValueSet'] },
    fields: { ...DEFENDER_ACTOR, TargetObject: ['RegistryKey'], Details: ['RegistryValueData'] },
  },
  { logsource: { category: 'dns_query' }, requires: ['QueryName'] },
  {
    logsource: { category: 'network_connection' },
    requires: ['DestinationIp', 'DestinationPort', 'Image'],
  },
  {
    logsource: { category: 'network_connection' },
    requires: ['RemoteIP', 'RemotePort', 'InitiatingProcessFolderPath'],
    fields: { ...DEFENDER_ACTOR, DestinationIp: ['RemoteIP'], DestinationPort: ['RemotePort'] },
  },
  { logsource: { category: 'ps_script' }, requires: ['ScriptBlockText'] },
  {
    logsource: { category: 'ps_script' },
    requires: ['DecodedText'],
    fields: { ScriptBlockText: ['DecodedText'] },
  },
  {
    logsource: { category: 'firewall' },
    requires: ['SourceIP', 'DestinationIP', 'DestinationPort', 'DeviceAction'],
    fields: {
      src_ip: ['SourceIP'],
      dst_ip: ['DestinationIP'],
      src_port: ['SourcePort'],
      dst_port: ['DestinationPort'],
      action: ['DeviceAction'],
      bytes_out: ['SentBytes'],
      bytes_in: ['ReceivedBytes'],
    },
  },
  { logsource: { product: 'linux', service: 'syslog' }, requires: ['SyslogMessage'] },
  { logsource: { product: 'linux' }, requires: ['SyslogMessage'] },
  {
    logsource: { product: 'azure', service: 'signinlogs' },
    requires: ['UserPrincipalName', 'AppDisplayName', 'IPAddress'],
  },
  { logsource: { product: 'azure', service: 'auditlogs' }, requires: ['OperationName', 'TargetResources'] },
];

const SYSMON = 'Microsoft-Windows-Sysmon/Operational';
const POWERSHELL = 'Microsoft-Windows-PowerShell/Operational';

/** Sigma's categories among raw Windows events: channel and event ids. */
const RAW_CATEGORIES: Readonly<Record<string, readonly [channel: string, eventIds: readonly number[]]>> = {
  process_creation: [SYSMON, [1]],
  file_change: [SYSMON, [2]],
  network_connection: [SYSMON, [3]],
  process_termination: [SYSMON, [5]],
  driver_load: [SYSMON, [6]],
  image_load: [SYSMON, [7]],
  create_remote_thread: [SYSMON, [8]],
  raw_access_thread: [SYSMON, [9]],
  process_access: [SYSMON, [10]],
  file_event: [SYSMON, [11]],
  registry_add: [SYSMON, [12]],
  registry_delete: [SYSMON, [12]],
  registry_set: [SYSMON, [13]],
  registry_rename: [SYSMON, [14]],
  registry_event: [SYSMON, [12, 13, 14]],
  create_stream_hash: [SYSMON, [15]],
  pipe_created: [SYSMON, [17, 18]],
  wmi_event: [SYSMON, [19, 20, 21]],
  dns_query: [SYSMON, [22]],
  file_delete: [SYSMON, [23, 26]],
  process_tampering: [SYSMON, [25]],
  ps_script: [POWERSHELL, [4104]],
  ps_module: [POWERSHELL, [4103]],
  ps_classic_start: ['Windows PowerShell', [400]],
};

/** Sigma's services: channels of Windows events. */
const RAW_SERVICES: Readonly<Record<string, string>> = {
  sysmon: SYSMON,
  security: 'Security',
  system: 'System',
  application: 'Application',
  powershell: POWERSHELL,
  'powershell-classic': 'Windows PowerShell',
  taskscheduler: 'Microsoft-Windows-TaskScheduler/Operational',
  wmi: 'Microsoft-Windows-WMI-Activity/Operational',
  'terminalservices-localsessionmanager': 'Microsoft-Windows-TerminalServices-LocalSessionManager/Operational',
  windefend: 'Microsoft-Windows-Windows Defender/Operational',
  'bits-client': 'Microsoft-Windows-Bits-Client/Operational',
};

/** All of Sysmon's events in one table, without their channel. */
const SYSMON_TABLE: readonly TableShape[] = Object.entries(RAW_CATEGORIES)
  .filter(([, [channel]]) => channel === SYSMON)
  .map(([category, [, eventIds]]) => ({
    logsource: { category },
    requires: ['EventID', 'CommandLine', 'SourceImage', 'TargetObject', 'QueryName'],
    where: { EventID: eventIds.map(String) },
  }));

/** Tables that keep an event's own fields as one JSON object: Event and WindowsEvent. */
const BAGS: readonly TableShape[] = ['EventLog', 'Channel'].flatMap((channelColumn) => {
  const common = { requires: ['EventID', channelColumn, 'EventData'], bag: 'EventData' };
  return [
    ...Object.entries(RAW_CATEGORIES).map(([category, [channel, eventIds]]) => ({
      ...common,
      logsource: { category },
      where: { [channelColumn]: [channel], EventID: eventIds.map(String) },
    })),
    ...Object.entries(RAW_SERVICES).map(([service, channel]) => ({
      ...common,
      logsource: { product: 'windows', service },
      where: { [channelColumn]: [channel] },
    })),
  ];
});

const RAW: readonly TableShape[] = [
  ...Object.entries(RAW_CATEGORIES).map(([category, [channel, eventIds]]) => ({
    logsource: { category },
    requires: ['EventID', 'Channel'],
    where: { Channel: [channel], EventID: eventIds.map(String) },
  })),
  {
    logsource: { category: 'process_creation' },
    requires: ['EventID', 'Channel', 'NewProcessName'],
    where: { Channel: ['Security'], EventID: ['4688'] },
    fields: PROCESS_4688,
  },
  ...Object.entries(RAW_SERVICES).map(([service, channel]) => ({
    logsource: { product: 'windows', service },
    requires: ['EventID', 'Channel'],
    where: { Channel: [channel] },
  })),
];

/** Views of events of a service that keep the event id but not the channel. */
const BY_EVENT_ID: readonly TableShape[] = Object.keys(RAW_SERVICES).map((service) => ({
  logsource: { product: 'windows', service },
  requires: ['EventID'],
}));

const SHAPES: readonly TableShape[] = [...SYSMON_TABLE, ...VIEWS, ...BAGS, ...RAW, ...BY_EVENT_ID];

/** The shape by which a rule of this logsource reads a table with these columns, or null if it does not apply. */
export function shapeFor(rule: Logsource, columns: ReadonlySet<string>): TableShape | null {
  const found = SHAPES.find(
    (shape) =>
      fits(rule, shape.logsource) &&
      shape.requires.every((name) => columns.has(name)) &&
      !shape.excludes?.some((name) => columns.has(name)),
  );
  return found ?? null;
}

function fits(rule: Logsource, shape: Logsource): boolean {
  if (rule.category !== undefined) return rule.category === shape.category;
  if (rule.service !== undefined) return rule.service === shape.service;
  return rule.product !== undefined && rule.product === shape.product;
}

/** The column that holds a field, or null. Case is ignored if nothing fits exactly. */
export function columnOf(field: string, shape: TableShape, columns: ReadonlySet<string>): string | null {
  const names = [...(shape.fields?.[field] ?? []), field, ...(COMMON_FIELDS[field] ?? [])];
  const exact = names.find((name) => columns.has(name));
  if (exact !== undefined) return exact;
  const folded = new Set(names.map((name) => name.toLowerCase()));
  for (const column of columns) if (folded.has(column.toLowerCase())) return column;
  return null;
}
