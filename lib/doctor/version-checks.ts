import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packageRoot } from '../paths.ts';
import type { Check, CheckResult } from './check.ts';
import { type ContentVersion, readContentVersion } from './content-version.ts';

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
  readonly contentDigest: string;
  readonly rulesOf: string | undefined;
  readonly schemas: ContentVersion['schemas'];
}

export function readVersions(): Versions {
  const { counts, digest, rulesOf, schemas } = readContentVersion();
  return {
    trailhound: readPackage(packageRoot()).version,
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    content: counts,
    contentDigest: digest,
    rulesOf,
    schemas,
  };
}

/** When Node's long-term releases are supported no more. Source: github.com/nodejs/release */
const NODE_ENDS: Readonly<Record<number, string>> = {
  20: '2026-04-30',
  22: '2027-04-30',
  24: '2028-04-30',
  26: '2029-04-30',
};
/** Tables gain columns and attackers new ways: what is older than a year misses some of both. */
const OLD_AFTER_IN_MS = 365 * 86_400_000;
const UPDATE = 'Install a newer Trailhound.';

type Found = Omit<CheckResult, 'name'>;

/** What is installed and whether it is outdated, as far as that is known without the internet. */
export function versionChecks(nowInMs = Date.now(), root = packageRoot()): Check[] {
  const content = readContentVersion(root);
  return [
    { name: 'app', run: () => appVersion(root) },
    { name: 'node', run: async () => nodeVersion(process.version, root, nowInMs) },
    {
      name: 'packages',
      async run() {
        const outdated = differingPackages(root);
        if (outdated.length === 0) return { status: 'ok', detail: 'as pinned' };
        return { status: 'warning', detail: outdated.join(', '), hint: 'Install what is pinned.', command: 'npm ci' };
      },
    },
    { name: 'content', run: async () => contentAge(content, nowInMs) },
    { name: 'schemas', run: async () => schemaAge(content.schemas, nowInMs) },
  ];
}

/** In a clone, how far it is behind what was last fetched. */
async function appVersion(root: string): Promise<Found> {
  const { version } = readPackage(root);
  if (!existsSync(join(root, '.git'))) return { status: 'ok', detail: version };
  try {
    const args = ['-C', root, 'rev-list', '--count', 'HEAD..@{upstream}'];
    const { stdout } = await promisify(execFile)('git', args, { timeout: 5_000 });
    const behind = Number(stdout.trim());
    if (behind > 0) {
      const detail = `${version}, ${behind} commits behind what was last fetched`;
      return { status: 'warning', detail, hint: 'Bring the clone up to date.', command: 'git pull && npm ci' };
    }
  } catch {
    // Without git or a branch to compare with, nothing is known.
  }
  return { status: 'ok', detail: version };
}

export function nodeVersion(version: string, root: string, nowInMs: number): Found {
  const wanted = readPackage(root).engines.node.replace(/[^\d.]/g, '');
  if (compareVersions(version.slice(1), wanted) < 0) {
    return { status: 'failed', detail: `${version} is older than ${wanted}`, hint: `Install Node ${wanted} or later.` };
  }
  const ends = NODE_ENDS[Number.parseInt(version.slice(1), 10)];
  if (ends !== undefined && Date.parse(ends) < nowInMs) {
    return {
      status: 'warning',
      detail: `${version} is supported no more since ${ends}`,
      hint: 'Install the newest Node with long-term support.',
    };
  }
  return { status: 'ok', detail: `${version} (at least ${wanted})` };
}

function contentAge({ counts, digest, rulesOf }: ContentVersion, nowInMs: number): Found {
  const missing = Object.keys(counts).filter((kind) => counts[kind] === 0);
  if (missing.length > 0) {
    return {
      status: 'failed',
      detail: `there are no ${missing.join(', ')}`,
      hint: 'The installation is not whole: install it again.',
    };
  }
  const detail = `version ${digest}, rules of ${rulesOf ?? 'an unknown day'}`;
  return isOld(rulesOf, nowInMs)
    ? { status: 'warning', detail: `${detail}: older than a year`, hint: UPDATE }
    : { status: 'ok', detail };
}

function schemaAge({ tables, takenOn }: ContentVersion['schemas'], nowInMs: number): Found {
  if (takenOn === undefined)
    return { status: 'failed', detail: 'there are none', hint: 'The installation is not whole: install it again.' };
  const detail = `${tables} tables of Microsoft's reference, taken on ${takenOn}`;
  if (!isOld(takenOn, nowInMs)) return { status: 'ok', detail };
  return {
    status: 'warning',
    detail: `${detail}: columns that tables gained since are not known offline`,
    hint: `${UPDATE} In a clone, they are taken anew from the reference's pages:`,
    command: 'node scripts/schemas.ts --pages <folder> --out content/schemas/azure-monitor.json',
  };
}

function isOld(day: string | undefined, nowInMs: number): boolean {
  return day !== undefined && nowInMs - Date.parse(day) > OLD_AFTER_IN_MS;
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
