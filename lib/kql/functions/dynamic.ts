import { kindOf } from '../language/syntax.ts';
import { convert, toDynamic } from '../translate/convert.ts';
import { quoteText } from '../translate/sql.ts';
import type { Call, ScalarFunction } from './define.ts';
import { typeArgument } from './strings.ts';
import * as arrays from './udfs/arrays.ts';
import { toJsonText } from './udfs/codec.ts';

function parseJsonCall(call: Call): string {
  if (call.type(0) === 'dynamic') return `kql_reparse(${call.sql(0)})`;
  return call.type(0) === 'string' ? `kql_parse_json(${call.sql(0)})` : call.sql(0, 'dynamic');
}

/** Every argument as one JSON array: for functions of any number of arguments. */
function packed(call: Call): string {
  return `json_array(${call.args.map((_, index) => call.sql(index, 'dynamic')).join(', ')})`;
}

function overAll(helper: string) {
  return (call: Call): string => `kql_fn_${helper}(${packed(call)})`;
}

/** The columns of the row, for `pack_all()` and `pack_array(*)`. */
function rowItems(call: Call): { name: string; json: string }[] {
  return call.row.columns.map(({ name, type, sql }) => ({ name, json: toDynamic(call.row.prefix + sql, type) }));
}

function packArray(call: Call): string {
  const items = call.args.flatMap((argument, index) =>
    kindOf(argument) === 'StarExpression' ? rowItems(call).map((item) => item.json) : [call.sql(index, 'dynamic')],
  );
  return `json_array(${items.join(', ')})`;
}

function pack(call: Call): string {
  const pairs: string[] = [];
  for (let index = 0; index + 1 < call.args.length; index += 2) {
    pairs.push(`${call.sql(index, 'string')}, ${call.sql(index + 1, 'dynamic')}`);
  }
  return `json_object(${pairs.join(', ')})`;
}

function packAll(call: Call): string {
  const all = `json_object(${rowItems(call)
    .map(({ name, json }) => `${quoteText(name)}, ${json}`)
    .join(', ')})`;
  return call.constant(0) === true ? `kql_fn_bag_without_empty(${all})` : all;
}

/** Kusto's JSON path: `$.a.b[0]['c']`. */
function jsonPath(call: Call): string {
  const known = call.constant(0);
  if (typeof known !== 'string') return call.refuse('the JSON path must be a literal');
  const steps =
    known
      .replace(/^\$/, '')
      .replace(/\[['"]([^'"]*)['"]\]/g, '.$1')
      .match(/\.?[^.[\]]+|\[-?\d+\]/g) ?? [];
  const parts = steps.map((step) =>
    /^\[-?\d+\]$/.test(step) ? step.replace('[-', '[#-') : `."${step.replace(/^\./, '').replaceAll('"', '\\"')}"`,
  );
  return quoteText(`$${parts.join('')}`);
}

function extractJson(call: Call): string {
  const source = call.type(1) === 'dynamic' ? call.sql(1) : `kql_parse_json(${call.sql(1, 'string')})`;
  const sql = `coalesce(json_extract_string(${source}, ${jsonPath(call)}), '')`;
  return call.args[2] ? convert(sql, 'string', typeArgument(call, 2)) : sql;
}

function arrayIndexOf(call: Call): string {
  const rest = call.args.slice(2).map((_, index) => call.sql(index + 2, 'long'));
  const [start = '0::BIGINT', length = '(-1)::BIGINT', occurrence = '1::BIGINT'] = rest;
  return `kql_fn_array_position(${call.sql(0, 'dynamic')}, ${call.sql(1, 'dynamic')}, ${start}, ${length}, ${occurrence})`;
}

export const dynamicFunctions: readonly ScalarFunction[] = [
  { names: ['parse_json', 'parsejson', 'todynamic', 'toobject'], args: 'any', sql: parseJsonCall },
  { names: ['extractjson', 'extract_json'], args: 'string, any, any', sql: extractJson },
  { names: ['dynamic_to_json'], args: 'dynamic', returns: 'string', run: toJsonText },
  { names: ['pack_array'], args: 'any…', sql: packArray },
  { names: ['pack', 'bag_pack', 'pack_dictionary'], args: 'any…', sql: pack },
  { names: ['pack_all'], args: 'bool', sql: packAll },
  { names: ['bag_pack_columns'], args: 'any…', sql: packColumns },
  { names: ['array_length', 'arraylength'], args: 'dynamic', sql: 'kql_array_length($1)' },
  { names: ['array_concat'], args: 'dynamic…', sql: overAll('arrays_joined') },
  { names: ['array_slice'], args: 'dynamic, long, long=(-1)::BIGINT', returns: 'dynamic', run: arrays.slice },
  { names: ['array_index_of'], args: 'dynamic, any, long, long, long', sql: arrayIndexOf },
  { names: ['array_reverse'], args: 'dynamic', returns: 'dynamic', run: arrays.reverse },
  { names: ['array_sum'], args: 'dynamic', returns: 'real', run: arrays.sum },
  { names: ['array_sort_asc'], args: 'dynamic…', sql: sorted('asc') },
  { names: ['array_sort_desc'], args: 'dynamic…', sql: sorted('desc') },
  { names: ['array_rotate_left'], args: 'dynamic, long', returns: 'dynamic', run: arrays.rotateLeft },
  { names: ['array_rotate_right'], args: 'dynamic, long', sql: 'kql_fn_array_rotate_left($1, -$2)' },
  {
    names: ['array_shift_left'],
    args: 'dynamic, long, dynamic=NULL::JSON',
    returns: 'dynamic',
    nulls: true,
    run: arrays.shiftLeft,
  },
  {
    names: ['array_shift_right'],
    args: 'dynamic, long, dynamic=NULL::JSON',
    sql: 'kql_fn_array_shift_left($1, -$2, $3)',
  },
  { names: ['array_split'], args: 'dynamic, dynamic', returns: 'dynamic', run: arrays.split },
  { names: ['array_iff', 'array_iif'], args: 'dynamic, dynamic, dynamic', returns: 'dynamic', run: arrays.iff },
  { names: ['strcat_array', 'array_strcat'], args: 'dynamic, string', sql: 'array_to_string(kql_texts($1), $2)' },
  { names: ['repeat'], args: 'dynamic, long', returns: 'dynamic', nulls: true, run: arrays.repeat },
  { names: ['range'], args: 'any, any, any', sql: rangeOf },
  { names: ['zip'], args: 'dynamic…', sql: overAll('arrays_zipped') },
  { names: ['set_union'], args: 'dynamic…', sql: overAll('sets_united') },
  { names: ['set_intersect'], args: 'dynamic…', sql: overAll('sets_intersected') },
  { names: ['set_difference'], args: 'dynamic…', sql: overAll('sets_subtracted') },
  { names: ['set_has_element'], args: 'dynamic, dynamic', returns: 'bool', run: arrays.hasElement },
  { names: ['set_equals'], args: 'dynamic, dynamic', returns: 'bool', run: arrays.setEquals },
  { names: ['jaccard_index'], args: 'dynamic, dynamic', returns: 'real', run: arrays.jaccard },
  { names: ['bag_keys'], args: 'dynamic', sql: "(CASE json_type($1) WHEN 'OBJECT' THEN to_json(json_keys($1)) END)" },
  { names: ['bag_has_key'], args: 'dynamic, string', returns: 'bool', run: arrays.bagHasKey },
  { names: ['bag_merge'], args: 'dynamic…', sql: overAll('bags_merged') },
  { names: ['bag_remove_keys'], args: 'dynamic, dynamic', returns: 'dynamic', run: arrays.bagRemoveKeys },
  { names: ['bag_set_key'], args: 'dynamic, string, dynamic', returns: 'dynamic', run: arrays.bagSetKey },
  { names: ['bag_zip'], args: 'dynamic, dynamic', returns: 'dynamic', run: arrays.bagZip },
  { names: ['treepath'], args: 'dynamic', returns: 'dynamic', run: arrays.treePath },
];

export const dynamicHelpers: readonly ScalarFunction[] = [
  { names: ['arrays_joined'], args: 'dynamic', returns: 'dynamic', run: arrays.concat },
  { names: ['arrays_zipped'], args: 'dynamic', returns: 'dynamic', run: arrays.zip },
  { names: ['sets_united'], args: 'dynamic', returns: 'dynamic', run: arrays.union },
  { names: ['sets_intersected'], args: 'dynamic', returns: 'dynamic', run: arrays.intersect },
  { names: ['sets_subtracted'], args: 'dynamic', returns: 'dynamic', run: arrays.difference },
  { names: ['bags_merged'], args: 'dynamic', returns: 'dynamic', run: arrays.bagMerge },
  { names: ['bag_without_empty'], args: 'dynamic', returns: 'dynamic', run: arrays.bagWithoutEmpty },
  {
    names: ['array_position'],
    args: 'dynamic, dynamic, long, long, long',
    returns: 'long',
    nulls: true,
    run: arrays.indexOf,
  },
  { names: ['array_sorted'], args: 'dynamic, bool, bool', returns: 'dynamic', run: arrays.sort },
  { names: ['whole_range'], args: 'long, long, long', returns: 'dynamic', run: arrays.wholeRange },
  { names: ['real_range'], args: 'real, real, real', returns: 'dynamic', run: arrays.realRange },
  { names: ['time_range'], args: 'long, long, long, bool', returns: 'dynamic', run: arrays.timeRange },
  { names: ['set_of'], args: 'dynamic, long', returns: 'dynamic', run: arrays.setOf },
  { names: ['bag_of'], args: 'dynamic, long', returns: 'dynamic', run: arrays.bagOf },
];

function packColumns(call: Call): string {
  const pairs = call.args.map(
    (argument, index) => `${quoteText(argument.SimpleName ?? '')}, ${call.sql(index, 'dynamic')}`,
  );
  return `json_object(${pairs.join(', ')})`;
}

function sorted(direction: 'asc' | 'desc') {
  return (call: Call): string => {
    if (call.args.length > 2) return call.refuse(`${call.name}() of several arrays is not supported`);
    // A second argument that is a bool says whether nulls come last; an array would be sorted along.
    if (call.args.length === 2 && call.type(1) !== 'bool')
      return call.refuse(`${call.name}() of several arrays is not supported`);
    const nullsLast = call.args.length === 2 ? call.sql(1, 'bool') : 'true';
    return `kql_fn_array_sorted(${call.sql(0, 'dynamic')}, ${direction === 'desc'}, ${nullsLast})`;
  };
}

function rangeOf(call: Call): string {
  const type = call.type(0);
  const hasStep = call.args.length > 2;
  if (type === 'datetime') {
    const step = hasStep ? call.sql(2, 'timespan') : '36000000000::BIGINT';
    return `kql_fn_time_range(${call.sql(0, 'long')}, ${call.sql(1, 'long')}, ${step}, true)`;
  }
  if (type === 'timespan')
    return `kql_fn_time_range(${call.sql(0, 'long')}, ${call.sql(1, 'long')}, ${hasStep ? call.sql(2, 'long') : '36000000000::BIGINT'}, false)`;
  const types = call.args.map((_, index) => call.type(index));
  const whole = types.every((one) => one === 'long' || one === 'int' || one === 'dynamic');
  const as = whole ? 'long' : 'real';
  const step = hasStep ? call.sql(2, as) : whole ? '1::BIGINT' : '1::DOUBLE';
  return `kql_fn_${whole ? 'whole' : 'real'}_range(${call.sql(0, as)}, ${call.sql(1, as)}, ${step})`;
}
