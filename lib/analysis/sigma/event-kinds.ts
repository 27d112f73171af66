import type { RuleTable } from './rule-table.ts';
import type { TableShape } from './table-shapes.ts';

/** How the events of a logsource are named and told apart in findings: all by Sigma's field names. */
export interface EventKind {
  /** Who acted: the first field that has a value. */
  readonly actor: readonly string[];
  /** On what. */
  readonly target: readonly string[];
  /** The evidence itself; several are joined. */
  readonly excerpt: readonly string[];
  /** What makes two matches of a rule on one computer the same observation. */
  readonly sameness: readonly string[];
}

const BY_CATEGORY: Readonly<Record<string, EventKind>> = {
  process_creation: {
    actor: ['Image'],
    target: [],
    excerpt: ['CommandLine', 'Image'],
    sameness: ['ParentImage', 'Image', 'CommandLine'],
  },
  process_access: {
    actor: ['SourceImage'],
    target: ['TargetImage'],
    excerpt: ['SourceImage', 'TargetImage', 'GrantedAccess', 'CallTrace'],
    sameness: ['SourceImage', 'TargetImage'],
  },
  create_remote_thread: {
    actor: ['SourceImage'],
    target: ['TargetImage'],
    excerpt: ['SourceImage', 'TargetImage', 'StartModule', 'StartFunction'],
    sameness: ['SourceImage', 'TargetImage'],
  },
  image_load: {
    actor: ['Image'],
    target: ['ImageLoaded'],
    excerpt: ['Image', 'ImageLoaded'],
    sameness: ['Image', 'ImageLoaded'],
  },
  file_event: {
    actor: ['Image'],
    target: ['TargetFilename'],
    excerpt: ['TargetFilename'],
    sameness: ['Image', 'TargetFilename'],
  },
  registry_set: {
    actor: ['Image'],
    target: ['TargetObject'],
    excerpt: ['TargetObject', 'Details'],
    sameness: ['Image', 'TargetObject'],
  },
  network_connection: {
    actor: ['Image'],
    target: ['DestinationHostname', 'DestinationIp'],
    excerpt: ['Image', 'DestinationHostname', 'DestinationIp', 'DestinationPort'],
    sameness: ['Image', 'DestinationIp', 'DestinationPort'],
  },
  dns_query: { actor: ['Image'], target: ['QueryName'], excerpt: ['QueryName'], sameness: ['Image', 'QueryName'] },
  firewall: {
    actor: ['SourceIP'],
    target: ['DestinationHostName', 'DestinationIP'],
    excerpt: ['SourceIP', 'DestinationHostName', 'DestinationIP', 'DestinationPort', 'DeviceAction', 'SentBytes'],
    sameness: ['SourceIP', 'DestinationIP', 'DestinationPort'],
  },
  ps_script: { actor: ['Path'], target: [], excerpt: ['ScriptBlockText'], sameness: ['ScriptBlockText'] },
};

const OTHER: EventKind = {
  actor: ['Image', 'NewProcessName', 'ServiceName', 'TaskName', 'TargetUserName', 'UserPrincipalName', 'ProcessName'],
  target: ['TargetObject', 'IpAddress', 'IPAddress'],
  excerpt: [
    ...['CommandLine', 'ScriptBlockText', 'SyslogMessage', 'ServiceName', 'ImagePath', 'TaskName', 'Command'],
    ...['TaskContent', 'TargetFilename', 'OperationName', 'TargetUserName', 'LogonType', 'IpAddress', 'IPAddress'],
    ...['SubjectUserName', 'EventID'],
  ],
  sameness: [
    ...['EventID', 'Image', 'CommandLine', 'ServiceName', 'ImagePath', 'TaskName', 'TargetUserName', 'LogonType'],
    ...['IpAddress', 'SyslogMessage', 'OperationName', 'IPAddress'],
  ],
};

/** The kind of the events that a shape's logsource describes. */
export function eventKindOf(shape: TableShape): EventKind {
  const { category = '' } = shape.logsource;
  return BY_CATEGORY[category.startsWith('registry_') ? 'registry_set' : category] ?? OTHER;
}

/** Entities among fields, by Sentinel's kinds. */
const ENTITY_FIELDS: readonly (readonly [field: string, kind: string])[] = [
  ['Computer', 'host'],
  ['User', 'account'],
  ['TargetUserName', 'account'],
  ['UserPrincipalName', 'account'],
  ['ParentImage', 'process'],
  ['SourceImage', 'process'],
  ['Image', 'process'],
  ['TargetImage', 'process'],
  ['TargetFilename', 'file'],
  ['ImageLoaded', 'file'],
  ['TargetObject', 'registry-key'],
  ['DestinationIp', 'ip'],
  ['SourceIP', 'ip'],
  ['DestinationIP', 'ip'],
  ['IpAddress', 'ip'],
  ['IPAddress', 'ip'],
  ['DestinationHostname', 'dns'],
  ['QueryName', 'dns'],
];

/** The entities that a row names. */
export function entitiesOf(table: RuleTable, shape: TableShape, row: number): { kind: string; id: string }[] {
  return ENTITY_FIELDS.flatMap(([field, kind]) => {
    const id = table.text(field, shape, row);
    return id === '' || id === '-' ? [] : [{ kind, id }];
  });
}

/** Fields that findings use beside those of the rule. */
export function fieldsOfKind(kind: EventKind): string[] {
  return [
    ...kind.actor,
    ...kind.target,
    ...kind.excerpt,
    ...kind.sameness,
    ...ENTITY_FIELDS.map(([field]) => field),
    ...['TimeGenerated', 'ParentCommandLine', ...PROCESS_IDS, ...PARENT_IDS],
  ];
}

const PROCESS_IDS = ['ProcessGuid', 'SourceProcessGUID', 'SourceProcessGuid', 'ProcessId', 'SourceProcessId'];
const PARENT_IDS = ['ParentProcessGuid', 'ParentProcessId'];

/** Programs that start or touch so much that being near them says nothing. */
const HUBS: ReadonlySet<string> = new Set([
  ...['explorer.exe', 'services.exe', 'svchost.exe', 'wininit.exe', 'winlogon.exe', 'userinit.exe', 'system'],
  ...['systemd', 'cron', 'sshd', 'init'],
]);

/** Keys of the process that a row is about and of its parent, as far as they are known: for corroboration. */
export function processKeysOf(table: RuleTable, shape: TableShape, row: number): string[] {
  const computer = table.text('Computer', shape, row).toLowerCase();
  const key = (fields: readonly string[], image: string): string[] => {
    const name = image.slice(Math.max(image.lastIndexOf('\\'), image.lastIndexOf('/')) + 1).toLowerCase();
    if (HUBS.has(name)) return [];
    const id = fields.map((field) => table.text(field, shape, row)).find((text) => text !== '' && text !== '0');
    return id === undefined ? [] : [`${computer}|${id.toLowerCase()}${id.startsWith('{') ? '' : `|${name}`}`];
  };
  const own = table.text('Image', shape, row) || table.text('SourceImage', shape, row);
  return [...key(PROCESS_IDS, own), ...key(PARENT_IDS, table.text('ParentImage', shape, row))];
}
