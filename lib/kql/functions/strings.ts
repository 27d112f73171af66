import type { KqlType } from '../../tables/index.ts';
import { textOf, typeNamed } from '../language/syntax.ts';
import { convert } from '../translate/convert.ts';
import { groupCount, rewriteRegex } from '../translate/regex.ts';
import { quoteText } from '../translate/sql.ts';
import { argumentsOf, type Call, type ScalarFunction } from './define.ts';
import * as codec from './udfs/codec.ts';
import { parsePairs } from './udfs/pairs.ts';
import * as parse from './udfs/parse.ts';
import * as text from './udfs/text.ts';
import { parseXml } from './udfs/xml.ts';

/** The pattern argument: rewritten for DuckDB's dialect where it is known. */
function pattern(call: Call, index: number, wrap: (pattern: string) => string = (plain) => plain): string {
  const known = call.constant(index);
  if (typeof known === 'string') return quoteText(wrap(rewriteRegex(call.t, call.args[index]!, known)));
  const [before = '', after = ''] = wrap('\0').split('\0');
  return `(${quoteText(before)} || ${call.sql(index, 'string')} || ${quoteText(after)})`;
}

/** Kusto's `\1` and `$1` in replacements; DuckDB has `\1`. */
function replacement(call: Call, index: number): string {
  const known = call.constant(index);
  return typeof known === 'string' ? quoteText(known.replace(/\$(\d)/g, '\\$1')) : call.sql(index, 'string');
}

/** The type that `typeof(long)` names. */
export function typeArgument(call: Call, index: number): KqlType {
  const inside = /typeof\s*\(\s*(\w+)\s*\)/.exec(textOf(call.args[index]!));
  if (!inside) return call.refuse('the type must be written as typeof(…)');
  return typeNamed(inside[1]!);
}

function extract(call: Call): string {
  const group = call.constant(1);
  const known = call.constant(0);
  if (typeof group !== 'number') return call.refuse('extract() needs a literal group number');
  if (typeof known === 'string' && group > groupCount(known))
    return convert("''", 'string', call.args[3] ? typeArgument(call, 3) : 'string');
  const sql =
    group <= 9
      ? `coalesce(regexp_extract(${call.sql(2, 'string')}, ${pattern(call, 0)}, ${group}), '')`
      : call.refuse('extract() reaches the first nine groups only');
  return call.args[3] ? convert(sql, 'string', typeArgument(call, 3)) : sql;
}

export const stringFunctions: readonly ScalarFunction[] = [
  {
    names: ['strcat'],
    args: 'string…',
    sql: (call) => `(${call.args.map((_, index) => call.sql(index, 'string')).join(' || ')})`,
  },
  { names: ['strcat_delim'], args: 'string…', sql: 'concat_ws($*)' },
  { names: ['tolower'], args: 'string', sql: 'lower($1)' },
  { names: ['toupper'], args: 'string', sql: 'upper($1)' },
  { names: ['strlen'], args: 'string', sql: 'length($1)' },
  { names: ['string_size'], args: 'string', sql: 'octet_length(encode($1))' },
  { names: ['reverse'], args: 'string', sql: 'reverse($1)' },
  { names: ['substring'], args: 'string, long, long', sql: substring },
  { names: ['indexof'], args: 'string, string, long', sql: indexof },
  {
    names: ['indexof_regex'],
    args: 'string, string, long=0::BIGINT, long=(-1)::BIGINT, long=1::BIGINT',
    returns: 'long',
    run: text.indexofRegex,
  },
  { names: ['countof'], args: "string, string, string='normal'", returns: 'long', run: text.countof },
  {
    names: ['replace_string'],
    args: 'string, string, string',
    sql: "(CASE WHEN $2 = '' THEN $1 ELSE replace($1, $2, $3) END)",
  },
  { names: ['replace_strings'], args: 'string, dynamic, dynamic', returns: 'string', run: text.replaceStrings },
  {
    names: ['replace_regex'],
    args: 'string, string, string',
    sql: (call) => `regexp_replace(${call.sql(0, 'string')}, ${pattern(call, 1)}, ${replacement(call, 2)}, 'g')`,
  },
  {
    names: ['replace'],
    args: 'string, string, string',
    sql: (call) => `regexp_replace(${call.sql(2, 'string')}, ${pattern(call, 0)}, ${replacement(call, 1)}, 'g')`,
  },
  { names: ['translate'], args: 'string, string, string', returns: 'string', run: text.translate },
  {
    names: ['trim'],
    args: 'string, string',
    sql: (call) =>
      `regexp_replace(regexp_replace(${call.sql(1, 'string')}, ${pattern(call, 0, (p) => `^(?:${p})`)}, ''), ${pattern(call, 0, (p) => `(?:${p})$`)}, '')`,
  },
  {
    names: ['trim_start'],
    args: 'string, string',
    sql: (call) => `regexp_replace(${call.sql(1, 'string')}, ${pattern(call, 0, (p) => `^(?:${p})`)}, '')`,
  },
  {
    names: ['trim_end'],
    args: 'string, string',
    sql: (call) => `regexp_replace(${call.sql(1, 'string')}, ${pattern(call, 0, (p) => `(?:${p})$`)}, '')`,
  },
  { names: ['extract'], args: 'string, long, string, any', sql: extract },
  { names: ['extract_all', 'extractall'], args: 'string, dynamic, string', sql: extractAll },
  {
    names: ['extract_all_groups'],
    args: 'string, string, dynamic',
    returns: 'dynamic',
    nulls: true,
    run: text.extractAll,
  },
  { names: ['split'], args: 'string, string, long', sql: split },
  { names: ['strrep'], args: "string, long, string=''", returns: 'string', run: text.strrep },
  {
    names: ['strcmp'],
    args: 'string, string',
    sql: '(CASE WHEN $1 < $2 THEN -1 WHEN $1 > $2 THEN 1 ELSE 0 END)::BIGINT',
  },
  {
    names: ['isempty'],
    args: 'any',
    sql: (call) =>
      call.type(0) === 'string' || call.type(0) === 'dynamic'
        ? `(${call.sql(0, 'string')} = '')`
        : `(${call.sql(0)} IS NULL)`,
  },
  {
    names: ['isnotempty', 'notempty'],
    args: 'any',
    sql: (call) =>
      call.type(0) === 'string' || call.type(0) === 'dynamic'
        ? `(${call.sql(0, 'string')} <> '')`
        : `(${call.sql(0)} IS NOT NULL)`,
  },
  { names: ['url_encode'], args: 'string', sql: "replace(kql_fn_url_encode_component($1), '%20', '+')" },
  { names: ['url_encode_component'], args: 'string', returns: 'string', run: codec.urlEncode },
  { names: ['url_decode'], args: 'string', returns: 'string', run: codec.urlDecode },
  {
    names: ['base64_encode_tostring', 'base64_encodestring'],
    args: 'string',
    returns: 'string',
    run: codec.base64Encode,
  },
  { names: ['base64_encode_fromarray'], args: 'dynamic', returns: 'string', run: codec.base64EncodeArray },
  {
    names: ['base64_decode_tostring', 'base64_decodestring'],
    args: 'string',
    returns: 'string',
    run: codec.base64Decode,
  },
  { names: ['base64_decode_toarray'], args: 'string', returns: 'dynamic', run: codec.base64ToArray },
  { names: ['base64_decode_toguid'], args: 'string', returns: 'guid', run: codec.base64ToGuid },
  { names: ['gzip_decompress_from_base64_string'], args: 'string', returns: 'string', run: codec.gunzip },
  { names: ['gzip_compress_to_base64_string'], args: 'string', returns: 'string', run: codec.gzip },
  { names: ['zlib_decompress_from_base64_string'], args: 'string', returns: 'string', run: codec.unzlib },
  { names: ['zlib_compress_to_base64_string'], args: 'string', returns: 'string', run: codec.zlib },
  { names: ['unicode_codepoints_from_string', 'to_utf8'], args: 'string', returns: 'dynamic', run: codec.codePoints },
  {
    names: ['unicode_codepoints_to_string', 'make_string'],
    args: 'dynamic…',
    sql: (call) =>
      `kql_fn_codepoints_to_text(CAST(json_array(${call.args.map((_, index) => call.sql(index, 'dynamic')).join(', ')}) AS VARCHAR))`,
  },
  { names: ['codepoints_to_text'], args: 'dynamic', returns: 'string', run: codec.fromCodePoints },
  { names: ['regex_quote'], args: 'string', sql: 'regexp_escape($1)' },
  { names: ['hash_md5'], args: 'string', sql: 'md5($1)' },
  { names: ['hash_sha256'], args: 'string', sql: 'sha256($1)' },
  { names: ['hash_sha1'], args: 'string', returns: 'string', run: codec.sha1 },
  { names: ['parse_url'], args: 'string', returns: 'dynamic', run: parse.parseUrl },
  { names: ['parse_urlquery'], args: 'string', returns: 'dynamic', run: parse.parseUrlQuery },
  { names: ['parse_path'], args: 'string', returns: 'dynamic', run: parse.parsePath },
  { names: ['parse_command_line'], args: "string, string='windows'", returns: 'dynamic', run: parse.parseCommandLine },
  { names: ['parse_csv'], args: 'string', returns: 'dynamic', run: parse.parseCsv },
  { names: ['parse_version'], args: 'string', returns: 'decimal', run: parse.parseVersion },
  { names: ['parse_xml'], args: 'string', returns: 'dynamic', run: parseXml },
  {
    names: ['parse_user_agent'],
    args: 'string, dynamic',
    returns: 'dynamic',
    run: parse.parseUserAgent,
    deviation: 'common browsers and systems are told apart; Kusto knows more of them',
  },
  {
    names: ['has_any_index'],
    args: 'string, dynamic',
    sql: 'coalesce(list_position(list_transform(kql_texts($2), lambda n: kql_has($1, n)), true) - 1, -1)::BIGINT',
  },
  {
    names: ['punycode_to_string', 'punycode_domain_to_string'],
    args: 'string',
    returns: 'string',
    run: codec.fromPunycode,
  },
  {
    names: ['punycode_from_string', 'punycode_domain_from_string'],
    args: 'string',
    returns: 'string',
    run: codec.toPunycode,
  },
  {
    names: ['format_bytes'],
    args: "number, long=0::BIGINT, string='', string='#'",
    sql: 'kql_fn_format_bytes_real(CAST($1 AS DOUBLE), $2, $3)',
  },
  { names: ['format_bytes_real'], args: 'real, long, string', returns: 'string', run: text.formatBytes },
];

function extractAll(call: Call): string {
  const regexAt = 0;
  const textAt = call.args.length - 1;
  const known = call.constant(regexAt);
  if (call.args.length === 2 && typeof known === 'string' && groupCount(known) <= 1) {
    const found = `regexp_extract_all(${call.sql(textAt, 'string')}, ${pattern(call, regexAt)}, ${groupCount(known)})`;
    return `to_json(nullif(${found}, []))`;
  }
  const groups = call.args.length === 3 ? call.sql(1, 'dynamic') : 'NULL::JSON';
  return `kql_fn_extract_all_groups(${pattern(call, regexAt)}, ${call.sql(textAt, 'string')}, ${groups})`;
}

function split(call: Call): string {
  const pieces = `kql_fn_split_text(${call.sql(0, 'string')}, ${call.sql(1, 'string')})`;
  const delimiter = call.constant(1);
  const list =
    typeof delimiter === 'string' && delimiter !== ''
      ? `to_json(string_split(${call.sql(0, 'string')}, ${quoteText(delimiter)}))`
      : pieces;
  return call.args.length > 2 ? `kql_fn_element_array(${list}, ${call.sql(2, 'long')})` : list;
}

/** Plain SQL where the positions are known and not negative. */
function substring(call: Call): string {
  const [start, length] = [call.constant(1), call.args.length > 2 ? call.constant(2) : 2_147_483_647];
  const known = typeof start === 'number' && typeof length === 'number' && start >= 0 && length >= 0;
  if (known) return `substring(${call.sql(0, 'string')}, ${start + 1}, ${length})`;
  return `kql_fn_substring_at(${argumentsOf(call, 'string, long, long=2147483647::BIGINT').join(', ')})`;
}

function indexof(call: Call): string {
  const needle = call.constant(1);
  if (call.args.length === 2 && typeof needle === 'string' && needle !== '') {
    return `(strpos(${call.sql(0, 'string')}, ${quoteText(needle)}) - 1)::BIGINT`;
  }
  const args = argumentsOf(call, 'string, string, long=0::BIGINT, long=(-1)::BIGINT, long=1::BIGINT');
  return `kql_fn_indexof_at(${args.join(', ')})`;
}

/** Helpers of the rows above that no query can name: KQL has no functions of these names. */
export const stringHelpers: readonly ScalarFunction[] = [
  { names: ['substring_at'], args: 'string, long, long=2147483647::BIGINT', returns: 'string', run: text.substring },
  {
    names: ['indexof_at'],
    args: 'string, string, long=0::BIGINT, long=(-1)::BIGINT, long=1::BIGINT',
    returns: 'long',
    run: text.indexof,
  },
  {
    names: ['pairs_of'],
    args: 'string, string, string, string, string, string, bool',
    returns: 'dynamic',
    run: parsePairs,
  },
  { names: ['split_text'], args: 'string, string', returns: 'dynamic', run: text.split },
  { names: ['element_array'], args: 'dynamic, long', returns: 'dynamic', run: text.elementArray },
];
