import { join, resolve } from 'node:path';
import { loadSettings } from '../lib/config/settings.ts';
import { createServices } from '../lib/investigation/create-services.ts';
import { openConnections } from '../lib/providers/index.ts';
import { memoryCache } from '../lib/storage/lookup-cache.ts';
import type { VerbServices } from '../lib/verbs/services.ts';
import type { Terminal } from './terminal.ts';

/** What a verb that reaches out gets here: providers and secrets of the settings, data, a cache for this run. */
export function verbServices(data: readonly string[], { env, cwd }: Terminal): VerbServices {
  const settings = loadSettings({ env });
  const paths = data.length > 0 ? data : settings.dataPaths;
  return createServices({
    connections: openConnections(settings, env),
    cache: memoryCache(Date.now),
    cacheFolder: join(resolve(cwd, '.trailhound'), 'cache'),
    dataPaths: paths.map((path) => resolve(cwd, path)),
    scratchFolder: join(resolve(cwd, '.trailhound'), 'cache', `verb-${process.pid}`),
  });
}
