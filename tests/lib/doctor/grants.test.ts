import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloudOf } from '../../../lib/azure/clouds.ts';
import type { RenewableCredential } from '../../../lib/azure/credential.ts';
import { SignInError } from '../../../lib/azure/credential.ts';
import { parseSettings } from '../../../lib/config/settings.ts';
import { runCheck } from '../../../lib/doctor/check.ts';
import { graphGrant, roleGrant } from '../../../lib/doctor/grants.ts';
import { examine } from '../../../lib/doctor/index.ts';
import { openConnections } from '../../../lib/providers/index.ts';
import { jwtOf } from '../../support/cloud/entra-service.ts';
import { type LoopbackServer, type Reply, startLoopback } from '../../support/cloud/loopback-server.ts';

const GUID = '11111111-2222-3333-4444-555555555555';
const OTHER = '21111111-2222-3333-4444-555555555555';
const PERSON = {
  oid: 'aaaaaaaa-2222-3333-4444-555555555555',
  tid: GUID,
  upn: 'hunter@contoso.com',
  scp: 'user_impersonation',
};
const APP = {
  oid: 'bbbbbbbb-2222-3333-4444-555555555555',
  tid: GUID,
  appid: 'cccccccc-2222-3333-4444-555555555555',
  idtyp: 'app',
};

let server: LoopbackServer;
let refuse: (path: string) => Reply;
beforeAll(async () => {
  server = await startLoopback(({ path }) => refuse(path));
});
afterAll(() => server.close());
const forbidden = () => ({ status: 403, json: { error: { code: 'Forbidden', message: 'not for you' } } });

function signedIn(claims: object): RenewableCredential {
  return {
    getToken: async () => ({ token: jwtOf(claims), expiresOnTimestamp: Date.now() + 3_600_000 }),
    renew: () => undefined,
  };
}
async function examined(yaml: string, credential: RenewableCredential, env = {}) {
  const settings = parseSettings(
    `endpoints: { logAnalytics: '${server.url}', graph: '${server.url}', resourceManager: '${server.url}', dataLake: '${server.url}' }\n${yaml}`,
    'f',
    {},
  );
  const connections = openConnections(settings, env, {
    credential: () => credential,
    retry: { attempts: 3 },
    sleep: async () => undefined,
  });
  const { checks } = await examine(connections);
  return Object.fromEntries(checks.map((check) => [check.name, check]));
}

/** Runs a command as a shell does, with a stand-in for the tools: gives what each call at the outside was given. */
function shell(command: string): string[][] {
  const program = `az() { case "$*" in *"--query"*) printf found ;; *) for a in "$@"; do printf '%s\\037' "$a"; done; printf '\\036' ;; esac; }
curl() { az "$@"; }
${command}`;
  const out = execFileSync('sh', ['-c', program], { encoding: 'utf8' });
  return out
    .split('\x1e')
    .filter((call) => call !== '')
    .map((call) => call.split('\x1f').slice(0, -1));
}
const hasShell = process.platform !== 'win32';

/** A provider of each type that can be refused. */
const PROVIDERS = () => `
workspaces: [{ name: soc, workspaceId: ${GUID} }, { name: eu, workspaceId: ${OTHER}, subscriptionId: ${GUID}, resourceGroup: rg(1), workspaceName: law }]
providers:
  logs: { type: log-analytics, workspaces: [soc, eu] }
  hunting: { type: defender-xdr }
  lake: { type: data-lake, workspaces: [eu] }
  adx: { type: kusto, cluster: '${server.url}', database: Security }
  graph: { type: resource-graph, managementGroups: [contoso], subscriptions: [${GUID}] }
  alerts: { type: graph-security }
  activity: { type: azure-activity, subscriptions: [${GUID}, ${OTHER}] }
  splunk: { type: splunk, url: '${server.url}', token: env:KEY }
  elastic: { type: elastic, url: '${server.url}', apiKey: env:KEY }
ingestion: { endpoint: '${server.url}', ruleId: dcr-00000000000000000000000000000000 }
keyVault: ${server.url}
threatIntel: { otx: { key: 'kv:otx' } }
`;

describe('what the doctor grants', () => {
  it('is named for each type of provider that refuses, with a command', async () => {
    refuse = forbidden;
    const found = await examined(PROVIDERS(), signedIn(APP), { KEY: 'canary-key' });
    for (const [name, hint] of [
      ['provider logs', '"Log Analytics Reader"'],
      ['provider hunting', 'application permission ThreatHunting.Read.All'],
      ['provider lake', '"Log Analytics Reader"'],
      ['provider adx', `.add database ['Security'] viewers ('aadapp=${APP.appid};${GUID}')`],
      ['provider graph', '"Reader" on /providers/Microsoft.Management/managementGroups/contoso and /subscriptions/'],
      ['provider alerts', 'SecurityAlert.Read.All and SecurityIncident.Read.All'],
      ['provider activity', '"Reader" on'],
      ['provider splunk', 'the capability "search"'],
      ['provider elastic', '"read" and "view_index_metadata"'],
      ['ingestion', '"Monitoring Metrics Publisher"'],
      ['secret threatIntel.otx.key', '"Key Vault Secrets User"'],
    ] as const) {
      expect(found[name], name).toMatchObject({ status: 'failed' });
      expect(found[name]?.hint, name).toContain(hint);
      expect(found[name]?.command, name).toBeTruthy();
    }
    expect(found['provider activity']?.command?.split('\n')).toHaveLength(2);
    expect(found['sentinel soc']).toMatchObject({
      status: 'skipped',
      command: expect.stringContaining(GUID) as string,
    });
    expect(JSON.stringify(found)).not.toContain('canary');
  });

  it.skipIf(!hasShell)('are commands that a shell takes as they stand', async () => {
    refuse = forbidden;
    const found = await examined(PROVIDERS(), signedIn(APP), { KEY: 'canary-key' });
    for (const { name, command } of Object.values(found)) {
      if (command) expect(shell(command).length, name).toBe(command.split('\n').length);
    }
    const scopes = shell(found['provider logs']!.command!).map((call) => call.at(-1));
    expect(scopes).toEqual([
      'found',
      `/subscriptions/${GUID}/resourceGroups/rg(1)/providers/Microsoft.OperationalInsights/workspaces/law`,
    ]);
    const [graph] = shell(found['provider hunting']!.command!);
    expect(JSON.parse(graph!.at(-1)!)).toEqual({ principalId: APP.oid, resourceId: 'found', appRoleId: 'found' });
  });

  it('are for a person where a person signed in, who needs an app for Microsoft Graph', async () => {
    refuse = forbidden;
    const found = await examined(PROVIDERS(), signedIn(PERSON), { KEY: 'canary-key' });
    expect(found['identity']?.detail).toBe(`hunter@contoso.com (${PERSON.oid}) in tenant ${GUID}`);
    expect(found['provider logs']?.command).toContain(
      `--assignee-object-id ${PERSON.oid} --assignee-principal-type User`,
    );
    expect(found['provider adx']?.hint).toContain(`('aaduser=hunter@contoso.com;${GUID}')`);
    expect(found['provider hunting']?.hint).toContain('delegated permission ThreatHunting.Read.All');
    expect(found['provider hunting']?.command).toContain('az ad app permission admin-consent');
  });

  it('say in which cloud the Azure CLI must be, and leave blanks that no shell trips over', () => {
    const grant = roleGrant('Reader', '/subscriptions/x', cloudOf('usgov'), undefined);
    expect(grant.hint).toContain('az cloud set --name AzureUSGovernment');
    expect(grant.command).toContain('--assignee-object-id "<principal id>"');
    expect(graphGrant(['A.Read'], cloudOf('usgov-dod'), undefined).command).toContain(
      'https://dod-graph.microsoft.us/v1.0/',
    );
  });
});

describe('the doctor', () => {
  it('blames a sign-in that failed once, and not everything that needs it', async () => {
    const challenge = `Bearer authorization="https://login.microsoftonline.com/${GUID}", resource="https://vault.azure.net"`;
    refuse = (path) =>
      path.startsWith('/secrets') ? { status: 401, headers: { 'www-authenticate': challenge }, json: {} } : forbidden();
    const failing: RenewableCredential = {
      getToken: () =>
        Promise.reject(
          new SignInError('unauthorized', 'could not sign in to Azure public cloud (cli: x)', {
            hint: 'cli: Run: az login',
          }),
        ),
      renew: () => undefined,
    };
    const found = await examined(PROVIDERS(), failing, { KEY: 'canary-key' });
    expect(found['identity']).toMatchObject({ status: 'failed', hint: 'cli: Run: az login' });
    for (const name of [
      'workspace soc',
      'provider hunting',
      'provider adx',
      'ingestion',
      'secret threatIntel.otx.key',
    ]) {
      expect(found[name], name).toMatchObject({
        status: 'skipped',
        detail: 'needs "identity", which could not sign in',
      });
    }
    expect(found['provider splunk']).toMatchObject({ status: 'failed' });
  });

  it('tells a tenant that is not the one that was meant', async () => {
    refuse = forbidden;
    const found = await examined(
      `workspaces: [{ name: customer, workspaceId: ${GUID}, tenantId: ${OTHER} }]`,
      signedIn(APP),
    );
    expect(found['identity of workspace customer']).toMatchObject({
      status: 'warning',
      detail: expect.stringContaining(`in tenant ${GUID}, not in ${OTHER}`) as string,
    });
  });

  it('leaves a check behind that does not end', async () => {
    const stuck = { name: 'stuck', timeoutInMs: 30, run: () => new Promise<never>(() => undefined) };
    expect(await runCheck(stuck)).toMatchObject({ status: 'failed', detail: 'did not answer within 0.03 s' });
  });

  it('counts an empty upload that is refused for its emptiness as an answer, and a wrong stream as none', async () => {
    const yaml = `ingestion: { endpoint: '${server.url}', ruleId: dcr-00000000000000000000000000000000 }`;
    const answer = async (code: string, message: string) => {
      refuse = () => ({ status: 400, json: { error: { code, message } } });
      return (await examined(yaml, signedIn(APP)))['ingestion']?.status;
    };
    expect(await answer('InvalidPayload', 'The payload is empty')).toBe('ok');
    expect(await answer('InvalidStream', 'Stream Custom-X was not found')).toBe('failed');
  });

  it('says of a service that is not reached where to look', async () => {
    refuse = forbidden;
    const found = await examined("providers: { s: { type: splunk, url: 'https://127.0.0.1:1' } }", signedIn(APP));
    expect(found['provider s']).toMatchObject({
      status: 'failed',
      hint: expect.stringContaining('DNS, firewall') as string,
    });
  });
});
