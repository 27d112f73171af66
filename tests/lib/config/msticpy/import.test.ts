import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { importMsticpySettings } from '../../../lib/config/msticpy-import.ts';
import { parseSettings } from '../../../lib/config/settings.ts';

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

describe('settings of MSTICPy', () => {
  it('are taken over, and what is not is named', () => {
    const { settings, notes } = importMsticpySettings(CONFIG);
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
      'UserDefaults',
      'OtherProviders.GeoIPLite',
    ]);
    expect(JSON.stringify(notes)).not.toContain('canary');
  });

  it('say so of a cloud that is gone, and of a file that is none', () => {
    expect(importMsticpySettings('Azure: { cloud: de }').notes[0]).toContain('cannot be used');
    expect(() => importMsticpySettings('just text')).toThrow('no msticpyconfig.yaml');
  });
});
