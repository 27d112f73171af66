import ipaddr from 'ipaddr.js';
import { GLOBAL_UNICAST_V6, type IpType, SPECIAL_BLOCKS, type SpecialBlock } from './special-purpose.ts';

/** What there is to know of an address without asking anyone. */
export interface IpClass {
  readonly type: IpType;
  /** 4 or 6; null for what is no address. */
  readonly version: 4 | 6 | null;
  /** In its shortest form; IPv4 mapped into IPv6 as IPv4. */
  readonly canonical: string | null;
  /** The block of IANA's registries that it lies in; null for ordinary addresses. */
  readonly block: SpecialBlock | null;
}

type Address = ipaddr.IPv4 | ipaddr.IPv6;

const BLOCKS = SPECIAL_BLOCKS.map((block) => ({ block, range: ipaddr.parseCIDR(block.block) })).sort(
  (a, b) => b.range[1] - a.range[1],
);
const GLOBAL_UNICAST = ipaddr.parseCIDR(GLOBAL_UNICAST_V6);
const INVALID: IpClass = { type: 'invalid', version: null, canonical: null, block: null };

/**
 * An address in strict form, or null: four decimal parts without leading zeros, or IPv6 (a zone is taken, a prefix
 * length or port is not). Octal, hexadecimal and shortened IPv4 are refused: programs disagree about them.
 */
export function parseIp(text: string): Address | null {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return /(^|\.)0\d/.test(text) ? null : ipaddr.IPv4.parse(text);
  return text.includes(':') && text.length <= 100 && ipaddr.IPv6.isValid(text) ? ipaddr.IPv6.parse(text) : null;
}

/**
 * The type of an address by IANA's registries. An IPv4 address mapped into IPv6 is judged as the IPv4 address; other
 * forms that carry one (6to4, NAT64, Teredo) are `translated`.
 *
 * @example classifyIp('100.64.0.1').type // 'shared'
 */
export function classifyIp(text: string): IpClass {
  const parsed = parseIp(text.trim());
  if (!parsed) return INVALID;
  const address = parsed instanceof ipaddr.IPv6 && parsed.isIPv4MappedAddress() ? parsed.toIPv4Address() : parsed;
  const version = address instanceof ipaddr.IPv4 ? 4 : 6;
  const found = BLOCKS.find(({ range }) => contains(range, address));
  const type = found?.block.type ?? (version === 6 && !contains(GLOBAL_UNICAST, address) ? 'reserved' : 'public');
  return { type, version, canonical: address.toString(), block: found?.block ?? null };
}

/** Whether anyone outside could know of an address: what may be asked of services on the internet. */
export function isGloballyReachable({ type, block }: IpClass): boolean {
  if (type === 'invalid' || type === 'multicast' || type === 'reserved') return false;
  return block === null || block.globallyReachable;
}

function contains(range: readonly [Address, number], address: Address): boolean {
  return range[0].kind() === address.kind() && address.match(range as [ipaddr.IPv4, number]);
}
