import { type SchemaNode, settingsJsonSchema } from '../../lib/config/json-schema.ts';
import { SettingsError } from '../../lib/config/problems.ts';
import { readTyped } from '../../lib/config/typed-value.ts';
import { askSecretReference } from './secrets.ts';
import { current, type State, say, set } from './state.ts';

export async function editProviders(state: State): Promise<void> {
  const { providers } = current(state);
  const names = Object.keys(providers);
  const position = await state.prompter.choose('Which provider?', [...names, 'A new one', 'Back']);
  if (position > names.length) return;
  const types = providerTypes();
  const name = names[position] ?? (await state.prompter.ask('Its name in playbooks, as soc-logs'));
  const type = names[position]
    ? providers[name]!.type
    : [...types.keys()][await state.prompter.choose('Of what type?', [...types.keys()])]!;
  if (names[position]) {
    const choice = await state.prompter.choose(`Provider ${name}`, ['Change', 'Remove', 'Back']);
    if (choice === 1) set(state, `providers.${name}`, undefined);
    if (choice !== 0) return;
  }
  const held: Record<string, unknown> = { ...(providers[name] ?? {}), type };
  do await askFields(state, name, types.get(type)!, held);
  while (!(await kept(state, name, held)));
}

async function askFields(state: State, name: string, node: SchemaNode, held: Record<string, unknown>): Promise<void> {
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
    if (typed === '-') delete held[field];
    else if (typed !== '') {
      const text = typed.replace(/^"(.*)"$/, '$1');
      held[field] = readTyped(text, ['providers', name, field], { providers: { [name]: held } });
    }
  }
}

/** Keeps a provider; one that would be wrong may be asked for again, with what was typed. */
async function kept(state: State, name: string, held: object): Promise<boolean> {
  try {
    set(state, `providers.${name}`, held);
    return true;
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    say(state, error);
    return (await state.prompter.choose('Once more?', ['Yes', 'Leave it'])) === 1;
  }
}

function providerTypes(): Map<string, SchemaNode> {
  const providers = settingsJsonSchema().properties?.['providers']?.additionalProperties as SchemaNode;
  return new Map(
    (providers.anyOf ?? providers.oneOf ?? []).map((node) => [String(node.properties?.['type']?.const), node]),
  );
}
