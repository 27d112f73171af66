import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMAND_NAMES } from '../../cli/commands.ts';
import { packageRoot } from '../../lib/paths.ts';

const readme = readFileSync(join(packageRoot(), 'README.md'), 'utf8');

describe('the README', () => {
  it('has an example of the library that runs as it stands', () => {
    const [, code] = /```js\n([\s\S]*?)```/.exec(readme)!;
    const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', code!], {
      cwd: packageRoot(),
      encoding: 'utf8',
    });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'whoami\n', stderr: '' });
  });

  it('shows commands and scripts that exist', () => {
    const shown = [...readme.matchAll(/\.\/trailhound (\w+)/g)].map(([, name]) => name!);
    expect(shown.filter((name) => !COMMAND_NAMES.includes(name))).toEqual([]);
    const { scripts } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { scripts: object };
    const npm = [...readme.matchAll(/npm (?:run )?([a-z]+)/g)]
      .map(([, name]) => name!)
      .filter((name) => name !== 'registry');
    expect(npm.filter((name) => !(name in scripts))).toEqual([]);
  });
});
