import { parseDocument } from 'yaml';
import { TrailhoundError } from '../errors.ts';
import { nodeAt } from './json-schema.ts';
import { patchYaml } from './patch-yaml.ts';
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
 * The settings' text with one field set, or removed if the value is undefined. All else stays as it is written.
 *
 * @throws SettingsError: the settings would be wrong, or cannot be read; nothing is changed
 * @throws usage: the field is an entry of a list and has no number, or one that leaves a gap
 */
export function editSettings(text: string, field: string, value: unknown, name = 'trailhound.yaml'): string {
  const document = parseDocument(text, { logLevel: 'error' });
  if (document.errors.length > 0) parseSettings(text, name, {});
  const path = pathOf(field);
  checkEntries(path, document.toJS());
  const edited = patchYaml(text, path, value);
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

/** Entries of lists go by their numbers, and a new one comes after the last. */
function checkEntries(path: readonly (string | number)[], settings: unknown): void {
  let held = settings;
  for (const [position, key] of path.entries()) {
    const outer = path.slice(0, position).join('.');
    const node = nodeAt(path.slice(0, position), settings);
    if (node?.type === 'array') {
      const length = Array.isArray(held) ? held.length : 0;
      const hint = `It has ${length} entries; the first is ${outer}[0].`;
      if (typeof key !== 'number')
        throw new TrailhoundError('usage', `${outer} is a list: "${key}" is no number`, { hint });
      if (key > length) throw new TrailhoundError('usage', `${outer}[${key}] would leave a gap`, { hint });
    }
    held = (held as Record<string | number, unknown> | null | undefined)?.[key];
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
