import ipaddr from 'ipaddr.js';

const PRIVATE = new Set(['private', 'uniqueLocal', 'loopback', 'linkLocal', 'carrierGradeNat']);

/** The IANA registry's name of the range that an address is in (`unicast` is public), and whether it is internal. */
export interface AddressScope {
  readonly range: string;
  readonly isPrivate: boolean;
}

/** The scope of an address; null if the text is none. An IPv4 address mapped into IPv6 counts as itself. */
export function scopeOf(address: string): AddressScope | null {
  if (!ipaddr.isValid(address)) return null;
  const range = ipaddr.process(address).range();
  return { range, isPrivate: PRIVATE.has(range) };
}
