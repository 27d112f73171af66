import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'vitest';
import { packageRoot } from '../../lib/paths.ts';

const SHARED = join(packageRoot(), '..', 'shared');

/** Path of a file of the shared reference data (real datasets and other engines' answers), which is not in the repo. */
export function sharedPath(relative: string): string {
  return join(SHARED, relative);
}

/** `it` that is skipped, and says so in its title, where the shared file or folder is absent. */
export function itWithShared(
  relative: string,
  title: string,
  test: () => Promise<void> | void,
  timeoutInMs?: number,
): void {
  if (existsSync(sharedPath(relative))) it(title, test, timeoutInMs);
  else it.skip(`${title} (skipped: shared/${relative} is absent)`, test);
}
