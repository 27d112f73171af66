import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { withoutSecrets } from '../../../lib/config/secret-fields.ts';
import { parseSettings } from '../../../lib/config/settings.ts';
import { openSettings } from '../../../lib/config/settings-store.ts';
import { openLiveConnections } from '../../../lib/providers/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'settings-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('live settings', () => {
  it('follow their file, keep what was right, and leave snapshots alone', () => {
    const file = join(folder, 'trailhound.yaml');
    const problems: string[] = [];
    let now = 0;
    writeFileSync(file, 'budgets: { rows: 5 }\n');
    const store = openSettings({ file, env: {}, clockInMs: () => now, onProblem: (message) => problems.push(message) });
    const connections = openLiveConnections(store, {});
    const snapshot = connections.settings;
    expect(snapshot.budgets.rows).toBe(5);
    writeFileSync(file, 'budgets: { rows: 66 }\n');
    expect(connections.settings).toBe(snapshot);
    now = 3_000;
    expect(connections.settings.budgets.rows).toBe(66);
    expect(snapshot.budgets.rows).toBe(5);
    writeFileSync(file, 'budgets: { rows: none at all }\n');
    now = 6_000;
    expect(connections.settings.budgets.rows).toBe(66);
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
});
