import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommandLine } from '../../cli/run-command-line.ts';
import { saveSettings } from '../../cli/save-settings.ts';
import { testTerminal } from './terminal.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'config-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function config(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const terminal = testTerminal({ cwd: folder, env });
  const code = await runCommandLine(['config', ...args], terminal);
  return { code, out: terminal.out(), err: terminal.err() };
}
const at = (name: string) => join(folder, name);
const read = (name = 'trailhound.yaml') => readFileSync(at(name), 'utf8');

const TEXT = `# ours
cloud: 'global'   # the public one
threatIntel:
    otx: { key: canary-literal-key }
`;

describe('trailhound config', () => {
  it('sets, gets and unsets a field, and leaves the rest of the file as it is written', async () => {
    writeFileSync(at('trailhound.yaml'), TEXT);
    expect(await config(['set', 'cloud', 'usgov'])).toMatchObject({ code: 0, out: '' });
    expect(read()).toBe(TEXT.replace("'global'", "'usgov'"));
    expect(await config(['get', 'cloud'])).toMatchObject({ code: 0, out: 'usgov\n' });
    expect(await config(['unset', 'cloud'])).toMatchObject({ code: 0 });
    expect(read()).toBe(TEXT.replace("cloud: 'global'   # the public one\n", ''));
    const again = await config(['unset', 'cloud']);
    expect(again.err).toContain('nothing was changed');
    await config(['set', 'identity.methods', 'cli, interactive']);
    expect((await config(['get', 'identity.methods[1]'])).out).toBe('interactive\n');
  });

  it('refuses what is wrong, with what was meant, and writes nothing', async () => {
    writeFileSync(at('trailhound.yaml'), TEXT);
    for (const [args, said] of [
      [['set', 'budgets.rows', 'many'], 'must be a number, not text'],
      [['set', 'budgets.row', '5'], 'did you mean "rows"?'],
      [['set', 'workspaces.first.name', 'x'], 'is a list: "first" is no number'],
      [['set', 'workspaces.3.name', 'x'], 'would leave a gap'],
      [['get', 'budgets.row'], 'budgets.row is not a setting\nDid you mean "rows"?'],
      [['get', 'keyVault'], 'keyVault is not set'],
    ] as const) {
      const { code, err } = await config(args);
      expect(code).toBe(2);
      expect(err).toContain(said);
    }
    expect(read()).toBe(TEXT);
    writeFileSync(at('trailhound.yaml'), 'cloud: [\n');
    expect((await config(['set', 'cloud', 'cn'])).err).toMatch(/trailhound\.yaml:\d+:\d+/);
    expect(read()).toBe('cloud: [\n');
  });

  it('shows no secret in any of its answers, and says where one stands in the file', async () => {
    writeFileSync(at('trailhound.yaml'), TEXT);
    const env = { TRAILHOUND__threatIntel__virustotal__key: 'canary-environment-key' };
    for (const args of [
      ['show'],
      ['show', '--json'],
      ['get', 'threatIntel'],
      ['get', 'threatIntel.otx.key'],
      ['check'],
      ['schema'],
    ]) {
      const { out, err } = await config(args, env);
      expect(`${out}${err}`).not.toContain('canary');
    }
    const { err } = await config(['set', 'threatIntel.pulsedive.key', 'canary-typed-key']);
    expect(err).toContain('the secret stands in the file itself');
    expect(err).not.toContain('canary');
    expect((await config(['set', 'threatIntel.pulsedive.key', 'kv:pulsedive'])).err).not.toContain(
      'stands in the file',
    );
  });

  it('says when the environment goes before what is set', async () => {
    const { err } = await config(['set', 'budgets.rows', '5'], { TRAILHOUND__BUDGETS__ROWS: '7' });
    expect(err).toContain('TRAILHOUND__BUDGETS__ROWS of the environment goes before it');
  });

  it('takes the file that the environment names, and does without one', async () => {
    expect(await config(['check'])).toMatchObject({
      code: 0,
      out: expect.stringContaining('there is no trailhound.yaml here') as string,
    });
    expect(await config(['check', '--settings', 'none.yaml'])).toMatchObject({ code: 2 });
    await config(['set', 'cloud', 'cn'], { TRAILHOUND_SETTINGS_FILE: 'other.yaml' });
    expect(read('other.yaml')).toBe('cloud: cn\n');
    expect((await config(['set', 'cloud', 'cn', '--settings', folder])).err).toContain('is a folder');
  });

  it('leaves alone what somebody else changed meanwhile', () => {
    writeFileSync(at('trailhound.yaml'), 'cloud: cn\n');
    const save = () => saveSettings(at('trailhound.yaml'), 'cloud: global\n', 'cloud: usgov\n', testTerminal());
    expect(save).toThrow('was changed by somebody else meanwhile');
    expect(read()).toBe('cloud: cn\n');
  });

  it.skipIf(process.platform === 'win32')(
    'keeps a link a link and permissions as they are, makes new files private, and leaves nothing beside',
    async () => {
      writeFileSync(at('real.yaml'), TEXT);
      chmodSync(at('real.yaml'), 0o640);
      symlinkSync(at('real.yaml'), at('trailhound.yaml'));
      await config(['set', 'cloud', 'cn']);
      expect(read('real.yaml')).toContain("'cn'");
      expect(statSync(at('real.yaml')).mode & 0o777).toBe(0o640);
      await config(['set', 'cloud', 'cn', '--settings', 'new.yaml']);
      expect(statSync(at('new.yaml')).mode & 0o777).toBe(0o600);
      expect(readdirSync(folder).sort()).toEqual(['new.yaml', 'real.yaml', 'trailhound.yaml']);
    },
  );

  it('imports what passes its own check, prints no secret, and never writes over settings', async () => {
    writeFileSync(
      at('msticpyconfig.yaml'),
      'TIProviders: { OTX: { Args: { AuthKey: canary-imported-key } } }\nDataProviders: { Splunk: { Args: { host: s.contoso.example, http_scheme: http } } }\n',
    );
    const { code, out, err } = await config(['import', 'msticpyconfig.yaml']);
    expect(code).toBe(0);
    expect(`${out}${err}`).not.toContain('canary');
    expect(err).toContain('TIProviders.OTX.Args.AuthKey: stands in the file itself');
    expect(err).toContain('providers.splunk.url');
    expect(await config(['check'])).toMatchObject({ code: 0 });
    expect(await config(['import', 'msticpyconfig.yaml'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('is there already') as string,
    });
    writeFileSync(at('broken.yaml'), 'TIProviders: { OTX: canary-key\n');
    const broken = await config(['import', 'broken.yaml', '--settings', 'other.yaml']);
    expect(broken.code).toBe(2);
    expect(broken.err).toMatch(/broken\.yaml:\d+:\d+/);
    expect(broken.err).not.toContain('canary');
    expect(existsSync(at('other.yaml'))).toBe(false);
  });

  it('asks step by step in a terminal alone', async () => {
    expect(await config([])).toMatchObject({ code: 2, err: expect.stringContaining('needs a terminal') as string });
  });
});
