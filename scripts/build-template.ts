/** Writes `bicep/main.json`, the template behind the Deploy-to-Azure button, from `bicep/main.bicep`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../lib/paths.ts';
import { templateOf } from './bicep/template.ts';

const folder = join(packageRoot(), 'bicep');
writeFileSync(join(folder, 'main.json'), `${JSON.stringify(await templateOf(join(folder, 'main.bicep')), null, 2)}\n`);
