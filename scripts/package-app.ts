/**
 * Makes the package that Azure runs: the bundles, the content, and the few modules that cannot be bundled, for Linux x64.
 *
 *   node scripts/launch.mjs scripts/package-app.ts trailhound.zip
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve, sep } from 'node:path';
import { packageRoot } from '../lib/paths.ts';
import { zip } from './zip.ts';

/** Native modules, and the parser, which is loaded as files. Everything else is in the bundles. */
const UNBUNDLED = ['canvas', '@duckdb/node-api', '@kusto/language-service-next'];
const DIST = ['app.cjs', 'worker.cjs', 'client', 'fonts', 'package.json'];

const root = packageRoot();
const target = resolve(process.argv[2] ?? 'trailhound.zip');
const folder = mkdtempSync(join(tmpdir(), 'trailhound-package-'));
try {
  const { version, dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    version: string;
    dependencies: Record<string, string>;
  };
  const own = {
    name: 'trailhound',
    version,
    private: true,
    main: 'dist/app.cjs',
    dependencies: Object.fromEntries(UNBUNDLED.map((name) => [name, dependencies[name]])),
  };
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(own, null, 2)}\n`);
  cpSync(join(root, 'host.json'), join(folder, 'host.json'));
  copy('dist', DIST);
  copy(
    'content',
    readdirSync(join(root, 'content')).filter((name) => name !== 'samples'),
  );
  const platform = ['--os=linux', '--cpu=x64', '--libc=glibc'];
  const npm = process.env['npm_execpath'] ? [process.execPath, process.env['npm_execpath']] : ['npm'];
  execFileSync(
    npm[0]!,
    [...npm.slice(1), 'install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', ...platform],
    {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
      shell: process.platform === 'win32' && npm[0] === 'npm',
    },
  );
  const entries = filesOf(folder).map((file) => ({
    name: relative(folder, file).split(sep).join('/'),
    content: readFileSync(file),
  }));
  const archive = zip(entries);
  writeFileSync(target, archive);
  console.error(`${target}: ${entries.length} files, ${(archive.length / 2 ** 20).toFixed(1)} MiB`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function copy(name: string, parts: readonly string[]): void {
  mkdirSync(join(folder, name));
  for (const part of parts) {
    const from = join(root, name, part);
    if (statSync(from, { throwIfNoEntry: false })) cpSync(from, join(folder, name, part), { recursive: true });
  }
}

function filesOf(path: string): string[] {
  return readdirSync(path, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const file = join(path, entry.name);
      if (entry.isDirectory()) return entry.name === '.bin' ? [] : filesOf(file);
      return entry.isFile() ? [file] : [];
    });
}
