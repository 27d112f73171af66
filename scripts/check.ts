/** `npm run check`: format and lint, types, import directions, unused code. Every check runs; any fault fails. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { packageRoot } from '../lib/paths.ts';

const bin = (name: string) => join(packageRoot(), 'node_modules', '.bin', name);

const CHECKS: readonly (readonly [name: string, command: string, ...args: string[]])[] = [
  ['format and lint', bin('biome'), 'check', '.'],
  ['types', bin('tsc'), '-p', '.'],
  ['types of page scripts', bin('tsc'), '-p', 'lib/visuals/client'],
  ['import directions', process.execPath, 'scripts/check-imports.ts'],
  ['unused code', bin('knip')],
];

for (const [name, command, ...args] of CHECKS) {
  const { status } = spawnSync(command, args, {
    cwd: packageRoot(),
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  console.error(`${status === 0 ? 'ok  ' : 'FAIL'} ${name}`);
  if (status !== 0) process.exitCode = 1;
}
