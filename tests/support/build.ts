import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { packageRoot } from '../../lib/paths.ts';

/** Before all tests: the bundles that Azure would run, for those that load them. */
export function setup(): void {
  execFileSync(process.execPath, [join(packageRoot(), 'scripts/build.ts')], { stdio: 'inherit' });
}
