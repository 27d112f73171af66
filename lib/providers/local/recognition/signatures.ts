import type { Condition, Source } from './source.ts';
import { SECURITY_EVENT_COLUMNS } from './windows-tables.ts';

/**
 * How records that are not Windows events are told and shown: the table they belong to, and the columns that are not
 * simply the key of the same name. Every other key of a record becomes a column, so nothing of it is lost.
 */
export interface TableSignature {
  readonly id: string;
  /** The table's name, the field that holds it, or a prefix to the file's name. */
  readonly table: string | { readonly field: string; readonly prefix?: string } | { readonly filePrefix: string };
  readonly when: readonly Condition[];
  readonly columns: Readonly<Record<string, Source>>;
  /** Keys that become no column: marks that a reader set. */
  readonly drop?: readonly string[];
  /** A key whose object's keys become columns too. */
  readonly flatten?: string;
}

const time = (...fields: Source[]): Readonly<Record<string, Source>> => ({ TimeGenerated: { first: fields } });

/** Tables whose rows name them in the column `Type`, as every row of a Log Analytics workspace does. */
const NAMED_BY_TYPE = [
  'AADManagedIdentitySignInLogs',
  'AADNonInteractiveUserSignInLogs',
  'AADServicePrincipalSignInLogs',
  'AWSCloudTrail',
  'AuditLogs',
  'AzureActivity',
  'AzureDiagnostics',
  'AzureNetworkAnalytics_CL',
  'BehaviorAnalytics',
  'CommonSecurityLog',
  'DnsEvents',
  'Heartbeat',
  'IdentityInfo',
  'OfficeActivity',
  'SecurityAlert',
  'SecurityIncident',
  'SigninLogs',
  'StorageBlobLogs',
  'Syslog',
  'ThreatIntelligenceIndicator',
  'VMConnection',
  'W3CIISLog',
  'WindowsFirewall',
];

export const TABLE_SIGNATURES: readonly TableSignature[] = [
  {
    id: 'security-event',
    table: 'SecurityEvent',
    when: [
      { has: 'EventID' },
      { has: 'Computer' },
      {
        any: [
          { at: 'Type', is: ['SecurityEvent'] },
          { all: [{ has: 'EventSourceName' }, { has: 'Activity' }] },
          { all: [{ not: { has: 'Channel' } }, { at: 'EventID', matches: '(1102|4[6-9]\\d\\d|5\\d\\d\\d)' }] },
        ],
      },
    ],
    columns: { ...SECURITY_EVENT_COLUMNS, ...time('TimeGenerated', 'TimeCreatedUtc', 'TimeCreated') },
  },
  {
    id: 'workspace-row',
    table: { field: 'Type' },
    when: [{ at: 'Type', is: NAMED_BY_TYPE }],
    columns: time('TimeGenerated'),
  },
  {
    id: 'zeek',
    table: { field: '_path', prefix: 'Zeek_' },
    when: [{ has: '_path' }, { has: 'ts' }],
    columns: time('ts'),
    drop: ['_path', 'ts'],
  },
  {
    id: 'zeek-json',
    table: { filePrefix: 'Zeek_' },
    when: [{ has: 'ts' }, { has: 'uid' }, { has: 'id.orig_h' }],
    columns: time('ts'),
    drop: ['ts'],
  },
  {
    id: 'w3c',
    table: 'W3CIISLog',
    when: [{ has: '_w3c' }],
    columns: time('EventTime'),
    drop: ['_w3c', 'EventTime'],
  },
  {
    id: 'cloudtrail',
    table: 'AWSCloudTrail',
    when: [{ has: 'eventSource' }, { has: 'eventName' }, { has: 'eventVersion' }],
    columns: {
      TimeGenerated: { first: ['eventTime', '@timestamp'] },
      AwsEventId: 'eventID',
      EventVersion: 'eventVersion',
      EventSource: 'eventSource',
      EventTypeName: 'eventType',
      EventName: 'eventName',
      AWSRegion: 'awsRegion',
      SourceIpAddress: 'sourceIPAddress',
      UserAgent: 'userAgent',
      ErrorCode: 'errorCode',
      ErrorMessage: 'errorMessage',
      RequestParameters: 'requestParameters',
      ResponseElements: 'responseElements',
      AdditionalEventData: 'additionalEventData',
      Resources: 'resources',
      AwsRequestId_: 'requestID',
      RecipientAccountId: 'recipientAccountId',
      ReadOnly: 'readOnly',
      UserIdentityType: 'userIdentity/type',
      UserIdentityPrincipalid: 'userIdentity/principalId',
      UserIdentityArn: 'userIdentity/arn',
      UserIdentityAccountId: 'userIdentity/accountId',
      UserIdentityAccessKeyId: 'userIdentity/accessKeyId',
      UserIdentityUserName: 'userIdentity/userName',
      UserIdentityInvokedBy: 'userIdentity/invokedBy',
      SessionMfaAuthenticated: 'userIdentity/sessionContext/attributes/mfaAuthenticated',
      SessionCreationDate: 'userIdentity/sessionContext/attributes/creationDate',
      SessionIssuerType: 'userIdentity/sessionContext/sessionIssuer/type',
      SessionIssuerArn: 'userIdentity/sessionContext/sessionIssuer/arn',
      SessionIssuerUserName: 'userIdentity/sessionContext/sessionIssuer/userName',
    },
  },
  ...(
    [
      ['DeviceProcessEvents', [{ at: 'ActionType', matches: 'ProcessCreated.*|OpenProcess.*' }]],
      [
        'DeviceNetworkEvents',
        [{ at: 'ActionType', matches: '.*Connection.*|NetworkSignature.*|Dns.*|Http.*|Ssl.*' }, { has: 'RemoteIP' }],
      ],
      ['DeviceFileEvents', [{ at: 'ActionType', matches: 'File(Created|Modified|Renamed|Deleted).*' }]],
      ['DeviceRegistryEvents', [{ at: 'ActionType', matches: 'Registry.*' }]],
      ['DeviceLogonEvents', [{ at: 'ActionType', matches: 'Logon(Success|Failed|Attempted).*' }]],
      ['DeviceImageLoadEvents', [{ at: 'ActionType', is: ['ImageLoaded'] }]],
      ['DeviceEvents', [{ any: [{ has: 'InitiatingProcessFileName' }, { has: 'AdditionalFields' }] }]],
    ] as const
  ).map(
    ([table, when]): TableSignature => ({
      id: table,
      table,
      when: [{ has: 'DeviceId' }, { has: 'ActionType' }, ...when],
      columns: time('TimeGenerated', 'Timestamp'),
    }),
  ),
  {
    id: 'cloud-app',
    table: 'CloudAppEvents',
    when: [{ has: 'ActionType' }, { has: 'Application' }, { has: 'ActivityType' }],
    columns: time('TimeGenerated', 'Timestamp'),
  },
  {
    id: 'identity-logon',
    table: 'IdentityLogonEvents',
    when: [
      { at: 'ActionType', matches: 'Logon.*' },
      { has: 'Application' },
      { any: [{ has: 'DestinationDeviceName' }, { has: 'AccountUpn' }] },
    ],
    columns: time('TimeGenerated', 'Timestamp'),
  },
  {
    id: 'identity-directory',
    table: 'IdentityDirectoryEvents',
    when: [{ has: 'ActionType' }, { has: 'Application' }, { has: 'DestinationDeviceName' }, { has: 'AccountUpn' }],
    columns: time('TimeGenerated', 'Timestamp'),
  },
  {
    id: 'sign-in',
    table: 'SigninLogs',
    when: [
      { any: [{ has: 'UserPrincipalName' }, { has: 'userPrincipalName' }] },
      { has: 'ConditionalAccessStatus' },
      { has: 'AppDisplayName' },
    ],
    columns: time('TimeGenerated', 'CreatedDateTime'),
  },
  {
    id: 'audit',
    table: 'AuditLogs',
    when: [{ has: 'InitiatedBy' }, { has: 'TargetResources' }, { has: 'OperationName' }],
    columns: time('TimeGenerated', 'ActivityDateTime'),
  },
  {
    id: 'office',
    table: 'OfficeActivity',
    when: [{ has: 'Operation' }, { any: [{ has: 'OfficeWorkload' }, { has: 'Workload' }] }, { has: 'UserId' }],
    columns: {
      TimeGenerated: { first: ['TimeGenerated', 'CreationTime'] },
      OfficeWorkload: { first: ['OfficeWorkload', 'Workload'] },
    },
  },
  {
    id: 'alert',
    table: 'SecurityAlert',
    when: [{ has: 'AlertName' }, { has: 'SystemAlertId' }],
    columns: {
      TimeGenerated: { first: ['TimeGenerated', 'StartTimeUtc', 'StartTime'] },
      StartTime: { first: ['StartTime', 'StartTimeUtc'] },
      EndTime: { first: ['EndTime', 'EndTimeUtc'] },
      AlertSeverity: { first: ['AlertSeverity', 'Severity'] },
    },
  },
  {
    id: 'syslog-row',
    table: 'Syslog',
    when: [{ has: 'SyslogMessage' }],
    columns: { ...time('TimeGenerated', 'EventTime'), Computer: { first: ['Computer', 'HostName'] } },
  },
  {
    id: 'vm-connection',
    table: 'VMConnection',
    when: [{ has: 'ConnectionId' }, { has: 'RemoteIp' }, { has: 'Machine' }],
    columns: time('TimeGenerated'),
  },
  {
    id: 'linux-audit',
    table: 'LinuxAudit',
    when: [{ has: 'AuditId' }, { has: 'EventType' }, { has: 'AuditTime' }],
    columns: { ...time('AuditTime'), acct: { first: ['acct', 'AUID', 'UID', 'uid'] } },
    drop: ['AuditTime'],
  },
  {
    id: 'cef',
    table: 'CommonSecurityLog',
    when: [{ has: 'DeviceVendor' }, { has: 'DeviceEventClassID' }],
    columns: time('TimeGenerated', 'EventTime', 'ReceiptTime', 'EndTime', 'StartTime'),
  },
  {
    id: 'azure-activity-portal',
    table: 'AzureActivity',
    when: [{ has: 'Correlation id' }, { has: 'Operation name' }, { has: 'Event initiated by' }],
    columns: {
      ...time('Time'),
      CorrelationId: 'Correlation id',
      OperationName: 'Operation name',
      ActivityStatus: 'Status',
      Category: 'Event category',
      Caller: 'Event initiated by',
      ResourceGroup: 'Resource group',
      SubscriptionId: 'Subscription',
    },
  },
  {
    id: 'azure-activity-resource',
    table: 'AzureActivity',
    when: [{ has: 'operationName' }, { has: 'resourceId' }, { has: 'caller' }],
    columns: {
      ...time('eventTimestamp', 'time', 'submissionTimestamp'),
      Caller: 'caller',
      OperationNameValue: { first: ['operationName/value', 'operationName'] },
      OperationName: { first: ['operationName/localizedValue', 'operationName'] },
      ActivityStatusValue: { first: ['status/value', 'resultType'] },
      Level: 'level',
      CorrelationId: 'correlationId',
      ResourceGroup: 'resourceGroupName',
      _ResourceId: 'resourceId',
      CallerIpAddress: { first: ['httpRequest/clientIpAddress', 'callerIpAddress'] },
    },
  },
  {
    id: 'graph-sign-in',
    table: 'SigninLogs',
    when: [{ has: 'createdDateTime' }, { has: 'userPrincipalName' }, { has: 'appDisplayName' }],
    columns: signInColumns(''),
  },
  {
    id: 'diagnostic-sign-in',
    table: 'SigninLogs',
    when: [
      { at: 'category', matches: '(NonInteractiveUser|ServicePrincipal|ManagedIdentity)?SignInLogs' },
      { has: 'properties' },
    ],
    columns: signInColumns('properties/'),
  },
  {
    id: 'graph-audit',
    table: 'AuditLogs',
    when: [{ has: 'activityDateTime' }, { has: 'initiatedBy' }, { has: 'targetResources' }],
    columns: auditColumns(''),
  },
  {
    id: 'diagnostic-audit',
    table: 'AuditLogs',
    when: [{ at: 'category', is: ['AuditLogs'] }, { has: 'properties' }],
    columns: auditColumns('properties/'),
  },
  {
    id: 'unified-audit-log',
    table: 'OfficeActivity',
    when: [{ has: 'AuditData' }, { any: [{ has: 'CreationDate' }, { has: 'CreationTime' }] }],
    columns: {
      ...time('CreationDate', 'CreationTime'),
      UserId: { first: ['UserIds', 'UserId'] },
      Operation: { first: ['Operations', 'Operation'] },
      OfficeWorkload: 'Workload',
    },
  },
  {
    id: 'network-flow',
    table: 'AzureNetworkAnalytics_CL',
    when: [{ has: 'FlowStartTime' }, { has: 'FlowType' }],
    columns: time('TimeGenerated', 'FlowStartTime'),
  },
  {
    id: 'defender-process',
    table: 'DefenderProcessEvents',
    when: [{ has: 'CreatedProcessName' }, { has: 'CreatedProcessId' }, { has: 'InitiatingProcessName' }],
    columns: time('CreatedProcessCreationTime', 'ReportTime'),
  },
  {
    id: 'osquery',
    table: { field: 'name', prefix: 'Osquery_' },
    when: [
      { has: 'name' },
      { has: 'hostIdentifier' },
      { any: [{ has: 'unixTime' }, { has: 'calendarTime' }] },
      { any: [{ has: 'columns' }, { has: 'snapshot' }] },
    ],
    columns: { ...time('unixTime'), Computer: 'hostIdentifier' },
    flatten: 'columns',
  },
  {
    id: 'velociraptor',
    table: { field: '_Source', prefix: 'Velociraptor_' },
    when: [{ has: '_Source' }],
    columns: {
      ...time('EventTime', 'Timestamp', 'timestamp', '_ts', 'CreateTime', 'Mtime', 'Created'),
      Computer: { first: ['Fqdn', 'Hostname', 'ClientInfo/Fqdn', 'ClientId'] },
    },
  },
];

function signInColumns(at: string): TableSignature['columns'] {
  return {
    ...time(`${at}createdDateTime`, 'time'),
    Id: `${at}id`,
    CorrelationId: `${at}correlationId`,
    UserPrincipalName: `${at}userPrincipalName`,
    UserDisplayName: `${at}userDisplayName`,
    UserId: `${at}userId`,
    AppDisplayName: `${at}appDisplayName`,
    AppId: `${at}appId`,
    IPAddress: { first: [`${at}ipAddress`, 'callerIpAddress'] },
    ClientAppUsed: `${at}clientAppUsed`,
    UserAgent: `${at}userAgent`,
    ConditionalAccessStatus: `${at}conditionalAccessStatus`,
    ResultType: { first: ['resultType', `${at}status/errorCode`] },
    ResultDescription: { first: ['resultDescription', `${at}status/failureReason`] },
    Status: `${at}status`,
    LocationDetails: `${at}location`,
    DeviceDetail: `${at}deviceDetail`,
    ResourceDisplayName: `${at}resourceDisplayName`,
    RiskLevelDuringSignIn: `${at}riskLevelDuringSignIn`,
    RiskState: `${at}riskState`,
  };
}

function auditColumns(at: string): TableSignature['columns'] {
  return {
    ...time(`${at}activityDateTime`, 'time'),
    Id: `${at}id`,
    CorrelationId: `${at}correlationId`,
    OperationName: { first: [`${at}activityDisplayName`, 'operationName'] },
    Category: `${at}category`,
    Result: `${at}result`,
    ResultReason: `${at}resultReason`,
    LoggedByService: `${at}loggedByService`,
    InitiatedBy: `${at}initiatedBy`,
    TargetResources: `${at}targetResources`,
    AdditionalDetails: `${at}additionalDetails`,
  };
}
