import { isIPv4, isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';
import { parse } from 'tldts';
import { maskText } from './mask-text.ts';
import { makePermutation, type Permute } from './permutation.ts';

export const MASK_KINDS = ['text', 'ip', 'account', 'host', 'sid', 'guid', 'url', 'path', 'json', 'null'] as const;
export type MaskKind = (typeof MASK_KINDS)[number];

/** Masks a text of a kind; equal texts, and equal parts of them, get equal masks wherever they are. */
export type Masker = (text: string) => string;

const KEPT_ADDRESSES = new Set(['0.0.0.0', '127.0.0.1', '255.255.255.255', '::', '::1']);
const KEPT_ACCOUNTS = new Set(
  [
    'administrator|guest|system|local service|network service|root|nobody|crontab|nt authority|anonymous logon',
    'builtin|workgroup|window manager|font driver host|nt service|-|n/a|localsystem|daemon|www-data',
  ]
    .join('|')
    .split('|'),
);
const KEPT_FOLDERS = new Set(
  (
    'windows system32 syswow64 program files program files (x86) programdata users public appdata local roaming temp ' +
    'bin sbin usr etc var tmp home opt lib root dev proc'
  ).split(' '),
);

/** The maskers of a key, one for each kind. */
export function makeMaskers(key: string): Readonly<Record<MaskKind, Masker>> {
  const permute = makePermutation(key);
  const word: Masker = (text) => maskText(text, permute, 'word');
  const host: Masker = (text) => maskHost(text, word, permute);
  const account: Masker = (text) => maskAccount(text, word, host);
  return {
    text: (text) => text.replaceAll(/[\p{L}\p{N}]+/gu, (part) => word(part)),
    ip: (text) => maskAddress(text.trim(), permute) ?? word(text),
    account,
    host,
    sid: (text) => maskSid(text, permute),
    guid: (text) => maskHex(text, permute),
    url: (text) => maskUrl(text, word, host),
    path: (text) => text.replaceAll(/[^\\/]+/g, (segment) => maskSegment(segment, word)),
    json: (text) => maskJson(text, word),
    null: () => '',
  };
}

function maskHost(text: string, word: Masker, permute: Permute): string {
  const address = maskAddress(text, permute);
  if (address !== null) return address;
  if (KEPT_ACCOUNTS.has(text.toLowerCase()) || text.toLowerCase() === 'localhost') return text;
  const { isIcann, publicSuffix } = parse(text, { validateHostname: false });
  const kept = isIcann && publicSuffix && text.toLowerCase().endsWith(`.${publicSuffix}`) ? publicSuffix.length + 1 : 0;
  const end = text.length - kept;
  return text.slice(0, end).split('.').map(word).join('.') + text.slice(end);
}

/** `user@domain`, `DOMAIN\user`, `domain/user` or a name; names that every system has are kept. */
function maskAccount(text: string, word: Masker, host: Masker): string {
  const one = (name: string) => (KEPT_ACCOUNTS.has(name.toLowerCase()) ? name : word(name));
  const at = text.lastIndexOf('@');
  if (at > 0) return `${one(text.slice(0, at))}@${host(text.slice(at + 1))}`;
  const separator = /[\\/]/.exec(text);
  if (!separator) return one(text);
  return `${host(text.slice(0, separator.index))}${separator[0]}${one(text.slice(separator.index + 1))}`;
}

/**
 * Byte by byte, each under those before it: addresses of one network stay in one. What is private, loopback,
 * link-local or multicast keeps the bytes that say so, and stays it.
 */
function maskAddress(text: string, permute: Permute): string | null {
  if (!isIPv4(text) && !isIPv6(text)) return null;
  if (KEPT_ADDRESSES.has(text)) return text;
  const address = ipaddr.parse(text);
  const range = address.range();
  const bytes = address.toByteArray();
  const isV4 = address.kind() === 'ipv4';
  const kept = isV4 ? keptBytesV4(bytes, range) : range === 'unicast' ? 0 : 2;
  const masked = bytes.slice(0, kept);
  for (let index = kept; index < bytes.length; index++) {
    const tweak = `ip\0${bytes.slice(0, index).join('.')}`;
    const isShared = isV4 && range === 'private' && bytes[0] === 172 && index === 1;
    masked[index] = isShared
      ? 16 + Number(permute(BigInt(bytes[index]! - 16), 16n, tweak))
      : Number(permute(BigInt(bytes[index]!), 256n, tweak));
    // The first byte of a public address keeps clear of ranges that are none.
    if (index === 0)
      while (!isPublicByte(masked[0]!, isV4)) masked[0] = Number(permute(BigInt(masked[0]!), 256n, tweak));
  }
  return ipaddr.fromByteArray(masked).toString();
}

function keptBytesV4(bytes: readonly number[], range: string): number {
  if (range === 'unicast') return 0;
  if (range === 'private') return bytes[0] === 192 ? 2 : 1;
  return range === 'linkLocal' ? 2 : 1;
}

function isPublicByte(byte: number, isV4: boolean): boolean {
  if (!isV4) return byte >= 0x20 && byte < 0x40;
  return byte > 0 && byte < 224 && ![10, 100, 127, 169, 172, 192, 198, 203].includes(byte);
}

const DOMAIN_SID = /^(S-1-5-21)-(\d{1,10})-(\d{1,10})-(\d{1,10})((?:-\d{1,10})?)$/i;

/** The three numbers of a machine or domain; well-known SIDs and the last number say nothing of a person. */
function maskSid(text: string, permute: Permute): string {
  const match = DOMAIN_SID.exec(text);
  if (!match) return text;
  const numbers = [match[2]!, match[3]!, match[4]!].map((part, index) => {
    const number = BigInt(part) & 0xffff_ffffn;
    return permute(number, 1n << 32n, `sid${index}`);
  });
  return `${match[1]}-${numbers.join('-')}${match[5]}`;
}

function maskHex(text: string, permute: Permute): string {
  const digits = text.replaceAll(/[^0-9a-f]/gi, '');
  if (digits === '') return text;
  const image = permute(BigInt(`0x${digits}`), 1n << BigInt(digits.length * 4), `hex${digits.length}`);
  const masked = image.toString(16).padStart(digits.length, '0');
  let next = 0;
  return text.replaceAll(/[0-9a-f]/gi, (character) => {
    const digit = masked[next++]!;
    return character >= 'A' && character <= 'F' ? digit.toUpperCase() : digit;
  });
}

function maskUrl(text: string, word: Masker, host: Masker): string {
  const match = /^([a-z][a-z0-9+.-]*:\/\/)?([^/?#@]*@)?([^/?#:]*)(:\d+)?(.*)$/is.exec(text);
  if (!match) return word(text);
  const [, scheme = '', user = '', name = '', port = '', rest = ''] = match;
  return (
    scheme + user.replaceAll(/[\p{L}\p{N}]+/gu, word) + host(name) + port + rest.replaceAll(/[\p{L}\p{N}]+/gu, word)
  );
}

function maskSegment(segment: string, word: Masker): string {
  if (KEPT_FOLDERS.has(segment.toLowerCase()) || /^[A-Za-z]:$/.test(segment)) return segment;
  const dot = segment.lastIndexOf('.');
  const isEnding = dot > 0 && segment.length - dot <= 6;
  return isEnding ? word(segment.slice(0, dot)) + segment.slice(dot) : word(segment);
}

/** Texts within lists and objects; numbers digit by digit; keys stay. What is no JSON is a text. */
function maskJson(text: string, word: Masker): string {
  const mask = (value: unknown): unknown => {
    if (typeof value === 'string') return value.replaceAll(/[\p{L}\p{N}]+/gu, word);
    if (typeof value === 'number') return Number(word(String(Math.abs(Math.trunc(value)))).slice(0, 15));
    if (Array.isArray(value)) return value.map(mask);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, mask(inner)]));
  };
  try {
    return JSON.stringify(mask(JSON.parse(text)));
  } catch {
    return text.replaceAll(/[\p{L}\p{N}]+/gu, word);
  }
}
