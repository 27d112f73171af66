import type { SecretReader } from '../config/secrets.ts';

export interface Logins {
  /** Reference to a token or key, and the scheme it is sent under. */
  readonly token?: { readonly reference: string | undefined; readonly scheme: string };
  readonly user?: string | undefined;
  readonly password?: string | undefined;
}

/** The `authorize` of an HTTP client for services with their own keys. A refused secret is read again: it may be new. */
export function authorizationOf(secrets: SecretReader, { token, user, password }: Logins) {
  return async (anew: boolean): Promise<Record<string, string>> => {
    const reference = token?.reference ?? password;
    if (reference === undefined) return {};
    if (anew) secrets.forget(reference);
    const secret = await secrets.read(reference);
    if (token?.reference !== undefined) return { authorization: `${token.scheme} ${secret}` };
    return { authorization: `Basic ${Buffer.from(`${user ?? ''}:${secret}`).toString('base64')}` };
  };
}
