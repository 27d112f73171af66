import type { SecretClient } from '@azure/keyvault-secrets';
import { type ErrorCode, TrailhoundError } from '../errors.ts';
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

const TIMEOUT_IN_MS = 60_000;

/** Whether a secret of a vault can have that name. */
export function isSecretName(name: string): boolean {
  return NAME.test(name);
}

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
    intent: Intent,
    name: string,
    vault: string | undefined,
    what: (client: SecretClient) => Promise<Result>,
  ): Promise<Result> => {
    const wrong = [name, vault ?? 'vault'].find((part) => !isSecretName(part));
    if (wrong !== undefined) {
      throw new TrailhoundError('usage', `"${wrong}" cannot be the name of a Key Vault secret or vault`, {
        hint: 'Letters, digits and hyphens, as kv:virustotal-key or kv:contoso-vault/virustotal-key',
      });
    }
    const { address, client } = clientOf(vault);
    try {
      return await what(await client);
    } catch (error) {
      throw vaultError(error, intent, name, address);
    }
  };

  return {
    async read(name, vault) {
      try {
        return await call('read', name, vault, async (client) => (await client.getSecret(name, patience())).value);
      } catch (error) {
        if (error instanceof TrailhoundError && error.code === 'not-found') return undefined;
        throw error;
      }
    },
    write: (name, value, vault) =>
      call('write', name, vault, async (client) => {
        await client.setSecret(name, value, patience());
      }),
  };
}

/** The client itself waits for an answer as long as it takes. */
function patience() {
  return { abortSignal: AbortSignal.timeout(TIMEOUT_IN_MS) };
}

type Intent = 'read' | 'write';

function vaultError(error: unknown, intent: Intent, name: string, address: string): TrailhoundError {
  if (error instanceof TrailhoundError) return error;
  const { statusCode, message, code: network } = error as { statusCode?: number; message?: string; code?: string };
  const said = message ?? String(error);
  const reason = redact(said.split('\n')[0]!.slice(0, 300));
  const vault = vaultNameOf(address);
  const of = (code: ErrorCode, what: string, hint?: string) =>
    new TrailhoundError(code, `Key Vault ${vault} ${what}`, { hint });
  if (network === 'ENOTFOUND' || network === 'EAI_AGAIN') {
    const hint = `Check keyVault and the cloud, and whether the vault is reached by a private endpoint alone: az keyvault show --name ${vault}`;
    return of('unavailable', `is not found under ${new URL(address).host}`, hint);
  }
  switch (statusCode) {
    case 404:
      return of('not-found', `has no secret "${name}"`);
    case 409:
      return of(
        'conflict',
        `cannot store "${name}": ${reason}`,
        `A deleted secret keeps its name: az keyvault secret recover --vault-name ${vault} --name ${name} (or purge it), then try again.`,
      );
    case 401:
    case 403:
      return of('unauthorized', `refuses the secret "${name}": ${reason}`, refusalHint(said, intent, name, vault));
    case 429:
      return of('throttled', `asks to wait: ${reason}`, 'Try again in some seconds.');
    default: {
      const code = statusCode !== undefined && statusCode < 500 ? 'remote' : 'unavailable';
      return of(code, `cannot be ${intent === 'read' ? 'read' : 'written to'}: ${reason}`);
    }
  }
}

/** A vault refuses for several reasons, and each has another remedy. */
function refusalHint(said: string, intent: Intent, name: string, vault: string): string {
  if (/disabled secret|SecretDisabled/i.test(said)) {
    return `Switch it on: az keyvault secret set-attributes --vault-name ${vault} --name ${name} --enabled true`;
  }
  if (/ForbiddenByFirewall|not authorized.*address|public network access/i.test(said)) {
    return `Let this network in: az keyvault network-rule add --name ${vault} --ip-address <address of this machine>`;
  }
  if (/ForbiddenByPolicy|does not have secrets (?:get|set)/i.test(said)) {
    const permission = intent === 'read' ? 'get' : 'get set';
    return `Its access policy must allow it: az keyvault set-policy --name ${vault} --object-id "<principal id>" --secret-permissions ${permission}`;
  }
  const role = intent === 'read' ? 'Key Vault Secrets User' : 'Key Vault Secrets Officer';
  return `Grant "${role}": az role assignment create --role "${role}" --assignee "<principal id>" --scope "$(az keyvault show --name ${vault} --query id -o tsv)"`;
}

/** The vault's own name in its address. */
export function vaultNameOf(address: string): string {
  return new URL(address).host.split('.')[0]!;
}
