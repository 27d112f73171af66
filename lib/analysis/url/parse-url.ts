import { parse } from 'tldts';

/** A URL in parts, as KQL's `parse_url` gives them, and its host's. */
export interface ParsedUrl {
  readonly scheme: string;
  readonly host: string;
  readonly port: string;
  readonly path: string;
  readonly username: string;
  readonly password: string;
  /** Percent-decoded; the last of equal names. */
  readonly query: Readonly<Record<string, string>>;
  readonly fragment: string;
  /** Registrable domain, its subdomain and its public suffix; empty for addresses and names without. */
  readonly domain: string;
  readonly subdomain: string;
  readonly suffix: string;
}

const PARTS = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s;
const MAX_LENGTH = 65_536;

/** Takes a URL apart; null if it is none. Nothing is normalised: what an attacker wrote stays to be seen. */
export function parseUrl(text: string): ParsedUrl | null {
  const match = text.length > MAX_LENGTH ? null : PARTS.exec(text.trim());
  if (!match) return null;
  const [, scheme = '', authority = '', path = '', query = '', fragment = ''] = match;
  const at = authority.lastIndexOf('@');
  const user = at < 0 ? '' : authority.slice(0, at);
  const colon = user.indexOf(':');
  const place = /^(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(authority.slice(at + 1));
  if (!place) return null;
  const host = place[1]!;
  const { isIcann, domain, subdomain, publicSuffix, isIp } = parse(host, { validateHostname: false });
  const isNamed = !isIp && isIcann === true;
  return {
    scheme,
    host,
    port: place[2] ?? '',
    path,
    username: colon < 0 ? user : user.slice(0, colon),
    password: colon < 0 ? '' : user.slice(colon + 1),
    query: queryOf(query),
    fragment,
    domain: isNamed ? (domain ?? '') : '',
    subdomain: isNamed ? (subdomain ?? '') : '',
    suffix: isNamed ? (publicSuffix ?? '') : '',
  };
}

function queryOf(query: string): Record<string, string> {
  const parameters: Record<string, string> = Object.create(null);
  for (const pair of query === '' ? [] : query.split('&', 1000)) {
    const equals = pair.indexOf('=');
    const name = equals < 0 ? pair : pair.slice(0, equals);
    parameters[plain(name)] = equals < 0 ? '' : plain(pair.slice(equals + 1));
  }
  return parameters;
}

function plain(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}

/** The object that KQL's `parse_url` gives. */
export function asKustoUrl(url: ParsedUrl): Record<string, unknown> {
  return {
    Scheme: url.scheme,
    Host: url.host,
    Port: url.port,
    Path: url.path,
    Username: url.username,
    Password: url.password,
    'Query Parameters': url.query,
    Fragment: url.fragment,
  };
}
