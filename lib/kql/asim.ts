import type { FunctionSignature } from './language/language.ts';

/** How a parameter of an ASIM parser narrows its rows: the condition, with `$` for the parameter. */
interface Filter {
  readonly name: string;
  readonly type: 'string' | 'dynamic' | 'int';
  readonly condition: string;
  /** The value that lets every row pass; by default that of the type. */
  readonly missing?: string;
}

interface AsimSchema {
  /** The names of its parsers: `_Im_Dns`, `imDns`, `_ASim_Dns`, `ASimDns`. */
  readonly names: readonly string[];
  /** The table whose rows are in the schema's form as they are stored. */
  readonly table: string;
  readonly filters: readonly Filter[];
  /** Columns that exist at query time alone. */
  readonly aliases: Readonly<Record<string, string>>;
  /** Of a parser for one kind of event. */
  readonly where?: string;
}

const ANY: Readonly<Record<Filter['type'], readonly [missing: string, passes: string]>> = {
  string: [`'*'`, `$ == '*'`],
  dynamic: ['dynamic([])', 'array_length($) == 0'],
  int: ['int(null)', 'isnull($)'],
};

function list(name: string, condition: string): Filter {
  return { name, type: 'dynamic', condition };
}

function text(name: string, condition: string, missing?: string): Filter {
  return { name, type: 'string', condition, ...(missing === undefined ? {} : { missing }) };
}

function prefixOf(...columns: string[]): string {
  return columns.map((column) => `has_any_ipv4_prefix(${column}, $)`).join(' or ');
}

function hasAny(...columns: string[]): string {
  return columns.map((column) => `${column} has_any ($)`).join(' or ');
}

const RESULT = text('eventresult', 'EventResult == $');
const EVENT_TYPES = list('eventtype_in', 'EventType in~ ($)');
const DEVICE = list('dvchostname_has_any', hasAny('DvcHostname'));
const DVC =
  'iff(isnotempty(DvcFQDN), DvcFQDN, iff(isnotempty(DvcHostname), DvcHostname, iff(isnotempty(DvcIpAddr), DvcIpAddr, DvcId)))';

const PROCESS_FILTERS: readonly Filter[] = [
  list('commandline_has_any', hasAny('TargetProcessCommandLine')),
  list('commandline_has_all', 'TargetProcessCommandLine has_all ($)'),
  list('commandline_has_any_ip_prefix', prefixOf('TargetProcessCommandLine')),
  list('actingprocess_has_any', hasAny('ActingProcessName')),
  list('targetprocess_has_any', hasAny('TargetProcessName')),
  list('parentprocess_has_any', hasAny('ParentProcessName')),
  text('targetusername_has', 'TargetUsername has $'),
  text('actorusername_has', 'ActorUsername has $'),
  list('dvcipaddr_has_any_prefix', prefixOf('DvcIpAddr')),
  DEVICE,
  text('eventtype', 'EventType == $'),
  list('hashes_has_any', hasAny('TargetProcessMD5', 'TargetProcessSHA1', 'TargetProcessSHA256', 'TargetProcessSHA512')),
];

const PROCESS_ALIASES = {
  Dvc: DVC,
  User: 'iff(isnotempty(TargetUsername), TargetUsername, ActorUsername)',
  CommandLine: 'TargetProcessCommandLine',
  Process: 'TargetProcessName',
  Hash: 'coalesce(TargetProcessSHA256, TargetProcessSHA1, TargetProcessMD5)',
};

const IP_PREFIX = list('srcipaddr_has_any_prefix', prefixOf('SrcIpAddr'));

/**
 * The schemas of Microsoft's Advanced Security Information Model, with the filtering parameters and aliases of their
 * documentation ("normalization-schema-…"). In a workspace a parser unites many sources; the one that is the same
 * everywhere is the schema's own table, and here it is the only one.
 */
const SCHEMAS: readonly AsimSchema[] = [
  {
    names: ['Dns'],
    table: 'ASimDnsActivityLogs',
    filters: [
      text('srcipaddr', 'SrcIpAddr == $'),
      list('domain_has_any', hasAny('DnsQuery')),
      text('responsecodename', 'EventResultDetails =~ $'),
      text('response_has_ipv4', 'has_ipv4(DnsResponseName, $)'),
      list('response_has_any_prefix', prefixOf('DnsResponseName')),
      text('eventtype', `EventType == $ or ($ == 'lookup' and EventType == 'Query')`, `'Query'`),
    ],
    aliases: {
      Dvc: DVC,
      DnsResponseCodeName: 'EventResultDetails',
      Domain: 'DnsQuery',
      IpAddr: 'SrcIpAddr',
      Src: 'SrcIpAddr',
      Dst: 'DstIpAddr',
      SessionId: 'DnsSessionId',
      Duration: 'DnsNetworkDuration',
      Process: 'SrcProcessName',
      User: 'SrcUsername',
      Hostname: 'SrcHostname',
    },
  },
  {
    names: ['NetworkSession'],
    table: 'ASimNetworkSessionLogs',
    filters: [
      IP_PREFIX,
      list('dstipaddr_has_any_prefix', prefixOf('DstIpAddr')),
      list('ipaddr_has_any_prefix', prefixOf('SrcIpAddr', 'DstIpAddr')),
      { name: 'dstportnumber', type: 'int', condition: 'DstPortNumber == $' },
      list('hostname_has_any', hasAny('SrcHostname', 'DstHostname')),
      list('dvcaction', 'DvcAction in~ ($)'),
      RESULT,
    ],
    aliases: {
      Dvc: DVC,
      Src: 'SrcIpAddr',
      Dst: 'DstIpAddr',
      IpAddr: 'SrcIpAddr',
      Hostname: 'DstHostname',
      User: 'DstUsername',
      SessionId: 'NetworkSessionId',
      Duration: 'NetworkDuration',
    },
  },
  {
    names: ['WebSession'],
    table: 'ASimWebSessionLogs',
    filters: [
      IP_PREFIX,
      list('ipaddr_has_any_prefix', prefixOf('SrcIpAddr', 'DstIpAddr')),
      list('url_has_any', hasAny('Url')),
      list('httpuseragent_has_any', hasAny('HttpUserAgent')),
      list('eventresultdetails_in', 'EventResultDetails in ($)'),
      RESULT,
    ],
    aliases: {
      Dvc: DVC,
      Src: 'SrcIpAddr',
      Dst: 'DstIpAddr',
      IpAddr: 'SrcIpAddr',
      Hostname: 'DstHostname',
      User: 'SrcUsername',
      UserAgent: 'HttpUserAgent',
      SessionId: 'NetworkSessionId',
      Duration: 'NetworkDuration',
      HttpStatusCode: 'EventResultDetails',
    },
  },
  {
    names: ['Authentication'],
    table: 'ASimAuthenticationEventLogs',
    filters: [
      list('username_has_any', hasAny('TargetUsername', 'ActorUsername')),
      list('targetappname_has_any', hasAny('TargetAppName')),
      IP_PREFIX,
      list('srchostname_has_any', hasAny('SrcHostname')),
      EVENT_TYPES,
      list('eventresultdetails_in', 'EventResultDetails in~ ($)'),
      RESULT,
      text('targetusername_has', 'TargetUsername has $'),
    ],
    aliases: {
      Dvc: DVC,
      User: 'TargetUsername',
      Src: 'SrcIpAddr',
      IpAddr: 'SrcIpAddr',
      Dst: 'coalesce(TargetHostname, TargetIpAddr, TargetUrl, TargetAppName)',
      LogonTarget: 'coalesce(TargetAppName, TargetUrl, TargetHostname)',
    },
  },
  {
    names: ['ProcessEvent', 'Process'],
    table: 'ASimProcessEventLogs',
    filters: PROCESS_FILTERS,
    aliases: PROCESS_ALIASES,
  },
  {
    names: ['ProcessCreate'],
    table: 'ASimProcessEventLogs',
    filters: PROCESS_FILTERS,
    aliases: PROCESS_ALIASES,
    where: `EventType == 'ProcessCreated'`,
  },
  {
    names: ['ProcessTerminate'],
    table: 'ASimProcessEventLogs',
    filters: PROCESS_FILTERS,
    aliases: PROCESS_ALIASES,
    where: `EventType == 'ProcessTerminated'`,
  },
  {
    names: ['FileEvent'],
    table: 'ASimFileEventLogs',
    filters: [
      EVENT_TYPES,
      IP_PREFIX,
      list('actorusername_has_any', hasAny('ActorUsername')),
      list('targetfilepath_has_any', hasAny('TargetFilePath')),
      list('srcfilepath_has_any', hasAny('SrcFilePath')),
      list('hashes_has_any', hasAny('TargetFileMD5', 'TargetFileSHA1', 'TargetFileSHA256', 'TargetFileSHA512')),
      DEVICE,
    ],
    aliases: {
      Dvc: DVC,
      User: 'ActorUsername',
      FilePath: 'TargetFilePath',
      FileName: 'TargetFileName',
      Process: 'ActingProcessName',
      CommandLine: 'ActingProcessCommandLine',
      Hash: 'coalesce(TargetFileSHA256, TargetFileSHA1, TargetFileMD5)',
    },
  },
  {
    names: ['RegistryEvent', 'Registry'],
    table: 'ASimRegistryEventLogs',
    filters: [
      EVENT_TYPES,
      list('actorusername_has_any', hasAny('ActorUsername')),
      list('registrykey_has_any', hasAny('RegistryKey')),
      list('registryvalue_has_any', hasAny('RegistryValue')),
      list('registrydata_has_any', hasAny('RegistryValueData')),
      DEVICE,
    ],
    aliases: { Dvc: DVC, User: 'ActorUsername', Process: 'ActingProcessName', Username: 'ActorUsername' },
  },
  {
    names: ['AuditEvent'],
    table: 'ASimAuditEventLogs',
    filters: [
      IP_PREFIX,
      list('actorusername_has_any', hasAny('ActorUsername')),
      list('operation_has_any', hasAny('Operation')),
      EVENT_TYPES,
      RESULT,
      list('object_has_any', hasAny('Object')),
      list('newvalue_has_any', hasAny('NewValue')),
    ],
    aliases: { Dvc: DVC, User: 'ActorUsername', Src: 'SrcIpAddr', IpAddr: 'SrcIpAddr', Value: 'NewValue' },
  },
  {
    names: ['UserManagement'],
    table: 'ASimUserManagementActivityLogs',
    filters: [
      IP_PREFIX,
      list('targetusername_has_any', hasAny('TargetUsername')),
      list('actorusername_has_any', hasAny('ActorUsername')),
      EVENT_TYPES,
    ],
    aliases: { Dvc: DVC, User: 'ActorUsername', Src: 'SrcIpAddr', IpAddr: 'SrcIpAddr' },
  },
  {
    names: ['DhcpEvent', 'Dhcp'],
    table: 'ASimDhcpEventLogs',
    filters: [
      IP_PREFIX,
      list('srchostname_has_any', hasAny('SrcHostname')),
      list('srcusername_has_any', hasAny('SrcUsername')),
      RESULT,
    ],
    aliases: { Dvc: DVC, User: 'SrcUsername', Src: 'SrcIpAddr', IpAddr: 'SrcIpAddr', Hostname: 'SrcHostname' },
  },
];

function parametersOf(filters: readonly Filter[]): string {
  const times = ['starttime', 'endtime'].map((name) => `${name}:datetime=datetime(null)`);
  const own = filters.map(({ name, type, missing }) => `${name}:${type}=${missing ?? ANY[type][0]}`);
  return `(${[...times, ...own, 'disabled:bool=false', 'pack:bool=false'].join(', ')})`;
}

function bodyOf({ names, table, filters, aliases, where }: AsimSchema, filtering: boolean): string {
  const eventSchema = where === undefined ? names[0]! : 'ProcessEvent';
  const conditions = [
    ...(where === undefined ? [] : [where]),
    ...(filtering
      ? [
          'not(disabled)',
          'isnull(starttime) or TimeGenerated >= starttime',
          'isnull(endtime) or TimeGenerated <= endtime',
          ...filters.map(({ name, type, condition }) => `${ANY[type][1]} or ${condition}`.replaceAll('$', name)),
        ]
      : []),
  ];
  const columns = Object.entries({ EventSchema: `'${eventSchema}'`, ...aliases }).map(
    ([name, value]) => `${name} = ${value}`,
  );
  return `{ ${table} ${conditions.map((condition) => `| where ${condition} `).join('')}| extend ${columns.join(', ')} }`;
}

function signaturesOf(schema: AsimSchema): FunctionSignature[] {
  const warningOf = (name: string) => ({
    code: 'asim-native',
    message: `${name}() gives the rows of ${schema.table} alone: the parsers of other sources are not here`,
  });
  return schema.names.flatMap((name) => [
    ...[`_Im_${name}`, `im${name}`].map((full) => ({
      name: full,
      parameters: parametersOf(schema.filters),
      body: bodyOf(schema, true),
      warning: warningOf(full),
    })),
    ...[`_ASim_${name}`, `ASim${name}`].map((full) => ({
      name: full,
      parameters: '(disabled:bool=false, pack:bool=false)',
      body: bodyOf(schema, false),
      warning: warningOf(full),
    })),
  ]);
}

/** The parsers that every Sentinel workspace has, over the tables that are in ASIM's form already. */
export const ASIM_FUNCTIONS: ReadonlyMap<string, FunctionSignature> = new Map(
  SCHEMAS.flatMap(signaturesOf).map((signature) => [signature.name, signature]),
);
