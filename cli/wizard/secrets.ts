import { isSecretName } from '../../lib/azure/key-vault.ts';
import type { Settings } from '../../lib/config/settings.ts';
import { TrailhoundError } from '../../lib/errors.ts';
import { rememberSecret } from '../../lib/redaction.ts';
import { current, type State, say } from './state.ts';

/** A reference to a secret; one that is typed here goes to the Key Vault and not into the settings. */
export async function askSecretReference(state: State, name: string, label: string): Promise<string | undefined> {
  const settings = current(state);
  const choices = [
    'It is in an environment variable',
    'It is in the Key Vault',
    'Store it in the Key Vault now',
    'Leave it',
  ];
  if (!settings.keyVault) choices.splice(1, 2);
  for (;;) {
    switch (choices[await state.prompter.choose(label, choices)]) {
      case 'It is in an environment variable':
        return `env:${await state.prompter.ask('Name of the variable', name.toUpperCase().replace(/[^A-Z0-9]/g, '_'))}`;
      case 'It is in the Key Vault':
        return `kv:${await askSecretName(state, name)}`;
      case 'Store it in the Key Vault now':
        try {
          return await storeSecret(state, settings, name);
        } catch (error) {
          // What the vault refuses, the user may want to keep elsewhere.
          if (!(error instanceof TrailhoundError) || error.code === 'cancelled') throw error;
          say(state, error);
        }
        break;
      default:
        return undefined;
    }
  }
}

async function storeSecret(state: State, settings: Settings, name: string): Promise<string | undefined> {
  const secretName = await askSecretName(state, name);
  const secret = await state.prompter.askSecret('The secret');
  if (secret === '') return undefined;
  rememberSecret(secret);
  await state.writeSecret(settings, secretName, secret);
  state.prompter.say(`Stored as ${secretName}.`);
  return `kv:${secretName}`;
}

/** A name that a vault can have: what is not is asked again before a secret is typed. */
async function askSecretName(state: State, suggestion: string): Promise<string> {
  for (;;) {
    const name = await state.prompter.ask('Name of the secret', suggestion.replace(/[^0-9A-Za-z-]/g, '-'));
    if (isSecretName(name)) return name;
    state.prompter.say('A Key Vault takes letters, digits and hyphens, at most 127.');
  }
}
