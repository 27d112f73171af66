import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cloudOf } from '../../../lib/azure/clouds.ts';
import {
  bearerOf,
  type ConnectionSource,
  type CredentialMethod,
  credentialFor,
  defaultMethods,
  type RenewableCredential,
} from '../../../lib/azure/credential.ts';
import { runsInAzure, signInAdvice } from '../../../lib/azure/sign-in-advice.ts';
import { redact } from '../../../lib/redaction.ts';
import { entraService, jwtOf } from '../../support/cloud/entra-service.ts';
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
      /env: AZURE_CLIENT_ID not set; certificate: .*must be set; client-secret: .*AADSTS7000222/,
    );
    expect(error.hint).toContain(
      `The secret has expired. Make a new one, and set its value: az ad app credential reset --id ${CLIENT} --append`,
    );
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

  it('end in an error where a person is needed and nobody is there, and in words of a tool that is missing', async () => {
    const attempt = async (methods: readonly CredentialMethod[], isAttended: boolean, cloud = 'usgov') =>
      credentialFor({ cloud, identity: { methods } }, undefined, { env: { PATH: '' }, isAttended })
        .getToken(SCOPE)
        .catch((thrown: unknown) => thrown as { message: string; hint: string });
    for (const method of ['interactive', 'device-code'] as const) {
      expect(await attempt([method], false)).toMatchObject({
        code: 'unauthorized',
        message: expect.stringContaining('standard error is no terminal') as string,
        hint: expect.stringContaining('use cli, client-secret') as string,
      });
    }
    vi.stubEnv('PATH', '/does/not/exist');
    expect(await attempt(['cli'], true)).toMatchObject({
      message: expect.stringContaining('Azure CLI could not be found') as string,
      hint: 'cli: Install the Azure CLI (https://aka.ms/azure-cli). Run: az cloud set --name AzureUSGovernment && az login',
    });
  });

  it('know Azure also where an app has no instance id', () => {
    for (const env of [
      { WEBSITE_INSTANCE_ID: 'i1' },
      { WEBSITE_SKU: 'FlexConsumption' },
      { CONTAINER_NAME: 'c', WEBSITE_SITE_NAME: 'trailhound' },
      { CONTAINER_APP_NAME: 'a' },
    ]) {
      expect(runsInAzure(env)).toBe(true);
      expect(defaultMethods(env)).toEqual(['managed-identity']);
    }
    // Any container may have a name, and the local host sets a host name.
    expect(runsInAzure({ CONTAINER_NAME: 'c', WEBSITE_HOSTNAME: '127.0.0.1:7071' })).toBe(false);
  });

  it('give advice for the place where they failed', () => {
    const advice = (method: CredentialMethod, reason: string, env = {}) =>
      signInAdvice(method, reason, {
        cloud: cloudOf('global'),
        env,
        tenantId: TENANT,
        clientId: CLIENT,
        secret: async () => '',
        tell: () => undefined,
        isAttended: false,
      });
    expect(advice('managed-identity', 'this machine has no managed identity')).toContain(
      'Works on a machine of Azure alone',
    );
    const app = { WEBSITE_INSTANCE_ID: 'i', WEBSITE_SITE_NAME: 'trailhound-1', WEBSITE_RESOURCE_GROUP: 'rg-soc' };
    expect(advice('managed-identity', 'no identity', app)).toBe(
      `Assign the user-assigned identity of identity.clientId to the app: az functionapp identity assign --name trailhound-1 --resource-group rg-soc --identities "$(az identity list --query "[?clientId=='${CLIENT}'].id | [0]" -o tsv)"`,
    );
    expect(advice('cli', 'AADSTS500011: The resource principal named x was not found')).toContain(
      'check cloud and endpoints',
    );
    expect(advice('client-secret', 'AADSTS7000215: Invalid client secret provided')).toContain(
      'its value is wanted, not its id',
    );
    expect(advice('client-secret', 'AADSTS90002: Tenant not found')).toContain('no such tenant in this cloud');
    expect(advice('certificate', 'AADSTS700027: key was not found')).toContain('is not registered with the app');
  });

  it('go on for others when one of the callers stops waiting', async () => {
    const credential = credentialFor(settings({ methods: ['client-secret'], clientSecret: 'env:SECRET' }), undefined, {
      env: {},
      secret: () => new Promise((resolve) => setTimeout(() => resolve('canary-first-secret'), 50)),
    });
    const stop = new AbortController();
    const [one, other] = [credential.getToken(SCOPE, { abortSignal: stop.signal }), credential.getToken(SCOPE)];
    stop.abort();
    await expect(one).rejects.toMatchObject({ code: 'cancelled' });
    expect(claims((await other)!.token)).toMatchObject({ tid: TENANT });
  });

  it('do not wait for themselves where their own secret lies in the vault that they open', async () => {
    const own: RenewableCredential = credentialFor(
      settings({ methods: ['client-secret'], clientSecret: 'kv:own-secret' }),
      undefined,
      { env: {}, secret: async () => (await own.getToken('https://vault.azure.net/.default'))?.token ?? '' },
    );
    for (const scope of [SCOPE, 'https://vault.azure.net/.default']) {
      await expect(own.getToken(scope)).rejects.toMatchObject({
        message: expect.stringContaining('needs a secret of a Key Vault that it opens itself') as string,
      });
    }
  });

  it('never show what a tool printed of a token', async () => {
    const credential = credentialFor(settings({ methods: ['client-secret'], clientSecret: 'x' }), undefined, {
      env: {},
      secret: async () => {
        throw new Error(`Received output: {"Token":"${jwtOf({ oid: 'canary' })}"}`);
      },
    });
    const error = (await credential.getToken(SCOPE).catch((thrown: unknown) => thrown)) as Error;
    expect(error.message).toContain('{"Token":"[secret]"}');
  });

  it('take the tenant of a workspace also with the environment', async () => {
    const other = '77777777-2222-3333-4444-555555555555';
    const env = { AZURE_TENANT_ID: TENANT, AZURE_CLIENT_ID: CLIENT, AZURE_CLIENT_SECRET: 'canary-first-secret' };
    const of = async (connection: ConnectionSource) => {
      const credential = credentialFor(
        { cloud: 'global', endpoints: { login: server.url }, identity: { methods: ['env'] } },
        connection,
        { env },
      );
      return claims((await credential.getToken(SCOPE))!.token)['tid'];
    };
    expect(await of({ tenantId: other })).toBe(other);
    expect(await of({})).toBe(TENANT);
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
