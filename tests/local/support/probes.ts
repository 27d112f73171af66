import { join } from 'node:path';
import { build } from 'esbuild';
import { packageRoot } from '../../../lib/paths.ts';
import { sharedPath } from '../../support/shared.ts';

export const PROBES = 'reference/prototypes/host';

/** The apps whose invocations were recorded, and in which captures. */
export const PROBE_APPS = [
  { app: 'app/src/app.ts', captures: ['capture'] },
  { app: 'probes/probe-app.cjs', captures: ['cap2', 'cap3', 'cap4'] },
  { app: 'fuzz/app.cjs', captures: ['cap5'] },
];

/**
 * Bundles a probe app so that it finds the packages of this repository, and hands each of its invocations to
 * `globalThis.captureInvocation`, where there is one.
 */
export async function bundleProbe(app: string, folder: string): Promise<string> {
  const root = packageRoot();
  const outfile = join(folder, `${app.replaceAll(/\W/g, '-')}.cjs`);
  await build({
    stdin: {
      contents: `
        require('@azure/functions').app.hook.postInvocation((context) => globalThis.captureInvocation?.(context));
        require(${JSON.stringify(sharedPath(`${PROBES}/${app}`))});`,
      resolveDir: root,
      loader: 'js',
    },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['@azure/functions-core'],
    nodePaths: [join(root, 'node_modules')],
    logLevel: 'error',
  });
  return outfile;
}
