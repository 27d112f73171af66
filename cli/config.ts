import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { stringify } from 'yaml';
import { editSettings, readValue } from '../lib/config/edit-settings.ts';
import { settingsJsonSchema } from '../lib/config/json-schema.ts';
import { importMsticpySettings } from '../lib/config/msticpy-import.ts';
import { withoutSecrets } from '../lib/config/secret-fields.ts';
import { loadSettings, parseSettings, SETTINGS_FILE, settingAt } from '../lib/config/settings.ts';
import { TrailhoundError } from '../lib/errors.ts';
import { openConnections } from '../lib/providers/index.ts';
import { defineCommand, sharedOptions } from './command.ts';
import { runConfigWizard } from './config-wizard.ts';
import { EXIT } from './exit-codes.ts';
import { terminalPrompter } from './prompter.ts';
import { type Terminal, write, writeJson } from './terminal.ts';

interface Given {
  readonly file: string;
  readonly text: string;
  readonly field: string | undefined;
  readonly value: string | undefined;
  readonly json: boolean;
  readonly terminal: Terminal;
}

type Action = (given: Given) => Promise<void>;

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
    settings: { type: 'text', value: 'FILE', default: SETTINGS_FILE, docs: 'Settings file' },
    json: sharedOptions.json,
  },
  examples: [
    'trailhound config',
    'trailhound config set budgets.rows 1000000',
    'trailhound config import ~/.msticpy/msticpyconfig.yaml',
    'trailhound config schema > trailhound.schema.json',
  ],
  async run({ arguments: [action = 'edit', field, value], options: { settings, json } }, terminal) {
    const file = resolve(terminal.cwd, settings);
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    await ACTIONS[action]!({ file, text, field, value, json, terminal });
    return EXIT.ok;
  },
});

async function edit({ file, text, terminal }: Given): Promise<void> {
  if (!terminal.stdin.isTTY) {
    throw new TrailhoundError('usage', 'asking step by step needs a terminal', {
      hint: 'Use: trailhound config set <field> <value>',
    });
  }
  const prompter = terminalPrompter(terminal);
  try {
    const edited = await runConfigWizard(text, prompter, (settings, name, secret) =>
      openConnections(settings, terminal.env).keyVault.write(name, secret),
    );
    save(file, text, edited, terminal);
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
  const found = settingAt(settings, required(field, 'field'));
  if (found === undefined) throw new TrailhoundError('not-found', `${field} is not set`);
  if (json || typeof found === 'object') await writeJson(terminal, found);
  else await write(terminal.stdout, `${String(found)}\n`);
}

async function set({ file, text, field, value, terminal }: Given): Promise<void> {
  const name = required(field, 'field');
  save(file, text, editSettings(text, name, readValue(name, required(value, 'value'), {}), file), terminal);
}

async function unset({ file, text, field, terminal }: Given): Promise<void> {
  save(file, text, editSettings(text, required(field, 'field'), undefined, file), terminal);
}

async function check({ file, terminal }: Given): Promise<void> {
  loadSettings({ file, env: terminal.env });
  await write(terminal.stdout, `${file} is in order\n`);
}

async function schema({ terminal }: Given): Promise<void> {
  await writeJson(terminal, settingsJsonSchema());
}

async function importSettings({ file, text, field, terminal }: Given): Promise<void> {
  const source = resolve(terminal.cwd, required(field, 'field'));
  if (!existsSync(source)) throw new TrailhoundError('not-found', `there is no file ${source}`);
  if (text.trim() !== '') {
    throw new TrailhoundError('conflict', `${file} is there already`, {
      hint: 'Import into another file with --settings, and merge by hand.',
    });
  }
  const { settings, notes } = importMsticpySettings(readFileSync(source, 'utf8'));
  const imported = stringify(settings);
  parseSettings(imported, source, {});
  save(file, text, imported, terminal);
  for (const note of notes) terminal.stderr.write(`not taken over as it was: ${note}\n`);
}

function required(value: string | undefined, name: string): string {
  if (value !== undefined && value !== '') return value;
  throw new TrailhoundError('usage', `<${name}> is missing`, { hint: 'See: trailhound config --help' });
}

/** Written beside the file and then put in its place, readable by its owner alone. */
function save(file: string, before: string, text: string, terminal: Terminal): void {
  if (text === before) {
    terminal.stderr.write('nothing was changed\n');
    return;
  }
  writeFileSync(`${file}.new`, text, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  terminal.stderr.write(`wrote ${file}\n`);
}
