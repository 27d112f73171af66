import { describe, expect, it } from 'vitest';
import { runConfigWizard } from '../../cli/config-wizard.ts';
import type { Prompter } from '../../cli/prompter.ts';
import { parseSettings } from '../../lib/config/settings.ts';
import { TrailhoundError } from '../../lib/errors.ts';

const GUID = '11111111-2222-3333-4444-555555555555';

/** Answers by what is asked: the first pattern that fits, each once. */
function scripted(answers: readonly (readonly [RegExp, string])[]): Prompter & { said: string[]; left: () => number } {
  const rest = [...answers];
  const said: string[] = [];
  const take = (question: string): string => {
    const at = rest.findIndex(([pattern]) => pattern.test(question));
    return at < 0 ? '' : rest.splice(at, 1)[0]![1];
  };
  return {
    said,
    left: () => rest.length,
    say: (text) => void said.push(text),
    ask: async (question) => take(question),
    askSecret: async (question) => take(question),
    choose: async (question, choices) => {
      const wanted = take(question);
      const at = choices.indexOf(wanted);
      return at < 0 ? choices.length - 1 : at;
    },
  };
}

describe('trailhound config', () => {
  it('asks for workspaces, providers and keys, and puts secrets into the Key Vault', async () => {
    const stored: [string | undefined, string, string][] = [];
    const prompter = scripted([
      [/What do you want/, 'Key Vault'],
      [/^keyVault/, 'https://contoso.vault.azure.net'],
      [/What do you want/, 'Workspaces and tenants'],
      [/Which workspace/, 'A new one'],
      [/Your name/, 'soc'],
      [/Workspace id/, GUID],
      [/Resource group/, 'rg-soc'],
      [/What do you want/, 'Threat-intelligence keys'],
      [/Which service/, 'A new one'],
      [/Its name, as virustotal/, 'VirusTotal'],
      [/Key of virustotal/, 'Store it in the Key Vault now'],
      [/Name of the secret/, 'vt-key'],
      [/The secret/, 'canary-typed-secret'],
      [/What do you want/, 'Providers'],
      [/Which provider/, 'A new one'],
      [/Its name in playbooks/, 'soc-logs'],
      [/Of what type/, 'log-analytics'],
      [/^workspaces/, '[soc]'],
    ]);
    const text = await runConfigWizard('# ours\n', prompter, async (settings, name, value) => {
      stored.push([settings.keyVault, name, value]);
    });
    expect(prompter.left()).toBe(0);
    expect(stored).toEqual([['https://contoso.vault.azure.net', 'vt-key', 'canary-typed-secret']]);
    expect(text).toContain('# ours');
    expect(text).not.toContain('canary');
    expect(parseSettings(text, 'f', {})).toMatchObject({
      keyVault: 'https://contoso.vault.azure.net',
      workspaces: [{ name: 'soc', workspaceId: GUID, resourceGroup: 'rg-soc' }],
      threatIntel: { virustotal: { key: 'kv:vt-key' } },
      providers: { 'soc-logs': { type: 'log-analytics', workspaces: ['soc'] } },
    });
  });

  it('removes nothing that nobody chose, for an empty answer goes back', async () => {
    const text = `workspaces:\n  - name: soc\n    workspaceId: ${GUID}\nproviders:\n  soc-logs: { type: log-analytics }\n`;
    const prompter = scripted([
      [/What do you want/, 'Workspaces and tenants'],
      [/Which workspace/, 'soc'],
      [/What do you want/, 'Providers'],
      [/Which provider/, 'soc-logs'],
    ]);
    expect(await runConfigWizard(text, prompter, async () => undefined)).toBe(text);
    expect(prompter.left()).toBe(0);
  });

  it('gives a workspace a sign-in of its own, with its secret elsewhere', async () => {
    const prompter = scripted([
      [/What do you want/, 'Workspaces and tenants'],
      [/Which workspace/, 'A new one'],
      [/Your name/, 'customer'],
      [/Workspace id/, GUID],
      [/Tenant id/, 'no guid'],
      [/Tenant id/, GUID],
      [/Cloud, if/, 'usgov'],
      [/Sign-in for customer/, 'It signs in in its own way'],
      [/Ways to sign in/, 'client-secret'],
      [/Client id/, GUID],
      [/Secret of the app/, 'It is in an environment variable'],
      [/Name of the variable/, 'CUSTOMER_SECRET'],
    ]);
    const text = await runConfigWizard('', prompter, async () => undefined);
    expect(prompter.left()).toBe(0);
    expect(prompter.said.join('\n')).toContain('must be a GUID');
    expect(parseSettings(text, 'f', {}).workspaces).toEqual([
      {
        name: 'customer',
        workspaceId: GUID,
        tenantId: GUID,
        cloud: 'usgov',
        identity: { methods: ['client-secret'], clientId: GUID, clientSecret: 'env:CUSTOMER_SECRET' },
      },
    ]);
  });

  it('lets a secret be kept elsewhere when the vault refuses it, and asks again for a name that it cannot have', async () => {
    const prompter = scripted([
      [/What do you want/, 'Threat-intelligence keys'],
      [/Which service/, 'A new one'],
      [/Its name, as virustotal/, 'otx'],
      [/Key of otx/, 'Store it in the Key Vault now'],
      [/Name of the secret/, 'otx_key'],
      [/Name of the secret/, 'otx-key'],
      [/The secret/, 'canary-typed-secret'],
      [/Key of otx/, 'It is in an environment variable'],
      [/Name of the variable/, 'OTX_KEY'],
    ]);
    const text = await runConfigWizard('keyVault: https://contoso.vault.azure.net\n', prompter, async () => {
      throw new TrailhoundError('unauthorized', 'the vault refuses canary-typed-secret', { hint: 'Grant it.' });
    });
    expect(prompter.left()).toBe(0);
    expect(prompter.said).toContain('the vault refuses [secret]\nGrant it.');
    expect(text).toContain('key: env:OTX_KEY');
  });

  it('ends without a result when the user stops it', async () => {
    const prompter = {
      ...scripted([]),
      choose: async () => 1,
      ask: () => Promise.reject(new TrailhoundError('cancelled', 'stopped')),
    };
    await expect(runConfigWizard('', prompter, async () => undefined)).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('says what is wrong, and goes on without it', async () => {
    const prompter = scripted([
      [/What do you want/, 'Cloud and sign-in'],
      [/^Cloud/, 'mars'],
      [/What do you want/, 'Cloud and sign-in'],
      [/^Cloud/, 'cn'],
      [/Ways to sign in/, 'cli, interactive'],
    ]);
    const text = await runConfigWizard('', prompter, async () => undefined);
    expect(prompter.said.join('\n')).toContain('must be one of');
    expect(parseSettings(text, 'f', {})).toMatchObject({ cloud: 'cn', identity: { methods: ['cli', 'interactive'] } });
  });
});
