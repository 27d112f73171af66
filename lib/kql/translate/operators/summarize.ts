import { percentileSql } from '../../functions/aggregates.ts';
import { bare, isTuple, kindOf, mustPart, part, parts, type SyntaxNode, typeOf } from '../../language/syntax.ts';
import { castTo, convert } from '../convert.ts';
import { callArguments, calledName } from '../expressions/calls.ts';
import { nullOf, quoteName } from '../sql.ts';
import { findStageColumn, type Row, type Stage } from '../stage.ts';
import type { OperatorRule, Translation } from '../translation.ts';
import { tupleValues } from './columns.ts';
import { tupleElementTypes } from './tuples.ts';

/** The values of one aggregate; `unpack` if they lie in a struct of the name `struct` and need a second stage. */
interface Aggregated {
  readonly sql: readonly string[];
  readonly struct?: string;
}

/** An aggregate that gives several columns: `arg_max(x, *)`, `take_any(a, b)`, `percentiles(x, 50, 95)`. */
function tupleAggregate(t: Translation, node: SyntaxNode, row: Row, input: Stage): Aggregated {
  const name = kindOf(node) === 'FunctionCallExpression' ? calledName(node).toLowerCase() : '';
  const args = callArguments(node);
  const inner: Row = { ...row, aggregates: false };
  const types = tupleElementTypes(t, node);
  if (/^arg_?(max|min)$/.test(name)) {
    const by = t.scalar(bare(args[0]!), inner);
    const key = typeOf(args[0]!) === 'decimal' ? `CAST(${by} AS DOUBLE)` : by;
    const fields = [by, ...args.slice(1).flatMap((argument) => fieldsOf(t, node, argument, inner, input, 1))];
    if (fields.length !== types.length) return t.refuse(node, `${name}()`, `this form of ${name}() is not supported`);
    const struct = `{${fields.map((field, index) => `'f${index}': ${field}`).join(', ')}}`;
    // A group whose keys are all null still gives a row.
    return {
      sql: [`coalesce(arg_${name.endsWith('max') ? 'max' : 'min'}(${struct}, ${key}), any_value(${struct}))`],
      struct: t.freshName('row'),
    };
  }
  if (/^(take_?)?any$/.test(name)) {
    const fields = args.flatMap((argument) => fieldsOf(t, node, argument, inner, input, 0));
    if (fields.length !== types.length) return t.refuse(node, `${name}()`, `this form of ${name}() is not supported`);
    const struct = `{${fields.map((field, index) => `'f${index}': ${field}`).join(', ')}}`;
    return { sql: [`any_value(${struct})`], struct: t.freshName('row') };
  }
  if (name === 'percentiles') {
    const type = typeOf(args[0]!) === 'dynamic' ? 'real' : typeOf(args[0]!);
    const value = convert(t.scalar(args[0]!, inner), typeOf(args[0]!), type);
    return {
      sql: args
        .slice(1)
        .map((percent, index) => convert(percentileSql(value, type, t.scalar(percent, inner)), type, types[index]!)),
    };
  }
  if (name === '') return t.refuse(node, 'tuple');
  return { sql: tupleValues(t, node, row) };
}

/** The SQL of an argument; `*` stands for the columns that the analyser lists from there on. */
function fieldsOf(
  t: Translation,
  node: SyntaxNode,
  argument: SyntaxNode,
  row: Row,
  input: Stage,
  from: number,
): string[] {
  if (kindOf(argument) !== 'StarExpression') return [t.scalar(bare(argument), row)];
  const columns = node.ResultType!.Columns!;
  // The old `argmax` and `argmin` name every column after the first.
  const prefix = `${columns.getItem(0).Name}_`;
  return Array.from({ length: columns.Count - from }, (_, index) => {
    const name = columns.getItem(index + from).Name;
    const plain = name.startsWith(prefix) ? name.slice(prefix.length) : name;
    const column = findStageColumn(input, name) ?? findStageColumn(input, plain);
    return column ? column.sql : t.refuse(node, '*', 'the columns behind * cannot be followed');
  });
}

function aggregatesOf(t: Translation, expressions: readonly SyntaxNode[], row: Row, input: Stage): Aggregated[] {
  return expressions.map((expression) => {
    const kind = kindOf(expression);
    const value =
      kind === 'SimpleNamedExpression' || kind === 'CompoundNamedExpression'
        ? mustPart(expression, 'Expression')
        : expression;
    if (isTuple(value)) return tupleAggregate(t, bare(value), row, input);
    return { sql: [castTo(t.scalar(value, row), typeOf(value))] };
  });
}

export const summarize: OperatorRule = (t, node, input, scope) => {
  const columns = t.columnsOf(node);
  const byClause = part(node, 'ByClause');
  const by = byClause ? parts(byClause, 'Expressions') : [];
  const { input: from, built } = t.withWindows(input, scope, (row) => ({
    keys: by.map((key) =>
      isTuple(bare(key))
        ? t.refuse(key, 'summarize by', 'a key of several columns is not supported')
        : castTo(t.scalar(bare(key), row), typeOf(bare(key))),
    ),
    values: aggregatesOf(t, parts(node, 'Aggregates'), { ...row, aggregates: true }, input),
  }));
  const keyColumns = columns.slice(0, built.keys.length);
  const items = keyColumns.map((column, index) => `${built.keys[index]} AS ${column.sql}`);
  const unpacked = keyColumns.map((column) => column.sql);
  let next = built.keys.length;
  const tupleNodes = parts(node, 'Aggregates').map((expression) =>
    bare(kindOf(expression) === 'CompoundNamedExpression' ? mustPart(expression, 'Expression') : expression),
  );
  for (const [at, value] of built.values.entries()) {
    if (value.struct) {
      const struct = quoteName(value.struct);
      items.push(`${value.sql[0]} AS ${struct}`);
      for (const [field, type] of tupleElementTypes(t, tupleNodes[at]!).entries()) {
        const column = columns[next++]!;
        const cell = `${struct}.f${field}`;
        unpacked.push(`${type === 'string' ? `coalesce(${cell}, ${nullOf(type)})` : cell} AS ${column.sql}`);
      }
    } else {
      for (const sql of value.sql) {
        const column = columns[next++];
        if (!column) return t.refuse(node, 'summarize', 'this form of summarize is not supported');
        items.push(`${sql} AS ${column.sql}`);
        unpacked.push(column.sql);
      }
    }
  }
  if (next !== columns.length) return t.refuse(node, 'summarize', 'this form of summarize is not supported');
  const like = { partition: input.partition };
  if (built.values.length === 0) {
    return t.stage(`SELECT DISTINCT ${t.select(input, items)} FROM ${from.relation}`, columns, like);
  }
  const groups = [...keyColumns.map((_, index) => String(index + 1)), ...input.partition];
  const group = groups.length > 0 ? ` GROUP BY ${groups.join(', ')}` : '';
  const grouped = t.stage(`SELECT ${t.select(input, items)} FROM ${from.relation}${group}`, columns, like);
  if (!built.values.some((value) => value.struct)) return grouped;
  return t.stage(`SELECT ${t.select(input, unpacked)} FROM ${grouped.relation}`, columns, like);
};
