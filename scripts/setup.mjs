/** What a working copy needs before anything runs: packages as locked, `dist/` as the sources say, a Node that can. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const packageRoot = dirname(dirname(fileURLToPath(import.meta.url)));

/** What goes into `dist/`. */
const SOURCES = [
  'cli',
  'functions',
  'lib',
  'local',
  'orchestrations',
  'scripts/build.ts',
  'scripts/build-client.ts',
  'package-lock.json',
];
const LOCK_FILE = join(packageRoot, 'package-lock.json');
const STAMP_FILE = join(packageRoot, 'dist', '.stamp.json');
const OLDEST_NODE = [22, 13];
/** From here on Node runs TypeScript without a flag. */
const NODE_WITH_TYPES = [22, 18];

/** Whether every locked package is there in its locked version. Where there is no lock file, we are installed. */
export function isInstalled() {
  if (!existsSync(LOCK_FILE)) return true;
  const installed = readJson(join(packageRoot, 'node_modules', '.package-lock.json'))?.packages;
  if (!installed) return false;
  return Object.entries(readJson(LOCK_FILE).packages).every(([path, wanted]) => {
    if (!path.startsWith('node_modules/') || wanted.link) return true;
    const found = installed[path];
    return found ? found.version === wanted.version : Boolean(wanted.optional || wanted.devOptional || wanted.peer);
  });
}

/** Whether `dist/` was built from the sources as they are: by size and time, and where these changed, by content. */
export function isBuilt() {
  if (!existsSync(join(packageRoot, 'scripts', 'build.ts'))) return true;
  const stamp = readJson(STAMP_FILE);
  if (!stamp) return false;
  const files = sourceFiles();
  if (stamp.times === timesOf(files)) return true;
  if (stamp.content !== contentOf(files)) return false;
  markBuilt();
  return true;
}

/** Remembers that `dist/` is what the sources say. */
export function markBuilt() {
  const files = sourceFiles();
  mkdirSync(dirname(STAMP_FILE), { recursive: true });
  writeFileSync(STAMP_FILE, JSON.stringify({ times: timesOf(files), content: contentOf(files) }));
}

function sourceFiles() {
  const files = [];
  const visit = (path) => {
    if (!existsSync(path)) return;
    if (!statSync(path).isDirectory()) files.push(path);
    else for (const name of readdirSync(path).sort()) if (name !== 'node_modules') visit(join(path, name));
  };
  for (const source of SOURCES) visit(join(packageRoot, source));
  return files;
}

function timesOf(files) {
  const hash = createHash('sha256');
  for (const file of files) {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${relative(packageRoot, file)} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

function contentOf(files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${relative(packageRoot, file)}\n`).update(readFileSync(file));
  return hash.digest('hex');
}

/** The Node that belongs to this package, or undefined if it is not installed or does not run on this machine. */
export function pinnedNode() {
  const file = process.platform === 'win32' ? 'node.exe' : 'node';
  const path = join(packageRoot, 'node_modules', 'node', 'bin', file);
  if (!existsSync(path)) return undefined;
  const isThis = process.execPath === path || process.execPath === realpathSync(path);
  return isThis || spawnSync(path, ['--version']).status === 0 ? path : undefined;
}

/** Whether the Node that runs this script may run a program of this package. */
export function runsHere(program) {
  return isAtLeast(program.endsWith('.ts') ? NODE_WITH_TYPES : OLDEST_NODE);
}

/** Flags that a program wants: TypeScript needs one on a Node at hand between 22.13 and 22.18. */
export function nodeFlags(program) {
  const usesOwn = !pinnedNode() && program.endsWith('.ts') && !isAtLeast(NODE_WITH_TYPES);
  return usesOwn ? ['--experimental-strip-types', '--disable-warning=ExperimentalWarning'] : [];
}

function isAtLeast([major, minor]) {
  const [ownMajor, ownMinor] = process.versions.node.split('.').map(Number);
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}

/** Runs work that only one process at a time may do to this working copy; the others wait. */
export async function withLock(work) {
  const name = createHash('sha256').update(packageRoot).digest('hex').slice(0, 16);
  const folder = join(tmpdir(), `trailhound-setup-${name}`);
  const owner = join(folder, 'pid');
  for (;;) {
    try {
      mkdirSync(folder);
      writeFileSync(owner, String(process.pid));
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (!isAlive(owner, folder)) rmSync(folder, { recursive: true, force: true });
      else await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
  try {
    return await work();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Whether the process that holds the lock still runs; one that has not yet written its id gets a moment. */
function isAlive(owner, folder) {
  try {
    process.kill(Number(readFileSync(owner, 'utf8')), 0);
    return true;
  } catch (error) {
    if (error.code === 'EPERM') return true;
    if (error.code === 'ENOENT') return existsSync(folder) && Date.now() - statSync(folder).mtimeMs < 2000;
    return false;
  }
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
