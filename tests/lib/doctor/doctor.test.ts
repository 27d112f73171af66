import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RenewableCredential } from '../../../lib/azure/credential.ts';
import { parseSettings } from '../../../lib/config/settings.ts';
import { examine } from '../../../lib/doctor/index.ts';
import { isAllowed } from '../../../lib/doctor/sentinel-checks.ts';
import { openConnections } from '../../../lib/providers/index.ts';
import { type LoopbackServer, startLoopback } from '../../support/cloud/loopback-server.ts';

const GUID = '11111111-2222-3333-4444-555555555555';
const PRINCIPAL = 'aaaaaaaa-2222-3333-4444-555555555555';
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const TOKEN = `${part({ alg: 'none' })}.${part({ oid: PRINCIPAL, tid: GUID, appid: 'app-1', iat: Math.floor(Date.now() / 1000) })}.canary-signature`;
const credential: RenewableCredential = {
  getToken: async () => ({ token: TOKEN, expiresOnTimestamp: Date.now() + 3_600_000 }),
  renew: () => undefined,
};

let server: LoopbackServer;
/** What the tenant grants; everything else is refused. */
let granted: Set<string>;
beforeAll(async () => {
  server = await startLoopback(({ path }) => {
    const refused = (code: string) => ({ status: 403, json: { error: { code, message: 'no permission' } } });
    if (path.includes('/query'))
      return granted.has('logs')
        ? { json: { tables: [{ columns: [{ name: 'Probe', type: 'long' }], rows: [[1]] }] } }
        : refused('InsufficientAccessError');
    if (path.startsWith('/vt/')) return granted.has('vt') ? { status: 404, json: {} } : refused('WrongKey');
    if (path.includes('runHuntingQuery'))
      return granted.has('hunting') ? { json: { schema: [], results: [] } } : refused('Forbidden');
    if (path.includes('alerts_v2') || path.includes('/security/incidents'))
      return granted.has('alerts') ? { json: { value: [] } } : refused('Forbidden');
    if (path.includes('/permissions'))
      return {
        json: {
          value: [{ actions: granted.has('respond') ? ['Microsoft.SecurityInsights/*'] : ['*/read'], notActions: [] }],
        },
      };
    if (path.includes('/incidents'))
      return granted.has('sentinel') ? { json: { value: [] } } : refused('AuthorizationFailed');
    return { status: 404, json: {} };
  });
});
afterAll(() => server.close());

const SETTINGS = () => `
endpoints: { logAnalytics: '${server.url}', graph: '${server.url}', resourceManager: '${server.url}' }
workspaces:
  - { name: soc, workspaceId: ${GUID}, workspaceName: law-soc, subscriptionId: ${GUID}, resourceGroup: rg-soc }
providers:
  hunting: { type: defender-xdr }
  alerts: { type: graph-security }
threatIntel:
  virustotal: { key: env:VT_KEY, url: '${server.url}/vt' }
  otx: { key: canary-literal-key }
dataPaths: [/does/not/exist]
`;
const run = () =>
  examine(
    openConnections(
      parseSettings(SETTINGS(), 'f', {}),
      { VT_KEY: 'canary-vt-key' },
      { credential: () => credential, retry: { attempts: 1 } },
    ),
  );

describe('doctor', () => {
  it('names each grant that is missing, with its command', async () => {
    granted = new Set();
    const { status, checks } = await run();
    const found = Object.fromEntries(checks.map((check) => [check.name, check]));
    expect(status).toBe('failed');
    expect(found['identity']).toMatchObject({ status: 'ok', detail: `app-1 (${PRINCIPAL}) in tenant ${GUID}` });
    expect(found['workspace soc']).toMatchObject({
      status: 'failed',
      hint: expect.stringContaining('"Log Analytics Reader"') as string,
    });
    expect(found['workspace soc']?.command).toBe(
      `az role assignment create --role "Log Analytics Reader" --assignee-object-id ${PRINCIPAL} --assignee-principal-type ServicePrincipal --scope "/subscriptions/${GUID}/resourceGroups/rg-soc/providers/Microsoft.OperationalInsights/workspaces/law-soc"`,
    );
    expect(found['provider hunting']?.hint).toContain('ThreatHunting.Read.All');
    expect(found['provider alerts']?.hint).toContain('SecurityAlert.Read.All and SecurityIncident.Read.All');
    expect(found['provider alerts']?.command).toContain(PRINCIPAL);
    expect(found['sentinel soc']?.hint).toContain('Microsoft Sentinel Responder');
    expect(found['secret threatIntel.virustotal.key']).toMatchObject({
      status: 'ok',
      detail: 'env:VT_KEY can be read',
    });
    expect(found['secret threatIntel.otx.key']).toMatchObject({ status: 'warning' });
    expect(found['threat intelligence virustotal']).toMatchObject({
      status: 'failed',
      detail: 'VirusTotal refuses the key (403)',
      command: 'trailhound config set threatIntel.virustotal.key kv:virustotal-key',
    });
    expect(found['dataPaths']).toMatchObject({ status: 'failed', detail: 'missing: /does/not/exist' });
    expect(found['storage']).toMatchObject({ status: 'skipped' });
    expect(JSON.stringify(checks)).not.toContain('canary');
  });

  it('tells reading incidents from writing to them', async () => {
    granted = new Set(['sentinel']);
    const reader = (await run()).checks.find(({ name }) => name === 'sentinel soc');
    expect(reader).toMatchObject({
      status: 'failed',
      detail: expect.stringContaining('incidents can be read, but not written to') as string,
    });
    granted.add('respond');
    expect((await run()).checks.find(({ name }) => name === 'sentinel soc')).toMatchObject({ status: 'ok' });
  });

  it('finds nothing to grant where all is granted', async () => {
    granted = new Set(['logs', 'hunting', 'alerts', 'sentinel', 'respond', 'vt']);
    const { checks, versions } = await run();
    expect(checks.filter(({ status }) => status === 'failed').map(({ name }) => name)).toEqual(['dataPaths']);
    expect(checks.find(({ name }) => name === 'threat intelligence virustotal')).toMatchObject({ status: 'ok' });
    expect(checks.find(({ name }) => name === 'threat intelligence otx')?.status).toBe('warning');
    expect(versions.node).toBe(process.version);
  });

  it('reads roles as Azure does', () => {
    const roles = [
      {
        actions: ['Microsoft.SecurityInsights/*/read', 'microsoft.securityinsights/incidents/*'],
        notActions: ['*/delete'],
      },
    ];
    expect(isAllowed('Microsoft.SecurityInsights/incidents/comments/write', roles)).toBe(true);
    expect(isAllowed('Microsoft.SecurityInsights/watchlists/read', roles)).toBe(true);
    expect(isAllowed('Microsoft.SecurityInsights/watchlists/write', roles)).toBe(false);
    expect(isAllowed('Microsoft.SecurityInsights/incidents/delete', roles)).toBe(false);
  });
});
