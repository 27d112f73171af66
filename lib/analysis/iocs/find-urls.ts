import { isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';
import { type Found, isDigitCode } from './ioc.ts';
import { ipv4Of } from './ipv4.ts';
import { isRegistrable } from './suffix.ts';

const SCHEMES =
  'https http ftps sftp ftp telnet ldaps ldap file wss ws smb tftp ssh rdp gopher webdavs webdav dav nfs'.split(' ');
const MAX_LENGTH = 8192;
/** Levels of percent-encoding, and URLs within one URL, that are looked at. */
const MAX_NESTED = 4;
const MAX_WITHIN = 16;

/** Where URLs lie, so that others keep out of them. The path begins at `path` (or the URL ends there). */
export interface UrlSpan {
  readonly start: number;
  readonly path: number;
  readonly end: number;
}

/**
 * URLs with one of the known schemes and a host that can be one, and their hosts. What follows a URL in prose or code
 * (quotes, brackets, punctuation) is not of it; URLs within its query, percent-encoded too, are found as well.
 */
export function findUrls(text: string, wanted: ReadonlySet<string>, found: Found): UrlSpan[] {
  const spans: UrlSpan[] = [];
  let outer = 0;
  let within = 0;
  for (let at = text.indexOf('://'); at >= 0; at = text.indexOf('://', at + 3)) {
    const scheme = at < outer && within >= MAX_WITHIN ? null : schemeBefore(text, at);
    if (scheme === null) continue;
    const start = at - scheme.length;
    const end = endOfUrl(text, at + 3, start);
    const span = addUrl(text.slice(start, end), scheme, start, wanted, found);
    if (start < outer) within++;
    else {
      outer = end;
      within = 0;
    }
    if (span) spans.push(span);
  }
  return spans;
}

function schemeBefore(text: string, at: number): string | null {
  const before = text.slice(Math.max(0, at - 8), at).toLowerCase();
  return SCHEMES.find((scheme) => before.endsWith(scheme)) ?? null;
}

/** The first character that cannot be of the URL; then back over what rather belongs to the text around. */
function endOfUrl(text: string, from: number, start: number): number {
  const limit = Math.min(text.length, from + MAX_LENGTH);
  let end = from;
  let depth = 0;
  let commas = false;
  for (; end < limit; end++) {
    const code = text.charCodeAt(end);
    if (code <= 32 || code === 127) break;
    if (code === 34 || code === 39 || code === 60 || code === 62 || code === 92 || code === 94 || code === 96) break;
    if (code === 123 || code === 124 || code === 125 || code === 0xa0 || code === 0x3000) break;
    if (code >= 0x2000 && code <= 0x206f) break;
    if (code === 40) depth++;
    else if (code === 41 && --depth < 0) break;
    else if (code === 44 || code === 59) commas = true;
  }
  if (commas) {
    const next = /[,;](?=[a-z]{2,7}:\/\/)/i.exec(text.slice(from, end));
    if (next) end = from + next.index;
  }
  while (end > from && /[.,;:!?)\]&=]/.test(text[end - 1]!)) {
    if (text[end - 1] === ']' && text.slice(start, end).includes('[') && !/[/?#]/.test(text.slice(from, end))) break;
    if (text[end - 1] === ')' && text.slice(from, end - 1).includes('(')) break;
    if (text[end - 1] === '=' || text[end - 1] === '&') break;
    end--;
  }
  return end;
}

function addUrl(url: string, scheme: string, start: number, wanted: ReadonlySet<string>, found: Found, nesting = 0) {
  const authority = scheme.length + 3;
  let path = authority;
  while (path < url.length && !'/?#'.includes(url[path]!)) path++;
  const at = url.lastIndexOf('@', path - 1);
  const hostStart = at >= authority ? at + 1 : authority;
  const host = parseHost(url.slice(hostStart, path));
  if (host === null) return null;
  const end = start + url.length;
  if (wanted.has('url')) {
    const value =
      scheme + url.slice(scheme.length, hostStart) + url.slice(hostStart, path).toLowerCase() + url.slice(path);
    found.push({ type: 'url', value, start, end });
  }
  if (host.type !== null && wanted.has(host.type)) {
    const from = start + hostStart;
    found.push({ type: host.type, value: host.value, start: from, end: from + host.length });
  }
  addNested(url.slice(path), start, end, wanted, found, nesting);
  return { start, path: start + path, end };
}

interface UrlHost {
  readonly type: 'ipv4' | 'ipv6' | 'dns' | null;
  readonly value: string;
  readonly length: number;
}

function parseHost(authority: string): UrlHost | null {
  if (authority.startsWith('[')) {
    const close = authority.indexOf(']');
    const value = authority.slice(1, close < 0 ? undefined : close).toLowerCase();
    return close > 0 && isIPv6(value) ? { type: 'ipv6', value, length: close + 1 } : null;
  }
  const colon = authority.indexOf(':');
  const name = (colon < 0 ? authority : authority.slice(0, colon)).toLowerCase().replace(/\.$/, '');
  const port = colon < 0 ? '' : authority.slice(colon + 1);
  if (name === '' || name.length > 253 || !/^\d{0,5}$/.test(port) || Number(port) > 65_535) return null;
  if (isDigitCode(name.charCodeAt(name.length - 1))) {
    const value = ipv4Of(name) ?? numberAsIpv4(name);
    if (value !== null) return { type: 'ipv4', value, length: name.length };
    if (/^[\d.]+$/.test(name)) return null;
  }
  if (!/^[\p{L}\p{N}](?:[\p{L}\p{N}_.-]*[\p{L}\p{N}])?$/u.test(name) || name.includes('..')) return null;
  return { type: isRegistrable(name) ? 'dns' : null, value: domainToASCII(name) || name, length: name.length };
}

/** `http://3221225985/` and `http://0xc0000201/` are IPv4 addresses too. */
function numberAsIpv4(name: string): string | null {
  if (!/^(?:0x[0-9a-f]{1,8}|\d{8,10})$/.test(name)) return null;
  const number = Number(name);
  if (number > 0xffff_ffff || number < 0x0100_0000) return null;
  return [number >>> 24, (number >>> 16) & 255, (number >>> 8) & 255, number & 255].join('.');
}

function addNested(
  rest: string,
  start: number,
  end: number,
  wanted: ReadonlySet<string>,
  found: Found,
  nesting: number,
) {
  if (nesting >= MAX_NESTED || !/%3a%2f%2f/i.test(rest)) return;
  const plain = percentDecode(rest);
  let count = 0;
  for (let at = plain.indexOf('://'); at >= 0 && count < 16; at = plain.indexOf('://', at + 3), count++) {
    const scheme = schemeBefore(plain, at);
    if (scheme === null) continue;
    const inner: Found = [];
    const from = at - scheme.length;
    addUrl(plain.slice(from, endOfUrl(plain, at + 3, from)), scheme, 0, wanted, inner, nesting + 1);
    for (const ioc of inner) found.push({ ...ioc, start, end });
  }
}

function percentDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return unescape(text);
  }
}
