import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { SettingsError } from '../../../lib/config/problems.ts';
import { loadSettings, parseSettings, settingAt, workspaceOf } from '../../../lib/config/settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'settings-'));
afterAll(() => rmSync(folder, { recursive: true }));

const GOOD = `
cloud: usgov
workspaces:
  - name: soc
    workspaceId: 11111111-2222-3333-4444-555555555555
providers:
  soc-logs: { type: log-analytics, workspaces: [soc] }
threatIntel:
  virustotal: { key: 'kv:vt' }
  localFiles: [./indicators.csv]
sentinel:
  playbookRules:
    - when: { severity: [high, medium], title: '*mimikatz*' }
      playbook: host-triage
`;

function problems(text: string, env = {}) {
  try {
    parseSettings(text, 'trailhound.yaml', env);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  throw new Error('no problem was found');
}

describe('settings', () => {
  it('reads a file and fills in the defaults', () => {
    const settings = parseSettings(GOOD, 'trailhound.yaml', {});
    expect(settings.cloud).toBe('usgov');
    expect(settings.providers['soc-logs']).toEqual({ type: 'log-analytics', workspaces: ['soc'] });
    expect(settings.threatIntel['virustotal']).toEqual({ enabled: true, key: 'kv:vt' });
    expect(settings.threatIntel.localFiles).toEqual(['./indicators.csv']);
    expect(settings.budgets.wallTimeInMs).toBe(3_600_000);
    expect(settings.sentinel.comment.enabled).toBe(true);
    expect(workspaceOf(settings).name).toBe('soc');
    expect(settingAt(settings, 'threatIntel.virustotal.key')).toBe('kv:vt');
    expect(settingAt(settings, 'threatIntel.__proto__.key')).toBeUndefined();
  });

  it('holds the defaults where there is no file, and takes the host storage', () => {
    const settings = parseSettings('', 'trailhound.yaml', { AzureWebJobsStorage: 'UseDevelopmentStorage=true' });
    expect(settings.storage).toEqual({ connectionString: 'env:AzureWebJobsStorage', container: 'trailhound' });
    expect(settings.workspaces).toEqual([]);
  });

  it('lists every problem with its field, line and an example', () => {
    const found = problems(
      [
        'cloud: mars',
        'budgets:',
        '  rows: many',
        '  querys: 3',
        'workspaces:',
        '  - name: soc',
        '    workspaceId: not-a-guid',
        'providers:',
        '  logs: { type: log-analytics, workspaces: [other] }',
        '  bad: { type: kusto, database: Security }',
      ].join('\n'),
    );
    const lines = Object.fromEntries(
      found.map(({ field, line, message, example }) => [field, { line, message, example }]),
    );
    expect(lines['cloud']).toMatchObject({ line: 1, example: 'global' });
    expect(lines['budgets.rows']).toMatchObject({ line: 3, example: '10000000' });
    expect(lines['budgets.querys']).toMatchObject({ line: 4 });
    expect(lines['budgets.querys']?.message).toContain('did you mean "queries"?');
    expect(lines['workspaces[0].workspaceId']).toMatchObject({ line: 7 });
    expect(lines['workspaces[0].workspaceId']?.message).toContain('GUID');
    expect(lines['providers.bad.cluster']).toMatchObject({
      line: 10,
      example: 'https://contoso.westeurope.kusto.windows.net',
    });
    expect(problems(GOOD.replace('[soc]', '[other]'))[0]).toMatchObject({
      field: 'providers.soc-logs.workspaces[0]',
      line: 7,
    });
  });

  it('names the retired cloud, and an unreadable file with its line', () => {
    expect(problems('cloud: de')[0]?.message).toContain('retired');
    expect(problems('cloud: global\n  x: [')[0]).toMatchObject({ source: 'trailhound.yaml' });
    expect(problems('- a list')[0]?.message).toContain('mapping');
  });

  it('lays the environment over the file and names the variable that is wrong', () => {
    const env = {
      TRAILHOUND__BUDGETS__QUERIES: '7',
      TRAILHOUND__cloud: 'cn',
      TRAILHOUND__sentinel__tags: '[trailhound, triaged]',
      TRAILHOUND__workspaces__0__tenantId: '99999999-2222-3333-4444-555555555555',
    };
    const settings = parseSettings(GOOD, 'trailhound.yaml', env);
    expect(settings.budgets.queries).toBe(7);
    expect(settings.cloud).toBe('cn');
    expect(settings.sentinel.tags).toEqual(['trailhound', 'triaged']);
    expect(settings.workspaces[0]?.tenantId).toBe('99999999-2222-3333-4444-555555555555');
    expect(problems(GOOD, { TRAILHOUND__budgets__queries: 'x' })[0]).toMatchObject({
      source: 'TRAILHOUND__budgets__queries',
    });
  });

  it('reads the file that is named, and says so if it is absent', () => {
    const file = join(folder, 'soc.yaml');
    writeFileSync(file, GOOD);
    expect(loadSettings({ file, env: {} }).cloud).toBe('usgov');
    expect(loadSettings({ env: { TRAILHOUND_SETTINGS_FILE: file } }).cloud).toBe('usgov');
    expect(() => loadSettings({ file: join(folder, 'none.yaml'), env: {} })).toThrow('no settings file');
  });

  it('refuses plain http beyond loopback', () => {
    expect(problems('keyVault: http://contoso.vault.azure.net')[0]?.message).toContain('https');
    expect(parseSettings('keyVault: http://127.0.0.1:8080', 'f', {}).keyVault).toBe('http://127.0.0.1:8080');
  });
});
