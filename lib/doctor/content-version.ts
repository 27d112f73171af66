import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../paths.ts';

/** What the app ships beside its code. */
export interface ContentVersion {
  /** Files by kind. */
  readonly counts: Readonly<Record<string, number>>;
  /** Of all those files: the same content has the same digest. */
  readonly digest: string;
  /** The newest date of a rule, as `2026-11-21`; undefined without rules. */
  readonly rulesOf: string | undefined;
  /** Tables of Microsoft's reference that are known offline, and the day on which the oldest of them were taken. */
  readonly schemas: { readonly tables: number; readonly takenOn: string | undefined };
}

const KINDS = ['queries', 'playbooks', 'hunts', 'rules'];

export function readContentVersion(root = packageRoot()): ContentVersion {
  const digest = createHash('sha256');
  const counts: Record<string, number> = {};
  let rulesOf: string | undefined;
  for (const kind of KINDS) {
    const files = filesOf(join(root, 'content', kind));
    counts[kind] = files.length;
    for (const { name, path } of files) {
      const text = readFileSync(path, 'utf8');
      digest.update(`${kind}/${name}\0${text}\0`);
      const date = kind === 'rules' ? /^(?:date|modified): *(\d{4}-\d{2}-\d{2})/m.exec(text)?.[1] : undefined;
      if (date !== undefined && (rulesOf === undefined || date > rulesOf)) rulesOf = date;
    }
  }
  return { counts, digest: digest.digest('hex').slice(0, 12), rulesOf, schemas: readSchemas(root) };
}

function readSchemas(root: string): ContentVersion['schemas'] {
  const file = (name: string) => join(root, 'content', 'schemas', name);
  if (!existsSync(file('taken.json'))) return { tables: 0, takenOn: undefined };
  const read = (name: string) => JSON.parse(readFileSync(file(name), 'utf8')) as Record<string, string>;
  const taken = read('taken.json');
  const there = Object.keys(taken).filter((name) => existsSync(file(name)));
  const tables = new Set(there.flatMap((name) => Object.keys(read(name)))).size;
  return { tables, takenOn: there.map((name) => taken[name]!).sort()[0] };
}

/** Names are with `/` everywhere, so that a digest is the same on every system. */
function filesOf(folder: string): { name: string; path: string }[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return { name: path.slice(folder.length + 1).replaceAll('\\', '/'), path };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
