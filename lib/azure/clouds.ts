import { TrailhoundError } from '../errors.ts';

/** An API: where it is, and whom its tokens are for. */
export interface Endpoint {
  readonly url: string;
  /** The token audience; a scope is `{audience}/.default`. */
  readonly audience: string;
}

/** Everything that differs from cloud to cloud. No host is named anywhere else. */
export interface Cloud {
  readonly name: CloudName;
  readonly title: string;
  readonly login: string;
  readonly resourceManager: Endpoint;
  readonly logAnalytics: Endpoint;
  readonly graph: Endpoint;
  /** Audience of the Logs Ingestion API; its endpoint comes from the data collection rule. */
  readonly ingestionAudience: string;
  readonly storageSuffix: string;
  readonly storageAudience: string;
  readonly keyVaultSuffix: string;
  /** Suffixes of Azure Data Explorer and Fabric clusters, and the audience that all of them take. */
  readonly kusto: { readonly suffixes: readonly string[]; readonly audience: string };
  readonly portal: string;
  /** Where Defender XDR's own API answers; null where there is none. */
  readonly defender: Endpoint | null;
  /** Sentinel data lake; null where it is not offered. */
  readonly dataLake: Endpoint | null;
  /** Sentinel's upload of STIX objects; null where it is not offered. */
  readonly threatIntelligenceUpload: Endpoint | null;
}

export const CLOUD_NAMES = ['global', 'usgov', 'usgov-dod', 'cn'] as const;
export type CloudName = (typeof CLOUD_NAMES)[number];

/** An endpoint whose tokens are for the endpoint itself. */
function own(url: string): Endpoint {
  return { url, audience: url };
}

const GLOBAL: Cloud = {
  name: 'global',
  title: 'Azure public cloud',
  login: 'https://login.microsoftonline.com',
  resourceManager: own('https://management.azure.com'),
  logAnalytics: { url: 'https://api.loganalytics.azure.com', audience: 'https://api.loganalytics.io' },
  graph: own('https://graph.microsoft.com'),
  ingestionAudience: 'https://monitor.azure.com',
  storageSuffix: 'core.windows.net',
  storageAudience: 'https://storage.azure.com',
  keyVaultSuffix: 'vault.azure.net',
  kusto: {
    suffixes: ['kusto.windows.net', 'kusto.fabric.microsoft.com'],
    audience: 'https://kusto.kusto.windows.net',
  },
  portal: 'https://portal.azure.com',
  defender: own('https://api.security.microsoft.com'),
  dataLake: {
    url: 'https://api.securityplatform.microsoft.com',
    audience: 'https://api.securityplatform.microsoft.com',
  },
  threatIntelligenceUpload: { url: 'https://api.ti.sentinel.azure.com', audience: 'https://management.azure.com' },
};

const USGOV: Cloud = {
  name: 'usgov',
  title: 'Azure US Government (GCC High)',
  login: 'https://login.microsoftonline.us',
  resourceManager: own('https://management.usgovcloudapi.net'),
  logAnalytics: own('https://api.loganalytics.us'),
  graph: own('https://graph.microsoft.us'),
  ingestionAudience: 'https://monitor.azure.us',
  storageSuffix: 'core.usgovcloudapi.net',
  storageAudience: 'https://storage.azure.com',
  keyVaultSuffix: 'vault.usgovcloudapi.net',
  kusto: { suffixes: ['kusto.usgovcloudapi.net'], audience: 'https://kusto.kusto.usgovcloudapi.net' },
  portal: 'https://portal.azure.us',
  defender: own('https://api-gov.security.microsoft.us'),
  dataLake: null,
  threatIntelligenceUpload: null,
};

/** Every cloud that can be used. Source: Microsoft's lists of endpoints per national cloud. */
export const CLOUDS: Readonly<Record<CloudName, Cloud>> = {
  global: GLOBAL,
  usgov: USGOV,
  'usgov-dod': {
    ...USGOV,
    name: 'usgov-dod',
    title: 'Azure US Government (Department of Defense)',
    graph: own('https://dod-graph.microsoft.us'),
  },
  cn: {
    name: 'cn',
    title: 'Azure operated by 21Vianet in China',
    login: 'https://login.partner.microsoftonline.cn',
    resourceManager: own('https://management.chinacloudapi.cn'),
    logAnalytics: own('https://api.loganalytics.azure.cn'),
    graph: own('https://microsoftgraph.chinacloudapi.cn'),
    ingestionAudience: 'https://monitor.azure.cn',
    storageSuffix: 'core.chinacloudapi.cn',
    storageAudience: 'https://storage.azure.com',
    keyVaultSuffix: 'vault.azure.cn',
    kusto: { suffixes: ['kusto.chinacloudapi.cn'], audience: 'https://kusto.kusto.chinacloudapi.cn' },
    portal: 'https://portal.azure.cn',
    defender: null,
    dataLake: null,
    threatIntelligenceUpload: null,
  },
};

/** Where a machine in any cloud asks for itself. */
export const INSTANCE_METADATA = 'http://169.254.169.254/metadata/instance?api-version=2021-02-01';

/** Clouds that were shut down: their endpoints are known, so that they are recognised, and their use is refused. */
export const RETIRED_CLOUDS = {
  de: {
    title: 'Microsoft Cloud Deutschland',
    login: 'https://login.microsoftonline.de',
    resourceManager: 'https://management.microsoftazure.de',
    graph: 'https://graph.microsoft.de',
    storageSuffix: 'core.cloudapi.de',
    keyVaultSuffix: 'vault.microsoftazure.de',
    portal: 'https://portal.microsoftazure.de',
    retiredOn: '2021-10-29',
    replacement: 'global, in the regions Germany West Central and Germany North',
  },
} as const;
export type RetiredCloudName = keyof typeof RETIRED_CLOUDS;

/** Other names that people and MSTICPy use. */
const ALIASES: Readonly<Record<string, CloudName | RetiredCloudName>> = {
  public: 'global',
  azurecloud: 'global',
  azurepubliccloud: 'global',
  gov: 'usgov',
  usgovernment: 'usgov',
  azureusgovernment: 'usgov',
  'gcc-high': 'usgov',
  dod: 'usgov-dod',
  china: 'cn',
  azurechinacloud: 'cn',
  germany: 'de',
  azuregermancloud: 'de',
};

/** Endpoints that settings may put in the place of the cloud's own: a private cloud, a proxy, a test on loopback. */
export interface EndpointOverrides {
  readonly login?: string | undefined;
  readonly resourceManager?: string | undefined;
  /** Where its tokens are for something else than its own address, as on Azure Stack. */
  readonly resourceManagerAudience?: string | undefined;
  readonly logAnalytics?: string | undefined;
  readonly graph?: string | undefined;
  readonly dataLake?: string | undefined;
  readonly defender?: string | undefined;
  readonly threatIntelligenceUpload?: string | undefined;
}

/** The cloud's own name for one of its names, in any case; undefined if there never was such a cloud. */
export function cloudNameOf(name: string): CloudName | RetiredCloudName | undefined {
  const lower = name.trim().toLowerCase();
  if (Object.hasOwn(CLOUDS, lower)) return lower as CloudName;
  if (Object.hasOwn(RETIRED_CLOUDS, lower)) return lower as RetiredCloudName;
  return Object.hasOwn(ALIASES, lower) ? ALIASES[lower] : undefined;
}

/**
 * The cloud of that name. A retired or unknown one is an error: nothing falls back to the public cloud.
 *
 * A custom Resource Manager is its own token audience unless one is set (private clouds list theirs at
 * `/metadata/endpoints?api-version=2015-01-01`); the other overrides keep the cloud's audience.
 *
 * @example cloudOf('usgov').graph.url // 'https://graph.microsoft.us'
 * @throws unsupported: the cloud is retired · usage: there is no such cloud
 */
export function cloudOf(name: string, overrides: EndpointOverrides = {}): Cloud {
  const known = cloudNameOf(name);
  if (!known) {
    throw new TrailhoundError('usage', `there is no cloud "${name}"`, {
      hint: `There are: ${CLOUD_NAMES.join(', ')}. For a private cloud, name the nearest one and set endpoints.resourceManager.`,
    });
  }
  if (known === 'de') {
    const { title, retiredOn, replacement } = RETIRED_CLOUDS[known];
    throw new TrailhoundError('unsupported', `the cloud "${known}" (${title}) was retired on ${retiredOn}`, {
      hint: `Use ${replacement}.`,
    });
  }
  const cloud = CLOUDS[known];
  const place = (endpoint: Endpoint, url: string | undefined) =>
    url ? { ...endpoint, url: trimSlash(url) } : endpoint;
  const placeIfAny = (endpoint: Endpoint | null, url: string | undefined) =>
    url ? { audience: endpoint?.audience ?? trimSlash(url), url: trimSlash(url) } : endpoint;
  return {
    ...cloud,
    login: trimSlash(overrides.login ?? cloud.login),
    resourceManager: resourceManagerOf(cloud, overrides),
    logAnalytics: place(cloud.logAnalytics, overrides.logAnalytics),
    graph: place(cloud.graph, overrides.graph),
    dataLake: placeIfAny(cloud.dataLake, overrides.dataLake),
    defender: placeIfAny(cloud.defender, overrides.defender),
    threatIntelligenceUpload: placeIfAny(cloud.threatIntelligenceUpload, overrides.threatIntelligenceUpload),
  };
}

function resourceManagerOf(cloud: Cloud, { resourceManager, resourceManagerAudience }: EndpointOverrides): Endpoint {
  const endpoint = resourceManager ? own(trimSlash(resourceManager)) : cloud.resourceManager;
  return resourceManagerAudience ? { ...endpoint, audience: resourceManagerAudience } : endpoint;
}

/** The scope to ask a token for. */
export function scopeOf(audience: string): string {
  return `${trimSlash(audience)}/.default`;
}

function trimSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
