/** Builds the scripts and the style that pages carry: lib/visuals/client → dist/client. */
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { packageRoot } from '../lib/paths.ts';
import { CLIENT_SCRIPTS } from '../lib/visuals/client-files.ts';

/** Parts of vega that no page uses. */
const LEFT_OUT = [
  'vega-geo',
  'vega-force',
  'vega-hierarchy',
  'vega-label',
  'vega-regression',
  'vega-voronoi',
  'vega-wordcloud',
  'vega-crossfilter',
];

/** Writes `dist/client/*`, each file in one step, so that builds at the same time do no harm. */
export async function buildClient(outFolder = join(packageRoot(), 'dist', 'client')): Promise<void> {
  const client = join(packageRoot(), 'lib', 'visuals', 'client');
  const common = { bundle: true, minify: true, write: false, legalComments: 'none', charset: 'utf8' } as const;
  const scripts = CLIENT_SCRIPTS.map(async (name) => {
    const result = await build({
      ...common,
      entryPoints: [join(client, `${name}.ts`)],
      format: 'iife',
      platform: 'browser',
      target: 'es2022',
      alias: Object.fromEntries(LEFT_OUT.map((part) => [part, join(client, 'left-out.ts')])),
    });
    return { name: `${name}.js`, text: result.outputFiles[0]!.text.trim() };
  });
  const style = build({ ...common, entryPoints: [join(client, 'page.css')] }).then((result) => ({
    name: 'page.css',
    text: result.outputFiles[0]!.text.trim(),
  }));
  const files = [...(await Promise.all(scripts)), await style];
  await mkdir(outFolder, { recursive: true });
  const scratch = join(outFolder, `.new-${process.pid}`);
  await mkdir(scratch, { recursive: true });
  for (const { name, text } of files) {
    await writeFile(join(scratch, name), text);
    await rename(join(scratch, name), join(outFolder, name));
  }
  await rm(scratch, { recursive: true });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildClient();
