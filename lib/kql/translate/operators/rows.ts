import { bare, kindOf, mustPart, nameOf, part, parts, type SyntaxNode, textOf, typeOf } from '../../language/syntax.ts';
import { truth } from '../expressions/logic.ts';
import { noRow, type Row, type Scope, type Stage } from '../stage.ts';
import type { OperatorRule, Translation } from '../translation.ts';

const where: OperatorRule = (t, node, input, scope) => {
  const { input: from, built } = t.withWindows(input, scope, (row) => truth(t, mustPart(node, 'Condition'), row, true));
  const items =
    from === input
      ? '*'
      : t.select(
          input,
          input.columns.map((column) => column.sql),
        );
  return t.stage(`SELECT ${items} FROM ${from.relation} WHERE ${built}`, input.columns, input);
};

/** A count of rows that does not depend on a row. */
export function countSql(t: Translation, node: SyntaxNode, scope: Scope): string {
  return `CAST(${t.scalar(node, noRow(scope))} AS BIGINT)`;
}

/** One item of `sort by`: descending unless said otherwise; nulls first when ascending, last when descending. */
export function orderItem(t: Translation, item: SyntaxNode, row: Row): string {
  const isOrdered = kindOf(item) === 'OrderedExpression';
  const expression = isOrdered ? mustPart(item, 'Expression') : item;
  const ordering = isOrdered ? part(item, 'Ordering') : undefined;
  const ascending = ordering !== undefined && /^asc/i.test(textOf(ordering));
  const nulls = ordering === undefined ? undefined : /nulls\s+(first|last)/i.exec(textOf(ordering))?.[1];
  const inner = bare(expression);
  const type = typeOf(inner);
  const sql = t.scalar(inner, row);
  const key =
    type === 'decimal' ? `CAST(${sql} AS DOUBLE)` : type === 'dynamic' ? `json_extract_string(${sql}, '$')` : sql;
  return `${key} ${ascending ? 'ASC' : 'DESC'} NULLS ${(nulls ?? (ascending ? 'first' : 'last')).toUpperCase()}`;
}

const sort: OperatorRule = (t, node, input, scope) => {
  const { input: from, built } = t.withWindows(input, scope, (row) =>
    parts(node, 'Expressions').map((item) => orderItem(t, item, row)),
  );
  const keys = [...input.partition, ...built].join(', ');
  return t.stage(`SELECT * FROM ${from.relation} ORDER BY ${keys}`, input.columns, { ...input, ordered: true });
};

/** The first rows: of the whole, or within each group of the partition. */
function firstRows(t: Translation, input: Stage, count: string, order: string | undefined): Stage {
  const ordered = order !== undefined || input.ordered;
  if (input.partition.length > 0) {
    const window = `PARTITION BY ${input.partition.join(', ')}${order ? ` ORDER BY ${order}` : ''}`;
    const sql = `SELECT * FROM ${input.relation} QUALIFY row_number() OVER (${window}) <= ${count}`;
    return t.stage(order ? `${sql} ORDER BY ${[...input.partition, order].join(', ')}` : sql, input.columns, {
      ...input,
      ordered,
    });
  }
  return t.stage(`SELECT * FROM ${input.relation}${order ? ` ORDER BY ${order}` : ''} LIMIT ${count}`, input.columns, {
    ...input,
    ordered,
  });
}

const take: OperatorRule = (t, node, input, scope) =>
  firstRows(t, input, countSql(t, mustPart(node, 'Expression'), scope), undefined);

const sample: OperatorRule = (t, node, input, scope) => {
  t.warn('sample-is-first', 'sample takes the first rows here, so that runs are repeatable');
  return take(t, node, input, scope);
};

const sampleDistinct: OperatorRule = (t, node, input, scope) => {
  t.warn('sample-is-first', 'sample-distinct takes the first values here, so that runs are repeatable');
  const columns = t.columnsOf(node);
  const { input: from, built } = t.withWindows(input, scope, (row) =>
    t.scalar(bare(mustPart(node, 'OfExpression')), row),
  );
  const sql = `SELECT DISTINCT ${t.select(input, [`${built} AS ${columns[0]!.sql}`])} FROM ${from.relation}`;
  const stage = t.stage(sql, columns, { partition: input.partition });
  return firstRows(t, stage, countSql(t, mustPart(node, 'Expression'), scope), columns[0]!.sql);
};

const top: OperatorRule = (t, node, input, scope) => {
  const { input: from, built } = t.withWindows(input, scope, (row) =>
    orderItem(t, mustPart(node, 'ByExpression'), row),
  );
  return firstRows(t, from, countSql(t, mustPart(node, 'Expression'), scope), built);
};

const count: OperatorRule = (t, node, input) => {
  const columns = t.columnsOf(node);
  const group = input.partition.length > 0 ? ` GROUP BY ${input.partition.join(', ')}` : '';
  return t.stage(
    `SELECT ${t.select(input, [`count(*) AS ${columns[0]!.sql}`])} FROM ${input.relation}${group}`,
    columns,
    { partition: input.partition },
  );
};

const as: OperatorRule = (_t, node, input, scope) => {
  const name = nameOf(mustPart(node, 'Name'));
  const stage = { ...input, source: name };
  scope.tables.set(name, () => stage);
  return stage;
};

const render: OperatorRule = (t, _node, input) => {
  t.warn('render-ignored', 'render draws nothing here: the rows are given');
  return input;
};

const consume: OperatorRule = (t, _node, input) =>
  t.stage(`SELECT * FROM ${input.relation} WHERE false`, input.columns, input);

export const rowRules: Readonly<Record<string, OperatorRule>> = {
  FilterOperator: where,
  SortOperator: sort,
  TakeOperator: take,
  SampleOperator: sample,
  SampleDistinctOperator: sampleDistinct,
  TopOperator: top,
  CountOperator: count,
  AsOperator: as,
  RenderOperator: render,
  ConsumeOperator: consume,
  AssertSchemaOperator: (_t, _node, input) => input,
};
