import type { Part } from './source.ts';

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** What templates have in the place of a value. */
const PLACEHOLDER = /^\[?placeholder\]?$|^<[^>]*>$|^your[-_ ]/i;

export function guidOf(part: Part): string | undefined {
  return part.formed(GUID, 'GUID');
}

/** An address; a host alone is reached by https. */
export function urlOf(part: Part): string | undefined {
  const text = part.text();
  if (text === undefined) return undefined;
  const url = /^https?:\/\//.test(text) ? text : `https://${text}`;
  if (URL.canParse(url)) return url;
  part.note('is no address');
  return undefined;
}

/** Paths; `~` is the user's own folder, which only a shell knows by that name. */
export function pathsOf(part: Part, home: string): string[] {
  return part.texts().map((path) => path.replace(/^~(?=$|[\\/])/, home));
}

/**
 * MSTICPy's forms of a secret: an environment variable, a Key Vault's secret, or the value itself, which is named.
 * A blank Key Vault name stands for the path of the setting.
 */
export function secretOf(part: Part): string | undefined {
  const variable = part.at('EnvironmentVar').text();
  if (variable) return `env:${variable}`;
  const address = part.at('KeyVaultURI').text();
  if (address) {
    const [, vault, secret] = /^https:\/\/([0-9A-Za-z-]+)\.[^/]+\/secrets\/([0-9A-Za-z-]+)/.exec(address) ?? [];
    if (vault && secret) return `kv:${vault}/${secret}`;
    part.note('is no address of a secret');
    return undefined;
  }
  if (part.has('KeyVault')) {
    const name = part.at('KeyVault').text() ?? '';
    part.at('KeyVault').pass();
    const clean = (text: string) => text.replace(/[^0-9a-zA-Z-]/g, '-').slice(0, 127);
    if (name === '' || name === 'Default') return `kv:${clean(part.path)}`;
    const [vault, secret] = name.split('/', 2);
    return secret ? `kv:${clean(vault!)}/${clean(secret)}` : `kv:${clean(name)}`;
  }
  const literal = part.text();
  if (literal === undefined) return undefined;
  if (PLACEHOLDER.test(literal)) {
    part.note('is a placeholder');
    return undefined;
  }
  part.note('stands in the file itself; move it to a Key Vault');
  return literal;
}

/** A name of our own form: small letters, digits and hyphens. */
export function nameOf(text: string): string {
  const name = text.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return name.replace(/^-+|-+$/g, '').slice(0, 63) || 'unnamed';
}

/** A field, or nothing where it has no value. */
export function field(name: string, value: unknown): Record<string, unknown> {
  return value === undefined ? {} : { [name]: value };
}

/** An app registration with its secret or certificate, as several sections have it. */
export function appOf(args: Part): { identity?: object } {
  const clientSecret = secretOf(args.at('ClientSecret'));
  const certificatePath = args.at('Certificate').text();
  const certificatePassword = secretOf(args.at('CertificatePassword'));
  if (!clientSecret && !certificatePath) return {};
  const clientId = guidOf(args.at('ClientId'));
  if (!clientId) {
    args.at('ClientSecret').note('needs a ClientId that is a GUID');
    args.at('Certificate').note('needs a ClientId that is a GUID');
    return {};
  }
  return {
    identity: clientSecret
      ? { methods: ['client-secret'], clientId, clientSecret }
      : { methods: ['certificate'], clientId, certificatePath, ...field('certificatePassword', certificatePassword) },
  };
}

/** A tenant where it is another than the common one. */
export function tenantOf(part: Part, common: unknown): Record<string, unknown> {
  const tenantId = guidOf(part);
  return field('tenantId', tenantId === common ? undefined : tenantId);
}
