import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { TrailhoundError } from '../errors.ts';
import { packageRoot } from '../paths.ts';

/** The scripts that pages carry; each is one file of `dist/client`. */
export const CLIENT_SCRIPTS = ['chart', 'tree', 'slider', 'table', 'list', 'alerts'] as const;
export type ClientScript = (typeof CLIENT_SCRIPTS)[number];

export interface ClientFiles {
  readonly code: string;
  readonly style: string;
}

const folder = () => join(packageRoot(), 'dist', 'client');
const sources = () => join(packageRoot(), 'lib', 'visuals', 'client');

async function newestChange(path: string): Promise<number> {
  const files = await readdir(path);
  const times = await Promise.all(files.map(async (file) => (await stat(join(path, file))).mtimeMs));
  return Math.max(...times);
}

/** In a source tree, builds the client files when they are missing or older than their sources. */
async function buildIfStale(): Promise<void> {
  const script = join(packageRoot(), 'scripts', 'build-client.ts');
  if (!existsSync(sources()) || !existsSync(script)) return;
  const stamp = join(folder(), 'page.css');
  if (existsSync(stamp) && (await stat(stamp)).mtimeMs >= (await newestChange(sources()))) return;
  await promisify(execFile)(process.execPath, [script]);
}

let ready: Promise<void> | undefined;
const cache = new Map<ClientScript, Promise<ClientFiles>>();

async function read(name: ClientScript): Promise<ClientFiles> {
  ready ??= buildIfStale();
  await ready;
  try {
    const [code, style] = await Promise.all([
      readFile(join(folder(), `${name}.js`), 'utf8'),
      readFile(join(folder(), 'page.css'), 'utf8'),
    ]);
    if (/<\/script|<!--/i.test(code))
      throw new TrailhoundError('internal', `the script ${name} cannot stand in a page`);
    return { code, style };
  } catch (error) {
    if (error instanceof TrailhoundError) throw error;
    throw new TrailhoundError('internal', `the page script "${name}" is missing`, {
      hint: 'npm run build makes it, in dist/client',
      cause: error,
    });
  }
}

/** The script and the style of a kind of page. */
export function clientFiles(name: ClientScript): Promise<ClientFiles> {
  let files = cache.get(name);
  if (!files) {
    files = read(name);
    cache.set(name, files);
  }
  return files;
}
