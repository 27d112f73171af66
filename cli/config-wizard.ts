import { CLOUD_NAMES } from '../lib/azure/clouds.ts';
import { editSettings, readValue } from '../lib/config/edit-settings.ts';
import { CREDENTIAL_METHODS } from '../lib/config/identity-schema.ts';
import { type SchemaNode, settingsJsonSchema } from '../lib/config/json-schema.ts';
import { parseSettings, type Settings } from '../lib/config/settings.ts';
import { TrailhoundError } from '../lib/errors.ts';
import type { Prompter } from './prompter.ts';

/** Stores a secret in the Key Vault of the settings. */
export type WriteSecret = (settings: Settings, name: string, value: string) => Promise<void>;

interface State {
  text: string;
  readonly prompter: Prompter;
  readonly writeSecret: WriteSecret;
}

interface Topic {
  readonly title: string;
  edit(state: State): Promise<void>;
}

const FOLDERS = ['dataPaths', 'queryFolders', 'playbookFolders', 'ruleFolders', 'allowLists'];

const TOPICS: readonly Topic[] = [
  { title: 'Cloud and sign-in', edit: editIdentity },
  { title: 'Key Vault', edit: (state) => askFor(state, 'keyVault') },
  { title: 'Workspaces and tenants', edit: editWorkspaces },
  { title: 'Providers', edit: editProviders },
  { title: 'Threat-intelligence keys', edit: editThreatIntel },
  { title: 'Folders of queries, playbooks, rules and data', edit: editFolders },
  { title: 'Playbook for Sentinel incidents', edit: editPlaybookRules },
];

/** Asks what is to change until the user is done; gives the settings' new text. */
export async function runConfigWizard(text: string, prompter: Prompter, writeSecret: WriteSecret): Promise<string> {
  const state: State = { text, prompter, writeSecret };
  for (;;) {
    const position = await prompter.choose('What do you want to set?', [...TOPICS.map(({ title }) => title), 'Done']);
    const topic = TOPICS[position];
    if (!topic) return state.text;
    try {
      await topic.edit(state);
    } catch (error) {
      if (!(error instanceof TrailhoundError)) throw error;
      prompter.say(`${error.message}${error.hint ? `\n${error.hint}` : ''}`);
    }
  }
}

function set(state: State, field: string, value: unknown): void {
  state.text = editSettings(state.text, field, value);
}

function current(state: State): Settings {
  return parseSettings(state.text, 'trailhound.yaml', {});
}

/** Asks for one setting; `-` removes it, an empty answer leaves it. */
async function askFor(state: State, field: string, label = field, fallback?: string): Promise<void> {
  const typed = await state.prompter.ask(`${label} ("-" removes it)`, fallback);
  if (typed === '-') set(state, field, undefined);
  else if (typed !== '') set(state, field, readValue(field, typed, current(state)));
}

async function editIdentity(state: State): Promise<void> {
  const { cloud, identity } = current(state);
  await askFor(state, 'cloud', `Cloud (${CLOUD_NAMES.join(', ')})`, cloud);
  const typed = await state.prompter.ask(
    `Ways to sign in, in order (${CREDENTIAL_METHODS.join(', ')})`,
    identity.methods?.join(', '),
  );
  if (typed !== '')
    set(
      state,
      'identity.methods',
      typed.split(/[,\s]+/).filter((method) => method !== ''),
    );
  await askFor(state, 'identity.tenantId', 'Tenant id', identity.tenantId);
  await askFor(
    state,
    'identity.clientId',
    'Client id of an app registration or user-assigned identity',
    identity.clientId,
  );
}

async function editWorkspaces(state: State): Promise<void> {
  const { workspaces } = current(state);
  const position = await state.prompter.choose('Which workspace?', [
    ...workspaces.map(({ name }) => name),
    'A new one',
    'Back',
  ]);
  if (position > workspaces.length) return;
  const known = workspaces[position];
  const base = `workspaces[${position}]`;
  if (!known) {
    const name = await state.prompter.ask('Your name for it', 'soc');
    const workspaceId = await state.prompter.ask('Workspace id (GUID)');
    set(state, base, { name, workspaceId });
  } else if ((await state.prompter.choose(`Workspace ${known.name}`, ['Change', 'Remove'])) === 1) {
    return set(state, base, undefined);
  }
  for (const [field, label] of [
    ['workspaceName', 'Its name in Azure'],
    ['subscriptionId', 'Subscription id'],
    ['resourceGroup', 'Resource group'],
    ['tenantId', 'Tenant id, if it is another than the common one'],
    ['cloud', 'Cloud, if it is another than the common one'],
  ] as const) {
    await askFor(state, `${base}.${field}`, label, known?.[field]);
  }
}

async function editProviders(state: State): Promise<void> {
  const { providers } = current(state);
  const names = Object.keys(providers);
  const position = await state.prompter.choose('Which provider?', [...names, 'A new one', 'Back']);
  if (position > names.length) return;
  const types = providerTypes();
  const name = names[position] ?? (await state.prompter.ask('Its name in playbooks, as soc-logs'));
  const type = names[position]
    ? providers[name]!.type
    : [...types.keys()][await state.prompter.choose('Of what type?', [...types.keys()])]!;
  if (names[position] && (await state.prompter.choose(`Provider ${name}`, ['Change', 'Remove'])) === 1) {
    return set(state, `providers.${name}`, undefined);
  }
  const node = types.get(type)!;
  const held: Record<string, unknown> = { ...(providers[name] ?? {}), type };
  for (const [field, { description, secret, examples }] of Object.entries(node.properties ?? {})) {
    if (field === 'type' || field === 'identity' || field === 'endpoints') continue;
    if (secret) {
      const reference = await askSecretReference(state, `${name}-${field}`, `${field}: ${description ?? ''}`);
      if (reference !== undefined) held[field] = reference;
      continue;
    }
    const example = examples?.[0] === undefined ? '' : `, for example ${JSON.stringify(examples[0])}`;
    const typed = await state.prompter.ask(
      `${field}${description ? `: ${description}` : ''}${example}`,
      held[field] === undefined ? undefined : JSON.stringify(held[field]),
    );
    if (typed !== '')
      held[field] = readValue(`providers.${name}.${field}`, typed.replace(/^"(.*)"$/, '$1'), {
        providers: { [name]: held },
      });
  }
  set(state, `providers.${name}`, held);
}

function providerTypes(): Map<string, SchemaNode> {
  const providers = settingsJsonSchema().properties?.['providers']?.additionalProperties as SchemaNode;
  return new Map(
    (providers.anyOf ?? providers.oneOf ?? []).map((node) => [String(node.properties?.['type']?.const), node]),
  );
}

async function editThreatIntel(state: State): Promise<void> {
  const name = (await state.prompter.ask('Which service, as virustotal')).toLowerCase();
  if (name === '') return;
  const reference = await askSecretReference(state, `${name}-key`, `Key of ${name}`);
  if (reference !== undefined) set(state, `threatIntel.${name}.key`, reference);
}

/** A reference to a secret; one that is typed here goes to the Key Vault and not into the settings. */
async function askSecretReference(state: State, name: string, label: string): Promise<string | undefined> {
  const settings = current(state);
  const choices = [
    'Leave it',
    'It is in an environment variable',
    'It is in the Key Vault',
    'Store it in the Key Vault now',
  ];
  switch (await state.prompter.choose(label, settings.keyVault ? choices : choices.slice(0, 2))) {
    case 1:
      return `env:${await state.prompter.ask('Name of the variable', name.toUpperCase().replace(/[^A-Z0-9]/g, '_'))}`;
    case 2:
      return `kv:${await state.prompter.ask('Name of the secret', name)}`;
    case 3: {
      const secretName = await state.prompter.ask('Name of the secret', name);
      await state.writeSecret(settings, secretName, await state.prompter.askSecret('The secret'));
      state.prompter.say('Stored.');
      return `kv:${secretName}`;
    }
    default:
      return undefined;
  }
}

async function editFolders(state: State): Promise<void> {
  const settings = current(state) as unknown as Record<string, readonly string[]>;
  for (const field of FOLDERS) {
    const typed = await state.prompter.ask(`${field} (with commas between, "-" for none)`, settings[field]?.join(', '));
    const paths = typed
      .split(',')
      .map((path) => path.trim())
      .filter((path) => path !== '');
    if (typed === '-') set(state, field, undefined);
    else if (paths.length > 0) set(state, field, paths);
  }
}

async function editPlaybookRules(state: State): Promise<void> {
  const { playbookRules } = current(state).sentinel;
  for (const { when, playbook } of playbookRules) state.prompter.say(`  ${JSON.stringify(when)} → ${playbook}`);
  const playbook = await state.prompter.ask('Playbook for incidents that no rule above names (empty: none)');
  if (playbook !== '') set(state, 'sentinel.playbookRules', [...playbookRules, { playbook }]);
}
