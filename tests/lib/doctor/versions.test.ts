import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCheck } from '../../../lib/doctor/check.ts';
import { readContentVersion } from '../../../lib/doctor/content-version.ts';
import { nodeVersion, versionChecks } from '../../../lib/doctor/version-checks.ts';
import { packageRoot } from '../../../lib/paths.ts';

const root = mkdtempSync(join(tmpdir(), 'versions-'));
beforeAll(() => {
  cpSync(join(packageRoot(), 'package.json'), join(root, 'package.json'));
  mkdirSync(join(root, 'content'));
  for (const kind of ['queries', 'playbooks', 'hunts', 'rules', 'schemas']) {
    cpSync(join(packageRoot(), 'content', kind), join(root, 'content', kind), { recursive: true });
  }
});
afterAll(() => rmSync(root, { recursive: true }));

const checked = async (now: string) => {
  const results = await Promise.all(versionChecks(Date.parse(now), root).map((check) => runCheck(check)));
  return Object.fromEntries(results.map((result) => [result.name, result]));
};

describe('versions', () => {
  it('are of app, content and schemas, and tell without the internet what is outdated', async () => {
    const fresh = await checked('2026-12-01');
    expect(Object.values(fresh).map(({ name, status }) => `${name} ${status}`)).toEqual([
      'app ok',
      'node ok',
      'packages ok',
      'content ok',
      'schemas ok',
    ]);
    const old = await checked('2029-12-01');
    expect(old['content']).toMatchObject({ status: 'warning', hint: 'Install a newer Trailhound.' });
    expect(old['schemas']).toMatchObject({
      status: 'warning',
      command: expect.stringContaining('scripts/schemas.ts') as string,
    });
  });

  it('of content change with it, and with nothing else', () => {
    const before = readContentVersion(root);
    expect(before).toEqual(readContentVersion(packageRoot()));
    expect(before.schemas.tables).toBeGreaterThan(700);
    writeFileSync(join(root, 'content', 'rules', 'more.yml'), 'title: x\ndate: 2031-01-01\n');
    const after = readContentVersion(root);
    expect(after.digest).not.toBe(before.digest);
    expect(after.rulesOf).toBe('2031-01-01');
    expect(after.counts['rules']).toBe(before.counts['rules']! + 1);
    rmSync(join(root, 'content', 'rules', 'more.yml'));
  });

  it('of Node are judged by what the app needs and by its end of support', () => {
    const now = Date.parse('2027-06-01');
    expect(nodeVersion('v20.11.0', root, now)).toMatchObject({ status: 'failed' });
    expect(nodeVersion('v22.13.0', root, now)).toMatchObject({
      status: 'warning',
      detail: expect.stringContaining('since 2027-04-30') as string,
    });
    expect(nodeVersion('v24.1.0', root, now)).toMatchObject({ status: 'ok' });
  });

  it('say that an installation is not whole', async () => {
    rmSync(join(root, 'content', 'hunts'), { recursive: true });
    expect((await checked('2026-12-01'))['content']).toMatchObject({ status: 'failed', detail: 'there are no hunts' });
  });
});
