import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { build } from 'esbuild';
import { packageRoot } from '../../../lib/paths.ts';
import { azuriteBuild } from '../../../local/azurite/build-options.ts';
import { appFile } from './hosts.ts';

/** The bundles that a process of its own runs: host, emulator and app, as an installed package has them. */
export interface Bundles {
  readonly host: string;
  readonly app: string;
}

export async function bundleHost(folder: string, app: string): Promise<Bundles> {
  const root = packageRoot();
  const bundles = { host: join(folder, 'host.mjs'), app: join(folder, 'app.cjs') };
  await Promise.all([
    build(azuriteBuild(root, join(folder, 'azurite.cjs'))),
    build({
      entryPoints: [join(root, 'tests/local/support/host-main.ts')],
      outfile: bundles.host,
      bundle: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'error',
    }),
    build({
      entryPoints: [appFile(app)],
      outfile: bundles.app,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      external: ['@azure/functions-core'],
      minify: true,
      keepNames: true,
      logLevel: 'error',
    }),
  ]);
  return bundles;
}

/** A host in a process of its own. */
export interface HostProcess {
  readonly child: ChildProcess;
  readonly origin: string;
  /** Calls the durable HTTP API. */
  call(method: string, path: string, body?: unknown): Promise<Response>;
}

/** Starts the process at once; `ready` resolves when it answers, or with undefined when it has ended before. */
export function spawnHost(
  bundles: Bundles,
  folder: string,
  environment: Record<string, string> = {},
): { child: ChildProcess; ready: Promise<HostProcess | undefined>; output: () => string } {
  const child = spawn(process.execPath, ['--no-warnings', bundles.host, bundles.app, folder], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
  let text = '';
  const ready = new Promise<HostProcess | undefined>((resolve) => {
    const read = (chunk: Buffer) => {
      text += chunk.toString();
      const found = /ready (\S+) (\S+)\n/.exec(text);
      if (found) resolve({ child, origin: found[1]!, call: caller(found[1]!, found[2]!) });
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', () => resolve(undefined));
  });
  return { child, ready, output: () => text };
}

function caller(origin: string, key: string): HostProcess['call'] {
  return (method, path, body) => {
    const url = new URL(`/runtime/webhooks/durabletask/${path}`, origin);
    url.searchParams.set('code', key);
    return fetch(url, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
  };
}

/** Ends the process without warning, and waits until it is gone. */
export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
