const EPOCH = '62135596800000000';
const DAY = '864000000000';
const MAX_DATETIME = '3155378975999999999';

/**
 * The SQL macros that the translation uses, made once per database. A macro's argument is pasted wherever the macro
 * names it: those that are used inside each other name each argument once or twice at most.
 */
export const MACROS: readonly (readonly [signature: string, sql: string])[] = [
  // Values and their text
  ['kql_timestamp(t)', `make_timestamp(CAST(t AS BIGINT) // 10 - ${EPOCH})`],
  ['kql_wrap_int(x)', `CAST(((CAST(x AS HUGEINT) + 2147483648) & 4294967295) - 2147483648 AS INTEGER)`],
  ['kql_text_bool(x)', `(CASE x WHEN true THEN 'True' WHEN false THEN 'False' ELSE '' END)`],
  [
    'kql_text_real(x)',
    `coalesce(CASE upper(CAST(x AS VARCHAR)) WHEN 'NAN' THEN 'NaN' WHEN 'INF' THEN 'Infinity' WHEN '-INF' THEN '-Infinity' ELSE upper(CAST(x AS VARCHAR)) END, '')`,
  ],
  ['kql_json_real(x)', `to_json(x)`],
  [
    'kql_text_datetime(t)',
    `coalesce(strftime(kql_timestamp(t), '%Y-%m-%dT%H:%M:%S.%f') || CAST(t % 10 AS VARCHAR) || 'Z', '')`,
  ],
  ['kql_ticks(ts)', `((epoch_us(CAST(ts AS TIMESTAMP)) + ${EPOCH}) * 10)`],
  ['kql_datetime(h)', `(CASE WHEN h BETWEEN 0 AND ${MAX_DATETIME} THEN CAST(h AS BIGINT) END)`],
  [
    'kql_text_timespan(t)',
    `coalesce(CASE WHEN t < 0 THEN '-' ELSE '' END || CASE WHEN abs(t) >= ${DAY} THEN CAST(abs(t) // ${DAY} AS VARCHAR) || '.' ELSE '' END || strftime(make_timestamp((abs(t) % ${DAY}) // 10), '%H:%M:%S') || CASE WHEN t % 10000000 <> 0 THEN '.' || lpad(CAST(abs(t) % 10000000 AS VARCHAR), 7, '0') ELSE '' END, '')`,
  ],
  [
    'kql_long_of_text(s)',
    `(CASE WHEN regexp_full_match(s, '\\s*[-+]?\\d+\\s*') THEN TRY_CAST(trim(s) AS BIGINT) WHEN regexp_full_match(s, '\\s*0[xX][0-9a-fA-F]+\\s*') THEN TRY_CAST(lower(trim(s)) AS BIGINT) END)`,
  ],
  // What does not fit gives the smallest long, as the processor's own conversion does.
  [
    'kql_long_of_real(x)',
    `coalesce(TRY_CAST(trunc(x) AS BIGINT), CASE WHEN isfinite(x) THEN -9223372036854775808 END)`,
  ],
  [
    'kql_long_of_json(j)',
    `(CASE json_type(j) WHEN 'BIGINT' THEN CAST(j AS BIGINT) WHEN 'UBIGINT' THEN TRY_CAST(json_extract_string(j, '$') AS BIGINT) WHEN 'DOUBLE' THEN TRY_CAST(trunc(CAST(j AS DOUBLE)) AS BIGINT) WHEN 'BOOLEAN' THEN CAST(CAST(j AS BOOLEAN) AS BIGINT) WHEN 'VARCHAR' THEN kql_long_of_text(json_extract_string(j, '$')) END)`,
  ],
  [
    'kql_real_of_text(s)',
    `(CASE WHEN regexp_full_match(s, '(?i)\\s*[-+]?(?:\\d+\\.?\\d*(?:e[-+]?\\d+)?|\\.\\d+(?:e[-+]?\\d+)?|nan|inf|infinity)\\s*') THEN TRY_CAST(replace(trim(s), '+', '') AS DOUBLE) END)`,
  ],
  [
    'kql_real_of_json(j)',
    `(CASE json_type(j) WHEN 'VARCHAR' THEN kql_real_of_text(json_extract_string(j, '$')) WHEN 'BOOLEAN' THEN CAST(CAST(CAST(j AS BOOLEAN) AS INTEGER) AS DOUBLE) WHEN 'ARRAY' THEN NULL WHEN 'OBJECT' THEN NULL ELSE TRY_CAST(json_extract_string(j, '$') AS DOUBLE) END)`,
  ],
  [
    'kql_bool_of_text(s)',
    `(CASE lower(trim(s)) WHEN 'true' THEN true WHEN 'false' THEN false ELSE TRY_CAST(s AS BIGINT) <> 0 END)`,
  ],
  [
    'kql_parse_guid(s)',
    `(CASE WHEN regexp_full_match(lower(trim(s)), '\\{?[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}\\}?') THEN CAST(TRY_CAST(trim(s) AS UUID) AS VARCHAR) END)`,
  ],
  // Bounds
  [
    'kql_bounded(n)',
    `(CASE WHEN n > 1048576 THEN CAST(error('a series has more than 1048576 points') AS BIGINT) ELSE n END)`,
  ],
  // Comparison
  ['kql_equal(equal, both_null)', `(CASE WHEN both_null THEN NULL ELSE coalesce(equal, false) END)`],
  ['kql_not_null_json(j)', `nullif(j, 'null')`],
  // Arithmetic
  ['kql_divide_long(a, b)', `(CASE WHEN b = 0 THEN NULL ELSE a // b END)`],
  ['kql_modulo(a, b)', `((a % b) + CASE WHEN (a % b) < 0 THEN abs(b) ELSE 0 END)`],
  ['kql_bin_long(x, n)', `(CASE WHEN n > 0 THEN x - (((x % n) + n) % n) END)`],
  ['kql_bin_real(x, n)', `(CASE WHEN n > 0 THEN floor(x / n) * n END)`],
  // Terms
  [
    'kql_term(needle)',
    `((CASE WHEN regexp_matches(needle, '^[\\pL\\pN]') THEN '(?:^|[^\\pL\\pN])' ELSE '' END) || regexp_escape(needle) || (CASE WHEN regexp_matches(needle, '[\\pL\\pN]$') THEN '(?:$|[^\\pL\\pN])' ELSE '' END))`,
  ],
  ['kql_has(s, n)', `(n = '' OR (contains(lower(s), lower(n)) AND regexp_matches(s, '(?is)' || kql_term(n))))`],
  ['kql_has_cs(s, n)', `(n = '' OR (contains(s, n) AND regexp_matches(s, '(?s)' || kql_term(n))))`],
  ['kql_has_any(s, l)', `coalesce(len(list_filter(l, lambda n: kql_has(s, n))) > 0, false)`],
  ['kql_has_all(s, l)', `coalesce(len(list_filter(l, lambda n: NOT kql_has(s, n))) = 0, false)`],
  // Dynamic
  [
    'kql_parse_json(s)',
    `(CASE WHEN s = '' THEN NULL WHEN json_valid(s) THEN nullif(CAST(s AS JSON), 'null') ELSE to_json(s) END)`,
  ],
  ['kql_stored_json(s)', `(CASE WHEN json_valid(s) THEN CAST(s AS JSON) WHEN s = '' THEN NULL ELSE to_json(s) END)`],
  ['kql_reparse(j)', `(CASE json_type(j) WHEN 'VARCHAR' THEN kql_parse_json(json_extract_string(j, '$')) ELSE j END)`],
  ['kql_index(i)', `('[' || CASE WHEN i < 0 THEN '#' ELSE '' END || CAST(i AS VARCHAR) || ']')`],
  ['kql_items(j)', `(CASE json_type(j) WHEN 'ARRAY' THEN json_extract(j, '$[*]') END)`],
  [
    'kql_texts(j)',
    `(CASE json_type(j) WHEN 'ARRAY' THEN json_extract_string(j, '$[*]') WHEN 'NULL' THEN [] ELSE [json_extract_string(j, '$')] END)`,
  ],
  [
    'kql_expand_bag(j)',
    `(CASE json_type(j) WHEN 'ARRAY' THEN json_extract(j, '$[*]') WHEN 'OBJECT' THEN list_transform(json_keys(j), lambda k: json_object(k, json_extract(j, '$."' || replace(k, '"', '\\"') || '"'))) ELSE [j] END)`,
  ],
  [
    'kql_expand_texts(j)',
    `(CASE json_type(j) WHEN 'ARRAY' THEN json_extract_string(j, '$[*]') WHEN 'OBJECT' THEN list_transform(kql_expand_bag(j), lambda x: json_extract_string(x, '$')) ELSE [json_extract_string(j, '$')] END)`,
  ],
  [
    'kql_expand_pairs(j)',
    `(CASE json_type(j) WHEN 'ARRAY' THEN json_extract(j, '$[*]') WHEN 'OBJECT' THEN list_transform(json_keys(j), lambda k: json_array(k, json_extract(j, '$."' || replace(k, '"', '\\"') || '"'))) ELSE [j] END)`,
  ],
  ['kql_flat_items(j)', `(CASE json_type(j) WHEN 'ARRAY' THEN json_extract(j, '$[*]') ELSE [j] END)`],
  ['kql_array_length(j)', `(CASE json_type(j) WHEN 'ARRAY' THEN CAST(json_array_length(j) AS BIGINT) END)`],
  ['kql_array_of(l)', `CAST(coalesce(to_json(l), '[]') AS JSON)`],
  // IPv4
  [
    'kql_ipv4_number(s)',
    `(CASE WHEN regexp_full_match(s, '\\s*(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?:\\.(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)){3}(?:/(?:3[0-2]|[12]?\\d))?\\s*') THEN (CAST(split_part(trim(s), '.', 1) AS BIGINT) << 24) | (CAST(split_part(s, '.', 2) AS BIGINT) << 16) | (CAST(split_part(s, '.', 3) AS BIGINT) << 8) | CAST(regexp_extract(s, '\\.(\\d+)\\s*(?:/\\d+)?\\s*$', 1) AS BIGINT) END)`,
  ],
  ['kql_ipv4_bits(s)', `coalesce(TRY_CAST(nullif(split_part(s, '/', 2), '') AS INTEGER), 32)`],
  ['kql_ipv4_same(a, b, bits)', `((kql_ipv4_number(a) >> (32 - bits)) = (kql_ipv4_number(b) >> (32 - bits)))`],
  ['kql_ipv4_match(a, b, p)', `kql_ipv4_same(a, b, CAST(least(kql_ipv4_bits(a), kql_ipv4_bits(b), p) AS INTEGER))`],
  ['kql_ipv4_in_range(a, r)', `kql_ipv4_same(a, r, kql_ipv4_bits(r))`],
  [
    'kql_ipv4_text(n)',
    `(CAST((n >> 24) & 255 AS VARCHAR) || '.' || CAST((n >> 16) & 255 AS VARCHAR) || '.' || CAST((n >> 8) & 255 AS VARCHAR) || '.' || CAST(n & 255 AS VARCHAR))`,
  ],
];

/** The statements that make the macros, in an order in which each uses only those before it. */
export function macroStatements(): string {
  return MACROS.map(([signature, sql]) => `CREATE MACRO ${signature} AS ${sql};`).join('\n');
}
