import type { KqlType } from '../../tables/index.ts';
import { convert } from '../translate/convert.ts';
import { nullOf } from '../translate/sql.ts';
import type { Call, ScalarFunction } from './define.ts';
import * as decimal from './udfs/decimal.ts';
import * as numeric from './udfs/numeric.ts';

function conversion(to: KqlType) {
  return (call: Call): string => (to === 'string' ? call.sql(0, 'string') : convert(call.sql(0), call.type(0), to));
}

/** An argument as the type of the whole: `iff` and its kin give one type. */
function branch(call: Call, index: number): string {
  return convert(call.sql(index), call.type(index), call.resultType);
}

function caseOf(call: Call): string {
  const last = call.args.length - 1;
  const whens: string[] = [];
  for (let index = 0; index + 1 <= last; index += 2) {
    whens.push(`WHEN ${call.sql(index, 'condition')} THEN ${branch(call, index + 1)}`);
  }
  const otherwise = last % 2 === 0 ? branch(call, last) : nullOf(call.resultType);
  return `(CASE ${whens.join(' ')} ELSE ${otherwise} END)`;
}

function coalesce(call: Call): string {
  const items = call.args.map((_, index) => branch(call, index));
  if (call.resultType !== 'string') return `coalesce(${items.join(', ')})`;
  return `coalesce(${items.map((item) => `nullif(${item}, '')`).join(', ')}, '')`;
}

/** Nulls are left out; NaN wins. */
function extreme(sqlFunction: 'greatest' | 'least') {
  return (call: Call): string => {
    const items = call.args.map((_, index) => branch(call, index));
    if (call.resultType === 'decimal') return call.refuse(`${call.name}() of decimals is not supported`);
    const chosen = `${sqlFunction}(${items.join(', ')})`;
    if (call.resultType !== 'real' || sqlFunction === 'greatest') return chosen;
    return `(CASE WHEN ${items.map((item) => `coalesce(isnan(${item}), false)`).join(' OR ')} THEN 'nan'::DOUBLE ELSE ${chosen} END)`;
  };
}

function round(call: Call): string {
  const digits = call.args.length > 1 ? call.constant(1) : 0;
  if (call.type(0) === 'decimal')
    return `kql_decimal_round(${call.sql(0)}, ${call.args.length > 1 ? call.sql(1, 'long') : '0::BIGINT'})`;
  if (digits === 0 && (call.type(0) === 'long' || call.type(0) === 'int'))
    return convert(call.sql(0), call.type(0), call.resultType);
  return convert(
    `kql_fn_round_to(${call.sql(0, 'real')}, ${call.args.length > 1 ? call.sql(1, 'long') : '0::BIGINT'})`,
    'real',
    call.resultType,
  );
}

function gettype(call: Call): string {
  const type = call.type(0);
  if (type !== 'dynamic') return `'${type}'`;
  return `(CASE coalesce(json_type(${call.sql(0)}), 'NULL') WHEN 'NULL' THEN 'null' WHEN 'OBJECT' THEN 'dictionary' WHEN 'ARRAY' THEN 'array' WHEN 'VARCHAR' THEN 'string' WHEN 'BOOLEAN' THEN 'bool' WHEN 'DOUBLE' THEN 'double' ELSE 'long' END)`;
}

function sameType(template: string) {
  return (call: Call): string =>
    convert(
      template.replaceAll('$1', call.sql(0, 'number')),
      call.type(0) === 'dynamic' ? 'real' : call.type(0),
      call.resultType,
    );
}

export const numberFunctions: readonly ScalarFunction[] = [
  { names: ['tostring'], args: 'any', sql: conversion('string') },
  { names: ['toint'], args: 'any', sql: conversion('int') },
  { names: ['tolong'], args: 'any', sql: conversion('long') },
  { names: ['todouble', 'toreal'], args: 'any', sql: conversion('real') },
  { names: ['todecimal'], args: 'any', sql: conversion('decimal') },
  { names: ['tobool', 'toboolean'], args: 'any', sql: conversion('bool') },
  { names: ['todatetime'], args: 'any', sql: conversion('datetime') },
  { names: ['totimespan', 'totime'], args: 'any', sql: conversion('timespan') },
  { names: ['toguid'], args: 'any', sql: conversion('guid') },
  { names: ['gettype'], args: 'any', sql: gettype },
  { names: ['isnull'], args: 'any', sql: (call) => (call.type(0) === 'string' ? 'false' : `(${call.sql(0)} IS NULL)`) },
  {
    names: ['isnotnull', 'notnull'],
    args: 'any',
    sql: (call) => (call.type(0) === 'string' ? 'true' : `(${call.sql(0)} IS NOT NULL)`),
  },
  { names: ['not'], args: 'bool', sql: '(NOT $1)' },
  { names: ['iff', 'iif'], args: 'any, any, any', sql: caseOf },
  { names: ['case'], args: 'any…', sql: caseOf },
  { names: ['coalesce'], args: 'any…', sql: coalesce },
  { names: ['max_of'], args: 'any…', sql: extreme('greatest') },
  { names: ['min_of'], args: 'any…', sql: extreme('least') },
  { names: ['abs'], args: 'number', sql: sameType('abs($1)') },
  { names: ['sign'], args: 'number', sql: sameType('sign($1)') },
  { names: ['ceiling'], args: 'number', sql: sameType('ceil($1)') },
  { names: ['round'], args: 'number, long', sql: round },
  { names: ['exp'], args: 'real', sql: 'exp($1)' },
  { names: ['exp2'], args: 'real', sql: 'pow(2.0, $1)' },
  { names: ['exp10'], args: 'real', sql: 'pow(10.0, $1)' },
  { names: ['log'], args: 'real', returns: 'real', run: numeric.log },
  { names: ['log2'], args: 'real', returns: 'real', run: numeric.log2 },
  { names: ['log10'], args: 'real', returns: 'real', run: numeric.log10 },
  { names: ['sqrt'], args: 'real', returns: 'real', run: Math.sqrt },
  { names: ['pow'], args: 'real, real', returns: 'real', run: Math.pow },
  { names: ['sin'], args: 'real', returns: 'real', run: Math.sin },
  { names: ['cos'], args: 'real', returns: 'real', run: Math.cos },
  { names: ['tan'], args: 'real', returns: 'real', run: Math.tan },
  { names: ['asin'], args: 'real', returns: 'real', run: Math.asin },
  { names: ['acos'], args: 'real', returns: 'real', run: Math.acos },
  { names: ['atan'], args: 'real', returns: 'real', run: Math.atan },
  { names: ['atan2'], args: 'real, real', returns: 'real', run: Math.atan2 },
  { names: ['cot'], args: 'real', sql: '(1.0 / tan($1))' },
  { names: ['degrees'], args: 'real', sql: 'degrees($1)' },
  { names: ['radians'], args: 'real', sql: 'radians($1)' },
  { names: ['pi'], args: '', sql: 'pi()' },
  { names: ['gamma'], args: 'real', sql: 'gamma($1)' },
  { names: ['loggamma'], args: 'real', sql: 'lgamma($1)' },
  { names: ['isnan'], args: 'real', sql: 'isnan($1)' },
  { names: ['isinf'], args: 'real', sql: 'isinf($1)' },
  { names: ['isfinite'], args: 'real', sql: 'isfinite($1)' },
  {
    names: ['tohex'],
    args: 'any, long',
    sql: (call) =>
      `kql_fn_hex_text(${call.sql(0, 'long')}, ${call.args.length > 1 ? call.sql(1, 'long') : '0::BIGINT'}, ${call.type(0) === 'int' ? 32 : 64}::BIGINT)`,
  },
  { names: ['binary_and'], args: 'long, long', sql: '($1 & $2)' },
  { names: ['binary_or'], args: 'long, long', sql: '($1 | $2)' },
  { names: ['binary_xor'], args: 'long, long', sql: 'xor($1, $2)' },
  { names: ['binary_not'], args: 'long', sql: '(~$1)' },
  { names: ['binary_shift_left'], args: 'long, long', returns: 'long', run: numeric.shiftLeft },
  { names: ['binary_shift_right'], args: 'long, long', returns: 'long', run: numeric.shiftRight },
  { names: ['bitset_count_ones'], args: 'long', sql: 'bit_count($1)::BIGINT' },
  {
    names: ['hash'],
    args: 'any, long',
    sql: (call) => call.refuse('hash() is xxhash64 in Kusto, which is not done here; use hash_sha256()'),
  },
  {
    names: ['rand'],
    args: 'long',
    sql: (call) => call.refuse('rand() would give another answer each time, and runs must be repeatable'),
  },
  {
    names: ['new_guid'],
    args: '',
    sql: (call) => call.refuse('new_guid() would give another answer each time, and runs must be repeatable'),
  },
  {
    names: ['estimate_data_size'],
    args: 'any…',
    sql: (call) => call.refuse('estimate_data_size() depends on the service’s storage'),
  },
  {
    names: ['geo_distance_2points'],
    args: 'real, real, real, real',
    returns: 'real',
    run: numeric.geoDistance,
    deviation: 'the distance is on a sphere; Kusto may differ by up to half a percent',
  },
  { names: ['geo_point_in_circle'], args: 'real, real, real, real, real', returns: 'bool', run: numeric.pointInCircle },
  { names: ['welch_test'], args: 'real, real, long, real, real, long', returns: 'real', run: numeric.welchTest },
];

/** Helpers that no query can name. */
export const numberHelpers: readonly ScalarFunction[] = [
  { names: ['hex_text'], args: 'long, long, long', returns: 'string', run: numeric.toHex },
  { names: ['round_to'], args: 'real, long', returns: 'real', run: numeric.round },
];

/** Exact decimal arithmetic, under the names that the translation of operators uses. */
export const decimalFunctions: readonly {
  readonly name: string;
  readonly args: readonly KqlType[];
  readonly returns: KqlType;
  readonly run: (...values: never[]) => string | bigint | null;
}[] = [
  { name: 'kql_parse_decimal', args: ['string'], returns: 'decimal', run: decimal.parse },
  { name: 'kql_decimal_add', args: ['decimal', 'decimal'], returns: 'decimal', run: decimal.add },
  { name: 'kql_decimal_subtract', args: ['decimal', 'decimal'], returns: 'decimal', run: decimal.subtract },
  { name: 'kql_decimal_multiply', args: ['decimal', 'decimal'], returns: 'decimal', run: decimal.multiply },
  { name: 'kql_decimal_divide', args: ['decimal', 'decimal'], returns: 'decimal', run: decimal.divide },
  { name: 'kql_decimal_modulo', args: ['decimal', 'decimal'], returns: 'decimal', run: decimal.modulo },
  { name: 'kql_decimal_compare', args: ['decimal', 'decimal'], returns: 'long', run: decimal.compare },
  { name: 'kql_decimal_bin', args: ['decimal', 'decimal'], returns: 'decimal', run: decimal.bin },
  { name: 'kql_decimal_round', args: ['decimal', 'long'], returns: 'decimal', run: decimal.round },
  { name: 'kql_decimal_sum', args: ['dynamic'], returns: 'decimal', run: decimal.sum },
];
