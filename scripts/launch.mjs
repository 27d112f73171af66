/**
 * Runs a program of this repository, after installing and building what is missing. Plain JavaScript that works on
 * Node 20, without any package: it is the first thing that runs after a clone.
 *
 *   node scripts/launch.mjs dist/cli.cjs run host-triage --data ./logs
 */
import { spawn } from 'node:child_process';
import { realpathSync } from 'node:fs';
import module from 'node:module';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isBuilt, isInstalled, markBuilt, nodeFlags, packageRoot, pinnedNode, runsHere, withLock } from './setup.mjs';

const [target, ...args] = process.argv.slice(2);
if (!target) fail('what to run is missing: node scripts/launch.mjs <program> [arguments]');

if (!isInstalled() || !isBuilt()) await withLock(prepare);
const node = pinnedNode();
const isPinned = node !== undefined && realpathSync(node) === realpathSync(process.execPath);
const program = join(packageRoot, target);

process.env.PATH = `${join(packageRoot, 'node_modules', '.bin')}${delimiter}${process.env.PATH ?? ''}`;
if (isPinned || (!node && runsHere(program))) {
  // Compiled code is kept from run to run: the command line then starts in two thirds of the time.
  module.enableCompileCache?.(join(packageRoot, 'node_modules', '.cache', 'compiled'));
  process.argv = [process.argv[0], program, ...args];
  await import(pathToFileURL(program).href);
} else if (node) {
  process.exitCode = await run(node, [...nodeFlags(program), program, ...args]);
} else {
  fail(
    `Node ${process.versions.node} is too old, and the Node that belongs to this package is not installed.\n` +
      'Install Node 22.13 or later (https://nodejs.org), or run `npm ci` where the npm registry can be reached.',
  );
}

/** Installs and builds what is missing; another process may have done it while this one waited. */
async function prepare() {
  if (!isInstalled()) {
    say('installing packages (npm ci)…');
    const [command, first] = process.env.npm_execpath ? [process.execPath, [process.env.npm_execpath]] : ['npm', []];
    const code = await run(command, [...first, 'ci', '--no-audit', '--no-fund', '--loglevel=error'], {
      stdio: ['ignore', 2, 2],
      shell: process.platform === 'win32' && command === 'npm',
    });
    if (code !== 0) fail('`npm ci` failed; its messages are above. It needs nothing but the npm registry.');
  }
  if (!isBuilt()) {
    say('building…');
    const builder = join(packageRoot, 'scripts', 'build.ts');
    const code = await run(pinnedNode() ?? process.execPath, [...nodeFlags(builder), builder], {
      stdio: ['ignore', 2, 2],
    });
    if (code !== 0) fail('the build failed; its messages are above.');
    markBuilt();
  }
}

/** Runs a program to its end; Ctrl-C goes to it, and its exit code is ours. */
function run(command, commandArgs, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, commandArgs, {
      stdio: 'inherit',
      cwd: options.stdio ? packageRoot : undefined,
      ...options,
    });
    const forward = (signal) => child.kill(signal);
    // The terminal sends Ctrl-C to the child as well: it decides when to end.
    const wait = () => undefined;
    process.on('SIGINT', wait);
    process.on('SIGTERM', forward);
    child.on('error', (error) => {
      say(`${command} cannot be run: ${error.message}`);
      resolve(127);
    });
    child.on('exit', (code, signal) => {
      process.off('SIGINT', wait);
      process.off('SIGTERM', forward);
      resolve(code ?? (signal === 'SIGINT' ? 130 : 1));
    });
  });
}

function say(text) {
  process.stderr.write(`trailhound: ${text}\n`);
}

function fail(text) {
  say(text);
  process.exit(1);
}
