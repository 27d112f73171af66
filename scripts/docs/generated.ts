import { join } from 'node:path';
import { settingsJsonSchema } from '../../lib/config/json-schema.ts';
import { packageRoot } from '../../lib/paths.ts';
import { templateOf } from '../bicep/template.ts';
import { playbooksPage, providersPage, verbsPage } from './catalog-pages.ts';
import { commandsPage } from './commands-page.ts';
import { indexPage } from './index-page.ts';
import { openApiDocument } from './open-api.ts';
import { rulesPage } from './rules-page.ts';
import { settingsPage } from './settings-page.ts';

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/** Every committed file that is made from something else: path → how it is made. One test holds them all in step. */
export const GENERATED: Readonly<Record<string, () => string | Promise<string>>> = {
  'docs/README.md': indexPage,
  'docs/reference/commands.md': commandsPage,
  'docs/reference/verbs.md': verbsPage,
  'docs/reference/playbooks.md': playbooksPage,
  'docs/reference/providers.md': providersPage,
  'docs/reference/rules.md': rulesPage,
  'docs/reference/settings.md': settingsPage,
  'docs/reference/trailhound.schema.json': () => json(settingsJsonSchema()),
  'docs/reference/openapi.json': () => json(openApiDocument()),
  'bicep/main.json': async () => json(await templateOf(join(packageRoot(), 'bicep', 'main.bicep'))),
};
