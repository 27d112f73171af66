import type { Call, ScalarFunction } from './define.ts';
import * as ip from './udfs/ip.ts';

/** The ranges of `…_in_any_range`: one dynamic array, or one argument each. */
function ranges(call: Call): string {
  if (call.args.length === 2 && call.type(1) === 'dynamic') return call.sql(1, 'dynamic');
  return `json_array(${call.args
    .slice(1)
    .map((_, index) => call.sql(index + 1, 'string'))
    .join(', ')})`;
}

export const ipFunctions: readonly ScalarFunction[] = [
  {
    names: ['ipv4_is_private'],
    args: 'string',
    sql: "(CASE WHEN kql_ipv4_number($1) IS NOT NULL THEN kql_ipv4_in_range($1, '10.0.0.0/8') OR kql_ipv4_in_range($1, '172.16.0.0/12') OR kql_ipv4_in_range($1, '192.168.0.0/16') END)",
  },
  { names: ['ipv4_is_in_range'], args: 'string, string', sql: 'kql_ipv4_in_range($1, $2)' },
  {
    names: ['ipv4_is_in_any_range'],
    args: 'string, any…',
    sql: (call) => `kql_fn_ipv4_any(${call.sql(0, 'string')}, ${ranges(call)})`,
  },
  { names: ['ipv4_is_match'], args: 'string, string, long=32', sql: 'kql_ipv4_match($1, $2, $3)' },
  { names: ['ipv4_compare'], args: 'string, string, long=32::BIGINT', returns: 'long', run: ip.compareV4 },
  { names: ['parse_ipv4'], args: 'string', returns: 'long', run: ip.parseV4 },
  { names: ['parse_ipv4_mask'], args: 'string, long', returns: 'long', run: ip.parseV4Mask },
  { names: ['ipv4_netmask_suffix'], args: 'string', returns: 'long', run: ip.netmaskSuffix },
  {
    names: ['format_ipv4'],
    args: 'any, long=32::BIGINT',
    sql: (call) =>
      `kql_fn_ipv4_text(${call.sql(0, 'string')}, ${call.args.length > 1 ? call.sql(1, 'long') : '32::BIGINT'}, false)`,
  },
  {
    names: ['format_ipv4_mask'],
    args: 'any, long=32::BIGINT',
    sql: (call) =>
      `kql_fn_ipv4_text(${call.sql(0, 'string')}, ${call.args.length > 1 ? call.sql(1, 'long') : '32::BIGINT'}, true)`,
  },
  { names: ['parse_ipv6'], args: 'string', returns: 'string', run: ip.parseV6 },
  { names: ['parse_ipv6_mask'], args: 'string, long', returns: 'string', run: ip.parseV6Mask },
  { names: ['ipv6_compare'], args: 'string, string, long=128::BIGINT', returns: 'long', run: ip.compareV6 },
  { names: ['ipv6_is_match'], args: 'string, string, long=128::BIGINT', returns: 'bool', run: ip.matchV6 },
  { names: ['ipv6_is_in_range'], args: 'string, string', returns: 'bool', run: ip.inRangeV6 },
  {
    names: ['ipv6_is_in_any_range'],
    args: 'string, any…',
    sql: (call) => `kql_fn_ipv6_any(${call.sql(0, 'string')}, ${ranges(call)})`,
  },
  { names: ['has_ipv4'], args: 'string, string', returns: 'bool', run: ip.hasV4 },
  { names: ['has_ipv4_prefix'], args: 'string, string', returns: 'bool', run: ip.hasV4Prefix },
  {
    names: ['has_any_ipv4'],
    args: 'string, any…',
    sql: (call) => `kql_fn_has_ipv4_of(${call.sql(0, 'string')}, ${ranges(call)})`,
  },
  {
    names: ['has_any_ipv4_prefix'],
    args: 'string, any…',
    sql: (call) => `kql_fn_has_ipv4_prefix_of(${call.sql(0, 'string')}, ${ranges(call)})`,
  },
  {
    names: ['geo_info_from_ip_address'],
    args: 'string',
    sql: (call) => {
      call.t.warn('no-geography', 'geo_info_from_ip_address() gives null: no geographic database is registered');
      return `(CASE WHEN ${call.sql(0, 'string')} IS NULL THEN NULL::JSON END)`;
    },
  },
];

export const ipHelpers: readonly ScalarFunction[] = [
  { names: ['ipv4_any'], args: 'string, dynamic', returns: 'bool', run: ip.inAnyRangeV4 },
  { names: ['ipv6_any'], args: 'string, dynamic', returns: 'bool', run: ip.inAnyRangeV6 },
  { names: ['ipv4_text'], args: 'string, long, bool', returns: 'string', run: ip.formatV4 },
  { names: ['has_ipv4_of'], args: 'string, dynamic', returns: 'bool', run: ip.hasAnyV4 },
  { names: ['has_ipv4_prefix_of'], args: 'string, dynamic', returns: 'bool', run: ip.hasAnyV4Prefix },
];
