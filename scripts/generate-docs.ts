/** Writes every generated page, schema and template anew: `npm run docs`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { packageRoot } from '../lib/paths.ts';
import { GENERATED } from './docs/generated.ts';

for (const [path, make] of Object.entries(GENERATED)) {
  const file = join(packageRoot(), path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, await make());
}
