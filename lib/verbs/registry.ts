import { TrailhoundError } from '../errors.ts';
import { browseVerbs } from './browse.ts';
import { buildVerbs } from './build.ts';
import { decodeVerbs } from './decode.ts';
import { detectVerbs } from './detect.ts';
import { drawVerbs } from './draw.ts';
import { enrichVerbs } from './enrich.ts';
import { extractVerbs } from './extract.ts';
import { lookupVerbs } from './lookup.ts';
import { obfuscateVerbs } from './obfuscate.ts';
import { parseVerbs } from './parse.ts';
import { queryVerbs } from './query.ts';
import { scoreVerbs } from './score.ts';
import { tableVerbs } from './table.ts';
import { uploadVerbs } from './upload.ts';
import type { Verb } from './verb.ts';

/** Each family has its file; a new verb is added to its family's list and appears everywhere. */
const families: readonly (readonly Verb[])[] = [
  queryVerbs,
  decodeVerbs,
  extractVerbs,
  buildVerbs,
  parseVerbs,
  obfuscateVerbs,
  tableVerbs,
  enrichVerbs,
  lookupVerbs,
  detectVerbs,
  scoreVerbs,
  drawVerbs,
  browseVerbs,
  uploadVerbs,
];

const byName = new Map<string, Verb>();
for (const verb of families.flat()) {
  if (byName.has(verb.name)) throw new Error(`two verbs are named ${verb.name}`);
  byName.set(verb.name, verb);
}

/** All verbs, by name. */
export const verbs: ReadonlyMap<string, Verb> = new Map([...byName].sort(([a], [b]) => (a < b ? -1 : 1)));

/** The verb of that name, or a usage error that names near ones. */
export function getVerb(name: string): Verb {
  const verb = verbs.get(name);
  if (verb) return verb;
  const family = name.split('.')[0];
  const near = [...verbs.keys()].filter((other) => other.startsWith(`${family}.`));
  throw new TrailhoundError('usage', `there is no verb "${name}"`, {
    hint: `There are: ${(near.length > 0 ? near : [...verbs.keys()]).join(', ')}`,
  });
}
