import { describe, expect, it } from 'vitest';
import { runConfigWizard } from '../../cli/config-wizard.ts';
import type { Prompter } from '../../cli/prompter.ts';
import { parseSettings } from '../../lib/config/settings.ts';

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
      [/Which service/, 'VirusTotal'],
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
