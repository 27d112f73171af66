import type { Condition, Source } from './source.ts';
import { SECURITY_EVENT_COLUMNS } from './windows-tables.ts';

/**
 * How records that are not Windows events are told and shown: the table they belong to, and the columns that are not
 * simply the key of the same name. Every other key of a record becomes a column, so nothing of it is lost.
 */
export interface TableSignature {
  readonly id: string;
  /** The table's name, or the field that holds it. */
  readonly table: string | { readonly field: string; readonly prefix?: string };
  readonly when: readonly Condition[];
  readonly columns: Readonly<Record<string, Source>>;
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
      ['DeviceEvents', [{ has: 'InitiatingProcessFileName' }]],
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
    when: [{ has: 'SyslogMessage' }, { has: 'Facility' }],
    columns: time('TimeGenerated', 'EventTime'),
  },
  {
    id: 'vm-connection',
    table: 'VMConnection',
    when: [{ has: 'ConnectionId' }, { has: 'RemoteIp' }, { has: 'Machine' }],
    columns: time('TimeGenerated'),
  },
  {
    id: 'auditd',
    table: 'AuditLog_CL',
    when: [{ has: 'AuditId' }, { has: 'AuditType' }],
    columns: time('AuditTime'),
  },
];
