import { isMap, isScalar, isSeq, parse, parseDocument, stringify } from 'yaml';
import { TrailhoundError } from '../errors.ts';
import { nodeAt } from './json-schema.ts';
import { SettingsError, type SettingsProblem } from './problems.ts';
import { parseSettings } from './settings.ts';

/** The parts of `workspaces[0].name` or `workspaces.0.name`. */
export function pathOf(field: string): (string | number)[] {
  const parts = field
    .replace(/\[(\d+)\]/g, '.$1')
    .split('.')
    .filter((part) => part !== '');
  if (parts.length === 0) throw new TrailhoundError('usage', 'name a setting, as budgets.rows');
  return parts.map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

/**
 * The settings' text with one field set, or removed if the value is undefined. Comments and order stay as they are.
 *
 * @throws SettingsError: the settings would be wrong; nothing is changed
 */
export function editSettings(text: string, field: string, value: unknown, name = 'trailhound.yaml'): string {
  const document = parseDocument(text);
  const path = pathOf(field);
  const there = document.contents === null ? undefined : document.getIn(path, true);
  if (value === undefined) document.deleteIn(path);
  else if (isScalar(there) && typeof value !== 'object') there.value = value;
  else if (document.contents !== null) {
    makeHolders(document.contents, path);
    document.setIn(path, document.createNode(value));
  }
  const edited =
    document.contents === null && value !== undefined ? text + stringify(nested(path, value)) : textOf(document);
  const known = problemsBefore(text, name);
  try {
    parseSettings(edited, name, {});
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    // What was wrong before is no reason not to mend something else.
    const fresh = error.problems.filter((problem) => !known.has(`${problem.field} ${problem.message}`));
    if (fresh.length > 0) throw new SettingsError(fresh);
  }
  return edited;
}

function textOf(document: ReturnType<typeof parseDocument>): string {
  const isEmpty = document.contents === null || (isMap(document.contents) && document.contents.items.length === 0);
  return isEmpty ? '' : document.toString();
}

/** A value as it is typed: YAML, but text where the setting is text. */
export function readValue(field: string, typed: string, settings: unknown): unknown {
  if (nodeAt(pathOf(field), settings)?.type === 'string') return typed;
  try {
    return parse(typed, { maxAliasCount: 0 }) as unknown;
  } catch {
    return typed;
  }
}

function problemsBefore(text: string, name: string): ReadonlySet<string> {
  try {
    parseSettings(text, name, {});
    return new Set();
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return new Set(error.problems.map(({ field, message }: SettingsProblem) => `${field} ${message}`));
  }
}

function nested(path: readonly (string | number)[], value: unknown): unknown {
  return path.reduceRight<unknown>((inner, key) => {
    if (typeof key === 'number') return [inner];
    return { [key]: inner };
  }, value);
}

/** A holder that is there but empty (`workspaces:` and nothing after it) is no collection yet: it is removed. */
function makeHolders(root: unknown, path: readonly (string | number)[]): void {
  let node: unknown = root;
  for (const key of path.slice(0, -1)) {
    if (!isMap(node) && !isSeq(node)) return;
    const next: unknown = node.get(key, true);
    if (isScalar(next) && (next.value === null || next.value === '')) {
      node.delete(key);
      return;
    }
    node = next;
  }
}
