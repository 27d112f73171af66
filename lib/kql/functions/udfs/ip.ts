import { parseJson, textOfJson } from '../../json.ts';

interface Address {
  readonly value: bigint;
  readonly bits: number;
}

const OCTETS = /^\s*(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:\/(\d{1,2}))?\s*$/;

function readV4(text: string): Address | null {
  const match = OCTETS.exec(text);
  if (!match) return null;
  const octets = match.slice(1, 5).map(Number);
  const bits = Number(match[5] ?? 32);
  if (octets.some((octet) => octet > 255) || bits > 32) return null;
  return { value: octets.reduce((sum, octet) => sum * 256n + BigInt(octet), 0n), bits };
}

function readV6(text: string): Address | null {
  const [address = '', prefix] = text.trim().split('/');
  const mapped = readV4(address);
  if (mapped) {
    const bits = prefix === undefined ? 32 : Number(prefix);
    return bits <= 32 ? { value: 0xffff_0000_0000n + mapped.value, bits: 96 + bits } : null;
  }
  const bits = prefix === undefined ? 128 : Number(prefix);
  if (!(bits >= 0 && bits <= 128) || !/^[0-9a-fA-F:.]+$/.test(address)) return null;
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(address);
  const embedded = tail ? readV4(tail[2]!) : null;
  if (tail && !embedded) return null;
  const plain = embedded
    ? `${tail![1]}${(embedded.value >> 16n).toString(16)}:${(embedded.value & 0xffffn).toString(16)}`
    : address;
  const halves = plain.split('::');
  if (halves.length > 2) return null;
  const [head, rest] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const groups =
    halves.length === 2
      ? [...head!, ...Array<string>(Math.max(0, 8 - head!.length - rest!.length)).fill('0'), ...rest!]
      : head!;
  if (groups.length !== 8 || groups.some((group) => !/^[0-9a-fA-F]{1,4}$/.test(group))) return null;
  return { value: groups.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n), bits };
}

function masked(value: bigint, bits: number, width: number): bigint {
  const host = BigInt(Math.max(0, width - bits));
  return (value >> host) << host;
}

type Read = (text: string) => Address | null;

function compare(read: Read, width: number, left: string, right: string, prefix: number): bigint | null {
  const [a, b] = [read(left), read(right)];
  if (!a || !b) return null;
  const bits = Math.min(a.bits, b.bits, prefix);
  const [x, y] = [masked(a.value, bits, width), masked(b.value, bits, width)];
  return x < y ? -1n : x > y ? 1n : 0n;
}

export function compareV4(left: string, right: string, prefix: bigint): bigint | null {
  return compare(readV4, 32, left, right, Number(prefix));
}

export function compareV6(left: string, right: string, prefix: bigint): bigint | null {
  return compare(readV6, 128, left, right, Number(prefix));
}

export function matchV6(left: string, right: string, prefix: bigint): boolean | null {
  const order = compareV6(left, right, prefix);
  return order === null ? null : order === 0n;
}

function inRange(read: Read, width: number, text: string, range: string): boolean | null {
  const [address, network] = [read(text), read(range)];
  if (!address || !network) return null;
  return masked(address.value, network.bits, width) === masked(network.value, network.bits, width);
}

export function inRangeV6(text: string, range: string): boolean | null {
  return inRange(readV6, 128, text, range);
}

function listed(json: string): string[] {
  const value = parseJson(json) ?? null;
  return (Array.isArray(value) ? value.flat(1) : [value]).map(textOfJson);
}

function inAny(read: Read, width: number, text: string, ranges: string): boolean | null {
  if (!read(text)) return null;
  return listed(ranges).some((range) => inRange(read, width, text, range) === true);
}

export function inAnyRangeV4(text: string, ranges: string): boolean | null {
  return inAny(readV4, 32, text, ranges);
}

export function inAnyRangeV6(text: string, ranges: string): boolean | null {
  return inAny(readV6, 128, text, ranges);
}

/** The address as a number; with a prefix, the network's first address. */
export function parseV4(text: string): bigint | null {
  const address = readV4(text);
  return address && masked(address.value, address.bits, 32);
}

export function parseV4Mask(text: string, prefix: bigint): bigint | null {
  const address = readV4(text);
  return address && masked(address.value, Math.min(address.bits, Number(prefix)), 32);
}

export function netmaskSuffix(text: string): bigint | null {
  const address = readV4(text);
  return address && BigInt(address.bits);
}

function dotted(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join('.');
}

/** From dotted text or a number's text. */
export function formatV4(text: string, prefix: bigint, withMask: boolean): string | null {
  const read = /^\d+$/.test(text) ? { value: BigInt(text), bits: 32 } : readV4(text);
  if (!read || read.value >= 2n ** 32n || prefix < 0n || prefix > 32n) return '';
  const bits = Math.min(read.bits, Number(prefix));
  return dotted(masked(read.value, bits, 32)) + (withMask ? `/${bits}` : '');
}

function fullV6(value: bigint): string {
  return Array.from({ length: 8 }, (_, index) =>
    ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16).padStart(4, '0'),
  ).join(':');
}

export function parseV6(text: string): string | null {
  const address = readV6(text);
  return address ? fullV6(masked(address.value, address.bits, 128)) : '';
}

export function parseV6Mask(text: string, prefix: bigint): string | null {
  const address = readV6(text);
  if (!address) return '';
  return fullV6(masked(address.value, Math.min(address.bits, Number(prefix)), 128));
}

function addressesIn(text: string): string[] {
  return text.match(/(?<![0-9A-Za-z])\d{1,3}(?:\.\d{1,3}){3}(?![0-9A-Za-z])/g)?.filter((found) => readV4(found)) ?? [];
}

export function hasV4(text: string, address: string): boolean {
  return readV4(address) !== null && addressesIn(text).includes(address.trim());
}

export function hasAnyV4(text: string, addresses: string): boolean {
  return listed(addresses).some((address) => hasV4(text, address));
}

export function hasV4Prefix(text: string, prefix: string): boolean {
  if (!/^(?:\d{1,3}\.){1,3}\d{0,3}$|^\d{1,3}(?:\.\d{1,3}){3}$/.test(prefix)) return false;
  return addressesIn(text).some((found) => found.startsWith(prefix));
}

export function hasAnyV4Prefix(text: string, prefixes: string): boolean {
  return listed(prefixes).some((prefix) => hasV4Prefix(text, prefix));
}
