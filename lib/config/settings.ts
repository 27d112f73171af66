import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Document, LineCounter, parseDocument } from 'yaml';
import { TrailhoundError } from '../errors.ts';
import { rememberSecret } from '../redaction.ts';
import { type Environment, placeValue, settingsFromEnvironment } from './environment.ts';
import { problemsOf, SettingsError, type SettingsProblem } from './problems.ts';
import { literalSecrets } from './secret-fields.ts';
import { type Settings, settingsSchema } from './settings-schema.ts';

export type { Settings, WorkspaceSettings } from './settings-schema.ts';

export const SETTINGS_FILE = 'trailhound.yaml';
const MAX_BYTES = 1_000_000;

/**
 * The settings: of the file, with the environment's laid over them.
 *
 * The file is `options.file`, else `TRAILHOUND_SETTINGS_FILE` of the environment, else `trailhound.yaml` in the current
 * folder; without any, the defaults hold. Secrets that stand in the settings themselves are hidden by `redact` from now on.
 *
 * @throws SettingsError with every problem · not-found: a file that was named is not there
 * @example const { workspaces } = loadSettings({ env: process.env });
 */
export function loadSettings(options: { file?: string; env: Environment }): Settings {
  const named = options.file ?? options.env['TRAILHOUND_SETTINGS_FILE'];
  const file = named ?? SETTINGS_FILE;
  const path = resolve(file);
  if (!existsSync(path)) {
    if (named !== undefined) {
      throw new TrailhoundError('not-found', `there is no settings file ${file}`, {
        hint: '`trailhound config` writes one.',
      });
    }
    return parseSettings('', file, options.env);
  }
  return parseSettings(readFileSync(path, 'utf8'), file, options.env);
}

/** As `loadSettings`, from the file's text; `name` is its name in problems. */
export function parseSettings(text: string, name: string, env: Environment): Settings {
  if (text.length > MAX_BYTES) throw new TrailhoundError('limit', `${name} is larger than ${MAX_BYTES} bytes`);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  if (document.errors.length > 0) throw new SettingsError(syntaxProblems(document, name));
  const value = plainValue(document, name);
  const variables = settingsFromEnvironment(env);
  for (const { path, value: given } of variables) placeValue(value, path, given);
  if (env['AzureWebJobsStorage'] && !(value['storage'] && typeof value['storage'] === 'object')) {
    placeValue(value, ['storage', 'connectionString'], 'env:AzureWebJobsStorage');
  }
  for (const { value: secret } of literalSecrets(value)) rememberSecret(secret);
  const parsed = settingsSchema.safeParse(value);
  if (!parsed.success) {
    throw new SettingsError(problemsOf(parsed.error, { name, document, lines, variables, value }));
  }
  return parsed.data;
}

function plainValue(document: Document, name: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 50 }) ?? {};
  } catch (error) {
    throw new TrailhoundError('limit', `${name}: ${(error as Error).message}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new SettingsError([
      {
        field: '',
        message: 'must be a mapping of settings',
        example: 'cloud: global',
        source: name,
        line: 1,
        column: 1,
      },
    ]);
  }
  return value as Record<string, unknown>;
}

function syntaxProblems(document: Document, name: string): SettingsProblem[] {
  return document.errors.map((error) => ({
    field: '',
    message: error.message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? error.code,
    source: name,
    line: error.linePos?.[0].line ?? 1,
    column: error.linePos?.[0].col ?? 1,
  }));
}

/** The value of a setting by its dotted path, as `budgets.rows` or `threatIntel.virustotal.key`; undefined if not set. */
export function settingAt(settings: Settings, path: string): unknown {
  let value: unknown = settings;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

/** The workspace of that name, or the first; a usage error where there is none. */
export function workspaceOf(settings: Settings, name?: string) {
  const found = name === undefined ? settings.workspaces[0] : settings.workspaces.find((each) => each.name === name);
  if (found) return found;
  const names = settings.workspaces.map((each) => each.name).join(', ');
  throw new TrailhoundError('usage', name === undefined ? 'no workspace is set' : `there is no workspace "${name}"`, {
    hint: names ? `There are: ${names}` : 'Add one under `workspaces` in trailhound.yaml, or run `trailhound config`.',
  });
}
