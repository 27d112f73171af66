/** `npm test [-- filter…]`: every test, after the bundles are built. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { packageRoot } from '../lib/paths.ts';

const vitest = join(packageRoot(), 'node_modules', 'vitest', 'vitest.mjs');
const { status } = spawnSync(process.execPath, [vitest, 'run', ...process.argv.slice(2)], {
  cwd: packageRoot(),
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
