import { KQL_TYPES, type KqlType, type TableSchema } from '../../../tables/index.ts';

/** `Name:type Name Name:type`, a name without a type is a string. */
function schema(text: string): TableSchema {
  return text
    .trim()
    .split(/\s+/)
    .map((entry) => {
      const [name, type = 'string'] = entry.split(':');
      if (!KQL_TYPES.includes(type as KqlType)) throw new Error(`${entry} has no type of KQL`);
      return { name: name!, type: type as KqlType };
    });
}

/** The process that did it, in Defender's Device tables. */
const INITIATING = `InitiatingProcessFileName InitiatingProcessFolderPath InitiatingProcessCommandLine
  InitiatingProcessId:long InitiatingProcessCreationTime:datetime InitiatingProcessAccountDomain
  InitiatingProcessAccountName InitiatingProcessAccountSid InitiatingProcessAccountUpn InitiatingProcessSHA1
  InitiatingProcessSHA256 InitiatingProcessMD5 InitiatingProcessIntegrityLevel InitiatingProcessParentId:long
  InitiatingProcessParentFileName InitiatingProcessParentCreationTime:datetime`;

/**
 * Columns of the tables that local data is shown as, under the names and types that Sentinel and Defender give them
 * (Microsoft's table reference). A table has all of them, filled or not, so that queries written for the cloud run;
 * further keys of the data follow as columns of their own.
 */
export const TABLE_SCHEMAS: Readonly<Record<string, TableSchema>> = {
  SecurityEvent: schema(`TimeGenerated:datetime Computer EventID:int Activity Account AccountType Channel
    EventSourceName Level Task:int EventRecordId CommandLine NewProcessId NewProcessName Process ProcessId ProcessName
    ParentProcessName TokenElevationType MandatoryLabel SubjectAccount SubjectUserName SubjectDomainName SubjectUserSid
    SubjectLogonId TargetAccount TargetUserName TargetDomainName TargetUserSid TargetSid TargetLogonId TargetLogonGuid
    TargetServerName TargetInfo TargetLinkedLogonId TargetOutboundUserName TargetOutboundDomainName LogonType:int
    LogonTypeName LogonProcessName LogonGuid:guid AuthenticationPackageName LmPackageName ImpersonationLevel
    RestrictedAdminMode VirtualAccount ElevatedToken KeyLength:int IpAddress IpPort WorkstationName Workstation Status
    SubStatus FailureReason TransmittedServices ServiceName ServiceSid ServiceFileName ServiceType ServiceStartType
    ServiceAccount TaskName TaskContent TaskContentNew ObjectName ObjectServer ObjectType HandleId AccessList AccessMask
    AccessReason OperationType Properties PrivilegeList SamAccountName MemberName MemberSid GroupMembership
    ShareName ShareLocalPath RelativeTargetName SourceAddress SourcePort DestAddress DestPort Protocol Application
    Direction FilterRTID LayerName LayerRTID TicketEncryptionType TicketOptions PreAuthType ObjectValueName
    OldValue NewValue OldValueType NewValueType CallerProcessId CallerProcessName CallerComputerName DisplayName
    UserPrincipalName UserAccountControl NewUacValue OldUacValue FileHash FilePath FullyQualifiedSubjectUserName
    FullyQualifiedSubjectMachineName RuleName RuleId SourceComputerId EventData:dynamic`),
  Event: schema(`TimeGenerated:datetime Source EventLog Computer EventLevel:int EventLevelName ParameterXml
    EventData:dynamic EventID:int RenderedDescription UserName EventCategory:int EventRecordId`),
  WindowsEvent: schema(`TimeGenerated:datetime Provider Channel Computer Task:int EventLevel:int EventLevelName
    EventData:dynamic EventID:int EventRecordId EventOriginId Opcode Keywords SystemUserId SystemProcessId:int
    SystemThreadId:int Correlation Version:int Data:dynamic`),
  Sysmon:
    schema(`TimeGenerated:datetime Computer EventID:int EventName Source RuleName UtcTime ProcessGuid ProcessId:long
    Image FileVersion Description Product Company OriginalFileName CommandLine CurrentDirectory User LogonGuid LogonId
    TerminalSessionId IntegrityLevel Hashes ParentProcessGuid ParentProcessId:long ParentImage ParentCommandLine
    ParentUser TargetFilename CreationUtcTime PreviousCreationUtcTime Protocol Initiated SourceIsIpv6 SourceIp
    SourceHostname SourcePort:int SourcePortName DestinationIsIpv6 DestinationIp DestinationHostname
    DestinationPort:int DestinationPortName State Version SchemaVersion ImageLoaded Signed Signature SignatureStatus
    SourceProcessGuid SourceProcessId:long SourceThreadId:long SourceImage SourceUser TargetProcessGuid
    TargetProcessId:long TargetImage TargetUser NewThreadId:long StartAddress StartModule StartFunction GrantedAccess
    CallTrace Device EventType TargetObject Details NewName Hash Contents Configuration ConfigurationFileHash PipeName
    EventNamespace Name Query Operation Type Destination Consumer Filter QueryName QueryStatus QueryResults IsExecutable
    Archived Session ClientInfo ID`),
  Syslog: schema(`TimeGenerated:datetime Computer EventTime:datetime Facility HostName SeverityLevel SyslogMessage
    ProcessID:int HostIP ProcessName`),
  CommonSecurityLog: schema(`TimeGenerated:datetime Computer DeviceVendor DeviceProduct DeviceVersion DeviceEventClassID
    Activity LogSeverity DeviceAction ApplicationProtocol DeviceEventCategory EventCount:int CommunicationDirection
    DestinationDnsDomain DestinationHostName DestinationIP DestinationPort:int DestinationMACAddress
    DestinationNTDomain DestinationProcessId:int DestinationProcessName DestinationServiceName DestinationUserID
    DestinationUserName DestinationUserPrivileges DestinationTranslatedAddress DestinationTranslatedPort:int
    DeviceAddress DeviceName DeviceExternalID DeviceFacility DeviceMacAddress DeviceInboundInterface
    DeviceOutboundInterface EndTime:datetime ExternalID EventOutcome FileHash FileID FileName FilePath FilePermission
    FileSize:int FileType Message Protocol Reason ReceiptTime ReceivedBytes:long RequestClientApplication
    RequestContext RequestCookies RequestMethod RequestURL SentBytes:long SourceDnsDomain SourceHostName SourceIP
    SourceMACAddress SourceNTDomain SourcePort:int SourceProcessId:int SourceProcessName SourceServiceName
    SourceTranslatedAddress SourceTranslatedPort:int SourceUserID SourceUserName SourceUserPrivileges
    StartTime:datetime ProcessName ProcessID:int DeviceCustomString1 DeviceCustomString1Label DeviceCustomString2
    DeviceCustomString2Label DeviceCustomString3 DeviceCustomString3Label DeviceCustomNumber1:long
    DeviceCustomNumber1Label AdditionalExtensions`),
  W3CIISLog: schema(`TimeGenerated:datetime sSiteName sComputerName sIP sPort csMethod csUriStem csUriQuery csUserName
    cIP csVersion csUserAgent csCookie csReferer csHost scStatus scSubStatus scWin32Status scBytes:long csBytes:long
    TimeTaken:long date time`),
  LinuxAudit:
    schema(`TimeGenerated:datetime Computer AuditId EventType acct auid uid gid euid ses pid:long ppid:long exe
    comm cmdline cwd proctitle syscall success exit a0 a1 a2 a3 tty key cmd addr hostname terminal res op name nametype
    item argc`),
  SigninLogs:
    schema(`TimeGenerated:datetime Id CorrelationId UserPrincipalName UserDisplayName UserId AppDisplayName AppId
    IPAddress ClientAppUsed UserAgent ConditionalAccessStatus ResultType ResultDescription Status:dynamic
    LocationDetails:dynamic Location DeviceDetail:dynamic ResourceDisplayName RiskLevelDuringSignIn RiskState
    AuthenticationRequirement IsInteractive:bool`),
  AuditLogs:
    schema(`TimeGenerated:datetime Id CorrelationId OperationName Category Result ResultReason ResultDescription
    LoggedByService Identity InitiatedBy:dynamic TargetResources:dynamic AdditionalDetails:dynamic ActivityDateTime:datetime
    ActivityDisplayName AADOperationType AADTenantId`),
  AzureActivity: schema(`TimeGenerated:datetime Caller CallerIpAddress OperationName OperationNameValue ActivityStatus
    ActivityStatusValue ActivitySubstatusValue Category CategoryValue Level CorrelationId ResourceGroup ResourceProviderValue
    SubscriptionId _ResourceId Authorization:dynamic Claims:dynamic HTTPRequest Properties:dynamic
    EventSubmissionTimestamp:datetime EventDataId`),
  OfficeActivity: schema(`TimeGenerated:datetime RecordType Operation OfficeWorkload UserId UserType UserKey ClientIP
    Client_IPAddress ResultStatus OfficeObjectId Parameters UserAgent MailboxOwnerUPN Logon_Type ExternalAccess:bool
    SourceFileName SourceFileExtension SourceRelativeUrl Site_Url Item Start_Time:datetime ElevationTime:datetime`),
  SecurityAlert: schema(`TimeGenerated:datetime AlertName DisplayName AlertSeverity Description ProviderName VendorName
    SystemAlertId AlertType ConfidenceLevel ConfidenceScore:real StartTime:datetime EndTime:datetime CompromisedEntity
    Entities ExtendedProperties Tactics Techniques Status IsIncident:bool RemediationSteps ResourceId`),
  AWSCloudTrail: schema(`TimeGenerated:datetime AwsEventId EventVersion EventSource EventTypeName EventName AWSRegion
    SourceIpAddress UserAgent ErrorCode ErrorMessage RequestParameters ResponseElements AdditionalEventData Resources
    AwsRequestId_ RecipientAccountId ReadOnly:bool UserIdentityType UserIdentityPrincipalid UserIdentityArn
    UserIdentityAccountId UserIdentityAccessKeyId UserIdentityUserName UserIdentityInvokedBy SessionMfaAuthenticated:bool
    SessionCreationDate:datetime SessionIssuerType SessionIssuerArn SessionIssuerUserName`),
  DnsEvents:
    schema(`TimeGenerated:datetime Computer EventId:int ClientIP Name QueryType IPAddresses Result ResultCode:int
    SubType RemoteIPCountry MaliciousIP`),
  VMConnection: schema(`TimeGenerated:datetime Computer Machine Process ProcessName Direction Protocol SourceIp
    DestinationIp DestinationPort:int RemoteIp RemoteDnsCanonicalNames RemoteCountry BytesSent:long BytesReceived:long
    LinksEstablished:long LinksTerminated:long Responses:long ConnectionId`),
  DeviceProcessEvents:
    schema(`TimeGenerated:datetime Timestamp:datetime DeviceId DeviceName ActionType FileName FolderPath
    SHA1 SHA256 MD5 FileSize:long ProcessId:long ProcessCommandLine ProcessIntegrityLevel ProcessTokenElevation
    ProcessCreationTime:datetime AccountDomain AccountName AccountSid AccountUpn LogonId
    ProcessVersionInfoOriginalFileName ${INITIATING} ReportId AdditionalFields:dynamic`),
  DeviceNetworkEvents: schema(`TimeGenerated:datetime Timestamp:datetime DeviceId DeviceName ActionType RemoteIP
    RemotePort:int RemoteUrl RemoteIPType LocalIP LocalPort:int LocalIPType Protocol ${INITIATING} ReportId
    AdditionalFields:dynamic`),
  DeviceFileEvents: schema(`TimeGenerated:datetime Timestamp:datetime DeviceId DeviceName ActionType FileName FolderPath
    PreviousFileName PreviousFolderPath SHA1 SHA256 MD5 FileSize:long FileOriginUrl FileOriginIP ${INITIATING}
    ReportId AdditionalFields:dynamic`),
  DeviceRegistryEvents: schema(`TimeGenerated:datetime Timestamp:datetime DeviceId DeviceName ActionType RegistryKey
    RegistryValueName RegistryValueData RegistryValueType PreviousRegistryKey PreviousRegistryValueName
    PreviousRegistryValueData ${INITIATING} ReportId AdditionalFields:dynamic`),
  DeviceLogonEvents:
    schema(`TimeGenerated:datetime Timestamp:datetime DeviceId DeviceName ActionType LogonType AccountDomain
    AccountName AccountSid LogonId IsLocalAdmin:bool RemoteIP RemotePort:int RemoteDeviceName Protocol FailureReason
    ${INITIATING} ReportId AdditionalFields:dynamic`),
  DeviceImageLoadEvents: schema(`TimeGenerated:datetime Timestamp:datetime DeviceId DeviceName ActionType FileName
    FolderPath SHA1 SHA256 MD5 FileSize:long ${INITIATING} ReportId AdditionalFields:dynamic`),
  DeviceEvents:
    schema(`TimeGenerated:datetime Timestamp:datetime DeviceId DeviceName ActionType FileName FolderPath SHA1
    SHA256 MD5 FileSize:long AccountDomain AccountName AccountSid LogonId RemoteUrl RemoteDeviceName RemoteIP
    RemotePort:int LocalIP LocalPort:int ProcessId:long ProcessCommandLine ProcessCreationTime:datetime RegistryKey
    RegistryValueName RegistryValueData ${INITIATING} ReportId AdditionalFields:dynamic`),
};

/** The types of a table's columns by name; empty for a table that is not listed. */
export function knownTypes(table: string): ReadonlyMap<string, KqlType> {
  return new Map((TABLE_SCHEMAS[table] ?? []).map(({ name, type }) => [name, type]));
}
