/**
 * Holds the direction of imports and keeps orchestrators deterministic. Prints each fault as `file:line: what`, and
 * exits with 1 if there is one.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../lib/paths.ts';

/** Folders of `lib` in tiers: each imports from tiers before its own and from itself, never from a neighbour. */
const LIB_TIERS: readonly (readonly string[])[] = [
  ['azure', 'config', 'tables', 'entities', 'workers'],
  ['storage', 'kql'],
  ['providers', 'queries', 'analysis', 'enrichment', 'threat-intel', 'visuals'],
  ['verbs'],
  ['playbooks'],
  ['report', 'sentinel', 'catalog', 'doctor'],
  ['investigation'],
];

/** Neighbours that may be used within a tier, each for a reason. */
const NEIGHBOURS: readonly (readonly [from: string, to: string, reason: string])[] = [
  ['config', 'azure', 'settings name clouds, and the wizard checks them'],
];

/** Top folders, and what of the others each may import. `bench`, `tests` and `scripts` may import anything. */
const TOP: Readonly<Record<string, readonly string[]>> = {
  lib: ['lib'],
  orchestrations: ['orchestrations', 'lib'],
  functions: ['functions', 'orchestrations', 'lib'],
  local: ['local', 'lib'],
  cli: ['cli', 'local', 'lib', 'functions'],
};

/** What an orchestrator must not touch: replays would differ. Durable entities are not replayed and are left out. */
const NOT_DETERMINISTIC: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/\bDate\.now\b|\bnew Date\(\s*\)|\bperformance\./, 'the clock (use context.df.currentUtcDateTime)'],
  [/\bMath\.random\b|\brandomUUID\b|\bcrypto\./, 'randomness (use context.df.newGuid)'],
  [/\bprocess\./, 'the environment'],
  [/\bset(Timeout|Interval|Immediate)\b/, 'a timer (use context.df.createTimer)'],
  [/\bfetch\(|\bawait\b|\basync\b/, 'I/O or promises (use an activity)'],
];

const IMPORT = /^\s*(?:import|export)\s(type\s)?[^'"]*?from\s+'([^']+)'|^\s*import\s+'([^']+)'|\bimport\('([^']+)'\)/;

/** All faults in the sources below a root. */
export function importFaults(root: string): string[] {
  const faults: string[] = [];
  for (const top of Object.keys(TOP)) {
    for (const entry of readdirSync(join(root, top), { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      const file = relative(root, path).replaceAll('\\', '/');
      if (!entry.isFile() || !file.endsWith('.ts') || file.includes('/stubs/')) continue;
      const lines = joinedImports(readFileSync(path, 'utf8'));
      for (const { text, line } of lines) {
        for (const fault of faultsOf(file, text)) faults.push(`${file}:${line}: ${fault}`);
      }
    }
  }
  return faults;
}

/** Lines, with an import that goes over several lines as one. */
function joinedImports(source: string): { text: string; line: number }[] {
  const lines = source.split('\n');
  const joined: { text: string; line: number }[] = [];
  for (let index = 0; index < lines.length; index++) {
    const line = index + 1;
    let text = lines[index]!;
    if (/^(import|export)\s.*\{[^}]*$/.test(text)) {
      while (index + 1 < lines.length && !text.includes('}')) text += ` ${lines[++index]!.trim()}`;
    }
    joined.push({ text, line });
  }
  return joined;
}

function* faultsOf(file: string, text: string): Generator<string> {
  const orchestrator = file.startsWith('orchestrations/') && !file.startsWith('orchestrations/entities/');
  const match = IMPORT.exec(text);
  if (match) {
    const specifier = match[2] ?? match[3] ?? match[4]!;
    const isType = match[1] !== undefined;
    if (specifier.startsWith('.')) {
      const target = posix.normalize(posix.join(dirname(file).replaceAll('\\', '/'), specifier));
      const fault = directionFault(file, target);
      if (fault) yield fault;
      if (orchestrator && !isType && target.startsWith('lib/'))
        yield `an orchestrator may take types alone from ${target}`;
    } else if (orchestrator && !isType && specifier !== 'durable-functions') {
      yield `an orchestrator may not import ${specifier}`;
    }
  }
  if (!orchestrator || /^\s*(\*|\/\/|\/\*)/.test(text)) return;
  for (const [pattern, what] of NOT_DETERMINISTIC) if (pattern.test(text)) yield `an orchestrator may not use ${what}`;
}

function directionFault(file: string, target: string): string | null {
  const [top, folder] = file.split('/') as [string, string];
  const [targetTop, targetFolder] = target.split('/') as [string, string];
  if (!TOP[top]!.includes(targetTop)) return `${top} may not import from ${targetTop}`;
  if (top !== 'lib' || folder === targetFolder) return null;
  const tier = tierOf(folder);
  const targetTier = tierOf(targetFolder);
  // Files at lib's root: `index.ts` is its edge and imports all; the others are the base, which all may import.
  if (folder === 'index.ts') return null;
  if (targetTier < 0) return targetFolder === 'index.ts' ? `${file} may not import the edge of lib` : null;
  if (tier < 0) return `the base of lib may not import from ${targetFolder}`;
  if (targetTier < tier) return null;
  if (NEIGHBOURS.some(([from, to]) => from === folder && to === targetFolder)) return null;
  return `lib/${folder} may not import from lib/${targetFolder}`;
}

function tierOf(folder: string): number {
  return LIB_TIERS.findIndex((tier) => tier.includes(folder));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const faults = importFaults(packageRoot());
  for (const fault of faults) console.error(fault);
  process.exitCode = faults.length > 0 ? 1 : 0;
}
