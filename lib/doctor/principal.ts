import { scopeOf } from '../azure/clouds.ts';
import type { ConnectionSource } from '../azure/credential.ts';
import { TrailhoundError } from '../errors.ts';
import type { Connections } from '../providers/connections.ts';

/** Who a token speaks for. */
export interface Principal {
  readonly objectId: string;
  readonly tenantId: string;
  /** The application, or the one through which a person signed in. */
  readonly appId: string | undefined;
  /** As Azure's role assignments call it. */
  readonly type: 'User' | 'ServicePrincipal';
  /** The user's or application's name, as far as the token has one. */
  readonly name: string;
  /** How much this machine's clock is ahead of the sign-in service's, in milliseconds. */
  readonly clockAheadInMs: number;
}

/** Signs in and reads whom the token speaks for; the token itself goes nowhere. */
export async function signIn(
  connections: Connections,
  connection: ConnectionSource,
  signal: AbortSignal,
): Promise<Principal> {
  const { resourceManager } = connections.cloud(connection);
  const token = await connections
    .credential(connection)
    .getToken(scopeOf(resourceManager.audience), { abortSignal: signal });
  if (!token) throw new TrailhoundError('unauthorized', 'no token was given');
  const claims = claimsOf(token.token);
  const text = (...names: string[]) =>
    names.map((name) => claims[name]).find((value) => typeof value === 'string') as string | undefined;
  const issuedAt = Number(claims['iat'] ?? claims['nbf']);
  const isPerson = claims['idtyp'] === 'user' || text('scp', 'upn') !== undefined;
  return {
    objectId: text('oid') ?? '<principal id>',
    tenantId: text('tid') ?? 'unknown tenant',
    appId: text('appid', 'azp'),
    type: isPerson && claims['idtyp'] !== 'app' ? 'User' : 'ServicePrincipal',
    name: text('upn', 'unique_name', 'app_displayname', 'appid', 'azp') ?? 'unknown name',
    // A token at hand may be old; only one from the future shows a wrong clock.
    clockAheadInMs: Number.isFinite(issuedAt) ? Math.min(0, Date.now() - issuedAt * 1000) : 0,
  };
}

/** The claims of a JWT, unverified: they are shown, and decide nothing. */
function claimsOf(token: string): Record<string, unknown> {
  try {
    return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as Record<string, unknown>;
  } catch {
    return {};
  }
}
