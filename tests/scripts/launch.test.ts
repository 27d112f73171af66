import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packageRoot } from '../../lib/paths.ts';

let folder: string;

/** A package of its own with the real launcher, and an `npm` and a build that only leave a mark. */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trailhound-launch-'));
  for (const part of ['scripts', 'dist', 'lib', 'npm']) mkdirSync(join(folder, part));
  for (const file of ['launch.mjs', 'setup.mjs'])
    cpSync(join(packageRoot(), 'scripts', file), join(folder, 'scripts', file));
  cpSync(join(packageRoot(), 'trailhound'), join(folder, 'trailhound'));
  writeFileSync(
    join(folder, 'dist', 'cli.cjs'),
    'console.log(JSON.stringify(process.argv.slice(2))); process.exit(7);',
  );
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (path: string, content: string) => {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), content);
};

function launch(...args: string[]) {
  const env = { ...process.env, npm_execpath: join(folder, 'npm', 'npm-cli.js') };
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(folder, 'scripts', 'launch.mjs'), 'dist/cli.cjs', ...args],
    {
      env,
      encoding: 'utf8',
    },
  );
  return { status, stdout, stderr };
}

const LOCKED = {
  packages: { '': {}, 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '2.0.0', optional: true } },
};

/** What `npm ci` would leave, with a note for each time. */
function fakeNpm(installed: unknown): void {
  const hidden = join(folder, 'node_modules', '.package-lock.json');
  write(
    'npm/npm-cli.js',
    `const fs = require('node:fs');
     fs.mkdirSync(${JSON.stringify(join(folder, 'node_modules'))}, { recursive: true });
     fs.writeFileSync(${JSON.stringify(hidden)}, ${JSON.stringify(JSON.stringify(installed))});
     fs.appendFileSync(${JSON.stringify(join(folder, 'npm', 'calls'))}, process.argv.slice(2).join(' ') + '\\n');`,
  );
}

const calls = () => {
  const file = join(folder, 'npm', 'calls');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
};

describe('the launcher', () => {
  it('runs the program with its arguments, and ends as it ends', () => {
    expect(launch('run', '--data', 'a b')).toEqual({ status: 7, stdout: '["run","--data","a b"]\n', stderr: '' });
  });

  it('installs what the lock file asks for, once', () => {
    write('package-lock.json', JSON.stringify(LOCKED));
    fakeNpm({ packages: { 'node_modules/a': { version: '1.0.0' } } });
    expect(launch().stderr).toContain('installing packages');
    expect(calls()).toHaveLength(1);
    expect(calls()[0]).toMatch(/^ci /);
    expect(launch().stderr).toBe('');
    expect(calls()).toHaveLength(1);
  });

  it('installs again when a locked version is another one', () => {
    write('package-lock.json', JSON.stringify(LOCKED));
    write('node_modules/.package-lock.json', JSON.stringify({ packages: { 'node_modules/a': { version: '0.9.0' } } }));
    fakeNpm({ packages: { 'node_modules/a': { version: '1.0.0' } } });
    launch();
    expect(calls()).toHaveLength(1);
  });

  it('builds when a source has changed, and not when only its time has', () => {
    write('lib/a.ts', 'export const a = 1;\n');
    write(
      'scripts/build.ts',
      `import { appendFileSync } from 'node:fs'; appendFileSync(${JSON.stringify(join(folder, 'npm', 'calls'))}, 'build\\n');`,
    );
    expect(launch().stderr).toContain('building');
    expect(launch().stderr).toBe('');
    write('lib/a.ts', 'export const a = 1;\n');
    expect(launch().stderr).toBe('');
    write('lib/a.ts', 'export const a = 2;\n');
    expect(launch().stderr).toContain('building');
    expect(calls()).toEqual(['build', 'build']);
  });

  it('says so when the build fails, and does not run what is stale', () => {
    write('scripts/build.ts', 'process.exit(3);');
    expect(launch()).toMatchObject({ status: 1, stdout: '' });
    expect(launch().stderr).toContain('the build failed');
  });

  it.skipIf(process.platform === 'win32')('is found through a link from anywhere', () => {
    const link = join(folder, 'npm', 'th');
    symlinkSync(join(folder, 'trailhound'), link);
    const { status, stdout } = spawnSync(link, ['tables'], { encoding: 'utf8', cwd: tmpdir() });
    expect({ status, stdout }).toEqual({ status: 7, stdout: '["tables"]\n' });
  });
});
