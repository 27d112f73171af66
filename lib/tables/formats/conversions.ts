import type { DuckDBConnection } from '@duckdb/node-api';
import type { KqlType } from '../schema.ts';

const EPOCH_IN_MICROSECONDS = '62135596800000000';
const UNIX_EPOCH_TICKS = '621355968000000000';
const FILETIME_EPOCH_TICKS = '504911232000000000';

const ISO = String.raw`\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d([.,]\d{1,12})?\s?(Z|z|UTC|[+-]\d\d(:?\d\d)?)?`;

/**
 * Texts of logs to values in working form, as SQL macros. Each gives null for what is not such a value, so that the
 * caller can count what did not fit. Datetimes are ticks of 100 ns, digits below are cut off, no zone means UTC.
 */
const MACROS = [
  // Seconds by DuckDB; the fraction and the zone by hand, for its timestamps end at the microsecond.
  `th_second(s) AS (epoch_us(try_cast(left(s, 19) AS TIMESTAMP)) + ${EPOCH_IN_MICROSECONDS}) * 10`,
  `th_fraction(s) AS coalesce(try_cast(rpad(left(regexp_extract(s, '^.{19}[.,](\\d+)', 1), 7), 7, '0') AS BIGINT), 0)`,
  `th_zone(s) AS CASE WHEN regexp_matches(substr(s, 20), '[+-]\\d\\d(:?\\d\\d)?$')
     THEN (CASE WHEN regexp_extract(substr(s, 20), '([+-])\\d\\d(:?\\d\\d)?$', 1) = '-' THEN -600000000 ELSE 600000000 END)
        * (regexp_extract(substr(s, 20), '[+-](\\d\\d)(:?\\d\\d)?$', 1)::BIGINT * 60
         + coalesce(try_cast(regexp_extract(substr(s, 20), '[+-]\\d\\d:?(\\d\\d)$', 1) AS BIGINT), 0)) ELSE 0 END`,
  `th_iso(s) AS CASE WHEN regexp_full_match(s, '${ISO}')
     THEN th_second(s) + CASE WHEN length(s) > 19 THEN th_fraction(s) - th_zone(s) ELSE 0 END END`,
  // Counts since 1970 in seconds, milli-, micro- and nanoseconds, or FILETIME (18 digits), told by their length.
  `th_epoch(s) AS CASE
     WHEN regexp_full_match(s, '\\d{9,10}(\\.\\d+)?') THEN ${UNIX_EPOCH_TICKS} + split_part(s, '.', 1)::BIGINT * 10000000
       + coalesce(try_cast(rpad(left(split_part(s, '.', 2), 7), 7, '0') AS BIGINT), 0)
     WHEN regexp_full_match(s, '\\d{13}(\\.\\d+)?') THEN ${UNIX_EPOCH_TICKS} + split_part(s, '.', 1)::BIGINT * 10000
     WHEN regexp_full_match(s, '\\d{16}') THEN ${UNIX_EPOCH_TICKS} + s::BIGINT * 10
     WHEN regexp_full_match(s, '1[0-9]{17}') THEN ${FILETIME_EPOCH_TICKS} + s::BIGINT
     WHEN regexp_full_match(s, '1[0-9]{18}') THEN ${UNIX_EPOCH_TICKS} + s::BIGINT // 100
     WHEN regexp_full_match(s, '/Date\\(-?\\d{1,15}([+-]\\d{4})?\\)/')
       THEN ${UNIX_EPOCH_TICKS} + regexp_extract(s, '-?\\d+')::BIGINT * 10000 END`,
  // Written by people and portals: month first where it is ambiguous, as Azure's portal and pandas write it.
  `th_written(s) AS (epoch_us(try_strptime(s, [
     '%m/%d/%Y %H:%M', '%m/%d/%Y %H:%M:%S', '%m/%d/%Y %H:%M:%S.%f', '%m/%d/%Y, %I:%M:%S.%g %p', '%m/%d/%Y, %I:%M:%S %p',
     '%m/%d/%Y %I:%M:%S %p', '%m/%d/%Y %I:%M %p', '%Y-%m-%d', '%Y-%m-%dT%H:%M', '%Y-%m-%d %H:%M', '%d/%b/%Y:%H:%M:%S',
     '%b %d %Y %H:%M:%S', '%Y/%m/%d %H:%M:%S'])) + ${EPOCH_IN_MICROSECONDS}) * 10`,
  `th_datetime(s) AS CASE WHEN s IS NOT NULL AND s <> '' THEN coalesce(th_iso(s), th_epoch(s), th_written(s)) END`,
  // Plain digits first: they are the common case, and a regular expression costs more than all else.
  `th_long(s) AS CASE WHEN translate(s, '0123456789', '') IN ('', '-') THEN try_cast(s AS BIGINT)
     WHEN regexp_full_match(s, '0[xX][0-9a-fA-F]{1,15}') THEN ('0x' || substr(s, 3))::BIGINT
     WHEN regexp_full_match(s, '[+-]?\\d{1,19}(\\.0+)?') THEN try_cast(split_part(s, '.', 1) AS BIGINT) END`,
  `th_int(s) AS try_cast(th_long(s) AS INTEGER)`,
  `th_real(s) AS CASE WHEN regexp_full_match(s, '[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?|-?(?i:nan|inf|infinity)')
     THEN try_cast(s AS DOUBLE) END`,
  `th_bool(s) AS CASE lower(s) WHEN 'true' THEN true WHEN 't' THEN true WHEN '1' THEN true WHEN 'yes' THEN true
     WHEN 'false' THEN false WHEN 'f' THEN false WHEN '0' THEN false WHEN 'no' THEN false END`,
  `th_timespan(s) AS CASE
     WHEN regexp_full_match(s, '-?(\\d+\\.)?\\d{1,2}:\\d\\d:\\d\\d(\\.\\d{1,7})?') THEN
       (CASE WHEN s LIKE '-%' THEN -1 ELSE 1 END) * (
         coalesce(try_cast(regexp_extract(s, '^-?(\\d+)\\.\\d{1,2}:', 1) AS BIGINT), 0) * 864000000000
         + regexp_extract(s, '(\\d{1,2}):\\d\\d:\\d\\d', 1)::BIGINT * 36000000000
         + regexp_extract(s, ':(\\d\\d):\\d\\d', 1)::BIGINT * 600000000
         + regexp_extract(s, ':\\d\\d:(\\d\\d)', 1)::BIGINT * 10000000
         + coalesce(try_cast(rpad(regexp_extract(s, ':\\d\\d\\.(\\d+)$', 1), 7, '0') AS BIGINT), 0)) END`,
  `th_guid(s) AS CASE WHEN regexp_full_match(s, '\\{?[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\\}?')
     THEN lower(trim(s, '{}')) END`,
  `th_decimal(s) AS CASE WHEN regexp_full_match(s, '[+-]?\\d+(\\.\\d+)?') THEN s END`,
  // What is JSON stays as it is; other text becomes a JSON string, as KQL's dynamic does.
  `th_dynamic(s) AS CASE WHEN s IS NULL OR s = '' THEN NULL WHEN json_valid(s) THEN s ELSE to_json(s)::VARCHAR END`,
  `th_string(s) AS s`,
];

/** Makes the macros, and further ones, known to a database. */
export async function defineConversions(connection: DuckDBConnection, further: readonly string[] = []): Promise<void> {
  for (const macro of [...MACROS, ...further]) await connection.run(`CREATE OR REPLACE MACRO ${macro}`);
}

/** SQL that turns a text into a value of the type in working form; null if it does not fit. */
export function conversionSql(type: KqlType, textSql: string): string {
  return type === 'string' ? textSql : `th_${type}(${textSql})`;
}

const STRICT_CASTS: Partial<Record<KqlType, string>> = { long: 'BIGINT', real: 'DOUBLE', bool: 'BOOLEAN' };

/** The same for texts that are known to be of the type in its plain form (ISO 8601 for datetimes). */
export function strictConversionSql(type: KqlType, textSql: string): string {
  if (type === 'datetime') return `th_iso(${textSql})`;
  const cast = STRICT_CASTS[type];
  return cast ? `try_cast(${textSql} AS ${cast})` : conversionSql(type, textSql);
}
