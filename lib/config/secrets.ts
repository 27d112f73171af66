import { vaultNameOf } from '../azure/key-vault.ts';
import { TrailhoundError } from '../errors.ts';
import { rememberSecret } from '../redaction.ts';
import type { Environment } from './environment.ts';
import { isReference } from './secret-fields.ts';
import { type Settings, settingAt } from './settings.ts';

/** Reads a secret of a vault (undefined: the vault of the settings); undefined if the vault has no such secret. */
export type VaultReader = (name: string, vault: string | undefined) => Promise<string | undefined>;

export interface SecretSources {
  /** Looked at anew on each read, so that changed settings are seen. */
  readonly settings: Settings | (() => Settings);
  /**
   * Where `setting:` references are looked up: the settings as they are now, where `settings` are a stored copy without
   * secrets. Default: `settings`.
   */
  readonly literals?: (() => Settings) | undefined;
  readonly env: Environment;
  /** Absent where there is no vault: then `kv:` references are an error that says so. */
  readonly readVault?: VaultReader;
  /** How long a value is kept. Default 5 minutes, at least 0. */
  readonly cacheInMs?: number;
  readonly clockInMs?: () => number;
}

/** Secrets at the moment of use. */
export interface SecretReader {
  /** The secret that a reference (`kv:name`, `kv:vault/name`, `env:NAME`, `setting:path`, or the value itself) stands for. */
  read(reference: string): Promise<string>;
  /** The secret of a setting (`threatIntel.virustotal.key`); undefined if it is not set. */
  readSetting(path: string): Promise<string | undefined>;
  /** To be called when a service refuses a secret: the next read asks the source again, so rotation needs no restart. */
  forget(reference: string): void;
}

const CACHE_IN_MS = 5 * 60_000;

/**
 * A reader with a brief cache. Every value that it gives is hidden by `redact` from then on.
 *
 * @throws not-found: the variable or secret is not there · usage: no vault is set, or a reference turns in a circle
 */
export function createSecretReader(sources: SecretSources): SecretReader {
  const { env, readVault, cacheInMs = CACHE_IN_MS, clockInMs = Date.now } = sources;
  const settings = () => (typeof sources.settings === 'function' ? sources.settings() : sources.settings);
  const cache = new Map<string, { value: Promise<string>; untilInMs: number }>();

  const fetchSecret = async (reference: string, depth: number): Promise<string> => {
    const value = await readValue(reference, depth);
    rememberSecret(value);
    return value;
  };

  const readValue = async (reference: string, depth: number): Promise<string> => {
    const colon = isReference(reference) ? reference.indexOf(':') : -1;
    if (colon < 0) return reference;
    const name = reference.slice(colon + 1);
    switch (reference.slice(0, colon)) {
      case 'env':
        return env[name] || missing(`the environment variable ${name} is not set`, 'Set it where Trailhound runs.');
      case 'setting': {
        const set = settingAt((sources.literals ?? settings)(), name);
        if (depth > 4) throw new TrailhoundError('usage', `the reference setting:${name} turns in a circle`);
        if (typeof set === 'string') return fetchSecret(set, depth + 1);
        return missing(`the setting ${name} is not set`, 'docs/settings.md describes every field.');
      }
      default: {
        if (!readVault) {
          throw new TrailhoundError('usage', `${reference} refers to a Key Vault, and none is set`, {
            hint: 'Set keyVault in trailhound.yaml, as https://contoso.vault.azure.net',
          });
        }
        const slash = name.indexOf('/');
        const secret = name.slice(slash + 1);
        const vault = slash < 0 ? undefined : name.slice(0, slash);
        const { keyVault } = settings();
        const shown = vault ?? (keyVault ? vaultNameOf(keyVault) : '<vault>');
        return (
          (await readVault(secret, vault)) ??
          missing(
            `the Key Vault ${shown} has no secret "${secret}"`,
            `Store it: az keyvault secret set --vault-name ${shown} --name ${secret} --file <file that holds it>`,
          )
        );
      }
    }
  };

  const read = (reference: string): Promise<string> => {
    const held = cache.get(reference);
    if (held && held.untilInMs > clockInMs()) return held.value;
    const value = fetchSecret(reference, 0);
    cache.set(reference, { value, untilInMs: clockInMs() + cacheInMs });
    value.catch(() => cache.delete(reference));
    return value;
  };

  return {
    read,
    readSetting: async (path) => {
      const reference = settingAt(settings(), path);
      return typeof reference === 'string' ? read(reference) : undefined;
    },
    forget: (reference) => {
      cache.delete(reference);
    },
  };
}

function missing(message: string, hint: string): never {
  throw new TrailhoundError('not-found', message, { hint });
}
