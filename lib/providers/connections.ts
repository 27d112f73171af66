import type { Cloud, Endpoint } from '../azure/clouds.ts';
import {
  bearerOf,
  type ConnectionSource,
  cloudFor,
  credentialFor,
  type RenewableCredential,
} from '../azure/credential.ts';
import { createHttpClient, type HttpClient, type HttpClientOptions } from '../azure/http-client.ts';
import { type KeyVault, openKeyVault } from '../azure/key-vault.ts';
import type { RetryRules } from '../azure/retry.ts';
import { createSecretReader, type SecretReader } from '../config/secrets.ts';
import type { Settings } from '../config/settings.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Everything that reaches out: identities, secrets and HTTP clients of the settings. One for the life of a process. */
export interface Connections {
  readonly settings: Settings;
  readonly env: Environment;
  readonly secrets: SecretReader;
  readonly keyVault: KeyVault;
  /** One credential for each tenant, cloud and identity; without argument that of the settings. */
  credential(connection?: ConnectionSource): RenewableCredential;
  cloud(connection?: ConnectionSource): Cloud;
  /** A client whose requests bear a token of that connection for the endpoint. */
  client(service: string, endpoint: Endpoint, connection?: ConnectionSource): HttpClient;
  /** A client with its own authorisation, or none. */
  plainClient(options: HttpClientOptions): HttpClient;
}

export interface ConnectionOptions {
  readonly fetch?: typeof fetch;
  readonly sleep?: (durationInMs: number, signal?: AbortSignal) => Promise<void>;
  readonly tell?: (message: string) => void;
  /** Other rules than the usual for trying again. */
  readonly retry?: Partial<RetryRules>;
  /** In the place of the credentials that settings describe. */
  readonly credential?: (connection: ConnectionSource) => RenewableCredential;
  readonly clockInMs?: () => number;
  /** Where secrets that stand in the settings themselves are read, if `settings` are a copy without them. */
  readonly literals?: () => Settings;
}

/**
 * Opens connections for settings; nothing is sent before it is needed.
 *
 * @example const connections = openConnections(loadSettings({ env: process.env }), process.env);
 */
export function openConnections(settings: Settings, env: Environment, options: ConnectionOptions = {}): Connections {
  const credentials = new Map<string, RenewableCredential>();
  const clock = options.clockInMs ? { clockInMs: options.clockInMs } : {};

  const credential = (connection: ConnectionSource = {}): RenewableCredential => {
    if (options.credential) return options.credential(connection);
    const { tenantId, cloud, identity, endpoints } = connection;
    const key = JSON.stringify([tenantId, cloud, identity, endpoints?.login]);
    const known = credentials.get(key);
    if (known) return known;
    const made = credentialFor(settings, connection, {
      env,
      secret: (reference) => secrets.read(reference),
      ...(options.tell ? { tell: options.tell } : {}),
      ...clock,
    });
    credentials.set(key, made);
    return made;
  };

  const keyVault = openKeyVault({
    url: settings.keyVault,
    get cloud() {
      return cloudFor(settings);
    },
    get credential() {
      return credential();
    },
  });

  const { literals } = options;
  const secrets = createSecretReader({ settings, literals, env, readVault: keyVault.read, ...clock });
  const transport = {
    ...(options.fetch ? { fetch: options.fetch } : {}),
    ...(options.sleep ? { sleep: options.sleep } : {}),
    ...(options.retry ? { retry: options.retry } : {}),
    ...clock,
  };

  return {
    settings,
    env,
    secrets,
    keyVault,
    credential,
    cloud: (connection) => cloudFor(settings, connection),
    client: (service, endpoint, connection) =>
      createHttpClient({
        service,
        baseUrl: endpoint.url,
        authorize: (anew, signal) => bearerOf(credential(connection), endpoint.audience)(anew, signal),
        ...transport,
      }),
    plainClient: (own) => createHttpClient({ ...transport, ...own }),
  };
}
