import { AsyncLocalStorage } from 'node:async_hooks';
import type { AccessToken, GetTokenOptions, TokenCredential } from '@azure/identity';
import { TrailhoundError } from '../errors.ts';
import { redact, rememberSecret } from '../redaction.ts';
import { type Cloud, cloudOf, type EndpointOverrides, scopeOf } from './clouds.ts';
import { CREDENTIAL_METHODS, type CredentialMethod, type SignIn } from './credential-methods.ts';
import { runsInAzure, signInAdvice } from './sign-in-advice.ts';

export type { CredentialMethod } from './credential-methods.ts';

/** The part of settings that says how to sign in; `Settings` of `lib/config` fits. */
export interface IdentitySource {
  readonly cloud: string;
  readonly endpoints?: EndpointOverrides | undefined;
  readonly identity?: IdentityFields | undefined;
}

interface IdentityFields {
  readonly methods?: readonly CredentialMethod[] | undefined;
  readonly tenantId?: string | undefined;
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | undefined;
  readonly certificatePath?: string | undefined;
  readonly certificatePassword?: string | undefined;
}

/** What a workspace or provider says in the place of the settings: it may lie in another tenant or cloud. */
export interface ConnectionSource {
  readonly tenantId?: string | undefined;
  readonly cloud?: string | undefined;
  readonly identity?: IdentityFields | undefined;
  readonly endpoints?: EndpointOverrides | undefined;
}

export interface CredentialOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Reads a secret reference at the moment of use. */
  readonly secret?: (reference: string) => Promise<string>;
  /** Shows a device code. Default: standard error. */
  readonly tell?: (message: string) => void;
  /** Whether somebody is there to sign in. Default: standard error is a terminal. */
  readonly isAttended?: boolean;
  readonly clockInMs?: () => number;
}

/** Nobody could sign in; the hint says what to do for each way that was tried. */
export class SignInError extends TrailhoundError {}

/** A credential that can be told that a token was refused. */
export interface RenewableCredential extends TokenCredential {
  /** The next token for this scope is a new one. */
  renew(scope: string): void;
}

/** A person who signs in may take so long, a machine not nearly. */
const SIGN_IN_TIMEOUT_IN_MS = 5 * 60_000;

/** Tokens are replaced this long before they end, so that no request starts with one that ends on the way. */
const EARLY_IN_MS = 5 * 60_000;

/** The order in which ways to sign in are tried where settings name none. */
export function defaultMethods(env: Readonly<Record<string, string | undefined>>): readonly CredentialMethod[] {
  if (env['AZURE_FEDERATED_TOKEN_FILE']) return ['workload-identity'];
  if (env['IDENTITY_ENDPOINT'] || runsInAzure(env)) return ['managed-identity'];
  return ['cli', 'interactive'];
}

/** The cloud of a workspace or provider, else of the settings. */
export function cloudFor(settings: IdentitySource, connection: ConnectionSource = {}): Cloud {
  const overrides = connection.cloud && connection.cloud !== settings.cloud ? {} : settings.endpoints;
  return cloudOf(connection.cloud ?? settings.cloud, { ...overrides, ...connection.endpoints });
}

/**
 * The credential of the settings, or of a workspace or provider that has its own tenant, cloud or identity.
 *
 * Its ways to sign in are tried in order, and the first that succeeds is kept. Tokens are held in memory alone, shared
 * by callers that ask at once, and replaced five minutes before they end.
 *
 * @throws (from getToken) unauthorized: no way succeeded; the message has each way's reason, the hint what to do
 * @throws unsupported: a way that needs a person, in Azure · usage/unsupported: the cloud is unknown or retired
 * @example const credential = credentialFor(settings, workspace, { env: process.env });
 */
export function credentialFor(
  settings: IdentitySource,
  connection: ConnectionSource | undefined,
  options: CredentialOptions,
): RenewableCredential {
  const { env, clockInMs = Date.now } = options;
  const fields = connection?.identity ?? settings.identity ?? {};
  const methods = fields.methods ?? defaultMethods(env);
  const person = methods.find((method) => CREDENTIAL_METHODS[method].needsPerson);
  if (person && runsInAzure(env)) {
    throw new TrailhoundError(
      'unsupported',
      `the identity method "${person}" needs a person at a screen, and there is none in Azure`,
      {
        hint: 'Set identity.methods to [managed-identity].',
      },
    );
  }
  const readSecret =
    options.secret ??
    (async (reference: string) => (reference.startsWith('env:') ? (env[reference.slice(4)] ?? '') : reference));
  const signIn: SignIn = {
    ...fields,
    tenantId: connection?.tenantId ?? fields.tenantId ?? settings.identity?.tenantId,
    cloud: cloudFor(settings, connection),
    env,
    secret: async (reference) => {
      const value = await readSecret(reference);
      rememberSecret(value);
      return value;
    },
    tell: options.tell ?? ((message) => process.stderr.write(`${message}\n`)),
    isAttended: options.isAttended ?? process.stderr.isTTY === true,
  };
  return cachedCredential(chainOf(methods, signIn), clockInMs);
}

interface Chain extends TokenCredential {
  /** Starts over: the libraries below keep tokens too, and would give a refused one again. */
  reset(): void;
}

/** Tries each method in turn; remembers the one that worked until it fails. */
function chainOf(methods: readonly CredentialMethod[], signIn: SignIn): Chain {
  let working: { method: CredentialMethod; credential: TokenCredential } | undefined;
  return {
    async getToken(scopes, tokenOptions) {
      const failures: { method: CredentialMethod; reason: string }[] = [];
      const ordered = working ? [working.method, ...methods.filter((method) => method !== working?.method)] : methods;
      for (const method of ordered) {
        try {
          // Made anew after a failure, so that a rotated secret or certificate is read.
          const credential =
            working?.method === method ? working.credential : await CREDENTIAL_METHODS[method].make(signIn);
          const token = await credential.getToken(scopes, tokenOptions);
          if (token) {
            working = { method, credential };
            return token;
          }
          failures.push({ method, reason: 'gave no token' });
        } catch (error) {
          if (tokenOptions?.abortSignal?.aborted) throw error;
          if (working?.method === method) working = undefined;
          failures.push({ method, reason: reasonOf(error) });
        }
      }
      throw signInError(failures, signIn);
    },
    reset() {
      // A person is not asked again for each refusal: what they signed in with renews itself.
      if (working && !CREDENTIAL_METHODS[working.method].needsPerson) working = undefined;
    },
  };
}

function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  // A tool whose output cannot be read is quoted, and that output may be the token.
  return redact(
    text
      .split('\n')[0]!
      .replace(/\beyJ[\w-]{10,}[\w.-]*/g, '[secret]')
      .replace(/\s+/g, ' ')
      .slice(0, 300),
  );
}

function signInError(failures: readonly { method: CredentialMethod; reason: string }[], signIn: SignIn): SignInError {
  const reasons = failures.map(({ method, reason }) => `${method}: ${reason}`);
  const advice = failures.map(({ method, reason }) => `${method}: ${signInAdvice(method, reason, signIn)}`);
  const where = `${signIn.cloud.title}${signIn.tenantId ? `, tenant ${signIn.tenantId}` : ''}`;
  return new SignInError('unauthorized', `could not sign in to ${where} (${reasons.join('; ')})`, {
    hint: advice.join('\n'),
  });
}

function cachedCredential(inner: Chain, clockInMs: () => number): RenewableCredential {
  const tokens = new Map<string, AccessToken>();
  const pending = new Map<string, Promise<AccessToken>>();
  const keyOf = (scopes: string | string[], options?: GetTokenOptions) =>
    `${[scopes].flat().join(' ')}|${options?.tenantId ?? ''}`;

  const fetchToken = (key: string, scopes: string | string[], options: GetTokenOptions | undefined) => {
    const running = pending.get(key);
    if (running) return running;
    // Several callers wait for one request: the wish of one of them to stop does not end it for the others.
    const abortSignal = AbortSignal.timeout(SIGN_IN_TIMEOUT_IN_MS);
    const started = signingIn.run([...(signingIn.getStore() ?? []), inner], () =>
      inner.getToken(scopes, { ...options, abortSignal }),
    );
    const late = () => new TrailhoundError('unavailable', 'nobody could sign in within five minutes');
    const request = unlessAborted(started, abortSignal, late)
      .then((token) => {
        if (!token) throw new TrailhoundError('unauthorized', 'no token was given');
        rememberSecret(token.token);
        tokens.set(key, token);
        return token;
      })
      .finally(() => pending.delete(key));
    pending.set(key, request);
    return request;
  };

  return {
    async getToken(scopes, options) {
      const key = keyOf(scopes, options);
      // Claims come with a challenge: the token at hand was just refused.
      if (options?.claims) tokens.delete(key);
      const held = tokens.get(key);
      if (held && held.expiresOnTimestamp - EARLY_IN_MS > clockInMs()) return held;
      if (signingIn.getStore()?.includes(inner)) {
        throw new TrailhoundError('usage', 'this identity needs a secret of a Key Vault that it opens itself');
      }
      const request = fetchToken(key, scopes, options);
      const stopped = () => new TrailhoundError('cancelled', 'the sign-in was cancelled');
      return options?.abortSignal ? unlessAborted(request, options.abortSignal, stopped) : request;
    },
    renew(scope) {
      inner.reset();
      for (const key of tokens.keys()) if (key.startsWith(`${scope}|`)) tokens.delete(key);
    },
  };
}

/** The sign-ins that the running one is for: an identity must not wait for itself. */
const signingIn = new AsyncLocalStorage<readonly Chain[]>();

type Abort = NonNullable<GetTokenOptions['abortSignal']>;

/** The result, unless the signal comes first; what is under way goes on for others who wait for it. */
function unlessAborted<Result>(result: Promise<Result>, signal: Abort, reason: () => Error): Promise<Result> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(reason());
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop);
    void result.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

/** The `authorize` of an HTTP client: a bearer token for an audience. */
export function bearerOf(credential: RenewableCredential, audience: string) {
  const scope = scopeOf(audience);
  return async (anew: boolean, signal: AbortSignal | undefined) => {
    if (anew) credential.renew(scope);
    const token = await credential.getToken(scope, signal ? { abortSignal: signal } : {});
    return { authorization: `Bearer ${token?.token ?? ''}` };
  };
}
