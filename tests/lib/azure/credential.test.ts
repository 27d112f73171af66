import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { bearerOf, credentialFor, defaultMethods } from '../../../lib/azure/credential.ts';
import { redact } from '../../../lib/redaction.ts';
import { entraService } from '../../support/cloud/entra-service.ts';
import { type LoopbackServer, startLoopback } from '../../support/cloud/loopback-server.ts';

const TENANT = '11111111-2222-3333-4444-555555555555';
const CLIENT = '66666666-2222-3333-4444-555555555555';
const SCOPE = 'https://api.loganalytics.io/.default';
const claims = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as Record<string, unknown>;

let server: LoopbackServer;
let secrets: Set<string>;
let lifetimeInS: number;
beforeEach(async () => {
  secrets = new Set(['canary-first-secret']);
  lifetimeInS = 3600;
  server = await startLoopback(entraService(secrets, () => lifetimeInS));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await server.close();
});

const settings = (identity: object) => ({
  cloud: 'global',
  endpoints: { login: server.url },
  identity: { tenantId: TENANT, clientId: CLIENT, ...identity },
});

describe('credentials', () => {
  it('sign in with a client secret at the configured authority, keep the token and never show it', async () => {
    const credential = credentialFor(settings({ methods: ['client-secret'], clientSecret: 'env:SECRET' }), undefined, {
      env: { SECRET: 'canary-first-secret' },
    });
    const [first, second] = await Promise.all([credential.getToken(SCOPE), credential.getToken(SCOPE)]);
    expect(claims(first!.token)).toMatchObject({ tid: TENANT, number: 1 });
    expect(second?.token).toBe(first?.token);
    expect((await credential.getToken(SCOPE))?.token).toBe(first?.token);
    expect(redact(`the token is ${first!.token}`)).toBe('the token is [secret]');
    expect(server.received.filter(({ path }) => path.endsWith('/token'))).toHaveLength(1);
  });

  it('read a rotated secret after a refusal, without a restart', async () => {
    const env: Record<string, string> = { SECRET: 'canary-first-secret' };
    const credential = credentialFor(settings({ methods: ['client-secret'], clientSecret: 'env:SECRET' }), undefined, {
      env,
    });
    const authorize = bearerOf(credential, 'https://api.loganalytics.io');
    const before = await authorize(false, undefined);
    secrets.clear();
    secrets.add('canary-second-secret');
    env['SECRET'] = 'canary-second-secret';
    const after = await authorize(true, undefined);
    expect(after.authorization).not.toBe(before.authorization);
  });

  it('refresh early', async () => {
    let now = Date.now();
    const credential = credentialFor(settings({ methods: ['client-secret'], clientSecret: 'env:SECRET' }), undefined, {
      env: { SECRET: 'canary-first-secret' },
      clockInMs: () => now,
    });
    const first = await credential.getToken(SCOPE);
    now = first!.expiresOnTimestamp - 6 * 60_000;
    await credential.getToken(SCOPE);
    expect(server.received.filter(({ path }) => path.endsWith('/token'))).toHaveLength(1);
    now = first!.expiresOnTimestamp - 4 * 60_000;
    vi.useFakeTimers({ now, toFake: ['Date'] });
    await credential.getToken(SCOPE);
    vi.useRealTimers();
    expect(server.received.filter(({ path }) => path.endsWith('/token')).length).toBe(2);
  });

  it('try each way in order, and say of each what to do', async () => {
    const credential = credentialFor(
      settings({ methods: ['env', 'certificate', 'client-secret'], clientSecret: 'env:SECRET' }),
      undefined,
      {
        env: { SECRET: 'canary-wrong-secret' },
        secret: async () => 'canary-wrong-secret',
      },
    );
    const error = (await credential.getToken(SCOPE).catch((thrown: unknown) => thrown)) as {
      code: string;
      message: string;
      hint: string;
    };
    expect(error.code).toBe('unauthorized');
    expect(error.message).toContain(`tenant ${TENANT}`);
    expect(error.message).toMatch(
      /env: AZURE_TENANT_ID and AZURE_CLIENT_ID not set; certificate: .*must be set; client-secret: .*AADSTS7000222/,
    );
    expect(error.hint).toContain(`az ad app credential list --id ${CLIENT}`);
    expect(JSON.stringify([error.message, error.hint])).not.toContain('canary-wrong-secret');
  });

  it('use the managed identity in Azure', async () => {
    vi.stubEnv('IDENTITY_ENDPOINT', `${server.url}/msi/token`);
    vi.stubEnv('IDENTITY_HEADER', 'header-value');
    const env = { IDENTITY_ENDPOINT: `${server.url}/msi/token`, WEBSITE_INSTANCE_ID: 'i1' };
    const credential = credentialFor({ cloud: 'usgov' }, undefined, { env });
    const token = await credential.getToken('https://management.usgovcloudapi.net/.default');
    expect(claims(token!.token)).toMatchObject({ oid: 'msi', aud: 'https://management.usgovcloudapi.net' });
  });

  it('have defaults by place, and refuse what needs a person where there is none', () => {
    expect(defaultMethods({})).toEqual(['cli', 'interactive']);
    expect(defaultMethods({ IDENTITY_ENDPOINT: 'x' })).toEqual(['managed-identity']);
    expect(defaultMethods({ AZURE_FEDERATED_TOKEN_FILE: 'x' })).toEqual(['workload-identity']);
    expect(() =>
      credentialFor(settings({ methods: ['cli', 'interactive'] }), undefined, { env: { WEBSITE_INSTANCE_ID: 'i1' } }),
    ).toThrow('needs a person');
    expect(() => credentialFor({ cloud: 'de' }, undefined, { env: {} })).toThrow('retired');
  });

  it('are of the tenant and cloud of their workspace', async () => {
    const other = '77777777-2222-3333-4444-555555555555';
    const credential = credentialFor(
      settings({ methods: ['client-secret'], clientSecret: 'env:SECRET' }),
      { tenantId: other },
      { env: { SECRET: 'canary-first-secret' } },
    );
    expect(claims((await credential.getToken(SCOPE))!.token)).toMatchObject({ tid: other });
  });
});
