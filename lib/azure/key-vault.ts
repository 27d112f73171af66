import type { SecretClient } from '@azure/keyvault-secrets';
import { TrailhoundError } from '../errors.ts';
import { redact } from '../redaction.ts';
import type { Cloud } from './clouds.ts';
import type { RenewableCredential } from './credential.ts';
import { clientEndpoint } from './loopback-transport.ts';

export interface KeyVaultOptions {
  /** Address of the default vault; undefined where settings have none. */
  readonly url: string | undefined;
  readonly cloud: Cloud;
  readonly credential: RenewableCredential;
}

/** Secrets of a vault, by name; a vault other than the default one is named too. */
export interface KeyVault {
  read(name: string, vault?: string): Promise<string | undefined>;
  write(name: string, value: string, vault?: string): Promise<void>;
}

const NAME = /^[0-9A-Za-z-]{1,127}$/;

/**
 * Reads (and, for `trailhound config`, writes) secrets of Key Vaults.
 *
 * @throws usage: no vault is set, or a name that a vault cannot have · unauthorized: with the grant that is missing
 */
export function openKeyVault(options: KeyVaultOptions): KeyVault {
  const clients = new Map<string, Promise<SecretClient>>();

  const clientOf = (vault: string | undefined): { address: string; client: Promise<SecretClient> } => {
    const address = vault === undefined ? options.url : `https://${vault}.${options.cloud.keyVaultSuffix}`;
    if (!address) {
      throw new TrailhoundError('usage', 'no Key Vault is set', {
        hint: `Set keyVault in trailhound.yaml, as https://contoso.${options.cloud.keyVaultSuffix}`,
      });
    }
    let client = clients.get(address);
    if (!client) {
      client = (async () => {
        const { SecretClient } = await import('@azure/keyvault-secrets');
        const { url: shown, transport } = clientEndpoint(address);
        return new SecretClient(shown, options.credential, {
          ...transport,
          ...(transport.httpClient ? { disableChallengeResourceVerification: true } : {}),
        });
      })();
      clients.set(address, client);
    }
    return { address, client };
  };

  const call = async <Result>(
    name: string,
    vault: string | undefined,
    what: (client: SecretClient) => Promise<Result>,
  ): Promise<Result> => {
    if (!NAME.test(name) || (vault !== undefined && !NAME.test(vault))) {
      throw new TrailhoundError('usage', `"${vault ?? name}" cannot be the name of a Key Vault secret or vault`, {
        hint: 'Letters, digits and hyphens, as kv:virustotal-key or kv:contoso-vault/virustotal-key',
      });
    }
    const { address, client } = clientOf(vault);
    try {
      return await what(await client);
    } catch (error) {
      throw vaultError(error, name, address);
    }
  };

  return {
    async read(name, vault) {
      try {
        return await call(name, vault, async (client) => (await client.getSecret(name)).value);
      } catch (error) {
        if (error instanceof TrailhoundError && error.code === 'not-found') return undefined;
        throw error;
      }
    },
    write: (name, value, vault) =>
      call(name, vault, async (client) => {
        await client.setSecret(name, value);
      }),
  };
}

function vaultError(error: unknown, name: string, address: string): TrailhoundError {
  if (error instanceof TrailhoundError) return error;
  const { statusCode, message } = error as { statusCode?: number; message?: string };
  const reason = redact((message ?? String(error)).split('\n')[0]!.slice(0, 300));
  const vault = new URL(address).host.split('.')[0];
  if (statusCode === 404) return new TrailhoundError('not-found', `Key Vault ${vault} has no secret "${name}"`);
  if (statusCode === 401 || statusCode === 403) {
    return new TrailhoundError('unauthorized', `Key Vault ${vault} refuses the secret "${name}": ${reason}`, {
      hint: `Grant "Key Vault Secrets User": az role assignment create --role "Key Vault Secrets User" --assignee <principal id> --scope <id of vault ${vault}>`,
    });
  }
  const code =
    statusCode === 429 ? 'throttled' : statusCode !== undefined && statusCode < 500 ? 'remote' : 'unavailable';
  return new TrailhoundError(code, `Key Vault ${vault} cannot be read: ${reason}`);
}
