import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../paths.ts';
import type { Check } from './check.ts';

interface PackageFile {
  readonly version: string;
  readonly engines: { readonly node: string };
  readonly dependencies: Readonly<Record<string, string>>;
}

/** What is installed, what was asked for, and what content there is. */
export interface Versions {
  readonly trailhound: string;
  readonly node: string;
  readonly platform: string;
  /** Files by kind of content. */
  readonly content: Readonly<Record<string, number>>;
}

const CONTENT = ['queries', 'playbooks', 'hunts', 'rules'];

export function readVersions(): Versions {
  const root = packageRoot();
  const count = (kind: string) => {
    const folder = join(root, 'content', kind);
    if (!existsSync(folder)) return 0;
    return readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
      (entry) => entry.isFile() && /\.ya?ml$/.test(entry.name),
    ).length;
  };
  return {
    trailhound: readPackage(root).version,
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    content: Object.fromEntries(CONTENT.map((kind) => [kind, count(kind)])),
  };
}

export function versionChecks(): Check[] {
  return [
    {
      name: 'node',
      async run() {
        const wanted = readPackage(packageRoot()).engines.node.replace(/[^\d.]/g, '');
        const isNew = compareVersions(process.version.slice(1), wanted) >= 0;
        if (isNew) return { status: 'ok', detail: `${process.version} (at least ${wanted})` };
        return {
          status: 'failed',
          detail: `${process.version} is older than ${wanted}`,
          hint: `Install Node ${wanted} or later.`,
        };
      },
    },
    {
      name: 'packages',
      async run() {
        const outdated = differingPackages(packageRoot());
        if (outdated.length === 0) return { status: 'ok', detail: 'as pinned' };
        return { status: 'warning', detail: outdated.join(', '), hint: 'Install what is pinned.', command: 'npm ci' };
      },
    },
  ];
}

function readPackage(root: string): PackageFile {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as PackageFile;
}

/** Dependencies that are installed in another version than the pinned one. A bundle has none of them and needs none. */
function differingPackages(root: string): string[] {
  if (!existsSync(join(root, 'node_modules'))) return [];
  return Object.entries(readPackage(root).dependencies).flatMap(([name, pinned]) => {
    const wanted = pinned.split('@').at(-1)!;
    const file = join(root, 'node_modules', ...name.split('/'), 'package.json');
    if (!existsSync(file)) return [`${name} is missing`];
    const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
    return version === wanted ? [] : [`${name} is ${version}, not ${wanted}`];
  });
}

function compareVersions(a: string, b: string): number {
  const parts = (version: string) => version.split('.').map((part) => Number.parseInt(part, 10) || 0);
  const [left, right] = [parts(a), parts(b)];
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
