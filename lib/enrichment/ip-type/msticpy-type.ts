import { classifyIp, isGloballyReachable } from './classify-ip.ts';

/**
 * The type that MSTICPy's `get_ip_type` gives. Its first true test of multicast, public, loopback, link-local,
 * unspecified and private wins; shared addresses (100.64.0.0/10) and what is no address are "Unspecified".
 */
export function msticpyIpType(text: string): string {
  const found = classifyIp(text);
  if (found.type === 'multicast') return 'Multicast';
  // Python counts Teredo, 6to4 and ORCHID as not global, and what IANA has not given out in IPv6 as global.
  if (isGloballyReachable(found) || (found.type === 'reserved' && found.version === 6)) return 'Public';
  if (found.type === 'loopback') return 'Loopback';
  if (found.type === 'link-local') return 'Link Local';
  return found.type === 'unspecified' || found.type === 'shared' || found.type === 'invalid'
    ? 'Unspecified'
    : 'Private';
}
