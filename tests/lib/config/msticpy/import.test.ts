import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { importMsticpySettings } from '../../../../lib/config/msticpy/import.ts';
import { parseSettings } from '../../../../lib/config/settings.ts';

const A = '11111111-2222-3333-4444-555555555555';
const B = '66666666-2222-3333-4444-555555555555';
const TENANT = '99999999-2222-3333-4444-555555555555';
const CONFIG = `
AzureSentinel:
  Workspaces:
    Other One: { WorkspaceId: ${B}, TenantId: ${B}, Args: { ClientId: ${A}, ClientSecret: { EnvironmentVar: OTHER_SECRET } } }
    Default: { WorkspaceId: ${A}, TenantId: ${TENANT}, SubscriptionId: ${A}, ResourceGroup: rg-soc, WorkspaceName: law-soc }
Azure: { cloud: usgov, auth_methods: [env, msi, vscode, cli, devicecode], tenant_id: ${TENANT} }
QueryDefinitions: { Default: queries, Custom: [./my-queries] }
TIProviders:
  VirusTotal: { Args: { AuthKey: { KeyVault: '' } }, Primary: true, Provider: VirusTotal }
  XForce: { Args: { ApiID: { EnvironmentVar: XFORCE_ID }, AuthKey: { KeyVault: shared/x_force } }, Provider: --no-load-- }
  OTX: { Args: { AuthKey: canary-literal } }
  AzureSentinel: { Args: { WorkspaceID: ${A} } }
OtherProviders: { GeoIPLite: { Args: { AuthKey: x } } }
DataProviders:
  Splunk: { Args: { host: splunk.contoso.example, port: 8089, username: hunter, password: { KeyVault: splunk-pw } } }
  MicrosoftDefender: { Args: { ClientId: ${A}, TenantId: ${TENANT}, ClientSecret: { KeyVault: Default } } }
  Kusto-soc: { Args: { Cluster: 'https://soc.kusto.usgovcloudapi.net', Database: Security } }
  LocalData: { Args: { data_paths: [./data] } }
  Mordor: { Args: { save_folder: ./mordor } }
  Sumologic: { Args: {} }
KeyVault: { VaultName: contoso-kv, Authority: usgov, UseKeyring: true }
UserDefaults: { QueryProviders: {} }
`;

const take = (text: string) => importMsticpySettings(text, { name: 'msticpyconfig.yaml', home: '/home/hunter' });
/** What is taken over must be in order as it stands. */
const parse = (text: string) => parseSettings(stringify(take(text).settings), 'imported', {});
const noted = (text: string) => take(text).notes.map((note) => note.split(':')[0]);

describe('settings of MSTICPy', () => {
  it('are taken over, and what is not is named', () => {
    const { settings, notes } = take(CONFIG);
    const parsed = parseSettings(stringify(settings), 'imported', {});
    expect(parsed).toMatchObject({
      cloud: 'usgov',
      identity: { methods: ['env', 'managed-identity', 'cli', 'device-code'], tenantId: TENANT },
      keyVault: 'https://contoso-kv.vault.usgovcloudapi.net',
      workspaces: [
        { name: 'Default', workspaceId: A, workspaceName: 'law-soc', resourceGroup: 'rg-soc' },
        {
          name: 'Other-One',
          workspaceId: B,
          tenantId: B,
          identity: { methods: ['client-secret'], clientId: A, clientSecret: 'env:OTHER_SECRET' },
        },
      ],
      threatIntel: {
        virustotal: { key: 'kv:TIProviders-VirusTotal-Args-AuthKey', primary: true, enabled: true },
        xforce: { id: 'env:XFORCE_ID', key: 'kv:shared/x-force', enabled: false },
        otx: { key: 'canary-literal' },
      },
      providers: {
        splunk: {
          type: 'splunk',
          url: 'https://splunk.contoso.example:8089',
          user: 'hunter',
          password: 'kv:splunk-pw',
        },
        'defender-xdr': {
          type: 'defender-xdr',
          identity: { clientSecret: 'kv:DataProviders-MicrosoftDefender-Args-ClientSecret' },
        },
        'kusto-soc': { type: 'kusto', database: 'Security' },
        'security-datasets': { folder: './mordor' },
      },
      dataPaths: ['./data'],
      queryFolders: ['./my-queries'],
    });
    expect(parsed.workspaces[0]).not.toHaveProperty('tenantId');
    expect(notes.map((note) => note.split(':')[0])).toEqual([
      'Azure.auth_methods',
      'TIProviders.OTX.Args.AuthKey',
      'TIProviders.AzureSentinel',
      'DataProviders.Sumologic',
      'OtherProviders.GeoIPLite',
      'UserDefaults',
    ]);
    expect(JSON.stringify(notes)).not.toContain('canary');
  });

  it('never fall back to another cloud unsaid: what is retired or unknown is left out and named', () => {
    for (const [cloud, said] of [
      ['de', 'was retired on 2021-10-29: use global, in the regions'],
      ['mars', 'there is no cloud "mars"; there are: global, usgov'],
    ] as const) {
      const { settings, notes } = take(
        `Azure: { cloud: ${cloud} }\nKeyVault: { VaultName: contoso-kv, Authority: ${cloud} }`,
      );
      expect(settings).toEqual({});
      expect(notes).toEqual([
        expect.stringContaining(`Azure.cloud: cannot be used: `) as string,
        expect.stringContaining(`KeyVault.Authority: cannot be used: `) as string,
      ]);
      expect(notes[0]).toContain(said);
    }
  });

  it('know the clouds by their other names and by their Resource Manager', () => {
    expect(take('Azure: { cloud: gov }').settings).toEqual({ cloud: 'usgov' });
    expect(take("Azure: { resource_manager_url: 'https://management.chinacloudapi.cn/' }").settings).toEqual({
      cloud: 'cn',
    });
    expect(take("Azure: { resource_manager_url: 'https://management.local.contoso.example' }").settings).toEqual({
      endpoints: { resourceManager: 'https://management.local.contoso.example' },
    });
  });

  it('may have file providers with their options beside Args, and instances of their own', () => {
    const text = `
DataProviders:
  LocalData: { data_paths: [/data/one, ~/two] }
  Mordor: { save_folder: ~/.msticpy/mordor, use_cached: true }
  OSQueryLogs: { Args: { data_paths: /data/osquery.log } }
  Velociraptor-east: { data_paths: [/data/velo] }
  Splunk-east: { Args: { host: east.contoso.example, bearer_token: { EnvironmentVar: EAST } } }
  Splunk-west: { Args: { host: west.contoso.example, bearer_token: { KeyVault: } } }
  Elastic: { Args: { url: 'https://elastic.contoso.example:9200', api_key: { KeyVault: 'shared/elastic_key' } } }
QueryDefinitions: { Custom: [~/.msticpy/queries] }
msticpy: { QueryDefinitions: [./working], http_timeout: 30, Proxies: { https: { Url: 'https://proxy:8080', Password: canary } } }
`;
    expect(parse(text)).toMatchObject({
      dataPaths: ['/data/one', '/home/hunter/two'],
      queryFolders: ['/home/hunter/.msticpy/queries', './working'],
      providers: {
        'security-datasets': { folder: '/home/hunter/.msticpy/mordor' },
        osquery: { type: 'osquery', paths: ['/data/osquery.log'] },
        'velociraptor-east': { type: 'velociraptor', paths: ['/data/velo'] },
        'splunk-east': { url: 'https://east.contoso.example:8089', token: 'env:EAST' },
        'splunk-west': { token: 'kv:DataProviders-Splunk-west-Args-bearer-token' },
        elastic: { apiKey: 'kv:shared/elastic-key' },
      },
    });
    expect(noted(text)).toEqual(['msticpy.Proxies', 'msticpy.http_timeout']);
  });

  it('may have Kusto clusters in the newer section, with defaults', () => {
    const text = `
Azure: { tenant_id: ${TENANT} }
KustoClusters:
  ClusterDefaults: { Args: { TenantId: ${B}, Database: Security } }
  One: { Args: { Cluster: 'https://one.kusto.windows.net', IntegratedAuth: true } }
  Two:
    Args: { Cluster: two.kusto.windows.net, TenantId: ${TENANT}, ClientId: ${A}, ClientSecret: { KeyVault: } }
    ClusterGroups: [Group1]
`;
    expect(parse(text).providers).toEqual({
      'kusto-one': { type: 'kusto', cluster: 'https://one.kusto.windows.net', database: 'Security', tenantId: B },
      'kusto-two': {
        type: 'kusto',
        cluster: 'https://two.kusto.windows.net',
        database: 'Security',
        identity: { methods: ['client-secret'], clientId: A, clientSecret: 'kv:KustoClusters-Two-Args-ClientSecret' },
      },
    });
    expect(noted(text)).toEqual(['KustoClusters.Two.ClusterGroups']);
    expect(take(text.replace(', Database: Security', '')).notes[0]).toContain(
      "KustoClusters.One: names no database, as MSTICPy's queries do: trailhound config set providers.kusto-one",
    );
  });

  it('may have the app registration of `env` in AzureCLI', () => {
    const text = `
Azure: { auth_methods: [env, cli] }
DataProviders: { AzureCLI: { Args: { clientId: ${A}, tenantId: ${TENANT}, clientSecret: { EnvironmentVar: APP_SECRET } } } }
`;
    expect(take(text)).toEqual({
      settings: {
        identity: { methods: ['client-secret', 'cli'], tenantId: TENANT, clientId: A, clientSecret: 'env:APP_SECRET' },
      },
      notes: [],
    });
  });

  it('keep secrets to the last digit, and leave placeholders out', () => {
    const text = `
TIProviders:
  VirusTotal: { Args: { AuthKey: 123456789012345678901234567890 } }
  CrowdSec: { Args: { AuthKey: [PLACEHOLDER] } }
  AbuseIPDB: { Args: { AuthKey: '[PLACEHOLDER]' } }
  Pulsedive: { Args: { AuthKey: { KeyVaultURI: 'https://contoso.vault.azure.net/secrets/pulse/0a1b' } } }
`;
    expect(parse(text).threatIntel).toMatchObject({
      virustotal: { key: '123456789012345678901234567890' },
      crowdsec: { enabled: true },
      abuseipdb: { enabled: true },
      pulsedive: { key: 'kv:contoso/pulse' },
    });
    expect(take(text).notes).toEqual([
      'TIProviders.VirusTotal.Args.AuthKey: stands in the file itself; move it to a Key Vault',
      'TIProviders.AbuseIPDB.Args.AuthKey: is a placeholder',
      'TIProviders.CrowdSec.Args.AuthKey: was not taken over',
    ]);
  });

  it('keep one of workspaces that are the same, and give each a name of its own', () => {
    const text = `
MSSentinel:
  Workspaces:
    Default: { WorkspaceId: ${A} }
    SOC: { WorkspaceId: ${A.toUpperCase()} }
    a b: { WorkspaceId: ${B} }
    a-b: { WorkspaceId: ${TENANT}, Args: { ClientId: { EnvironmentVar: X }, ClientSecret: { KeyVault: } } }
    bad: { WorkspaceId: 1234 }
`;
    expect(parse(text).workspaces).toMatchObject([{ name: 'Default' }, { name: 'a-b' }, { name: 'a-b-2' }]);
    const { notes } = take(text);
    expect(notes).toContain('MSSentinel.Workspaces.SOC: is the same workspace as Default; one is kept');
    expect(notes).toContain('MSSentinel.Workspaces.a-b.Args.ClientSecret: needs a ClientId that is a GUID');
    expect(notes).toContain('MSSentinel.Workspaces.bad: has no WorkspaceId that is a GUID');
  });

  it('leave out what would be wrong here, and name everything else that they had', () => {
    const text = `
DataProviders: { Splunk: { Args: { host: splunk.contoso.example, http_scheme: http, owner: nobody } } }
Autogen: { config_list: [] }
Unknown: { deep: { value: 1 } }
TIProviders: { XForce: { Args: { ApiID: { Elsewhere: x } }, Primary: 'maybe' } }
`;
    expect(parse(text).providers).toEqual({});
    expect(noted(text)).toEqual([
      'Autogen',
      'DataProviders.Splunk.Args.owner',
      'Unknown',
      'TIProviders.XForce.Args.ApiID.Elsewhere',
      'TIProviders.XForce.Primary',
      'providers.splunk.url (as it would be here)',
      'providers.splunk.url (as it would be here)',
    ]);
  });

  it('may be the older config.json', () => {
    const text = JSON.stringify({
      tenant_id: TENANT,
      subscription_id: A,
      resource_group: 'rg',
      workspace_id: B,
      workspace_name: 'law-soc',
    });
    expect(parse(text)).toMatchObject({
      identity: { tenantId: TENANT },
      workspaces: [
        { name: 'law-soc', workspaceId: B, subscriptionId: A, resourceGroup: 'rg', workspaceName: 'law-soc' },
      ],
    });
    expect(take(text).notes).toEqual([]);
  });

  it('end in an error that shows nothing of what they hold, where they cannot be read', () => {
    expect(() => take('just text')).toThrow('no msticpyconfig.yaml');
    const broken = 'TIProviders:\n  OTX: { AuthKey: canary-key\n  XForce: 1\n';
    const error = (() => {
      try {
        take(broken);
      } catch (thrown) {
        return thrown as Error;
      }
      return undefined;
    })();
    expect(error?.message).toMatch(/msticpyconfig\.yaml:\d+:\d+/);
    expect(error?.message).not.toContain('canary');
  });
});
