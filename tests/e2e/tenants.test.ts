import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspectParquet, parquetSource } from '../../lib/tables/index.ts';
import { type LoopbackServer, type Received, type Reply, startLoopback } from '../support/cloud/loopback-server.ts';
import { finished, type Served, serve, until } from '../support/serve.ts';

const HOME = '10000000-0000-4000-8000-000000000000';
const FABRIKAM = '20000000-0000-4000-8000-000000000000';
const WORKSPACES = { soc: '11111111-2222-3333-4444-555555555555', fabrikam: '22222222-2222-3333-4444-555555555555' };
const TENANT_OF: Readonly<Record<string, string>> = { [WORKSPACES.soc]: HOME, [WORKSPACES.fabrikam]: FABRIKAM };

/** Log Analytics that gives each workspace's rows to tokens of its own tenant alone, and has its name in each row. */
function logs(server: string, { path, headers }: Received): Reply {
  const workspace = path.split('/workspaces/')[1]?.split('/')[0] ?? '';
  if (headers.authorization !== `Bearer token-of-${TENANT_OF[workspace]}`)
    return { status: 403, json: { error: { code: 'InsufficientAccessError', message: 'another tenant' } } };
  const columns = [
    { name: 'TimeGenerated', type: 'datetime' },
    { name: 'Owner', type: 'string' },
    { name: 'Server', type: 'string' },
  ];
  const rows = [['2026-03-04T05:00:00Z', `rows of ${TENANT_OF[workspace]}`, server]];
  return { json: { tables: [{ name: 'PrimaryResult', columns, rows }] } };
}

/** Microsoft Entra ID: a token for a tenant, if the client's secret is that tenant's. */
function entra({ path, body, headers }: Received): Reply | undefined {
  const tenant = path.split('/')[1]!;
  if (path.endsWith('/.well-known/openid-configuration')) {
    const base = `https://${headers.host}/${tenant}`;
    const endpoints = {
      token_endpoint: `${base}/oauth2/v2.0/token`,
      authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    };
    return { json: { ...endpoints, issuer: `${base}/v2.0`, jwks_uri: `${base}/discovery/v2.0/keys` } };
  }
  if (!path.endsWith('/oauth2/v2.0/token')) return undefined;
  if (new URLSearchParams(body.toString()).get('client_secret') !== `secret-of-${tenant}`)
    return {
      status: 401,
      json: { error: 'invalid_client', error_description: 'AADSTS7000215: Invalid client secret.' },
    };
  return { json: { token_type: 'Bearer', expires_in: 3600, access_token: `token-of-${tenant}` } };
}

describe('several tenants', () => {
  let scratch: string;
  let login: LoopbackServer;
  let first: LoopbackServer;
  let second: LoopbackServer;
  let served: Served;
  /** The first question of the first service waits until this is called. */
  let goOn: (() => void) | undefined;
  let holdNext = false;

  const settings = (server: string) => `
endpoints: { logAnalytics: '${server}', login: '${login.url}' }
identity: { methods: [client-secret], tenantId: ${HOME}, clientId: 11111111-2222-3333-4444-555555555555, clientSecret: secret-of-${HOME} }
workspaces:
  - { name: soc, workspaceId: ${WORKSPACES.soc} }
  - name: fabrikam
    workspaceId: ${WORKSPACES.fabrikam}
    tenantId: ${FABRIKAM}
    identity: { methods: [client-secret], clientId: 11111111-2222-3333-4444-555555555555, clientSecret: env:FABRIKAM_SECRET }
providers:
  home-logs: { type: log-analytics, workspaces: [soc] }
`;
  const start = async (id: string, workspace?: string) => {
    const response = await fetch(`${served.url}/api/investigations`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        playbook: join(scratch, 'ask.yaml'),
        id,
        timeRange: { start: '2026-03-04T00:00:00Z', end: '2026-03-05T00:00:00Z' },
        ...(workspace ? { workspace } : {}),
      }),
    });
    return { status: response.status, body: (await response.json()) as { id: string; error?: { message: string } } };
  };
  const exported = (...below: string[]) => join(served.folder, 'export', ...below);
  /** The files below a folder that have a text in them. */
  const filesWith = (folder: string, text: string) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => readFileSync(path, 'utf8').includes(text));

  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'trailhound-tenants-'));
    login = await startLoopback((request) => entra(request) ?? { status: 404, json: {} });
    first = await startLoopback(async (request) => {
      if (holdNext) {
        holdNext = false;
        await new Promise<void>((resolve) => {
          goOn = resolve;
        });
      }
      return logs('first', request);
    });
    second = await startLoopback((request) => logs('second', request));
    await writeFile(
      join(scratch, 'ask.yaml'),
      `name: ask
steps:
  own: { verb: query.run, with: { provider: log-analytics, table: SecurityEvent } }
  home: { verb: query.run, with: { provider: home-logs, table: SecurityEvent } }
  shown: { verb: table.select, from: own, with: { columns: [Owner, Server] } }
  later: { verb: upload.rows, from: shown, with: { to: sentinel }, optional: true }
`,
    );
    await writeFile(join(scratch, 'trailhound.yaml'), settings(first.url));
    served = await serve({
      env: {
        TRAILHOUND_SETTINGS_FILE: join(scratch, 'trailhound.yaml'),
        FABRIKAM_SECRET: `secret-of-${FABRIKAM}`,
        AZURE_CORE_COLLECT_TELEMETRY: '0',
      },
    });
  });
  afterAll(async () => {
    await served.stop();
    for (const server of [login, first, second]) await server.close();
    await rm(scratch, { recursive: true });
  });

  it('an investigation of a workspace lies below its tenant, asks nobody else, and is read like any other', async () => {
    expect((await start('theirs', 'fabrikam')).status).toBe(202);
    expect((await start('ours')).status).toBe(202);
    const theirs = (await finished(served.url, 'theirs')) as unknown as Document;
    const ours = (await finished(served.url, 'ours')) as unknown as Document;
    expect(stepsOf(theirs)).toMatchObject({ own: 'succeeded', home: 'failed', shown: 'succeeded', later: 'skipped' });
    expect(theirs.steps.find(({ name }) => name === 'home')!.error!.message).toContain('belongs to the home tenant');
    expect(theirs.steps.find(({ name }) => name === 'later')!.error!.message).toContain(
      '`ingestion` to the home tenant',
    );
    expect(stepsOf(ours)).toMatchObject({ own: 'succeeded', home: 'succeeded' });

    expect(existsSync(exported('tenants', FABRIKAM, 'investigations', 'theirs', 'manifest.json'))).toBe(true);
    expect(existsSync(exported('investigations', 'theirs'))).toBe(false);
    expect(existsSync(exported('investigations', 'ours', 'manifest.json'))).toBe(true);
    expect(theirs.tables[0]!.parts[0]!.path).toBe(
      exported(
        'tenants',
        FABRIKAM,
        'investigations',
        'theirs',
        ...theirs.tables[0]!.parts[0]!.path.split('/').slice(-4),
      ),
    );
    expect(filesWith(exported('investigations'), `rows of ${FABRIKAM}`)).toEqual([]);
    expect(filesWith(exported('tenants'), `rows of ${HOME}`)).toEqual([]);

    for (const id of ['theirs', 'ours']) {
      const report = await fetch(`${served.url}/api/investigations/${id}/files/report.md`);
      expect([report.status, (await report.text()).includes('# ')]).toEqual([200, true]);
    }
    const list = (await (await fetch(`${served.url}/api/investigations`)).json()) as {
      investigations: { id: string; tenant: string | null }[];
    };
    expect(Object.fromEntries(list.investigations.map(({ id, tenant }) => [id, tenant]))).toMatchObject({
      theirs: FABRIKAM,
      ours: null,
    });
  }, 90_000);

  it('a workspace that the settings do not have is refused at once', async () => {
    const { status, body } = await start('nobody', 'adatum');
    expect(status).toBe(400);
    expect(body.error!.message).toContain('no workspace "adatum"');
  });

  it('an investigation under way keeps the settings that it began with; the next one has the new ones', async () => {
    holdNext = true;
    expect((await start('before')).status).toBe(202);
    await until(async () => (goOn ? true : undefined));
    await writeFile(join(scratch, 'trailhound.yaml'), settings(second.url));
    // The file's time is part of what tells that it changed, and a fast test may write it within one tick of the clock.
    await utimes(join(scratch, 'trailhound.yaml'), new Date(), new Date(Date.now() + 5_000));
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect((await start('after')).status).toBe(202);
    const after = (await finished(served.url, 'after')) as unknown as Document;
    goOn!();
    const before = (await finished(served.url, 'before')) as unknown as Document;
    expect(stepsOf(before)).toMatchObject({ own: 'succeeded', home: 'succeeded' });
    expect(stepsOf(after)).toMatchObject({ own: 'succeeded', home: 'succeeded' });
    expect(readFileSync(exported('investigations', 'before', 'plan.json'), 'utf8')).toContain(first.url);
    expect(readFileSync(exported('investigations', 'after', 'plan.json'), 'utf8')).toContain(second.url);
    expect(await serversOf(before)).toEqual(['first', 'first', 'first']);
    expect(await serversOf(after)).toEqual(['second', 'second', 'second']);
    // No secret went into what was stored of the settings.
    expect(filesWith(exported(), `secret-of-${HOME}`)).toEqual([]);
    expect(filesWith(exported(), 'setting:identity.clientSecret').length).toBeGreaterThan(0);
  }, 90_000);
});

interface Document {
  readonly steps: readonly { name: string; status: string; error: { message: string } | null }[];
  readonly tables: readonly { name: string; parts: readonly { path: string }[] }[];
}

/** Which service each table's rows came from. */
function serversOf({ tables }: Document): Promise<unknown[]> {
  return Promise.all(
    tables.map(async ({ parts }) => {
      const table = await parquetSource(await inspectParquet(parts[0]!.path), 'part').read(['Server']);
      return table.columns[0]!.values[0];
    }),
  );
}

function stepsOf({ steps }: Document): Record<string, string> {
  return Object.fromEntries(steps.map(({ name, status }) => [name, status]));
}
