/** Builds everything that runs without sources: `dist/` with the app, its worker, the command line and the library. */

import { existsSync } from 'node:fs';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import { packageRoot } from '../lib/paths.ts';
import { installedFontPaths } from '../lib/visuals/fonts.ts';
import { azuriteBuild } from '../local/azurite/build-options.ts';
import { buildClient } from './build-client.ts';

const root = packageRoot();
const dist = join(root, 'dist');

/** Packages that stay outside the bundles: native ones, and the parser, which is loaded as files. */
const EXTERNAL = [
  'canvas',
  '@duckdb/node-api',
  '@duckdb/node-bindings',
  '@kusto/language-service-next',
  '@azure/functions-core',
  'esbuild',
];

const common: BuildOptions = {
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'cjs',
  external: EXTERNAL,
  alias: { 'vega-canvas': join(root, 'lib/visuals/vega-canvas-shim.ts') },
  sourcemap: 'linked',
  keepNames: true,
  logLevel: 'warning',
  // A CommonJS bundle has no `import.meta.url`; the code finds its package by it.
  define: { 'import.meta.url': 'importMetaUrl' },
  banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
};

const BUNDLES: Readonly<Record<string, string>> = {
  'app.cjs': 'functions/app.ts',
  'worker.cjs': 'lib/verbs/worker.ts',
  'cli.cjs': 'cli/main.ts',
};

const present = Object.entries(BUNDLES).filter(([, source]) => existsSync(join(root, source)));
await mkdir(dist, { recursive: true });
await Promise.all([
  ...present.map(([file, source]) =>
    build({ ...common, entryPoints: [join(root, source)], outfile: join(dist, file) }),
  ),
  build({
    ...common,
    entryPoints: [join(root, 'lib/index.ts')],
    outfile: join(dist, 'lib.mjs'),
    format: 'esm',
    packages: 'external',
    define: {},
    banner: {},
  }),
  build(azuriteBuild(root, join(dist, 'azurite.cjs'))),
  buildClient(),
  copyFonts(),
]);
await writeFile(join(dist, 'package.json'), '{ "type": "commonjs" }\n');

async function copyFonts(): Promise<void> {
  const folder = join(dist, 'fonts');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const { path } of installedFontPaths()) await cp(path, join(folder, path.slice(path.lastIndexOf('/') + 1)));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.error('built dist/');
