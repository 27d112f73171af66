import type { Received, Reply } from './loopback-server.ts';

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token with readable claims, as Microsoft Entra ID gives it. */
export function jwtOf(claims: object): string {
  return `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}.signature`;
}

/**
 * Microsoft Entra ID for client secrets, and the identity endpoint of App Service.
 * Sources: learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow and
 * learn.microsoft.com/azure/app-service/overview-managed-identity
 */
export function entraService(secrets: ReadonlySet<string>, lifetimeInS = () => 3600) {
  let number = 0;
  return ({ path, query, headers, body }: Received): Reply => {
    const host = String(headers.host);
    if (path.endsWith('/.well-known/openid-configuration')) {
      const tenant = path.split('/')[1];
      const base = `https://${host}/${tenant}`;
      return {
        json: {
          token_endpoint: `${base}/oauth2/v2.0/token`,
          authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
          issuer: `${base}/v2.0`,
          jwks_uri: `${base}/discovery/v2.0/keys`,
        },
      };
    }
    if (path.endsWith('/oauth2/v2.0/token')) {
      const form = new URLSearchParams(body.toString());
      if (!secrets.has(form.get('client_secret') ?? '')) {
        const error_description = `AADSTS7000222: The provided client secret keys for app are expired. ${form.get('client_secret')}`;
        return { status: 401, json: { error: 'invalid_client', error_description, error_codes: [7000222] } };
      }
      const token = jwtOf({ oid: 'o1', tid: path.split('/')[1], aud: form.get('scope'), number: ++number });
      return { json: { token_type: 'Bearer', expires_in: lifetimeInS(), access_token: token } };
    }
    if (path === '/msi/token') {
      if (headers['x-identity-header'] !== 'header-value') return { status: 403, json: { error: 'wrong header' } };
      const token = jwtOf({ oid: 'msi', aud: query.get('resource'), number: ++number });
      return {
        json: {
          access_token: token,
          expires_on: String(Math.floor(Date.now() / 1000) + lifetimeInS()),
          resource: query.get('resource'),
          token_type: 'Bearer',
        },
      };
    }
    return { status: 404, json: {} };
  };
}
