import { describe, expect, it } from 'vitest';
import { parseSettings } from '../../../lib/config/settings.ts';
import { leasesOf, providerSettingsOf, tenantOf } from '../../../lib/providers/index.ts';
import { uploadTable } from '../../../lib/providers/upload.ts';
import { tableFromRows } from '../../../lib/tables/index.ts';
import { testConnections } from '../../support/cloud/connections.ts';

const [HOME, FABRIKAM, CONTOSO] = [1, 2, 3].map((digit) => `${digit}0000000-0000-4000-8000-000000000000`);
const YAML = `
identity: { tenantId: ${HOME} }
workspaces:
  - { name: soc, workspaceId: 11111111-2222-3333-4444-555555555555, subscriptionId: 11111111-0000-3333-4444-555555555555 }
  - { name: fabrikam, workspaceId: 22222222-2222-3333-4444-555555555555, tenantId: ${FABRIKAM}, subscriptionId: 22222222-0000-3333-4444-555555555555, workspaceName: law-fabrikam }
  - { name: contoso, workspaceId: 33333333-2222-3333-4444-555555555555, tenantId: ${CONTOSO}, cloud: usgov, identity: { methods: [client-secret], clientId: 33333333-2222-3333-4444-555555555555 } }
providers:
  all: { type: log-analytics, workspaces: [soc, fabrikam] }
  open: { type: log-analytics, timeoutInMs: 5000 }
  xdr-fabrikam: { type: defender-xdr, tenantId: ${FABRIKAM!.toUpperCase()} }
  adx: { type: kusto, cluster: https://contoso.westeurope.kusto.windows.net, database: d }
  siem: { type: splunk, url: https://splunk.contoso.example:8089 }
  their-siem: { type: splunk, url: https://splunk.fabrikam.example:8089, tenantId: ${FABRIKAM} }
  blobs: { type: blob-storage, accountUrl: https://contoso.blob.core.windows.net, container: exports }
  their-blobs: { type: blob-storage, accountUrl: https://fabrikam.blob.core.windows.net, container: exports, tenantId: ${FABRIKAM} }
ingestion: { endpoint: https://contoso.westeurope-1.ingest.monitor.azure.com, ruleId: dcr-00000000000000000000000000000000 }
`;
const settings = parseSettings(YAML, 'trailhound.yaml', {});
const of = (name: string, workspace?: string) => providerSettingsOf(name, settings, workspace ? { workspace } : {});

describe('the tenant of an investigation', () => {
  it('is that of its workspace, unless that is the home tenant', () => {
    expect([null, undefined, 'soc', 'fabrikam', 'contoso'].map((name) => tenantOf(settings, name))).toEqual([
      null,
      null,
      null,
      FABRIKAM,
      CONTOSO,
    ]);
    expect(() => tenantOf(settings, 'nobody')).toThrow(/no workspace "nobody"/);
  });

  it('is home for the only workspace of settings that name no other', () => {
    const alone = `workspaces: [{ name: soc, workspaceId: 11111111-2222-3333-4444-555555555555, tenantId: ${CONTOSO} }]`;
    expect(tenantOf(parseSettings(alone, 'f', {}), 'soc')).toBeNull();
  });
});

describe('providers of an investigation', () => {
  it('ask its workspace where they name none', () => {
    expect(of('log-analytics')).toEqual({ type: 'log-analytics', workspaces: ['soc'] });
    expect(of('log-analytics', 'contoso')).toEqual({ type: 'log-analytics', workspaces: ['contoso'] });
    expect(of('open', 'fabrikam')).toMatchObject({ workspaces: ['fabrikam'], timeoutInMs: 5000 });
    expect(of('data-lake', 'fabrikam')).toMatchObject({ workspaces: ['fabrikam'] });
    expect(of('defender-xdr', 'contoso')).toMatchObject({ tenantId: CONTOSO, cloud: 'usgov' });
    expect(of('azure-activity')).toMatchObject({ subscriptions: ['11111111-0000-3333-4444-555555555555'] });
    expect(of('azure-activity', 'fabrikam')).toMatchObject({
      tenantId: FABRIKAM,
      subscriptions: ['22222222-0000-3333-4444-555555555555'],
    });
  });

  it('are of its tenant, or of nobody in particular', () => {
    expect(of('xdr-fabrikam', 'fabrikam').type).toBe('defender-xdr');
    expect(of('their-siem', 'fabrikam').type).toBe('splunk');
    expect(of('siem', 'fabrikam').type).toBe('splunk');
    for (const [name, workspace] of [
      ['all', 'fabrikam'],
      ['xdr-fabrikam', 'contoso'],
      ['their-siem', 'contoso'],
      ['adx', 'fabrikam'],
    ] as const) {
      expect(() => of(name, workspace), name).toThrow(
        expect.objectContaining({
          code: 'unauthorized',
          message: expect.stringContaining('the investigation to tenant'),
        }),
      );
    }
  });

  it('may be anybody for the home tenant, whose settings name them', () => {
    for (const name of ['all', 'xdr-fabrikam', 'their-siem', 'adx']) expect(of(name).type).toBeTruthy();
  });

  it('carry no rows of a tenant into the tables of another', async () => {
    const table = tableFromRows([{ name: 'A', type: 'string' }], [['x']]);
    const files = { cacheFolder: '/nonexistent', resultFolder: '/nonexistent' };
    const upload = (to: string, workspace: string, blob?: string) =>
      uploadTable(testConnections(YAML), table, { to, blob, rowIdColumn: 'Id' }, { files, scope: { workspace } });
    await expect(upload('sentinel', 'fabrikam')).rejects.toMatchObject({
      code: 'unauthorized',
      message: expect.stringContaining('`ingestion` to the home tenant'),
    });
    await expect(upload('their-siem', 'contoso')).rejects.toMatchObject({ code: 'unauthorized' });
    await expect(upload('blobs', 'fabrikam')).rejects.toMatchObject({ code: 'unauthorized' });
    await expect(upload('their-blobs', 'contoso')).rejects.toMatchObject({ code: 'unauthorized' });
    // Its own is let through: what is refused is the name.
    await expect(upload('their-blobs', 'fabrikam', '../x')).rejects.toThrow('cannot be the name of a blob');
  });
});

describe('leases', () => {
  const leases = (name: string, workspace?: string) => leasesOf(of(name, workspace), settings);

  it('are of identities, whatever the provider is called', () => {
    expect(leases('log-analytics')).toEqual(leases('open'));
    expect(leases('log-analytics', 'fabrikam')).toEqual(leases('open', 'fabrikam'));
    expect(leases('log-analytics', 'fabrikam')).not.toEqual(leases('log-analytics', 'contoso'));
    expect(leases('all')).toEqual([...leases('log-analytics'), ...leases('log-analytics', 'fabrikam')].sort());
    expect(leases('defender-xdr')).not.toEqual(leases('log-analytics'));
    expect(leases('siem')).not.toEqual(leases('their-siem'));
  });

  it('have keys that a table may have', () => {
    for (const name of ['all', 'siem', 'adx']) expect(leases(name).join('')).toMatch(/^[a-z0-9-]+$/);
  });
});
