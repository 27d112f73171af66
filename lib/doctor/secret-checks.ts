import { fieldName } from '../config/problems.ts';
import { literalSecrets, secretReferences } from '../config/secret-fields.ts';
import type { Connections } from '../providers/connections.ts';
import type { Check } from './check.ts';
import { roleGrant } from './grants.ts';

/** Whether each secret that the settings refer to is there, and which stand in the settings themselves. */
export function secretChecks(connections: Connections): Check[] {
  const { settings, secrets } = connections;
  const references = secretReferences(settings).map(
    ({ path, value }): Check => ({
      name: `secret ${fieldName(path)}`,
      grant: (principalId) => roleGrant('Key Vault Secrets User', '<id of the Key Vault>', principalId),
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
