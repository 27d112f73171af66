import type { KqlType } from '../../tables/index.ts';
import { castTo, convert, toDynamic } from '../translate/convert.ts';
import type { Call } from './define.ts';

/** One row of the aggregates' table. */
export interface Aggregate {
  readonly names: readonly string[];
  /** Names of the form that counts only rows where a condition holds: that condition is one more argument. */
  readonly conditional?: readonly string[];
  /** Where the condition stands among the arguments. */
  readonly conditionAt?: number;
  /** `filter` is a FILTER clause or empty; it goes right after the SQL aggregate. */
  readonly sql: (call: Call, filter: string) => string;
}

const NAN = `'nan'::DOUBLE`;

function both(...conditions: (string | false)[]): string {
  const real = conditions.filter((condition) => condition !== false);
  return real.length === 0 ? '' : ` FILTER (WHERE ${real.join(' AND ')})`;
}

function conditionOf(filter: string): string | false {
  return filter === '' ? false : filter.slice(' FILTER (WHERE '.length, -1);
}

function numeric(call: Call, index = 0): { sql: string; type: KqlType } {
  const type = call.type(index);
  if (type === 'dynamic' || type === 'string') return { sql: call.sql(index, 'real'), type: 'real' };
  if (type === 'bool') return { sql: call.sql(index, 'long'), type: 'long' };
  return { sql: call.sql(index), type };
}

function sum(call: Call, filter: string): string {
  const { sql, type } = numeric(call);
  if (type === 'decimal')
    return `kql_decimal_sum(CAST(to_json(list(${sql})${both(conditionOf(filter), `${sql} IS NOT NULL`)}) AS VARCHAR))`;
  if (type === 'real') return `coalesce(sum(${sql})${filter}, 0.0)`;
  return `CAST(((coalesce(sum(${sql})${filter}, 0)::HUGEINT + 9223372036854775808) & 18446744073709551615) - 9223372036854775808 AS BIGINT)`;
}

function average(call: Call, filter: string): string {
  const { sql, type } = numeric(call);
  if (type === 'datetime' || type === 'timespan')
    return `CAST(sum(${sql})${filter} // nullif(count(${sql})${filter}, 0) AS BIGINT)`;
  if (type === 'decimal') return `kql_decimal_divide(${sum(call, filter)}, CAST(count(${sql})${filter} AS VARCHAR))`;
  if (type === 'real') return `coalesce(avg(${sql})${filter}, ${NAN})`;
  return `coalesce(CAST(${sum(call, filter)} AS DOUBLE) / nullif(count(${sql})${filter}, 0), ${NAN})`;
}

function extreme(name: 'min' | 'max') {
  return (call: Call, filter: string): string => {
    const type = call.type(0);
    if (type === 'string') return `coalesce(${name}(${call.sql(0)})${filter}, '')`;
    if (type === 'decimal') return `arg_${name}(${call.sql(0)}, CAST(${call.sql(0)} AS DOUBLE))${filter}`;
    if (type === 'dynamic') return `to_json(${name}(${call.sql(0, 'real')})${filter})`;
    if (type === 'bool') return `${name}(${call.sql(0)})${filter}`;
    if (type === 'real' && name === 'min') {
      return `(CASE WHEN bool_or(isnan(${call.sql(0)}))${filter} THEN ${NAN} ELSE min(${call.sql(0)})${filter} END)`;
    }
    return castTo(`${name}(${call.sql(0)})${filter}`, type);
  };
}

function spread(sqlFunction: string) {
  return (call: Call, filter: string): string => {
    const { sql, type } = numeric(call);
    const finite = both(conditionOf(filter), `isfinite(CAST(${sql} AS DOUBLE))`);
    const found = `coalesce(${sqlFunction}(CAST(${sql} AS DOUBLE))${finite}, 0.0)`;
    return type === 'real' ? `(CASE WHEN bool_or(NOT isfinite(${sql}))${filter} THEN ${NAN} ELSE ${found} END)` : found;
  };
}

function distinctCount(call: Call, filter: string): string {
  if (call.name.startsWith('dcount')) call.t.warn('dcount-exact', 'dcount() is exact here; the service estimates it');
  return `count(DISTINCT ${call.sql(0, call.type(0) === 'dynamic' ? 'string' : 'any')})${filter}`;
}

/** The items of a list: nulls are left out but of dynamics, whose arrays are flattened. */
function listOf(call: Call, filter: string, keepNulls = false): string {
  const type = call.type(0);
  if (type === 'string') return `list(${call.sql(0)})${filter}`;
  if (type === 'dynamic') {
    return `flatten(list(kql_flat_items(${call.sql(0)}))${filter})`;
  }
  const item =
    type === 'datetime' || type === 'timespan' || type === 'decimal' ? toDynamic(call.sql(0), type) : call.sql(0);
  return `list(${item})${both(conditionOf(filter), !keepNulls && `${call.sql(0)} IS NOT NULL`)}`;
}

function limitOf(call: Call, index: number): string {
  return call.args.length > index ? `CAST(${call.sql(index, 'long')} AS BIGINT)` : '1048576::BIGINT';
}

function makeList(call: Call, filter: string): string {
  const list = listOf(call, filter);
  const limitAt = filter === '' ? 1 : 2;
  const kept = call.args.length > limitAt ? `list_slice(${list}, 1, ${call.sql(limitAt, 'long')})` : list;
  return `coalesce(to_json(${kept}), '[]'::JSON)`;
}

/** In the order of first appearance. */
function makeSet(call: Call, filter: string): string {
  const limitAt = filter === '' ? 1 : 2;
  if (call.type(0) === 'dynamic')
    return `coalesce(kql_fn_set_of(to_json(${listOf(call, filter)}), ${limitOf(call, limitAt)}), '[]'::JSON)`;
  const set = listOf(call, filter).replace('list(', 'list(DISTINCT ');
  const kept = call.args.length > limitAt ? `list_slice(${set}, 1, ${call.sql(limitAt, 'long')})` : set;
  return `coalesce(to_json(${kept}), '[]'::JSON)`;
}

function makeBag(call: Call, filter: string): string {
  const bag = call.sql(0, 'dynamic');
  return `coalesce(kql_fn_bag_of(to_json(list(${bag})${both(conditionOf(filter), `${bag} IS NOT NULL`)}), ${limitOf(call, filter === '' ? 1 : 2)}), '{}'::JSON)`;
}

/** The value at a percentile: the smallest that so many percent of the values do not exceed. */
export function percentileSql(value: string, type: KqlType, percent: string, filter = ''): string {
  return castTo(
    `quantile_disc(${value}, least(1.0, greatest(0.0, CAST(${percent} AS DOUBLE) / 100.0)))${filter}`,
    type === 'dynamic' ? 'real' : type,
  );
}

function percentile(call: Call, filter: string): string {
  const { sql, type } = numeric(call);
  return convert(percentileSql(sql, type, call.sql(1), filter), type, call.resultType);
}

function percentilesArray(call: Call, filter: string): string {
  const { sql, type } = numeric(call);
  const percents = call.constant(1);
  const list = Array.isArray(percents)
    ? percents.map((percent) => `${Number(percent)}`)
    : call.args.slice(1).map((_, index) => call.sql(index + 1));
  return `json_array(${list.map((percent) => toDynamic(percentileSql(sql, type, percent, filter), type)).join(', ')})`;
}

function bits(sqlFunction: string, empty: string) {
  return (call: Call): string => `coalesce(${sqlFunction}(${call.sql(0, 'long')}), ${empty})`;
}

function anyValue(call: Call, filter: string): string {
  const sql = call.sql(0);
  if (call.type(0) !== 'string') return `any_value(${sql})${filter}`;
  return `coalesce(any_value(nullif(${sql}, ''))${filter}, '')`;
}

export const aggregates: readonly Aggregate[] = [
  { names: ['count'], sql: (_call, filter) => `count(*)${filter}` },
  { names: [], conditional: ['countif'], conditionAt: 0, sql: (_call, filter) => `count(*)${filter}` },
  { names: ['sum'], conditional: ['sumif'], sql: sum },
  { names: ['avg'], conditional: ['avgif'], sql: average },
  { names: ['min'], conditional: ['minif'], sql: extreme('min') },
  { names: ['max'], conditional: ['maxif'], sql: extreme('max') },
  { names: ['stdev'], conditional: ['stdevif'], sql: spread('stddev_samp') },
  { names: ['stdevp'], conditional: ['stdevpif'], sql: spread('stddev_pop') },
  { names: ['variance'], conditional: ['varianceif'], sql: spread('var_samp') },
  { names: ['variancep'], conditional: ['variancepif'], sql: spread('var_pop') },
  {
    names: ['covariance'],
    conditional: ['covarianceif'],
    conditionAt: 2,
    sql: (call, filter) => `coalesce(covar_samp(${call.sql(0, 'real')}, ${call.sql(1, 'real')})${filter}, 0.0)`,
  },
  {
    names: ['covariancep'],
    conditional: ['covariancepif'],
    conditionAt: 2,
    sql: (call, filter) => `coalesce(covar_pop(${call.sql(0, 'real')}, ${call.sql(1, 'real')})${filter}, 0.0)`,
  },
  { names: ['dcount', 'count_distinct'], conditional: ['dcountif', 'count_distinctif'], sql: distinctCount },
  { names: ['make_list', 'makelist'], conditional: ['make_list_if'], sql: makeList },
  {
    names: ['make_list_with_nulls'],
    sql: (call, filter) => `coalesce(to_json(${listOf(call, filter, true)}), '[]'::JSON)`,
  },
  { names: ['make_set', 'makeset'], conditional: ['make_set_if'], sql: makeSet },
  { names: ['make_bag', 'make_dictionary'], conditional: ['make_bag_if'], sql: makeBag },
  { names: ['take_any', 'any'], conditional: ['take_anyif', 'anyif'], sql: anyValue },
  { names: ['arg_max', 'argmax'], sql: extreme('max') },
  { names: ['arg_min', 'argmin'], sql: extreme('min') },
  { names: ['percentile', 'percentiles'], sql: percentile },
  { names: ['percentiles_array'], sql: percentilesArray },
  { names: ['binary_all_and'], sql: bits('bit_and', '-1') },
  { names: ['binary_all_or'], sql: bits('bit_or', '0') },
  { names: ['binary_all_xor'], sql: bits('bit_xor', '0') },
];
