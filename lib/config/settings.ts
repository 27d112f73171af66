import { resolve } from 'node:path';
import { type Document, LineCounter, parseDocument, type YAMLParseError, type YAMLWarning } from 'yaml';
import { TrailhoundError } from '../errors.ts';
import { rememberSecret } from '../redaction.ts';
import { crossFaults } from './cross-checks.ts';
import { type Environment, overlayEnvironment, placeValue } from './environment.ts';
import { problemsOf, SettingsError, type SettingsProblem } from './problems.ts';
import { checkSize, readSettingsFile } from './read-file.ts';
import { literalSecrets } from './secret-fields.ts';
import { type Settings, settingsSchema } from './settings-schema.ts';

export type { Settings, WorkspaceSettings } from './settings-schema.ts';

export const SETTINGS_FILE = 'trailhound.yaml';
/** Aliases (`*name`) are followed that often: a few lines of them can stand for gigabytes. */
const MAX_ALIASES = 50;
const STRAY_ALIAS = 'refers to an anchor (*name) that is not there; text that begins with * stands in quotes';

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
  const named = options.file ?? fileOfEnvironment(options.env);
  const file = named ?? SETTINGS_FILE;
  const text = readSettingsFile(resolve(file), file);
  if (text === undefined && named !== undefined) throw noSettingsFile(file);
  return parseSettings(text ?? '', file, options.env);
}

/** The settings file that the environment names, if it does. */
export function fileOfEnvironment(env: Environment): string | undefined {
  return env['TRAILHOUND_SETTINGS_FILE'] || undefined;
}

export function noSettingsFile(file: string): TrailhoundError {
  return new TrailhoundError('not-found', `there is no settings file ${file}`, {
    hint: '`trailhound config` writes one.',
  });
}

/** As `loadSettings`, from the file's text; `name` is its name in problems. */
export function parseSettings(text: string, name: string, env: Environment): Settings {
  checkSize(text, name);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, logLevel: 'error' });
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0) throw new SettingsError(faults.map((fault) => syntaxProblem(fault, text, name)));
  const value = plainValue(document, name);
  const variables = overlayEnvironment(value, env);
  if (env['AzureWebJobsStorage'] && !(value['storage'] && typeof value['storage'] === 'object')) {
    placeValue(value, ['storage', 'connectionString'], 'env:AzureWebJobsStorage');
  }
  for (const { value: secret } of literalSecrets(value)) rememberSecret(secret);
  const parsed = settingsSchema.safeParse(value);
  const sources = { name, document, lines, variables, value };
  const problems = problemsOf(parsed.error?.issues ?? [], crossFaults(value), sources);
  if (!parsed.success || problems.length > 0) throw new SettingsError(problems);
  return parsed.data;
}

/** What is wrong with settings that are at hand as data. */
export function checkSettings(value: unknown): SettingsProblem[] {
  const issues = settingsSchema.safeParse(value).error?.issues ?? [];
  return problemsOf(issues, crossFaults(value), { name: 'settings', variables: [], value });
}

function plainValue(document: Document, name: string): Record<string, unknown> {
  const refuse = (message: string) =>
    new SettingsError([{ field: '', message, example: 'cloud: global', source: name, line: 1, column: 1 }]);
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: MAX_ALIASES }) ?? {};
  } catch (error) {
    if (/^Unresolved alias/.test((error as Error).message)) throw refuse(STRAY_ALIAS);
    throw refuse('uses anchors and aliases (&name, *name) too often: write the values out');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refuse('must be a mapping of settings');
  return value as Record<string, unknown>;
}

/** What the parser found, without the excerpt of the text that it shows: that may hold a secret. */
export function syntaxProblem(error: YAMLParseError | YAMLWarning, text: string, name: string): SettingsProblem {
  const said = error.message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? error.code;
  const key = /^[^:\n]{0,100}/.exec(text.slice(error.pos[0]))?.[0].trim();
  const words: Partial<Record<typeof error.code, string>> = {
    DUPLICATE_KEY: `"${key}" is there twice: keep one`,
    MULTIPLE_DOCS: 'has several documents (---): keep one',
    TAB_AS_INDENT: 'is indented by a tab: use spaces',
    TAG_RESOLVE_FAILED: 'has a tag (!name) that means nothing here; text that begins with ! stands in quotes',
    BAD_ALIAS: STRAY_ALIAS,
  };
  const { line, col } = error.linePos?.[0] ?? { line: 1, col: 1 };
  return { field: '', message: words[error.code] ?? said, source: name, line, column: col };
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
