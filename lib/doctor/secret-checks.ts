import { vaultNameOf } from '../azure/key-vault.ts';
import { fieldName } from '../config/problems.ts';
import { literalSecrets, secretReferences } from '../config/secret-fields.ts';
import type { Connections } from '../providers/connections.ts';
import type { Check, Grant } from './check.ts';
import { type Grantee, lookedUp, roleGrant } from './grants.ts';

/** Whether each secret that the settings refer to is there, and which stand in the settings themselves. */
export function secretChecks(connections: Connections): Check[] {
  const { settings, secrets } = connections;
  const references = secretReferences(settings).map(
    ({ path, value }): Check => ({
      name: `secret ${fieldName(path)}`,
      grant: (who) => vaultGrant(connections, value, who),
      async run() {
        await secrets.read(value);
        return { status: 'ok', detail: `${value} can be read` };
      },
    }),
  );
  const literals = literalSecrets(settings).map(
    ({ path }): Check => ({
      name: `secret ${fieldName(path)}`,
      run: async () => ({
        status: 'warning',
        detail: 'stands in the settings themselves',
        hint: 'Move it to a Key Vault and refer to it as kv:name.',
        command: 'trailhound config',
      }),
    }),
  );
  return [...references, ...literals];
}

/** The role on the vault that a reference is of; its own hint says what to do where a role is not what it wants. */
function vaultGrant(connections: Connections, reference: string, who: Grantee): Grant | undefined {
  const [, vault] = /^kv:([^/]+)\//.exec(reference) ?? [];
  const { keyVault } = connections.settings;
  const name = vault ?? (keyVault ? vaultNameOf(keyVault) : '<vault>');
  return roleGrant('Key Vault Secrets User', lookedUp(`keyvault show --name "${name}"`), connections.cloud(), who);
}
