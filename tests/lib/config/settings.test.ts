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
    // What one field cannot know of another is said at once too.
    expect(lines['providers.logs.workspaces[0]']).toMatchObject({ line: 9 });
    expect(lines['providers.logs.workspaces[0]']?.message).toContain('there is no workspace "other"; there are: soc');
    expect(found.map(({ line }) => line)).toEqual(found.map(({ line }) => line).sort((a, b) => a! - b!));
    expect(problems(GOOD.replace('[soc]', '[other]'))[0]).toMatchObject({
      field: 'providers.soc-logs.workspaces[0]',
      line: 7,
    });
  });

  it('says what is wrong in the words of settings, with what was likely meant', () => {
    const messages = (text: string) =>
      Object.fromEntries(
        problems(text).map(({ field, message, example }) => [field, example ? `${message} (${example})` : message]),
      );
    expect(
      messages(
        [
          'budgets: { rows: { a: 1 }, queries: [1], lookups: , wallTimeInMs: 5 }',
          'workspaces: soc',
          'identity: { methods: [clii] }',
          'sentinel: { tags: trailhound, comment: { enabled: yes } }',
          'storage: text',
          'providers: { A: { type: splunk, url: https://a.contoso.example }, b: { type: splnk }, c: { type: kusto, database: x } }',
          'hunts: [{ name: a, playbook: p, schedule: x }]',
          'tenantId: x',
          'threatIntel: { VirusTotal: { key: kv:x } }',
        ].join('\n'),
      ),
    ).toEqual({
      'budgets.rows': 'must be a number, not a mapping (10000000)',
      'budgets.queries': 'must be a number, not a list (500)',
      'budgets.lookups': 'must be a number, not nothing (2000)',
      'budgets.wallTimeInMs': 'must be at least 1000 (3600000)',
      workspaces: 'must be a list, not text',
      'identity.methods[0]':
        'must be one of env, workload-identity, managed-identity, cli, powershell, interactive, device-code, client-secret, certificate; did you mean "cli"? (env)',
      'sentinel.tags': 'must be a list, not text (["trailhound"])',
      'sentinel.comment.enabled': 'must be true or false, not text (true)',
      storage: 'must be a mapping, not text',
      'providers.A': 'must be lower-case letters, digits and hyphens',
      'providers.b.type': expect.stringContaining('did you mean "splunk"?') as string,
      'providers.c.cluster': 'is missing (https://contoso.westeurope.kusto.windows.net)',
      'hunts[0].schedule': 'must have at least 9 characters (0 0 6 * * *)',
      tenantId: 'is not a setting; did you mean "identity.tenantId"?',
      'threatIntel.VirusTotal': 'services are written in small letters; did you mean "virustotal"?',
    });
    expect(messages('cloud: AzureUSGovernment')['cloud']).toContain('did you mean "usgov"?');
    expect(messages('cloud: germany')['cloud']).toContain('was retired on 2021-10-29: use global, in the regions');
    expect(messages('providers: { s: { type: splunk, url: https://s.contoso.example, user: env:USER } }')).toEqual({
      'providers.s.user': 'takes no reference (kv:, env:): write the value itself',
    });
    expect(messages('keyVault: https://user:canary@contoso.vault.azure.net')['keyVault']).toMatch(
      /^must hold no user, password/,
    );
  });

  it('says where YAML itself is wrong, and shows nothing of what it holds', () => {
    const first = (text: string) => {
      const { line, column, message } = problems(text)[0]!;
      return `${line}:${column} ${message}`;
    };
    expect(first('cloud: global\ncloud: cn\n')).toBe('2:1 "cloud" is there twice: keep one');
    expect(first('budgets:\n\trows: 5\n')).toMatch(/^2:1 .*use spaces/);
    expect(first('cloud: global\n---\ncloud: cn\n')).toMatch(/several documents/);
    expect(first('threatIntel: { otx: { key: *canary } }')).toMatch(/refers to an anchor/);
    expect(first('threatIntel: { otx: { key: !canary x } }')).toMatch(/^1:28 has a tag/);
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...'bcdefgh'.split('').map((name, at) => `${name}: &${name} [${Array(9).fill(`*${'abcdefg'[at]}`).join()}]`),
    ];
    expect(first(bomb.join('\n'))).toMatch(/uses anchors and aliases .* too often/);
    for (const text of ['k: "canary', 'otx: { key: canary', '- canary: [', 'a: `canary`']) {
      expect(JSON.stringify(problems(text))).not.toContain('canary');
    }
  });

  it('reads Windows files, and says of what is no file or no text', () => {
    expect(parseSettings('\ufeffcloud: cn\r\nbudgets:\r\n  rows: 5\r\n', 'f', {}).budgets.rows).toBe(5);
    expect(() => loadSettings({ file: folder, env: {} })).toThrow(/is a folder/);
    const utf16 = join(folder, 'utf16.yaml');
    writeFileSync(utf16, Buffer.from('\ufeffcloud: cn\n', 'utf16le'));
    expect(() => loadSettings({ file: utf16, env: {} })).toThrow(/is no text in UTF-8/);
    const large = join(folder, 'large.yaml');
    writeFileSync(large, `# ${'x'.repeat(1_000_001)}`);
    expect(() => loadSettings({ file: large, env: {} })).toThrow(/larger than/);
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

  it('takes names from the environment as they can be written there', () => {
    const env = {
      TRAILHOUND__providers__SOC_LOGS__timeoutInMs: '5000',
      TRAILHOUND__PROVIDERS__EAST_SIEM__TYPE: 'splunk',
      TRAILHOUND__PROVIDERS__EAST_SIEM__URL: 'https://siem.contoso.example:8089',
      TRAILHOUND__threatIntel__VIRUSTOTAL__enabled: 'false',
      TRAILHOUND__WORKSPACES__0__RESOURCEGROUP: 'rg',
      TRAILHOUND__workspaces__1__name: 'two',
      TRAILHOUND__workspaces__1__workspaceId: '21111111-2222-3333-4444-555555555555',
      TRAILHOUND__identity__methods: 'cli, interactive',
      TRAILHOUND__dataPaths__1: './b',
      TRAILHOUND__dataPaths__0: './a',
      TRAILHOUND__keyVault: '',
    };
    const settings = parseSettings(GOOD, 'trailhound.yaml', env);
    expect(settings.providers['soc-logs']).toEqual({ type: 'log-analytics', workspaces: ['soc'], timeoutInMs: 5000 });
    expect(settings.providers['east-siem']).toMatchObject({ type: 'splunk' });
    expect(settings.threatIntel['virustotal']).toEqual({ enabled: false, key: 'kv:vt' });
    expect(settings.workspaces).toMatchObject([{ name: 'soc', resourceGroup: 'rg' }, { name: 'two' }]);
    expect(settings.identity.methods).toEqual(['cli', 'interactive']);
    expect(settings.dataPaths).toEqual(['./a', './b']);
    expect(settings.keyVault).toBeUndefined();
  });

  it('says of a variable that cannot be laid over the file, by its name', () => {
    const found = (env: Readonly<Record<string, string>>) =>
      problems(GOOD, env).map(({ source, field, message }) => `${source} ${field}: ${message}`);
    expect(found({ TRAILHOUND__budgts__rows: '5' })).toEqual([
      'TRAILHOUND__budgts__rows budgts: is not a setting; did you mean "budgets"?',
    ]);
    expect(found({ TRAILHOUND__workspaces__first__name: 'x' })[0]).toContain('goes by its number');
    expect(found({ TRAILHOUND__workspaces__999999__name: 'x' })[0]).toContain('leaves a gap: the list has 1 entries');
    expect(found({ TRAILHOUND__workspaces__999999999__name: 'x' })[0]).toContain('goes by its number');
    expect(found({ TRAILHOUND__budgets__rows: '1', TRAILHOUND__BUDGETS__ROWS: '2' })[0]).toContain(
      'is set by TRAILHOUND__',
    );
    expect(found({ TRAILHOUND__cloud__x: '1' })[0]).toMatch(/^TRAILHOUND__cloud__x cloud: must be one of/);
    expect(found({ TRAILHOUND__workspaces__1__name: 'two' })).toEqual([
      'TRAILHOUND__workspaces__1__name workspaces[1].workspaceId: is missing',
    ]);
    expect(found({ TRAILHOUND____proto____polluted: '1' })[0]).toContain('is not a setting');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
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
