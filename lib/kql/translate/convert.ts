import type { KqlType } from '../../tables/index.ts';
import { isNumber, isWhole, SQL_TYPES } from './sql.ts';

/** The text of a value as `tostring` gives it; never null. */
export function toText(sql: string, type: KqlType): string {
  switch (type) {
    case 'string':
      return sql;
    case 'bool':
      return `kql_text_bool(${sql})`;
    case 'real':
      return `kql_text_real(${sql})`;
    case 'datetime':
      return `kql_text_datetime(${sql})`;
    case 'timespan':
      return `kql_text_timespan(${sql})`;
    case 'dynamic':
      return `coalesce(json_extract_string(${sql}, '$'), '')`;
    default:
      return `coalesce(CAST(${sql} AS VARCHAR), '')`;
  }
}

export function toDynamic(sql: string, type: KqlType): string {
  switch (type) {
    case 'dynamic':
      return sql;
    case 'datetime':
      return `to_json(nullif(kql_text_datetime(${sql}), ''))`;
    case 'timespan':
      return `to_json(nullif(kql_text_timespan(${sql}), ''))`;
    case 'decimal':
      return `CAST(${sql} AS JSON)`;
    case 'real':
      return `kql_json_real(${sql})`;
    default:
      return `to_json(${sql})`;
  }
}

/** A value of one type as another, as KQL's `to…()` functions convert; what cannot be converted is null. */
export function convert(sql: string, from: KqlType, to: KqlType): string {
  if (from === to) return sql;
  if (to === 'dynamic') return toDynamic(sql, from);
  if (to === 'string') return toText(sql, from);
  switch (to) {
    case 'long':
      return toLong(sql, from);
    case 'int':
      return toInt(sql, from);
    case 'real':
      return toReal(sql, from);
    case 'decimal':
      return toDecimal(sql, from);
    case 'bool':
      return toBool(sql, from);
    case 'datetime':
      if (from === 'string') return `kql_parse_datetime(${sql})`;
      if (from === 'dynamic') return `kql_parse_datetime(json_extract_string(${sql}, '$'))`;
      return isNumber(from) ? `kql_datetime(${toLong(sql, from)})` : `CAST(${sql} AS BIGINT)`;
    case 'timespan':
      if (from === 'string') return `kql_parse_timespan(${sql})`;
      if (from === 'dynamic') return `kql_parse_timespan(json_extract_string(${sql}, '$'))`;
      return toLong(sql, from);
    case 'guid':
      return `kql_parse_guid(${toText(sql, from)})`;
  }
}

function toLong(sql: string, from: KqlType): string {
  if (from === 'string') return `kql_long_of_text(${sql})`;
  if (from === 'dynamic') return `kql_long_of_json(${sql})`;
  if (from === 'real') return `kql_long_of_real(${sql})`;
  if (from === 'decimal') return `TRY_CAST(split_part(${sql}, '.', 1) AS BIGINT)`;
  return `CAST(${sql} AS BIGINT)`;
}

function toInt(sql: string, from: KqlType): string {
  if (from === 'string') return `TRY_CAST(kql_long_of_text(${sql}) AS INTEGER)`;
  if (from === 'dynamic') return `TRY_CAST(kql_long_of_json(${sql}) AS INTEGER)`;
  if (from === 'bool') return `CAST(${sql} AS INTEGER)`;
  return `kql_wrap_int(${toLong(sql, from)})`;
}

function toReal(sql: string, from: KqlType): string {
  if (from === 'string') return `kql_real_of_text(${sql})`;
  if (from === 'dynamic') return `kql_real_of_json(${sql})`;
  if (from === 'bool') return `CAST(CAST(${sql} AS INTEGER) AS DOUBLE)`;
  return `TRY_CAST(${sql} AS DOUBLE)`;
}

function toDecimal(sql: string, from: KqlType): string {
  if (from === 'bool') return `CAST(CAST(${sql} AS INTEGER) AS VARCHAR)`;
  if (isWhole(from) || from === 'datetime' || from === 'timespan') return `CAST(${sql} AS VARCHAR)`;
  if (from === 'dynamic') return `kql_parse_decimal(json_extract_string(${sql}, '$'))`;
  return `kql_parse_decimal(CAST(${sql} AS VARCHAR))`;
}

function toBool(sql: string, from: KqlType): string {
  if (from === 'string') return `kql_bool_of_text(${sql})`;
  if (from === 'dynamic') return `kql_bool_of_text(json_extract_string(${sql}, '$'))`;
  if (from === 'decimal') return `(TRY_CAST(${sql} AS DOUBLE) <> 0)`;
  return `(${sql} <> 0)`;
}

export function castTo(sql: string, type: KqlType): string {
  return `CAST(${sql} AS ${SQL_TYPES[type]})`;
}
