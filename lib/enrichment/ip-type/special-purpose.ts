/** What an address is for. */
export type IpType =
  | 'public'
  | 'private'
  | 'loopback'
  | 'link-local'
  | 'multicast'
  | 'broadcast'
  | 'unspecified'
  | 'shared'
  | 'documentation'
  | 'benchmarking'
  | 'translated'
  | 'special'
  | 'reserved'
  | 'invalid';

/** A block of one of IANA's registries. */
export interface SpecialBlock {
  readonly block: string;
  readonly name: string;
  readonly reference: string;
  /** Whether packets to it may cross the internet. */
  readonly globallyReachable: boolean;
  readonly type: IpType;
}

const row = (
  block: string,
  name: string,
  reference: string,
  globallyReachable: boolean,
  type: IpType,
): SpecialBlock => ({ block, name, reference, globallyReachable, type });

/**
 * IANA's special-purpose address registries for IPv4 and IPv6, with the multicast blocks of the address space registries.
 * The longest block that holds an address counts.
 *
 * @see https://www.iana.org/assignments/iana-ipv4-special-registry
 * @see https://www.iana.org/assignments/iana-ipv6-special-registry
 */
export const SPECIAL_BLOCKS: readonly SpecialBlock[] = [
  row('0.0.0.0/8', 'This network', 'RFC 791', false, 'special'),
  row('0.0.0.0/32', 'This host on this network', 'RFC 1122', false, 'unspecified'),
  row('10.0.0.0/8', 'Private-Use', 'RFC 1918', false, 'private'),
  row('100.64.0.0/10', 'Shared Address Space', 'RFC 6598', false, 'shared'),
  row('127.0.0.0/8', 'Loopback', 'RFC 1122', false, 'loopback'),
  row('169.254.0.0/16', 'Link Local', 'RFC 3927', false, 'link-local'),
  row('172.16.0.0/12', 'Private-Use', 'RFC 1918', false, 'private'),
  row('192.0.0.0/24', 'IETF Protocol Assignments', 'RFC 6890', false, 'special'),
  row('192.0.0.0/29', 'IPv4 Service Continuity Prefix', 'RFC 7335', false, 'special'),
  row('192.0.0.8/32', 'IPv4 dummy address', 'RFC 7600', false, 'special'),
  row('192.0.0.9/32', 'Port Control Protocol Anycast', 'RFC 7723', true, 'special'),
  row('192.0.0.10/32', 'TURN Anycast', 'RFC 8155', true, 'special'),
  row('192.0.0.170/31', 'NAT64/DNS64 Discovery', 'RFC 8880', false, 'special'),
  row('192.0.2.0/24', 'Documentation (TEST-NET-1)', 'RFC 5737', false, 'documentation'),
  row('192.31.196.0/24', 'AS112-v4', 'RFC 7535', true, 'special'),
  row('192.52.193.0/24', 'AMT', 'RFC 7450', true, 'special'),
  row('192.88.99.0/24', 'Deprecated (6to4 Relay Anycast)', 'RFC 7526', true, 'special'),
  row('192.168.0.0/16', 'Private-Use', 'RFC 1918', false, 'private'),
  row('192.175.48.0/24', 'Direct Delegation AS112 Service', 'RFC 7534', true, 'special'),
  row('198.18.0.0/15', 'Benchmarking', 'RFC 2544', false, 'benchmarking'),
  row('198.51.100.0/24', 'Documentation (TEST-NET-2)', 'RFC 5737', false, 'documentation'),
  row('203.0.113.0/24', 'Documentation (TEST-NET-3)', 'RFC 5737', false, 'documentation'),
  row('224.0.0.0/4', 'Multicast', 'RFC 5771', true, 'multicast'),
  row('240.0.0.0/4', 'Reserved', 'RFC 1112', false, 'reserved'),
  row('255.255.255.255/32', 'Limited Broadcast', 'RFC 8190', false, 'broadcast'),
  row('::/128', 'Unspecified Address', 'RFC 4291', false, 'unspecified'),
  row('::1/128', 'Loopback Address', 'RFC 4291', false, 'loopback'),
  row('64:ff9b::/96', 'IPv4-IPv6 Translation', 'RFC 6052', true, 'translated'),
  row('64:ff9b:1::/48', 'IPv4-IPv6 Translation (local)', 'RFC 8215', false, 'private'),
  row('100::/64', 'Discard-Only Address Block', 'RFC 6666', false, 'special'),
  row('100:0:0:1::/64', 'Dummy IPv6 Prefix', 'RFC 9780', false, 'special'),
  row('2001::/23', 'IETF Protocol Assignments', 'RFC 2928', false, 'special'),
  row('2001::/32', 'TEREDO', 'RFC 4380', false, 'translated'),
  row('2001:1::1/128', 'Port Control Protocol Anycast', 'RFC 7723', true, 'special'),
  row('2001:1::2/128', 'TURN Anycast', 'RFC 8155', true, 'special'),
  row('2001:1::3/128', 'DNS-SD Service Registration Protocol Anycast', 'RFC 9665', true, 'special'),
  row('2001:2::/48', 'Benchmarking', 'RFC 5180', false, 'benchmarking'),
  row('2001:3::/32', 'AMT', 'RFC 7450', true, 'special'),
  row('2001:4:112::/48', 'AS112-v6', 'RFC 7535', true, 'special'),
  row('2001:10::/28', 'Deprecated (ORCHID)', 'RFC 4843', false, 'special'),
  row('2001:20::/28', 'ORCHIDv2', 'RFC 7343', true, 'special'),
  row('2001:30::/28', 'Drone Remote ID Protocol Entity Tags', 'RFC 9374', true, 'special'),
  row('2001:db8::/32', 'Documentation', 'RFC 3849', false, 'documentation'),
  row('2002::/16', '6to4', 'RFC 3056', false, 'translated'),
  row('2620:4f:8000::/48', 'Direct Delegation AS112 Service', 'RFC 7534', true, 'special'),
  row('3fff::/20', 'Documentation', 'RFC 9637', false, 'documentation'),
  row('5f00::/16', 'Segment Routing (SRv6) SIDs', 'RFC 9602', false, 'special'),
  row('fc00::/7', 'Unique-Local', 'RFC 4193', false, 'private'),
  row('fe80::/10', 'Link-Local Unicast', 'RFC 4291', false, 'link-local'),
  row('fec0::/10', 'Deprecated (site-local)', 'RFC 3879', false, 'private'),
  row('ff00::/8', 'Multicast', 'RFC 4291', true, 'multicast'),
];

/** IPv6 outside 2000::/3 that no registry gives a purpose is reserved by IETF. */
export const GLOBAL_UNICAST_V6 = '2000::/3';
