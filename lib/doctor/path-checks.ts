import { existsSync } from 'node:fs';
import type { Settings } from '../config/settings.ts';
import type { Check } from './check.ts';

/** Whether the files and folders that settings name are there. */
export function pathChecks(settings: Settings): Check[] {
  const named: readonly (readonly [string, readonly string[]])[] = [
    ['dataPaths', settings.dataPaths],
    ['allowLists', settings.allowLists],
    ['queryFolders', settings.queryFolders],
    ['playbookFolders', settings.playbookFolders],
    ['ruleFolders', settings.ruleFolders],
    ['threatIntel.localFiles', settings.threatIntel.localFiles],
    ['identity.certificatePath', settings.identity.certificatePath ? [settings.identity.certificatePath] : []],
  ];
  return named
    .filter(([, paths]) => paths.length > 0)
    .map(([name, paths]) => ({
      name,
      async run() {
        const missing = paths.filter((path) => !existsSync(path));
        if (missing.length === 0) return { status: 'ok', detail: `${paths.length} found` };
        return {
          status: 'failed',
          detail: `missing: ${missing.join(', ')}`,
          hint: `Correct ${name} in trailhound.yaml.`,
        };
      },
    }));
}
