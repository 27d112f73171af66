import { getDomain, parse as parseHost } from 'tldts';

/** What can be looked up, by the names that `extract.iocs` gives. */
export const OBSERVABLE_TYPES = ['ipv4', 'ipv6', 'dns', 'url', 'md5_hash', 'sha1_hash', 'sha256_hash'] as const;
export type ObservableType = (typeof OBSERVABLE_TYPES)[number];

export interface Observable {
  readonly type: ObservableType;
  readonly value: string;
}

/** What may leave this place, or why it may not. */
export type Safety = { readonly safe: string } | { readonly refused: string };

export interface SafetyOptions {
  /** Domains (with all below them) and addresses of one's own, which are never sent. */
  readonly neverSend: readonly string[];
  /** Judges an address: true if it is reachable from the internet. */
  readonly isGlobalIp: (text: string) => boolean;
}

const HASH_LENGTHS: Readonly<Partial<Record<ObservableType, number>>> = {
  md5_hash: 32,
  sha1_hash: 40,
  sha256_hash: 64,
};
/** Below this, in bits per character, a run of digits is no digest (the figure is MSTICPy's). */
const LEAST_HASH_ENTROPY = 3;
const MAX_URL_CHARACTERS = 2000;

/** Whether a type is one that can be looked up. */
export function isObservableType(type: string): type is ObservableType {
  return (OBSERVABLE_TYPES as readonly string[]).includes(type);
}

/** The form under which an observable is compared and remembered: trimmed, hosts and digests in lower case. */
export function normaliseObservable({ type, value }: Observable): Observable {
  const text = value.trim();
  if (type === 'url') return { type, value: text };
  return { type, value: text.toLowerCase().replace(type === 'dns' ? /\.$/ : /$^/, '') };
}

/**
 * The value that a service outside may be asked about: no private or reserved address, no name that only exists inside,
 * no user name or password of a URL, nothing under `neverSend`. What is refused names its reason.
 */
export function safeObservable(observable: Observable, options: SafetyOptions): Safety {
  const { type, value } = normaliseObservable(observable);
  if (type === 'url') return safeUrl(value, options);
  if (type === 'dns') return safeHost(value, options);
  if (type === 'ipv4' || type === 'ipv6') return safeIp(value, options);
  if (!new RegExp(`^[0-9a-f]{${HASH_LENGTHS[type]}}$`).test(value)) return { refused: `it is no ${type}` };
  return entropyInBits(value) < LEAST_HASH_ENTROPY
    ? { refused: 'it repeats too much to be a digest' }
    : { safe: value };
}

function safeIp(value: string, { isGlobalIp, neverSend }: SafetyOptions): Safety {
  if (!isGlobalIp(value)) return { refused: 'the address is not reachable from the internet' };
  return neverSend.includes(value) ? { refused: 'it is one of our own' } : { safe: value };
}

function safeHost(host: string, options: SafetyOptions): Safety {
  if (host.length > 253 || !/^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)+$/.test(host)) {
    return { refused: 'it is no host name with a domain' };
  }
  const parsed = parseHost(host, { allowPrivateDomains: false });
  if (parsed.isIp || !parsed.isIcann || getDomain(host) === null) {
    return { refused: 'its top-level domain is not one of the internet' };
  }
  const own = options.neverSend.some(
    (domain) => host === domain.toLowerCase() || host.endsWith(`.${domain.toLowerCase()}`),
  );
  return own ? { refused: 'it is one of our own' } : { safe: host };
}

function safeUrl(text: string, options: SafetyOptions): Safety {
  if (text.length > MAX_URL_CHARACTERS) return { refused: `it is longer than ${MAX_URL_CHARACTERS} characters` };
  const url = URL.parse(text);
  if (!url || !/^(https?|ftp):$/.test(url.protocol)) return { refused: 'it is no http, https or ftp address' };
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const isIp = host.includes(':') || /^[\d.]+$/.test(host);
  const judged = isIp ? safeIp(host, options) : safeHost(host, options);
  if ('refused' in judged) return { refused: `of its host: ${judged.refused}` };
  url.username = '';
  url.password = '';
  url.hash = '';
  return { safe: url.href };
}

function entropyInBits(text: string): number {
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

/** The type of a bare value, or null. */
export function observableTypeOf(value: string): ObservableType | null {
  const text = value.trim();
  if (/^[0-9a-f]+$/i.test(text)) {
    const found = Object.entries(HASH_LENGTHS).find(([, length]) => length === text.length);
    if (found) return found[0] as ObservableType;
  }
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return 'ipv4';
  if (/^[0-9a-f:.]+$/i.test(text) && text.includes(':') && text.split(':').length > 2) return 'ipv6';
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return 'url';
  return /^[a-z0-9_-]+(\.[a-z0-9_-]+)+\.?$/i.test(text) ? 'dns' : null;
}
