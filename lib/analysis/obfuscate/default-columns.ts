import type { MaskKind } from './maskers.ts';

const NAMES: Readonly<Record<Exclude<MaskKind, 'null' | 'json' | 'text'>, string>> = {
  ip: `IPAddress IpAddress IpAddr SourceIP SourceIp SrcIP SrcIp DestinationIP DestinationIp DestIP DstIP DstIp ClientIP
    ClientIp CallerIpAddress ComputerIP HostIP LocalIP LocalIp RemoteIP RemoteIp PublicIPs VMIPAddress AllExtIPs HostIp
    SourceAddress DestAddress IPCustomEntity`,
  account: `Account AccountName AccountUpn User UserName UserId UserPrincipalName SubjectUserName TargetUserName
    SubjectAccount TargetAccount SubjectDomainName TargetDomainName AccountDomain InitiatingProcessAccountName
    InitiatingProcessAccountUpn InitiatingProcessAccountDomain CreatedProcessAccountName Caller Identity acct Sudoer
    AccountCustomEntity SenderFromAddress RecipientEmailAddress SenderMailFromAddress UserDisplayName`,
  host: `Computer DeviceName HostName Hostname ComputerName WorkstationName Workstation ComputerDnsName SourceHostName
    DestinationHostname Fqdn HostCustomEntity RemoteHost`,
  sid: `SubjectUserSid TargetUserSid UserSid AccountSid InitiatingProcessAccountSid CreatedProcessAccountSid`,
  guid: `TenantId WorkspaceId SubscriptionId SourceComputerId AadTenantId MachineId DeviceId VMUUID ResourceTenantId
    AccountObjectId InitiatingProcessAccountObjectId UserKey OrganizationId`,
  url: `Url URL RequestURL RemoteUrl SiteUrl OfficeObjectId`,
  path: `FolderPath HomeDirectory ResourceId Resource_Id`,
};

/** Column names whose values tell who and where, with the kind of mask that fits. */
export const DEFAULT_MASKS: ReadonlyMap<string, MaskKind> = new Map(
  Object.entries(NAMES).flatMap(([kind, names]) => names.split(/\s+/).map((name) => [name, kind as MaskKind] as const)),
);
