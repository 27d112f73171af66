import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloudOf } from '../../../lib/azure/clouds.ts';
import { openKeyVault } from '../../../lib/azure/key-vault.ts';
import { createSecretReader } from '../../../lib/config/secrets.ts';
import { parseSettings } from '../../../lib/config/settings.ts';
import { redact } from '../../../lib/redaction.ts';
import { type LoopbackServer, startLoopback } from '../../support/cloud/loopback-server.ts';

/** Source: learn.microsoft.com/rest/api/keyvault/secrets/get-secret */
let server: LoopbackServer;
/** Answers in the service's own words. Source: learn.microsoft.com/azure/key-vault/general/rest-error-codes */
const REFUSALS: Readonly<Record<string, readonly [status: number, code: string, message: string]>> = {
  rbac: [403, 'Forbidden', 'Caller is not authorized to perform action on resource. Inner error: ForbiddenByRbac'],
  policy: [403, 'Forbidden', 'The user, group or application does not have secrets get permission on key vault'],
  firewall: [
    403,
    'Forbidden',
    'Client address is not authorized and caller is not a trusted service. ForbiddenByFirewall',
  ],
  disabled: [403, 'Forbidden', 'Operation get is not allowed on a disabled secret.'],
  deleted: [
    409,
    'Conflict',
    'Secret deleted is currently in a deleted but recoverable state, and its name cannot be reused',
  ],
  throttled: [429, 'Throttled', 'Request was not processed because too many requests were received'],
};
const held = new Map([['vt-key', 'canary-vault-value']]);
beforeAll(async () => {
  server = await startLoopback(({ method, path, headers, json }) => {
    const refusal = REFUSALS[/^\/secrets\/([^/]+)/.exec(path)?.[1] ?? ''];
    if (refusal && headers.authorization) {
      const [status, code, message] = refusal;
      return { status, headers: { 'retry-after': '0' }, json: { error: { code, message } } };
    }
    if (!headers.authorization) {
      const challenge =
        'Bearer authorization="https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555", resource="https://vault.azure.net"';
      return {
        status: 401,
        headers: { 'www-authenticate': challenge },
        json: { error: { code: 'Unauthorized', message: 'x' } },
      };
    }
    const name = /^\/secrets\/([^/]+)/.exec(path)?.[1] ?? '';
    if (name === 'forbidden')
      return { status: 403, json: { error: { code: 'Forbidden', message: 'Caller is not authorized' } } };
    if (method === 'PUT') held.set(name, (json() as { value: string }).value);
    const value = held.get(name);
    if (value === undefined) return { status: 404, json: { error: { code: 'SecretNotFound', message: 'x' } } };
    return { json: { value, id: `https://127.0.0.1/secrets/${name}/1`, attributes: { enabled: true } } };
  });
});
afterAll(() => server.close());

const credential = {
  getToken: async () => ({ token: 'canary-token', expiresOnTimestamp: Date.now() + 3_600_000 }),
  renew: () => undefined,
};
const open = () => openKeyVault({ url: server.url, cloud: cloudOf('global'), credential });

describe('Key Vault', () => {
  it('reads and writes secrets', async () => {
    const vault = open();
    expect(await vault.read('vt-key')).toBe('canary-vault-value');
    expect(await vault.read('none')).toBeUndefined();
    await vault.write('new-key', 'canary-new-value');
    expect(await vault.read('new-key')).toBe('canary-new-value');
  });

  it('names the grant that is missing, and refuses names that are none', async () => {
    await expect(open().read('forbidden')).rejects.toMatchObject({
      code: 'unauthorized',
      hint: expect.stringContaining('Key Vault Secrets User') as string,
    });
    await expect(open().read('../keys')).rejects.toMatchObject({ code: 'usage' });
    await expect(open().read('name', 'evil.example/')).rejects.toMatchObject({ code: 'usage' });
  });
});

describe('a Key Vault that refuses', () => {
  const hintOf = (name: string, intent: 'read' | 'write' = 'read') =>
    (intent === 'read' ? open().read(name) : open().write(name, 'canary-typed')).then(
      () => 'nothing',
      (error: { code: string; message: string; hint: string }) => `${error.code}: ${error.hint}`,
    );

  it('says what to do about each of its reasons', async () => {
    const scope = '--scope "$(az keyvault show --name 127 --query id -o tsv)"';
    expect(await hintOf('rbac')).toBe(
      `unauthorized: Grant "Key Vault Secrets User": az role assignment create --role "Key Vault Secrets User" --assignee "<principal id>" ${scope}`,
    );
    expect(await hintOf('rbac', 'write')).toContain('Grant "Key Vault Secrets Officer"');
    expect(await hintOf('policy')).toMatch(/az keyvault set-policy --name 127 .* --secret-permissions get$/);
    expect(await hintOf('policy', 'write')).toMatch(/--secret-permissions get set$/);
    expect(await hintOf('firewall')).toContain('az keyvault network-rule add --name 127');
    expect(await hintOf('disabled')).toContain('set-attributes --vault-name 127 --name disabled --enabled true');
    expect(await hintOf('deleted', 'write')).toMatch(
      /^conflict: .*az keyvault secret recover --vault-name 127 --name deleted/,
    );
    expect(await hintOf('throttled')).toContain('throttled: ');
  });

  it('is not found where its name is wrong, and never shows the secret', async () => {
    const nowhere = openKeyVault({ url: 'https://does-not-exist.invalid', cloud: cloudOf('global'), credential });
    await expect(nowhere.read('name')).rejects.toMatchObject({
      code: 'unavailable',
      hint: expect.stringContaining('az keyvault show --name does-not-exist') as string,
    });
    const error = (await open()
      .write('deleted', 'canary-typed')
      .catch((thrown: unknown) => thrown)) as Error;
    expect(JSON.stringify([error.message, error])).not.toContain('canary-typed');
  });
});

describe('secrets', () => {
  const settings = parseSettings(
    'threatIntel: { virustotal: { key: "kv:vt-key" }, otx: { key: canary-literal-value } }',
    'f',
    {},
  );

  it('come from settings, environment and vault, briefly kept, and are hidden from then on', async () => {
    let now = 0;
    const read: string[] = [];
    const reader = createSecretReader({
      settings,
      env: { FROM_ENV: 'canary-env-value' },
      clockInMs: () => now,
      readVault: async (name) => {
        read.push(name);
        return held.get(name);
      },
    });
    expect(await reader.readSetting('threatIntel.virustotal.key')).toBe('canary-vault-value');
    expect(await reader.readSetting('threatIntel.virustotal.key')).toBe('canary-vault-value');
    expect(read).toEqual(['vt-key']);
    held.set('vt-key', 'canary-rotated-value');
    now = 6 * 60_000;
    expect(await reader.read('kv:vt-key')).toBe('canary-rotated-value');
    held.set('vt-key', 'canary-vault-value');
    reader.forget('kv:vt-key');
    expect(await reader.read('kv:vt-key')).toBe('canary-vault-value');
    expect(await reader.read('env:FROM_ENV')).toBe('canary-env-value');
    expect(await reader.read('setting:threatIntel.otx.key')).toBe('canary-literal-value');
    expect(await reader.readSetting('threatIntel.none.key')).toBeUndefined();
    await expect(reader.read('env:MISSING')).rejects.toThrow('MISSING is not set');
    const text = 'a canary-env-value b canary-literal-value c canary-rotated-value d Y2FuYXJ5LWVudi12YWx1ZQ== e';
    expect(redact(text)).toBe('a [secret] b [secret] c [secret] d [secret] e');
  });

  it('are hidden within a connection string too', async () => {
    const reader = createSecretReader({
      settings,
      env: { S: 'AccountName=contoso;AccountKey=canary+key/==;EndpointSuffix=core.windows.net' },
    });
    await reader.read('env:S');
    expect(redact('signed with canary+key/== or canary%2Bkey%2F%3D%3D')).toBe('signed with [secret] or [secret]');
  });

  it('say what is missing where there is no vault', async () => {
    const reader = createSecretReader({ settings, env: {} });
    await expect(reader.read('kv:vt-key')).rejects.toMatchObject({
      code: 'usage',
      hint: expect.stringContaining('keyVault') as string,
    });
  });
});
