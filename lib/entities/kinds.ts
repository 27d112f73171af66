import type { EntityKind } from './entity.ts';

/** What is known of a kind: its names in payloads, its properties under their several names, and what identifies it. */
export interface KindDescription {
  /** `Type` and `kind` values, lower-case and without hyphens. */
  readonly names: readonly string[];
  /** Canonical name → other names. All names are compared without regard to case and punctuation. */
  readonly properties: Readonly<Record<string, readonly string[]>>;
  /** Properties that name other entities, as objects, `$ref`s or ARM ids. */
  readonly relations?: Readonly<Record<string, readonly string[]>>;
  /** Properties tried in this order; the first that is set is the entity's id. */
  readonly identifiers: readonly string[];
  /** Properties that tell two of the same id apart, as two processes of one program. */
  readonly distinguishedBy?: readonly string[];
  /** Ids that differ in case are different. Default: they are the same. */
  readonly caseMatters?: boolean;
}

/**
 * Kinds as Sentinel's V3 schema (`Name`, `NTDomain`…) and the ARM API (`accountName`, `hostEntityId`…) write them.
 * Source: the entity types reference of Microsoft Sentinel and the ARM types of its entities.
 */
export const KINDS: Readonly<Record<EntityKind, KindDescription>> = {
  account: {
    names: ['account', 'user', 'serviceprincipal'],
    properties: {
      upn: ['userPrincipalName'],
      name: ['accountName', 'servicePrincipalName'],
      upnSuffix: [],
      ntDomain: [],
      dnsDomain: [],
      sid: [],
      aadUserId: ['servicePrincipalObjectId'],
      aadTenantId: ['tenantId'],
      puid: [],
      objectGuid: [],
      displayName: [],
      logonId: [],
      appId: [],
      isDomainJoined: [],
      qualifiedName: [],
    },
    relations: { host: ['hostEntityId'] },
    identifiers: ['upn', 'qualifiedName', 'name', 'aadUserId', 'sid', 'objectGuid', 'puid', 'displayName'],
  },
  host: {
    names: ['host', 'machine'],
    properties: {
      fqdn: [],
      hostName: ['deviceName'],
      dnsDomain: [],
      ntDomain: [],
      netBiosName: [],
      azureId: ['azureID', 'resourceId'],
      agentId: ['omsAgentID'],
      deviceId: ['mdatpDeviceId'],
      osFamily: [],
      osVersion: [],
      isDomainJoined: [],
    },
    identifiers: ['fqdn', 'hostName', 'netBiosName', 'azureId', 'deviceId', 'agentId'],
  },
  ip: { names: ['ip', 'ipaddress'], properties: { address: [] }, identifiers: ['address'] },
  url: { names: ['url'], properties: { url: [], detonationVerdict: [] }, identifiers: ['url'], caseMatters: true },
  dns: {
    names: ['dns', 'dnsresolve', 'dnsresolution'],
    properties: { domainName: [] },
    relations: {
      ipAddresses: ['ipAddressEntityIds'],
      dnsServerIp: ['dnsServerIpEntityId'],
      hostIpAddress: ['hostIpAddressEntityId'],
    },
    identifiers: ['domainName'],
  },
  file: {
    names: ['file'],
    properties: {
      fullPath: [],
      directory: ['folderPath'],
      name: ['fileName'],
      sha256: [],
      sha1: [],
      md5: [],
    },
    relations: { host: ['hostEntityId'], fileHashes: ['fileHashEntityIds'] },
    identifiers: ['fullPath', 'name', 'sha256', 'sha1', 'md5'],
  },
  'file-hash': {
    names: ['filehash'],
    properties: { value: ['hashValue'], algorithm: [] },
    identifiers: ['value'],
  },
  process: {
    names: ['process'],
    properties: { imagePath: [], commandLine: [], processId: [], creationTimeUtc: [], elevationToken: [] },
    relations: {
      imageFile: ['imageFileEntityId'],
      parentProcess: ['parentProcessEntityId'],
      account: ['accountEntityId'],
      host: ['hostEntityId'],
      logonSession: ['hostLogonSessionEntityId'],
    },
    identifiers: ['imagePath', 'commandLine', 'processId'],
    distinguishedBy: ['processId', 'creationTimeUtc', 'commandLine'],
  },
  mailbox: {
    names: ['mailbox', 'mailboxconfiguration'],
    properties: {
      mailboxPrimaryAddress: [],
      upn: ['userPrincipalName'],
      displayName: [],
      externalDirectoryObjectId: [],
      riskLevel: [],
    },
    identifiers: ['mailboxPrimaryAddress', 'upn', 'externalDirectoryObjectId', 'displayName'],
  },
  'mail-message': {
    names: ['mailmessage'],
    properties: {
      networkMessageId: [],
      internetMessageId: [],
      recipient: [],
      sender: ['p2Sender', 'p1Sender'],
      senderIp: [],
      subject: [],
      receivedDate: ['receiveDate'],
      urls: [],
      threats: [],
      language: [],
      deliveryAction: [],
      deliveryLocation: [],
    },
    relations: { files: ['fileEntityIds'] },
    identifiers: ['networkMessageId', 'internetMessageId', 'recipient'],
  },
  'mail-cluster': {
    names: ['mailcluster'],
    properties: {
      query: [],
      source: [],
      clusterSourceIdentifier: [],
      mailCount: [],
      networkMessageIds: [],
      threats: [],
    },
    identifiers: ['query', 'clusterSourceIdentifier', 'source'],
  },
  'submission-mail': {
    names: ['submissionmail'],
    properties: {
      submissionId: [],
      networkMessageId: [],
      recipient: [],
      sender: [],
      senderIp: [],
      subject: [],
      reportType: [],
    },
    identifiers: ['submissionId', 'networkMessageId'],
  },
  'registry-key': {
    names: ['registrykey'],
    properties: { fullKey: [], hive: [], key: [] },
    identifiers: ['fullKey', 'key'],
  },
  'registry-value': {
    names: ['registryvalue'],
    properties: { fullName: [], name: ['valueName'], value: ['valueData'], valueType: [] },
    relations: { key: ['keyEntityId'] },
    identifiers: ['fullName', 'name'],
  },
  'security-group': {
    names: ['securitygroup'],
    properties: { distinguishedName: [], sid: [], objectGuid: [] },
    identifiers: ['distinguishedName', 'sid', 'objectGuid'],
  },
  'cloud-application': {
    names: ['cloudapplication', 'oauthapplication'],
    properties: { name: ['appName'], appId: ['oAuthAppId'], instanceName: [], publisherName: [] },
    identifiers: ['name', 'appId'],
  },
  'azure-resource': {
    names: ['azureresource'],
    properties: { resourceId: [], subscriptionId: [] },
    identifiers: ['resourceId'],
  },
  'cloud-logon-session': {
    names: ['cloudlogonsession'],
    properties: { sessionId: [], userAgent: [] },
    relations: { account: ['accountEntityId'] },
    identifiers: ['sessionId'],
  },
  'host-logon-session': {
    names: ['hostlogonsession'],
    properties: { sessionId: [], startTimeUtc: [], endTimeUtc: [], hostName: [] },
    relations: { account: ['accountEntityId'], host: ['hostEntityId'] },
    identifiers: ['sessionId'],
    distinguishedBy: ['hostName'],
  },
  malware: {
    names: ['malware'],
    properties: { name: ['malwareName'], category: [] },
    relations: { files: ['fileEntityIds'], processes: ['processEntityIds'] },
    identifiers: ['name'],
  },
  'iot-device': {
    names: ['iotdevice'],
    properties: {
      deviceId: [],
      deviceName: [],
      deviceType: [],
      manufacturer: [],
      model: [],
      operatingSystem: [],
      serialNumber: [],
      macAddress: [],
    },
    relations: { ipAddress: ['ipAddressEntityId'], host: ['hostEntityId'] },
    identifiers: ['deviceId', 'deviceName', 'serialNumber', 'macAddress'],
  },
  nic: {
    names: ['nic'],
    properties: { macAddress: [] },
    relations: { ipAddress: ['ipAddressEntityId'] },
    identifiers: ['macAddress'],
  },
  alert: {
    names: ['alert', 'securityalert', 'alerts'],
    properties: {
      systemAlertId: [],
      title: ['alertDisplayName', 'displayName'],
      severity: [],
      productName: [],
      alertType: [],
    },
    identifiers: ['systemAlertId', 'title'],
  },
  incident: {
    names: ['incident'],
    properties: { incidentId: [], title: ['displayName'], severity: [] },
    identifiers: ['incidentId', 'title'],
  },
};
