import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { withoutSecrets } from '../../../lib/config/secret-fields.ts';
import { parseSettings } from '../../../lib/config/settings.ts';
import { openSettings } from '../../../lib/config/settings-store.ts';
import { snapshotConnections } from '../../../lib/providers/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'settings-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('live settings', () => {
  it('follow their file, keep what was right, and leave snapshots alone', () => {
    const file = join(folder, 'trailhound.yaml');
    const problems: string[] = [];
    let now = 0;
    writeFileSync(file, 'budgets: { rows: 5 }\n');
    const store = openSettings({ file, env: {}, clockInMs: () => now, onProblem: (message) => problems.push(message) });
    const snapshot = store.current();
    expect(snapshot.budgets.rows).toBe(5);
    writeFileSync(file, 'budgets: { rows: 66 }\n');
    expect(store.current()).toBe(snapshot);
    now = 3_000;
    expect(store.current().budgets.rows).toBe(66);
    expect(snapshot.budgets.rows).toBe(5);
    writeFileSync(file, 'budgets: { rows: none at all }\n');
    now = 6_000;
    expect(store.current().budgets.rows).toBe(66);
    expect(problems).toHaveLength(1);
    now = 9_000;
    expect(store.current()).toBe(store.current());
    expect(problems).toHaveLength(1);
  });

  it('do not take what an editor leaves for a moment: an empty file, none, or one that is being written', () => {
    const file = join(folder, 'edited.yaml');
    let now = Date.now();
    const later = (text: string | undefined, ageInMs: number) => {
      if (text === undefined) rmSync(file);
      else {
        writeFileSync(file, text);
        utimesSync(file, (now + 3_000 - ageInMs) / 1000, (now + 3_000 - ageInMs) / 1000);
      }
    };
    const look = () => {
      now += 3_000;
      return store.current().budgets.rows;
    };
    writeFileSync(file, 'budgets: { rows: 5 }\n');
    const problems: string[] = [];
    const store = openSettings({ file, env: {}, clockInMs: () => now, onProblem: (message) => problems.push(message) });
    later('', 10_000);
    expect(look()).toBe(5);
    later('budgets: { rows: 6 }\n', 10_000);
    expect(look()).toBe(6);
    later('budgets: { rows: 7', 10);
    expect(look()).toBe(6);
    later('budgets: { rows: 77 }\n', 10_000);
    expect(look()).toBe(77);
    expect(problems).toEqual([]);
    // What stays so is meant.
    later('', 10_000);
    expect(look()).toBe(77);
    expect(look()).toBe(10_000_000);
    later(undefined, 0);
    expect(look()).toBe(10_000_000);
    expect(look()).toBe(10_000_000);
    expect(problems).toEqual([expect.stringContaining('there is no settings file') as string]);
  });

  it('can be shown and stored without their secrets', () => {
    const settings = parseSettings(
      'threatIntel: { otx: { key: canary-literal } }\nproviders: { s: { type: splunk, url: https://splunk.contoso.example, password: env:PW } }',
      'f',
      {},
    );
    const shown = withoutSecrets(settings);
    expect(JSON.stringify(shown)).not.toContain('canary');
    expect(shown.threatIntel['otx']?.key).toBe('setting:threatIntel.otx.key');
    expect(shown.providers['s']).toEqual(settings.providers['s']);
  });

  it('stay as they were for an investigation under way, whose secrets are those of now', async () => {
    const settingsWith = (url: string, key: string) =>
      parseSettings(`threatIntel: { otx: { key: ${key}, url: '${url}' } }`, 'f', { KEY: 'from-the-environment' });
    let current = settingsWith('https://one.contoso.example', 'first-literal');
    const connectionsOf = snapshotConnections(() => current, { KEY: 'from-the-environment' });
    const stored = JSON.parse(JSON.stringify(withoutSecrets(current))) as typeof current;
    expect(JSON.stringify(stored)).not.toContain('literal');
    const connections = connectionsOf(stored);
    expect(connectionsOf(structuredClone(stored))).toBe(connections);
    current = settingsWith('https://two.contoso.example', 'second-literal');
    expect(connections.settings.threatIntel['otx']).toMatchObject({ url: 'https://one.contoso.example' });
    expect(await connections.secrets.readSetting('threatIntel.otx.key')).toBe('second-literal');
    connections.secrets.forget('setting:threatIntel.otx.key');
    current = settingsWith('https://two.contoso.example', 'env:KEY');
    expect(await connections.secrets.readSetting('threatIntel.otx.key')).toBe('from-the-environment');
  });
});
