import type { Json } from '../../json.ts';
import { kindOf, mustPart, nameOf, part, parts, type SyntaxNode, textOf, typeOf, walk } from '../../language/syntax.ts';
import { castTo, convert, toText } from '../convert.ts';
import { NeedsColumns, typeOfJsonTypes } from '../discovery.ts';
import { callArguments, calledName } from '../expressions/calls.ts';
import { constantOf } from '../expressions/constants.ts';
import { scalarText } from '../expressions/text.ts';
import { nullOf, quoteText } from '../sql.ts';
import { findStageColumn, noRow, rowOf, type Scope, type Stage } from '../stage.ts';
import type { OperatorRule, Translation } from '../translation.ts';
import { callUserFunction } from '../user-functions.ts';
import { activityCountsMetrics, slidingWindowCounts } from './activity.ts';

type Plugin = (t: Translation, node: SyntaxNode, call: SyntaxNode, input: Stage, scope: Scope) => Stage;

function pathTo(key: string): string {
  return quoteText(`$."${key.replace(/["\\]/g, '\\$&')}"`);
}

/** Keys of a bag become columns; without a schema in the query, the data says which. */
const bagUnpack: Plugin = (t, node, call, input) => {
  const bag = findStageColumn(input, nameOf(callArguments(call)[0]!));
  if (!bag) return t.refuse(call, 'bag_unpack()', 'bag_unpack() needs a column of the table');
  const { prefix, conflict, ignored } = unpackOptions(t, call, input);
  if (!part(node, 'Schema')) {
    const kept = input.columns.filter((column) => column !== bag);
    const source = t.stage(
      `SELECT unnest(json_keys(${bag.sql})) AS k, ${bag.sql} AS bag FROM ${input.relation} WHERE json_type(${bag.sql}) = 'OBJECT'`,
      [],
    );
    const typed = t.stage(
      `SELECT k, json_type(bag, '$."' || replace(k, '"', '\\"') || '"') AS t FROM ${source.relation}`,
      [],
    );
    const foundIn = (rows: readonly (readonly unknown[])[]) =>
      keyColumns(
        rows.filter(([key]) => !ignored.includes(String(key))),
        prefix,
      );
    const inBoth = (found: readonly { readonly name: string }[]) =>
      found.map(({ name }) => name).filter((name) => kept.some((own) => own.name === name));
    throw new NeedsColumns({
      operator: node,
      input,
      sql: t.finish({
        ...typed,
        columns: [
          { name: 'k', type: 'string', sql: 'k' },
          { name: 't', type: 'string', sql: 't' },
        ],
      }).sql,
      columnsOf: (rows) => {
        const found = foundIn(rows);
        const [name] = inBoth(found);
        if (name !== undefined && conflict === 'error')
          throw t.error('semantic', call, name, `bag_unpack() finds the key "${name}", which is a column of the table`);
        const [first, second] = conflict === 'replace_source' ? [found, kept] : [kept, found];
        const taken = new Set(first.map((column) => column.name));
        const rest = second.filter((column) => !taken.has(column.name));
        return conflict === 'replace_source' ? [...rest, ...first] : [...first, ...rest];
      },
      replaced: (rows) => (conflict === 'replace_source' ? inBoth(foundIn(rows)) : []),
    });
  }
  const columns = t.columnsOf(node);
  const items = columns.map((column) => {
    const kept = column.name === bag.name ? undefined : findStageColumn(input, column.name);
    const key = column.name.startsWith(prefix) ? column.name.slice(prefix.length) : column.name;
    const inside =
      column.type === 'string'
        ? `coalesce(json_extract_string(${bag.sql}, ${pathTo(key)}), '')`
        : convert(`nullif(json_extract(${bag.sql}, ${pathTo(key)}), 'null')`, 'dynamic', column.type);
    return `${kept ? kept.sql : inside} AS ${column.sql}`;
  });
  return t.stage(`SELECT ${t.select(input, items)} FROM ${input.relation}`, columns, input);
};

interface UnpackOptions {
  readonly prefix: string;
  /** What to do with a key of a column's name. */
  readonly conflict: 'error' | 'keep_source' | 'replace_source';
  readonly ignored: readonly string[];
}

/** By position or by name: `bag_unpack(column, prefix, columnsConflict, ignoredProperties)`. */
function unpackOptions(t: Translation, call: SyntaxNode, input: Stage): UnpackOptions {
  const names = ['column', 'outputcolumnprefix', 'columnsconflict', 'ignoredproperties'];
  const given = new Map<string, Json | undefined>();
  const row = rowOf(input, { variables: new Map(), tables: new Map(), functions: new Map() });
  for (const [index, argument] of parts(mustPart(call, 'ArgumentList'), 'Expressions').entries()) {
    const isNamed = kindOf(argument) === 'SimpleNamedExpression';
    const name = isNamed ? nameOf(mustPart(argument, 'Name')).toLowerCase() : names[index];
    if (index > 0 && name !== undefined) given.set(name, constantOf(argument, row));
  }
  const conflict = given.get('columnsconflict') ?? 'error';
  if (conflict !== 'error' && conflict !== 'keep_source' && conflict !== 'replace_source')
    return t.refuse(call, 'columnsConflict', 'columnsConflict is error, keep_source or replace_source');
  const ignored = given.get('ignoredproperties');
  return {
    prefix: String(given.get('outputcolumnprefix') ?? ''),
    conflict,
    ignored: Array.isArray(ignored) ? ignored.map(String) : [],
  };
}

function keyColumns(rows: readonly (readonly unknown[])[], prefix: string) {
  const types = new Map<string, string[]>();
  for (const [key, type] of rows) types.set(String(key), [...(types.get(String(key)) ?? []), String(type)]);
  return [...types]
    .map(([key, found]) => ({ name: prefix + key, type: typeOfJsonTypes(found) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Values of a column become columns: one aggregate each, grouped by the other columns. */
const pivot: Plugin = (t, node, call, input, scope) => {
  const args = callArguments(call);
  const pivotColumn = findStageColumn(input, nameOf(args[0]!));
  if (!pivotColumn) return t.refuse(call, 'pivot()', 'pivot() needs a column of the table');
  if (!part(node, 'Schema')) {
    const aggregated = args[1] ? referencedNames(args[1]) : new Set<string>();
    const named = args.slice(2).map(nameOf);
    const groups =
      named.length > 0
        ? input.columns.filter((column) => named.includes(column.name))
        : input.columns.filter((column) => column !== pivotColumn && !aggregated.has(column.name));
    const type = args[1] ? typeOf(args[1]) : 'long';
    const values = t.stage(
      `SELECT DISTINCT ${toText(pivotColumn.sql, pivotColumn.type)} AS v FROM ${input.relation}`,
      [],
    );
    throw new NeedsColumns({
      operator: node,
      input,
      sql: t.finish({ ...values, columns: [{ name: 'v', type: 'string', sql: 'v' }] }).sql,
      columnsOf: (rows) => [
        ...groups,
        ...rows
          .map(([value]) => String(value))
          .sort()
          .map((name) => ({ name, type })),
      ],
    });
  }
  const columns = t.columnsOf(node);
  const groups = columns.filter((column) => findStageColumn(input, column.name));
  const row = { ...rowOf(input, scope), aggregates: true };
  const aggregate = args[1] ? t.scalar(args[1], row) : 'count(*)';
  const items = columns.map((column) => {
    const group = groups.includes(column) ? findStageColumn(input, column.name) : undefined;
    if (group) return `${group.sql} AS ${column.sql}`;
    const is = `${toText(pivotColumn.sql, pivotColumn.type)} = ${quoteText(column.name)}`;
    return `${castTo(filtered(aggregate, is), column.type)} AS ${column.sql}`;
  });
  const keys = [...groups.map((column) => findStageColumn(input, column.name)!.sql), ...input.partition];
  const group = keys.length > 0 ? ` GROUP BY ${keys.join(', ')}` : '';
  return t.stage(`SELECT ${t.select(input, items)} FROM ${input.relation}${group}`, columns, {
    partition: input.partition,
  });
};

function referencedNames(node: SyntaxNode): Set<string> {
  const names = new Set<string>();
  walk(node, (inner) => {
    if (kindOf(inner) === 'NameReference') names.add(nameOf(inner));
  });
  return names;
}

/** Restricts every aggregate of an SQL expression to the rows where a condition holds. */
function filtered(sql: string, condition: string): string {
  const plain = sql.replace(/ FILTER \(WHERE /g, ` FILTER (WHERE ${condition} AND `);
  return plain.replace(
    /\b(count|sum|avg|min|max|any_value|list|stddev_samp|stddev_pop|var_samp|var_pop)\(((?:[^()]|\((?:[^()]|\([^()]*\))*\))*)\)(?! FILTER)/g,
    (whole) => `${whole} FILTER (WHERE ${condition})`,
  );
}

/** Every cell becomes a row: the row's number, the column's name, the value as text. */
const narrow: Plugin = (t, node, _call, input) => {
  const columns = t.columnsOf(node);
  const numbered = t.stage(
    `SELECT *, row_number() OVER () - 1 AS "__row" FROM ${input.relation}`,
    input.columns,
    input,
  );
  const [rowColumn, nameColumn, valueColumn] = columns.map((column) => column.sql);
  const selects = input.columns.map(
    (column) =>
      `SELECT ${t.select(input, [`"__row" AS ${rowColumn}`, `${quoteText(column.name)} AS ${nameColumn}`, `${toText(column.sql, column.type)} AS ${valueColumn}`])} FROM ${numbered.relation}`,
  );
  return t.stage(selects.join(' UNION ALL '), columns, { partition: input.partition });
};

/** Joins each address with the network that holds it; the longest prefix wins where several do. */
const ipv4Lookup: Plugin = (t, node, call, input, scope) => {
  const columns = t.columnsOf(node);
  const [tableNode, addressNode, rangeNode, ...more] = callArguments(call);
  const table = t.tabular(tableNode!, scope);
  const range = findStageColumn(table, nameOf(rangeNode!));
  const address = scalarText(t, addressNode!, { ...rowOf(input, scope), prefix: 'L.' });
  if (!range) return t.refuse(call, 'ipv4_lookup()', 'ipv4_lookup() needs a column of the looked up table');
  const keyPairs = more.filter((argument) => kindOf(argument) === 'NameReference').map(nameOf);
  const keepUnmatched =
    parts(mustPart(call, 'ArgumentList'), 'Expressions').some(
      (argument) => /return_unmatched\s*=/.test(textOf(argument)) && constantOf(argument, noRow(scope)) === true,
    ) || more.some((argument) => constantOf(argument, noRow(scope)) === true);
  const on = [
    `kql_ipv4_in_range(${address}, R.${range.sql})`,
    ...keyPairs.map(
      (name) =>
        `L.${findStageColumn(input, name)?.sql ?? t.refuse(call, name)} = R.${findStageColumn(table, name)?.sql ?? t.refuse(call, name)}`,
    ),
  ].join(' AND ');
  const number = '"__row"';
  const numbered = t.stage(`SELECT *, row_number() OVER () AS ${number} FROM ${input.relation}`, input.columns, input);
  const sources = [
    ...input.columns.map((column) => ['L', column] as const),
    ...table.columns.map((column) => ['R', column] as const),
  ];
  const items = columns.map((column) => {
    const stem = /^(.*?)(\d+)$/.exec(column.name)?.[1];
    const found =
      sources.find(([, source]) => source.name === column.name) ??
      sources.find(([alias, source]) => alias === 'R' && source.name === stem);
    if (!found) return t.refuse(call, column.name, `the column ${column.name} cannot be followed`);
    const sql = `${found[0]}.${found[1].sql}`;
    return `${found[0] === 'R' && found[1].type === 'string' ? `coalesce(${sql}, ${nullOf('string')})` : sql} AS ${column.sql}`;
  });
  const hidden = input.partition.map((name) => `L.${name}`);
  const best = `QUALIFY row_number() OVER (PARTITION BY L.${number} ORDER BY kql_ipv4_bits(R.${range.sql}) DESC) = 1`;
  const sql = `SELECT ${[...items, ...hidden].join(', ')} FROM ${numbered.relation} L ${keepUnmatched ? 'LEFT' : 'INNER'} JOIN ${table.relation} R ON ${on} ${best}`;
  return t.stage(sql, columns, { partition: input.partition });
};

const PLUGINS: Readonly<Record<string, Plugin>> = {
  bag_unpack: bagUnpack,
  pivot,
  narrow,
  ipv4_lookup: ipv4Lookup,
  activity_counts_metrics: activityCountsMetrics,
  sliding_window_counts: slidingWindowCounts,
};

/** Plugins that do not know of the hidden columns of a partition. */
const PLAIN_TABLES = new Set(['activity_counts_metrics', 'sliding_window_counts']);

const evaluate: OperatorRule = (t, node, input, scope) => {
  const call = mustPart(node, 'FunctionCall');
  const name = calledName(call).toLowerCase();
  const plugin = PLUGINS[name];
  if (plugin && input.partition.length > 0 && PLAIN_TABLES.has(name))
    return t.refuse(call, `evaluate ${name}`, `the plugin ${name} is not supported inside mv-apply and partition`);
  return plugin
    ? plugin(t, node, call, input, scope)
    : t.refuse(call, `evaluate ${name}`, `the plugin ${name} is not supported`);
};

const invoke: OperatorRule = (t, node, input, scope) => {
  const call = mustPart(node, 'Function');
  const name = calledName(call);
  if (!scope.functions.has(name)) return t.refuse(call, `invoke ${name}`, `the function ${name} is not known`);
  const result = callUserFunction(t, call, scope, { piped: input });
  return 'stage' in result ? result.stage : t.refuse(call, `invoke ${name}`, `the function ${name} gives no table`);
};

export const evaluateRules: Readonly<Record<string, OperatorRule>> = {
  EvaluateOperator: evaluate,
  InvokeOperator: invoke,
};
