import type { KqlType } from '../../../tables/index.ts';
import { language } from '../../language/language.ts';
import {
  kindOf,
  mustPart,
  namedType,
  nameOf,
  parameterText,
  part,
  parts,
  type SyntaxNode,
  textOf,
  typeOf,
  walk,
} from '../../language/syntax.ts';
import { convert, toDynamic } from '../convert.ts';
import { quoteName } from '../sql.ts';
import { findStageColumn, type Row, type Scope, type Stage, type StageColumn } from '../stage.ts';
import type { OperatorRule, Translation } from '../translation.ts';
import { physicalColumns } from '../translation.ts';
import { countSql } from './rows.ts';

/** One array that is expanded: its list as SQL, the column that its items go to, and their type. */
interface Expanded {
  readonly list: string;
  readonly column: string;
  readonly type: KqlType;
}

function itemType(node: SyntaxNode): KqlType {
  const clause = part(node, 'ToTypeOf');
  if (!clause) return 'dynamic';
  return namedType(parts(mustPart(clause, 'TypeOf'), 'Types')[0]!);
}

/** Names of the row's columns that an expression refers to. */
function referencedColumns(node: SyntaxNode): string[] {
  const names: string[] = [];
  walk(node, (inner) => {
    if (
      kindOf(inner) === 'NameReference' &&
      inner.ReferencedSymbol &&
      language().symbolKind(inner.ReferencedSymbol) === 'Column'
    )
      names.push(nameOf(inner));
  });
  return names;
}

function expandedOf(
  t: Translation,
  node: SyntaxNode,
  row: Row,
  input: Stage,
  columns: readonly StageColumn[],
  macro: string,
): Expanded[] {
  const expressions = parts(node, 'Expressions');
  const named = expressions.map((expression) => {
    const value = mustPart(expression, 'Expression');
    if (kindOf(value) === 'SimpleNamedExpression')
      return { value: mustPart(value, 'Expression'), name: nameOf(mustPart(value, 'Name')) };
    return { value, name: kindOf(value) === 'NameReference' ? nameOf(value) : undefined };
  });
  const taken = new Set(named.map(({ name }) => name));
  const fresh = columns.filter(
    (column) =>
      !findStageColumn(input, column.name) &&
      !taken.has(column.name) &&
      column.name !== parameterText(node, 'with_itemindex'),
  );
  return expressions.map((expression, index) => {
    const { value, name } = named[index]!;
    const column = name ?? fresh.shift()?.name ?? referencedColumns(value)[0];
    if (column === undefined)
      return t.refuse(expression, textOf(expression), 'this form of mv-expand is not supported');
    const array = computedBefore(t, row, toDynamic(t.scalar(value, row), typeOf(value)));
    return { list: `${macro}(${array})`, column, type: itemType(expression) };
  });
}

/** A subquery cannot stand inside of the lambdas that take arrays apart: its value is computed in a stage before. */
function computedBefore(t: Translation, row: Row, sql: string): string {
  if (!row.hoists || !/\bSELECT\b/.test(sql)) return sql;
  const level = row.level.current;
  while (row.hoists.length <= level) row.hoists.push([]);
  const alias = quoteName(t.freshName('array'));
  row.hoists[level]!.push({ alias, sql });
  row.level.current = level + 1;
  return alias;
}

interface Unnested {
  readonly stage: Stage;
  readonly item: (column: string) => string | undefined;
  readonly index: string;
}

/** Adds the lists, and one row for each position up to the longest of them (or the limit). */
function unnest(
  t: Translation,
  input: Stage,
  lists: readonly Expanded[],
  limit: string | undefined,
  needsIndex: boolean,
): Unnested {
  if (lists.length === 1 && limit === undefined && !needsIndex) return unnestOne(t, input, lists[0]!);
  const aliases = lists.map(() => quoteName(t.freshName('list')));
  const index = quoteName(t.freshName('index'));
  const withLists = t.stage(
    `SELECT *, ${lists.map(({ list }, at) => `${list} AS ${aliases[at]}`).join(', ')} FROM ${input.relation}`,
    input.columns,
    input,
  );
  const lengths = aliases.map((alias) => `coalesce(len(${alias}), 0)`);
  const longest = lengths.length === 1 ? lengths[0]! : `greatest(${lengths.join(', ')})`;
  const count = limit ? `least(${longest}, ${limit})` : longest;
  const stage = t.stage(
    `SELECT *, unnest(range(${count})) AS ${index} FROM ${withLists.relation}`,
    input.columns,
    input,
  );
  const item = (column: string) => {
    const at = lists.findIndex((list) => list.column === column);
    if (at < 0) return undefined;
    return convert(`nullif(${aliases[at]}[${index} + 1], 'null')`, 'dynamic', lists[at]!.type);
  };
  return { stage, item, index };
}

/** One list alone needs no positions: its items are unnested as they are. */
function unnestOne(t: Translation, input: Stage, { list, column, type }: Expanded): Unnested {
  const alias = quoteName(t.freshName('item'));
  // Texts are read as such at once, not as JSON first.
  const isText = type === 'string' && list.startsWith('kql_expand_bag(');
  const items = isText ? list.replace('kql_expand_bag(', 'kql_expand_texts(') : list;
  const stage = t.stage(`SELECT *, unnest(${items}) AS ${alias} FROM ${input.relation}`, input.columns, input);
  const value = isText ? `coalesce(${alias}, '')` : convert(`nullif(${alias}, 'null')`, 'dynamic', type);
  return { stage, item: (name) => (name === column ? value : undefined), index: '' };
}

const mvExpand: OperatorRule = (t, node, input, scope) => {
  const columns = t.columnsOf(node);
  const kind = (parameterText(node, 'kind') ?? parameterText(node, 'bagexpansion') ?? 'bag').toLowerCase();
  const indexColumn = parameterText(node, 'with_itemindex');
  const { input: from, built } = t.withWindows(input, scope, (row) =>
    expandedOf(t, node, row, input, columns, kind === 'array' ? 'kql_expand_pairs' : 'kql_expand_bag'),
  );
  const limit = part(node, 'RowLimitClause');
  const { stage, item, index } = unnest(
    t,
    from,
    built,
    limit && countSql(t, mustPart(limit, 'RowLimit'), scope),
    indexColumn !== undefined,
  );
  const items = columns.map((column) => {
    if (column.name === indexColumn) return `${index} AS ${column.sql}`;
    const value = item(column.name) ?? findStageColumn(input, column.name)?.sql;
    return value === undefined
      ? t.refuse(node, 'mv-expand', 'this form of mv-expand is not supported')
      : `${value} AS ${column.sql}`;
  });
  return t.stage(`SELECT ${t.select(input, items)} FROM ${stage.relation}`, columns, input);
};

/**
 * Runs the subquery once for all rows, within groups: each row's items carry the row's number, every operator of the
 * subquery works within it, and the results are joined back.
 */
const mvApply: OperatorRule = (t, node, input, scope) => {
  const columns = t.columnsOf(node);
  const indexColumn = parameterText(node, 'with_itemindex');
  const number = quoteName(t.freshName('row'));
  const numbered: Stage = {
    ...t.stage(`SELECT *, row_number() OVER () AS ${number} FROM ${input.relation}`, input.columns, input),
  };
  const { input: from, built } = t.withWindows(numbered, scope, (row) =>
    expandedOf(t, node, row, input, columns, 'kql_expand_bag'),
  );
  const limit = part(node, 'RowLimitClause');
  const { stage, item, index } = unnest(
    t,
    from,
    built,
    limit && countSql(t, mustPart(limit, 'RowLimit'), scope),
    indexColumn !== undefined,
  );
  const inner = physicalColumns([
    ...input.columns
      .filter((column) => item(column.name) === undefined && column.name !== indexColumn)
      .map(({ name, type }) => ({ name, type })),
    ...built.map(({ column, type }) => ({ name: column, type })),
    ...(indexColumn === undefined ? [] : [{ name: indexColumn, type: 'long' as const }]),
  ]);
  const items = inner.map((column) => {
    const value = column.name === indexColumn ? index : (item(column.name) ?? findStageColumn(input, column.name)!.sql);
    return `${value} AS ${column.sql}`;
  });
  const partition = [...input.partition, number];
  const elements = t.stage(`SELECT ${[...items, ...partition].join(', ')} FROM ${stage.relation}`, inner, {
    ordered: true,
    partition,
  });
  const result = t.tabular(mustPart(mustPart(node, 'Subquery'), 'Expression'), scope, elements);
  return joinedBack(t, node, numbered, result, columns, number);
};

function joinedBack(
  t: Translation,
  node: SyntaxNode,
  numbered: Stage,
  result: Stage,
  columns: readonly StageColumn[],
  number: string,
): Stage {
  if (!result.partition.includes(number))
    return t.refuse(node, 'mv-apply', 'the subquery of this mv-apply does not start from its items');
  const items = columns.map((column) => {
    const own = findStageColumn(result, column.name);
    if (own) return `S.${own.sql} AS ${column.sql}`;
    const outer = findStageColumn(numbered, column.name);
    return outer
      ? `B.${outer.sql} AS ${column.sql}`
      : t.refuse(node, 'mv-apply', `the column ${column.name} cannot be followed`);
  });
  const hidden = numbered.partition.map((name) => `B.${name}`);
  const sql = `SELECT ${[...items, ...hidden].join(', ')} FROM ${numbered.relation} B JOIN ${result.relation} S ON B.${number} = S.${number}`;
  return t.stage(sql, columns, { partition: numbered.partition });
}

/** `partition by Column (subquery)`: the subquery within each value's rows. */
const partitionBy: OperatorRule = (t, node, input, scope: Scope) => {
  const operand = mustPart(node, 'Operand');
  const subquery = part(operand, 'Subquery') ?? part(operand, 'Expression');
  if (!subquery || part(node, 'Scope')) return t.refuse(node, 'partition', 'this form of partition is not supported');
  const key = quoteName(t.freshName('key'));
  const by = mustPart(node, 'ByExpression');
  const { input: from, built } = t.withWindows(input, scope, (row) => t.scalar(by, row));
  const partition = [...input.partition, key];
  const keyed = t.stage(`SELECT *, ${built} AS ${key} FROM ${from.relation}`, input.columns, {
    ordered: input.ordered,
    partition,
  });
  const result = t.tabular(subquery, scope, keyed);
  if (!result.partition.includes(key))
    return t.refuse(node, 'partition', 'the subquery of this partition does not start from its rows');
  return t.stage(
    `SELECT ${t.select(
      input,
      result.columns.map((column) => column.sql),
    )} FROM ${result.relation}`,
    result.columns,
    { partition: input.partition },
  );
};

export const mvRules: Readonly<Record<string, OperatorRule>> = {
  MvExpandOperator: mvExpand,
  MvApplyOperator: mvApply,
  PartitionOperator: partitionBy,
};
