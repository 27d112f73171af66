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
};

/** The types of a table's columns by name; empty for a table that is not listed. */
export function knownTypes(table: string): ReadonlyMap<string, KqlType> {
  return new Map((TABLE_SCHEMAS[table] ?? []).map(({ name, type }) => [name, type]));
}
