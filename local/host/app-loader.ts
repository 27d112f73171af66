import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { TrailhoundError } from '../../lib/errors.ts';

let loads = 0;

/**
 * Loads the app's entry file as the worker does: `.mjs` with `import()`, everything else with `require()`.
 * A file that this process has loaded before is loaded anew, so that it registers its functions again.
 */
export async function loadApp(appFile: string): Promise<void> {
  if (!existsSync(appFile)) {
    throw new TrailhoundError('not-found', `the app's bundle ${appFile} does not exist`, {
      hint: 'Build it first: npm run build',
    });
  }
  if (extname(appFile) === '.mjs') {
    await import(`${pathToFileURL(appFile).href}?load=${++loads}`);
    return;
  }
  const require = createRequire(appFile);
  delete require.cache[require.resolve(appFile)];
  require(appFile);
}
