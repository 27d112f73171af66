import { argumentsOf, type Call, makeCall } from '../../functions/define.ts';
import { tuples } from '../../functions/table.ts';
import { bare, isTuple, kindOf, mustPart, nameOf, parts, type SyntaxNode, typeOf } from '../../language/syntax.ts';
import { castTo, convert } from '../convert.ts';
import { callArguments, calledName } from '../expressions/calls.ts';
import { findStageColumn, type Row, type Stage, type StageColumn } from '../stage.ts';
import type { OperatorRule, Translation } from '../translation.ts';
import { tupleElementTypes } from './tuples.ts';

/** One value that an operator computes, and the name that the query gives it, if it does. */
interface Value {
  readonly sql: string;
  readonly name: string | undefined;
  /** The node, where the value is one expression. */
  readonly node?: SyntaxNode;
}

/** The values of a function that gives several columns at once. */
export function tupleValues(t: Translation, node: SyntaxNode, row: Row): string[] {
  const name = kindOf(node) === 'FunctionCallExpression' ? calledName(node).toLowerCase() : '';
  const definition = tuples.get(name);
  if (!definition)
    return t.refuse(node, name || 'tuple', 'this expression gives several columns, which is not supported here');
  if (definition.deviation) t.warn('series-method', `${name}(): ${definition.deviation}`);
  const call: Call = makeCall(t, node, name, callArguments(node), row);
  const packed = `kql_fn_${definition.names[0]}(${argumentsOf(call, definition.args).join(', ')})`;
  return tupleElementTypes(t, node).map((type, index) =>
    convert(`nullif(json_extract(${packed}, '$[${index}]'), 'null')`, 'dynamic', type),
  );
}

function valuesOf(t: Translation, expressions: readonly SyntaxNode[], row: Row): Value[] {
  return expressions.flatMap((expression): Value[] => {
    const kind = kindOf(expression);
    if (kind === 'CompoundNamedExpression') {
      const names = parts(mustPart(expression, 'Names'), 'Names').map(nameOf);
      const value = mustPart(expression, 'Expression');
      const values = isTuple(value) ? tupleValues(t, bare(value), row) : [t.scalar(value, row)];
      return values.map((sql, index) => ({ sql, name: names[index] }));
    }
    const value = kind === 'SimpleNamedExpression' ? mustPart(expression, 'Expression') : expression;
    const name = kind === 'SimpleNamedExpression' ? nameOf(mustPart(expression, 'Name')) : undefined;
    if (isTuple(value)) {
      // A single name takes the first column, and the rest are not made; without one the function's own names stand.
      const all = tupleValues(t, bare(value), row);
      const names = tupleNames(value);
      if (name === undefined) return all.map((sql, index) => ({ sql, name: names[index] }));
      for (const phantom of names.slice(1)) t.phantoms.add(phantom);
      return [{ sql: all[0]!, name }];
    }
    return [{ sql: castTo(t.scalar(value, row), typeOf(value)), name, node: value }];
  });
}

function tupleNames(node: SyntaxNode): string[] {
  const columns = node.ResultType?.Columns;
  return columns ? Array.from({ length: columns.Count }, (_, index) => columns.getItem(index).Name) : [];
}

const project: OperatorRule = (t, node, input, scope) => {
  const { input: from, built } = t.withWindows(input, scope, (row) => valuesOf(t, parts(node, 'Expressions'), row));
  const columns = t.columnsOf(node);
  if (built.length !== columns.length) return t.refuse(node, 'project', 'this form of project is not supported');
  const items = columns.map((column, index) => `${built[index]!.sql} AS ${column.sql}`);
  return t.stage(`SELECT ${t.select(input, items)} FROM ${from.relation}`, columns, input);
};

/** Named values take the column of their name; the others, in order, the columns that are new. */
export const extend: OperatorRule = (t, node, input, scope) => {
  const { input: from, built } = t.withWindows(input, scope, (row) => valuesOf(t, parts(node, 'Expressions'), row));
  const columns = t.columnsOf(node);
  const named = new Map(built.flatMap((value) => (value.name === undefined ? [] : [[value.name, value.sql] as const])));
  const unnamed = built.filter((value) => value.name === undefined && !isOwnColumn(value.node, input));
  const items = columns.map((column) => {
    const own = named.get(column.name);
    if (own !== undefined) return `${own} AS ${column.sql}`;
    const kept = findStageColumn(input, column.name);
    if (kept) return `${kept.sql} AS ${column.sql}`;
    const value = unnamed.shift();
    if (!value) return t.refuse(node, 'extend', 'this form of extend is not supported');
    return `${value.sql} AS ${column.sql}`;
  });
  return t.stage(`SELECT ${t.select(input, items)} FROM ${from.relation}`, columns, input);
};

function isOwnColumn(node: SyntaxNode | undefined, input: Stage): boolean {
  return (
    node !== undefined &&
    kindOf(node) === 'NameReference' &&
    findStageColumn(input, node.SimpleName ?? '') !== undefined
  );
}

/** Columns of the input under the names of the output. */
function passThrough(renamed: (t: Translation, node: SyntaxNode) => ReadonlyMap<string, string>): OperatorRule {
  return (t, node, input) => {
    const columns = t.columnsOf(node);
    const sources = renamed(t, node);
    const items = columns.map((column) => {
      const source = findStageColumn(input, sources.get(column.name) ?? column.name);
      if (!source) return t.refuse(node, column.name, `the column ${column.name} cannot be followed`);
      return `${source.sql} AS ${column.sql}`;
    });
    return t.stage(`SELECT ${t.select(input, items)} FROM ${input.relation}`, columns, input);
  };
}

const unchanged = () => new Map<string, string>();

function renames(t: Translation, node: SyntaxNode): ReadonlyMap<string, string> {
  return new Map(
    parts(node, 'Expressions').map((expression) => {
      if (kindOf(expression) !== 'SimpleNamedExpression') return t.refuse(expression, 'project-rename');
      return [nameOf(mustPart(expression, 'Name')), nameOf(mustPart(expression, 'Expression'))] as const;
    }),
  );
}

const serialize: OperatorRule = (t, node, input, scope) => {
  const ordered = { ...input, ordered: true };
  return parts(node, 'Expressions').length > 0 ? extend(t, node, ordered, scope) : ordered;
};

const SYSTEM_TYPES: Readonly<Record<string, string>> = {
  string: 'System.String',
  long: 'System.Int64',
  int: 'System.Int32',
  real: 'System.Double',
  bool: 'System.SByte',
  datetime: 'System.DateTime',
  timespan: 'System.TimeSpan',
  guid: 'System.Guid',
  dynamic: 'System.Object',
  decimal: 'System.Data.SqlTypes.SqlDecimal',
};

const getSchema: OperatorRule = (t, node, input) => {
  const columns = t.columnsOf(node);
  const rows = input.columns.map(
    ({ name, type }: StageColumn, index) =>
      `('${name.replaceAll("'", "''")}', ${index}::BIGINT, '${SYSTEM_TYPES[type]}', '${type}')`,
  );
  const names = columns.map((column) => column.sql).join(', ');
  return t.stage(`SELECT * FROM (VALUES ${rows.join(', ')}) AS v(${names})`, columns);
};

const distinct: OperatorRule = (t, node, input, scope) => {
  const columns = t.columnsOf(node);
  const expressions = parts(node, 'Expressions');
  const isAll = expressions.length === 1 && kindOf(expressions[0]!) === 'StarExpression';
  const { input: from, built } = t.withWindows(input, scope, (row) =>
    isAll
      ? columns.map((column) => findStageColumn(input, column.name)!.sql)
      : expressions.map((expression) => t.scalar(bare(expression), row)),
  );
  const items = columns.map((column, index) => `${built[index]} AS ${column.sql}`);
  return t.stage(`SELECT DISTINCT ${t.select(input, items)} FROM ${from.relation}`, columns, {
    partition: input.partition,
  });
};

export const columnRules: Readonly<Record<string, OperatorRule>> = {
  ProjectOperator: project,
  ExtendOperator: extend,
  ProjectAwayOperator: passThrough(unchanged),
  ProjectKeepOperator: passThrough(unchanged),
  ProjectReorderOperator: passThrough(unchanged),
  ProjectByNamesOperator: passThrough(unchanged),
  ProjectRenameOperator: passThrough(renames),
  SerializeOperator: serialize,
  GetSchemaOperator: getSchema,
  DistinctOperator: distinct,
};
