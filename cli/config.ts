import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { parseDocument, stringify } from 'yaml';
import { editSettings, pathOf } from '../lib/config/edit-settings.ts';
import { overlayEnvironment } from '../lib/config/environment.ts';
import { namesAt, nodeAt, settingsJsonSchema } from '../lib/config/json-schema.ts';
import { importMsticpySettings } from '../lib/config/msticpy/import.ts';
import { nearest } from '../lib/config/nearest.ts';
import { fieldName } from '../lib/config/problems.ts';
import { readSettingsFile } from '../lib/config/read-file.ts';
import { literalSecrets, withoutSecrets } from '../lib/config/secret-fields.ts';
import { fileOfEnvironment, noSettingsFile, parseSettings, SETTINGS_FILE, settingAt } from '../lib/config/settings.ts';
import { readTyped } from '../lib/config/typed-value.ts';
import { TrailhoundError } from '../lib/errors.ts';
import { openConnections } from '../lib/providers/index.ts';
import { defineCommand, sharedOptions } from './command.ts';
import { runConfigWizard } from './config-wizard.ts';
import { EXIT } from './exit-codes.ts';
import { terminalPrompter } from './prompter.ts';
import { saveSettings } from './save-settings.ts';
import { type Terminal, write, writeJson } from './terminal.ts';

interface Given {
  readonly file: string;
  /** What is in the file; undefined if there is none. */
  readonly stored: string | undefined;
  readonly text: string;
  readonly field: string | undefined;
  readonly value: string | undefined;
  readonly json: boolean;
  readonly terminal: Terminal;
  /** The user named the file. */
  readonly isNamed: boolean;
}

type Action = (given: Given) => Promise<void>;

const MOVE_SECRET = 'better store it in a Key Vault and refer to it as kv:name, or as env:NAME';

const ACTIONS: Readonly<Record<string, Action>> = {
  edit,
  show,
  get,
  set,
  unset,
  check,
  schema,
  import: importSettings,
};

export const configCommand = defineCommand({
  name: 'config',
  summary: 'Edit the settings: asked for step by step, or field by field',
  description: `Without an action it asks for what you want to set: cloud and sign-in, Key Vault, workspaces, providers, keys, folders.

  show · get <field>             the settings, without secrets
  set <field> <value> · unset    one field; comments in the file are kept
  check                          every problem, with its line
  schema                         JSON Schema, for editors
  import <msticpyconfig.yaml>    takes over the settings of MSTICPy`,
  arguments: [
    { name: 'action', docs: 'What to do; without it, edit', required: false, choices: Object.keys(ACTIONS) },
    { name: 'field', docs: 'A setting, as budgets.rows; or the file to import', required: false },
    { name: 'value', docs: 'Its value; lists and mappings as YAML', required: false },
  ],
  options: {
    settings: {
      type: 'text',
      value: 'FILE',
      docs: `Settings file; default: that of TRAILHOUND_SETTINGS_FILE, else ${SETTINGS_FILE} here`,
    },
    json: sharedOptions.json,
  },
  examples: [
    'trailhound config',
    'trailhound config set budgets.rows 1000000',
    'trailhound config import ~/.msticpy/msticpyconfig.yaml',
    'trailhound config schema > trailhound.schema.json',
  ],
  async run({ arguments: [action = 'edit', field, value], options: { settings, json } }, terminal) {
    const named = settings ?? fileOfEnvironment(terminal.env);
    const file = resolve(terminal.cwd, named ?? SETTINGS_FILE);
    const stored = readSettingsFile(file, file);
    const isNamed = named !== undefined;
    await ACTIONS[action]!({ file, stored, text: stored ?? '', field, value, json, terminal, isNamed });
    return EXIT.ok;
  },
});

async function edit({ file, stored, text, terminal }: Given): Promise<void> {
  if (!terminal.stdin.isTTY) {
    throw new TrailhoundError('usage', 'asking step by step needs a terminal', {
      hint: 'Use: trailhound config set <field> <value>',
    });
  }
  // What is wrong already would be in the way of every question.
  parseSettings(text, file, {});
  const prompter = terminalPrompter(terminal);
  try {
    const edited = await runConfigWizard(text, prompter, (settings, name, secret) =>
      openConnections(settings, terminal.env).keyVault.write(name, secret),
    );
    saveSettings(file, stored, edited, terminal);
  } finally {
    prompter.close();
  }
}

async function show({ text, file, json, terminal }: Given): Promise<void> {
  const settings = withoutSecrets(parseSettings(text, file, terminal.env));
  if (json) await writeJson(terminal, settings);
  else await write(terminal.stdout, stringify(settings));
}

async function get({ text, file, field, json, terminal }: Given): Promise<void> {
  const settings = withoutSecrets(parseSettings(text, file, terminal.env));
  const path = pathOf(required(field, 'field'));
  const found = settingAt(settings, path.join('.'));
  if (found === undefined) throw notSet(path, settings);
  if (json || typeof found === 'object') await writeJson(terminal, found);
  else await write(terminal.stdout, `${String(found)}\n`);
}

/** A field that has no value, or is none: then with the nearest that is one. */
function notSet(path: readonly (string | number)[], settings: unknown): TrailhoundError {
  const name = fieldName(path);
  const unknown = path.findIndex((_, index) => !nodeAt(path.slice(0, index + 1), settings));
  if (unknown < 0) return new TrailhoundError('not-found', `${name} is not set`);
  const names = namesAt(path.slice(0, unknown), settings);
  const near = nearest(String(path[unknown]), names);
  const hint = near ? `Did you mean "${near}"?` : names.length > 0 ? `There are: ${names.join(', ')}` : undefined;
  return new TrailhoundError('not-found', `${fieldName(path.slice(0, unknown + 1))} is not a setting`, { hint });
}

async function set({ file, stored, text, field, value, terminal }: Given): Promise<void> {
  const name = required(field, 'field');
  const path = pathOf(name);
  const typed = required(value, 'value');
  const edited = editSettings(text, name, readTyped(typed, path, parseYaml(text)), file);
  saveSettings(file, stored, edited, terminal);
  const isWithin = (inner: readonly PropertyKey[]) => path.every((key, index) => String(key) === String(inner[index]));
  if (literalSecrets(parseYaml(edited)).some((secret) => isWithin(secret.path))) {
    terminal.stderr.write(`the secret stands in the file itself: ${MOVE_SECRET}\n`);
  }
  const over = overlayEnvironment({}, terminal.env).find(({ path: given }) => fieldName(given) === fieldName(path));
  if (over) terminal.stderr.write(`${over.variable} of the environment goes before it\n`);
}

async function unset({ file, stored, text, field, terminal }: Given): Promise<void> {
  saveSettings(file, stored, editSettings(text, required(field, 'field'), undefined, file), terminal);
}

async function check({ file, stored, text, terminal, isNamed }: Given): Promise<void> {
  if (stored === undefined && isNamed) throw noSettingsFile(file);
  parseSettings(text, file, terminal.env);
  const what =
    stored === undefined ? `there is no ${SETTINGS_FILE} here; the defaults and the environment are` : `${file} is`;
  await write(terminal.stdout, `${what} in order\n`);
}

async function schema({ terminal }: Given): Promise<void> {
  await writeJson(terminal, settingsJsonSchema());
}

async function importSettings({ file, stored, text, field, terminal }: Given): Promise<void> {
  const source = resolve(terminal.cwd, required(field, 'field'));
  const given = readSettingsFile(source, source);
  if (given === undefined) throw new TrailhoundError('not-found', `there is no file ${source}`);
  if (text.trim() !== '') {
    throw new TrailhoundError('conflict', `${file} is there already`, {
      hint: 'Import into another file with --settings, and merge by hand.',
    });
  }
  const { settings, notes } = importMsticpySettings(given, { name: source, home: terminal.env['HOME'] ?? homedir() });
  const imported = stringify(settings, { lineWidth: 0 });
  parseSettings(imported, file, {});
  saveSettings(file, stored, imported, terminal);
  for (const note of notes) terminal.stderr.write(`not taken over as it was: ${note}\n`);
}

/** The file's data, whatever is wrong with it. */
function parseYaml(text: string): unknown {
  return parseDocument(text, { logLevel: 'error' }).toJS({ maxAliasCount: 50 }) as unknown;
}

function required(value: string | undefined, name: string): string {
  if (value !== undefined && value !== '') return value;
  throw new TrailhoundError('usage', `<${name}> is missing`, { hint: 'See: trailhound config --help' });
}
