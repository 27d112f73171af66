import { parse } from 'yaml';
import { CLOUDS, cloudNameOf } from '../azure/clouds.ts';
import { TrailhoundError } from '../errors.ts';
import type { CredentialMethod } from './identity-schema.ts';

/** What a MSTICPy user's settings become. */
export interface ImportedSettings {
  /** For `trailhound.yaml`. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** What was not taken over, and why; and what to do. */
  readonly notes: readonly string[];
}

type Plain = Readonly<Record<string, unknown>>;

const METHODS: Readonly<Record<string, CredentialMethod>> = {
  env: 'env',
  environment: 'env',
  cli: 'cli',
  msi: 'managed-identity',
  managedidentity: 'managed-identity',
  managed_identity: 'managed-identity',
  powershell: 'powershell',
  interactive: 'interactive',
  interactive_browser: 'interactive',
  devicecode: 'device-code',
  device_code: 'device-code',
  device: 'device-code',
  clientsecret: 'client-secret',
  client_secret: 'client-secret',
  certificate: 'certificate',
  cert: 'certificate',
};

/** Sections that set up notebooks alone. */
const FOR_NOTEBOOKS = ['UserDefaults', 'Pivots', 'PluginFolders', 'msticpy'];

/**
 * Takes over `msticpyconfig.yaml`: workspaces, cloud and sign-in, Key Vault, threat-intelligence keys, data providers and
 * query folders. References to environment variables and Key Vault become references of ours; nothing is read.
 *
 * @throws usage: the text is no mapping
 */
export function importMsticpySettings(text: string): ImportedSettings {
  const root = plain(parse(text, { maxAliasCount: 50 }));
  if (Object.keys(root).length === 0)
    throw new TrailhoundError('usage', 'this is no msticpyconfig.yaml: it has no sections');
  return new Importer(root).run();
}

class Importer {
  readonly #root: Plain;
  readonly #notes: string[] = [];
  readonly #settings: Record<string, unknown> = {};

  constructor(root: Plain) {
    this.#root = root;
  }

  run(): ImportedSettings {
    this.#azure();
    this.#keyVault();
    this.#workspaces();
    this.#threatIntel();
    this.#dataProviders();
    const folders = texts(plain(this.#section('QueryDefinitions'))['Custom']);
    if (folders.length > 0) this.#settings['queryFolders'] = folders;
    for (const name of FOR_NOTEBOOKS)
      if (this.#section(name)) this.#notes.push(`${name}: is for notebooks, and has no counterpart`);
    for (const name of ['ContextProviders', 'OtherProviders']) {
      for (const provider of Object.keys(plain(this.#section(name))))
        this.#notes.push(`${name}.${provider}: was not taken over`);
    }
    return { settings: this.#settings, notes: this.#notes };
  }

  #section(name: string): unknown {
    return this.#root[name];
  }

  #azure(): void {
    const azure = plain(this.#section('Azure'));
    const cloud = textOf(azure['cloud']);
    if (cloud !== undefined) {
      const name = cloudNameOf(cloud);
      if (name === undefined || name === 'de')
        this.#notes.push(`Azure.cloud: "${cloud}" cannot be used any more; global is set`);
      else if (name !== 'global') this.#settings['cloud'] = name;
    }
    const identity: Record<string, unknown> = {};
    const methods = texts(azure['auth_methods']).flatMap((method) => {
      const known = METHODS[method.toLowerCase()];
      if (!known) this.#notes.push(`Azure.auth_methods: "${method}" has no counterpart`);
      return known ?? [];
    });
    if (methods.length > 0) identity['methods'] = [...new Set(methods)];
    const tenant = textOf(azure['tenant_id']);
    if (tenant) identity['tenantId'] = tenant;
    if (Object.keys(identity).length > 0) this.#settings['identity'] = identity;
    const manager = textOf(azure['resource_manager_url']);
    if (manager) this.#settings['endpoints'] = { resourceManager: manager };
  }

  #keyVault(): void {
    const vault = plain(this.#section('KeyVault'));
    const name = textOf(vault['VaultName']);
    if (!name) return;
    const cloud = cloudNameOf(textOf(vault['Authority']) ?? textOf(this.#settings['cloud']) ?? 'global');
    const suffix = CLOUDS[cloud === undefined || cloud === 'de' ? 'global' : cloud].keyVaultSuffix;
    this.#settings['keyVault'] = `https://${name}.${suffix}`;
  }

  #workspaces(): void {
    const sections = [plain(this.#section('AzureSentinel')), plain(this.#section('MSSentinel'))];
    const workspaces = sections.flatMap((section) => Object.entries(plain(section['Workspaces'])));
    // The default one first: it is ours too.
    workspaces.sort(([a], [b]) => Number(b === 'Default') - Number(a === 'Default'));
    const tenant = textOf(plain(this.#settings['identity'])['tenantId']);
    const taken = new Map<string, object>();
    for (const [name, value] of workspaces) {
      const workspace = plain(value);
      const id = textOf(workspace['WorkspaceId']);
      if (!id) {
        this.#notes.push(`Workspaces.${name}: has no WorkspaceId`);
        continue;
      }
      if (taken.has(id)) continue;
      const own = textOf(workspace['TenantId']);
      taken.set(id, {
        name: name.replace(/[^A-Za-z0-9._-]/g, '-'),
        workspaceId: id,
        ...named('workspaceName', textOf(workspace['WorkspaceName'])),
        ...named('subscriptionId', textOf(workspace['SubscriptionId'])),
        ...named('resourceGroup', textOf(workspace['ResourceGroup'])),
        ...named('tenantId', own === tenant ? undefined : own),
        ...this.#identityOf(plain(workspace['Args']), `MSSentinel.Workspaces.${name}.Args`),
      });
    }
    if (taken.size > 0) this.#settings['workspaces'] = [...taken.values()];
  }

  /** An app registration with its secret or certificate, as several sections of MSTICPy have it. */
  #identityOf(args: Plain, path: string): { identity?: object } {
    const clientId = textOf(args['ClientId']);
    if (!clientId) return {};
    const secret = this.#reference(args['ClientSecret'], `${path}.ClientSecret`);
    const certificate = textOf(args['Certificate']);
    const password = this.#reference(args['CertificatePassword'], `${path}.CertificatePassword`);
    if (!secret && !certificate) return {};
    return {
      identity: {
        methods: [secret ? 'client-secret' : 'certificate'],
        clientId,
        ...named('tenantId', textOf(args['TenantId'])),
        ...(secret
          ? { clientSecret: secret }
          : { certificatePath: certificate, ...named('certificatePassword', password) }),
      },
    };
  }

  #threatIntel(): void {
    const intel: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(plain(this.#section('TIProviders')))) {
      const provider = plain(value);
      const args = plain(provider['Args']);
      if (/sentinel/i.test(name)) {
        this.#notes.push(`TIProviders.${name}: Sentinel's indicators are a table; query ThreatIntelIndicators`);
        continue;
      }
      const path = `TIProviders.${name}.Args`;
      intel[name.toLowerCase().replace(/[^a-z0-9]/g, '')] = {
        ...named('key', this.#reference(args['AuthKey'], `${path}.AuthKey`)),
        ...named('id', this.#reference(args['ApiID'], `${path}.ApiID`)),
        ...named('url', urlOf(textOf(args['Instance']))),
        ...(typeof provider['Primary'] === 'boolean' ? { primary: provider['Primary'] } : {}),
        ...(provider['Provider'] === '--no-load--' ? { enabled: false } : {}),
      };
    }
    if (Object.keys(intel).length > 0) this.#settings['threatIntel'] = intel;
  }

  #dataProviders(): void {
    const providers: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(plain(this.#section('DataProviders')))) {
      const args = plain(plain(value)['Args']);
      const path = `DataProviders.${name}.Args`;
      const folders = texts(args['data_paths'] ?? args['DataPaths']);
      const kind = name.toLowerCase().replace(/[-_].*$/, '');
      if (kind === 'splunk') {
        const host = textOf(args['host']);
        const scheme = textOf(args['http_scheme']) ?? 'https';
        if (!host) this.#notes.push(`DataProviders.${name}: has no host`);
        else {
          providers['splunk'] = {
            type: 'splunk',
            url: `${scheme}://${host}:${textOf(args['port']) ?? '8089'}`,
            ...named('token', this.#reference(args['bearer_token'], `${path}.bearer_token`)),
            ...named('user', textOf(args['username'])),
            ...named('password', this.#reference(args['password'], `${path}.password`)),
            ...named('app', textOf(args['app'])),
          };
        }
      } else if (/^(?:microsoftdefender|mde|m365d|m365dgraph)$/.test(kind)) {
        providers['defender-xdr'] = { type: 'defender-xdr', ...this.#identityOf(args, path) };
      } else if (/^(?:microsoftgraph|securitygraph|msgraph)$/.test(kind)) {
        providers['graph-security'] = { type: 'graph-security', ...this.#identityOf(args, path) };
      } else if (kind === 'kusto') {
        const cluster = urlOf(textOf(args['Cluster']));
        const database = textOf(args['Database']);
        if (cluster && database)
          providers[name.toLowerCase().replace(/[^a-z0-9]+/g, '-')] = {
            type: 'kusto',
            cluster,
            database,
            ...this.#identityOf(args, path),
          };
        else this.#notes.push(`DataProviders.${name}: needs a Cluster and a Database`);
      } else if (kind === 'localdata' && folders.length > 0) this.#settings['dataPaths'] = folders;
      else if (kind === 'osquery' && folders.length > 0) providers['osquery'] = { type: 'osquery', paths: folders };
      else if (/^velociraptor/.test(kind) && folders.length > 0)
        providers['velociraptor'] = { type: 'velociraptor', paths: folders };
      else if (kind === 'mordor' || kind === 'otrf') {
        providers['security-datasets'] = { type: 'security-datasets', ...named('folder', textOf(args['save_folder'])) };
      } else if (kind === 'elastic')
        this.#notes.push(`DataProviders.${name}: set providers.elastic with its url and apiKey`);
      else if (kind !== 'azurecli') this.#notes.push(`DataProviders.${name}: there is no such provider here`);
    }
    if (Object.keys(providers).length > 0) this.#settings['providers'] = providers;
  }

  /** MSTICPy's forms of a secret: the value, an environment variable, or a Key Vault's secret. */
  #reference(value: unknown, path: string): string | undefined {
    const held = plain(value);
    const variable = textOf(held['EnvironmentVar']);
    if (variable) return `env:${variable}`;
    if (Object.hasOwn(held, 'KeyVault')) {
      const name = textOf(held['KeyVault']) ?? '';
      const clean = (part: string) => part.replace(/[^0-9a-zA-Z-]/g, '-');
      if (name === '' || name === 'Default') return `kv:${clean(path)}`;
      const [vault, secret] = name.split('/', 2);
      return secret ? `kv:${clean(vault!)}/${clean(secret)}` : `kv:${clean(name)}`;
    }
    const literal = textOf(value);
    if (literal) this.#notes.push(`${path}: stands in the file itself; move it to a Key Vault`);
    return literal;
  }
}

function plain(value: unknown): Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Plain) : {};
}

function textOf(value: unknown): string | undefined {
  const text = typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : '';
  return text === '' ? undefined : text;
}

function texts(value: unknown): string[] {
  const list = Array.isArray(value) ? value : typeof value === 'string' ? [value] : [];
  return list.map(textOf).filter((text) => text !== undefined);
}

function urlOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  return /^https?:\/\//.test(text) ? text : `https://${text}`;
}

function named(name: string, value: string | undefined): Record<string, string> {
  return value === undefined ? {} : { [name]: value };
}
