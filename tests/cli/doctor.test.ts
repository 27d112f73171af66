import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommandLine } from '../../cli/run-command-line.ts';
import type { Examination } from '../../lib/doctor/index.ts';
import { testTerminal } from './terminal.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'doctor-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function doctor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const terminal = testTerminal({ cwd: folder, env });
  const code = await runCommandLine(['doctor', ...args], terminal);
  return { code, out: terminal.out(), err: terminal.err() };
}
const read = (out: string) => JSON.parse(out) as Examination;

describe('trailhound doctor', () => {
  it('is friendly to a newcomer: nothing is set, nothing fails, and it says how to begin', async () => {
    const { code, out } = await doctor([]);
    expect(code).toBe(0);
    expect(out).toContain('there is no trailhound.yaml here');
    expect(out).toContain('trailhound run host-triage --data <files>');
    expect(out).not.toContain('FAILED');
  });

  it('lists every problem of wrong settings, with versions beside, and fails', async () => {
    writeFileSync(join(folder, 'trailhound.yaml'), 'cloud: mars\nbudgets: { rows: many, querys: 1 }\n');
    const { code, out, err } = await doctor(['--json']);
    expect(code).toBe(1);
    expect(err).toBe('');
    const { status, versions, checks } = read(out);
    expect(status).toBe('failed');
    expect(versions.schemas.tables).toBeGreaterThan(700);
    const failed = checks.filter((check) => check.status === 'failed').map(({ name }) => name);
    expect(failed).toEqual(['settings cloud', 'settings budgets.rows', 'settings budgets.querys']);
  });

  it('answers with its document alone, whatever is wrong with the file', async () => {
    writeFileSync(join(folder, 'broken.yaml'), 'threatIntel: { otx: { key: canary-key\n');
    for (const file of ['none.yaml', folder, 'broken.yaml']) {
      const { code, out, err } = await doctor(['--json', '--settings', file]);
      expect(code).toBe(1);
      expect(err).toBe('');
      expect(read(out).checks[0]).toMatchObject({ status: 'failed' });
      expect(out).not.toContain('canary');
    }
  });

  it('ends as stopped when the user stops it', async () => {
    const terminal = testTerminal({ cwd: folder, signal: AbortSignal.abort() });
    expect(await runCommandLine(['doctor'], terminal)).toBe(130);
    expect(terminal.out()).toBe('');
  });

  it('looks at the file that the environment names', async () => {
    writeFileSync(join(folder, 'soc.yaml'), 'dataPaths: [./none]\n');
    const { out } = await doctor(['--json'], { TRAILHOUND_SETTINGS_FILE: 'soc.yaml' });
    expect(read(out).checks.find(({ name }) => name === 'dataPaths')).toMatchObject({ status: 'failed' });
    expect((await doctor([], { TRAILHOUND_SETTINGS_FILE: '' })).code).toBe(0);
  });
});
