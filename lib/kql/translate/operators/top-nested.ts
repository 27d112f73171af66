import { bare, kindOf, mustPart, part, parts, type SyntaxNode, textOf, typeOf } from '../../language/syntax.ts';
import { castTo, convert } from '../convert.ts';
import type { Row, Stage, StageColumn } from '../stage.ts';
import type { OperatorRule, Translation } from '../translation.ts';
import { countSql } from './rows.ts';

/** One level: how many values, of what, by which aggregate, and in which order. */
interface Level {
  readonly count: string | undefined;
  readonly value: string;
  readonly aggregate: string;
  readonly ascending: boolean;
  readonly others: string | undefined;
  readonly key: StageColumn;
  readonly measure: StageColumn;
}

function levelOf(t: Translation, clause: SyntaxNode, row: Row, columns: readonly StageColumn[]): Level {
  const count = part(clause, 'Expression');
  const of = bare(mustPart(clause, 'OfExpression'));
  const by = mustPart(clause, 'ByExpression');
  const isOrdered = kindOf(by) === 'OrderedExpression';
  const aggregate = bare(isOrdered ? mustPart(by, 'Expression') : by);
  const others = part(clause, 'WithOthersClause');
  const [key, measure] = columns as [StageColumn, StageColumn];
  return {
    count: count && countSql(t, count, row.scope),
    value: castTo(t.scalar(of, row), typeOf(of)),
    aggregate: castTo(t.scalar(aggregate, { ...row, aggregates: true }), typeOf(aggregate)),
    ascending: isOrdered && /\basc\b/i.test(textOf(mustPart(by, 'Ordering'))),
    others:
      others &&
      convert(t.scalar(mustPart(others, 'Expression'), row), typeOf(mustPart(others, 'Expression')), key.type),
    key,
    measure,
  };
}

/** The values of a level within each combination of the levels above, kept so far. */
function keptLevel(t: Translation, input: Stage, rows: Stage, parents: readonly Level[], level: Level): Stage {
  const keys = [...input.partition, ...parents.map((parent) => parent.key.sql)];
  const within = keys.length > 0 ? `PARTITION BY ${keys.join(', ')} ` : '';
  const order = `ORDER BY ${level.measure.sql} ${level.ascending ? 'ASC NULLS FIRST' : 'DESC NULLS LAST'}`;
  const items = [...keys, `${level.value} AS ${level.key.sql}`, `${level.aggregate} AS ${level.measure.sql}`];
  const groups = items.slice(0, -1).map((_, index) => String(index + 1));
  const grouped = t.stage(`SELECT ${items.join(', ')} FROM ${rows.relation} GROUP BY ${groups.join(', ')}`, []);
  const limit = level.count === undefined ? '' : ` QUALIFY row_number() OVER (${within}${order}) <= ${level.count}`;
  const kept = t.stage(`SELECT * FROM ${grouped.relation}${limit} ${order}`, []);
  if (level.others === undefined) return kept;
  const left = [
    ...keys.map((key) => `I.${key} IS NOT DISTINCT FROM K.${key}`),
    `I."__value" IS NOT DISTINCT FROM K.${level.key.sql}`,
  ];
  const rest = [...keys, `${level.others} AS ${level.key.sql}`, `${level.aggregate} AS ${level.measure.sql}`];
  const restGroups = keys.length > 0 ? ` GROUP BY ${keys.join(', ')}` : ' HAVING count(*) > 0';
  return t.stage(
    `SELECT * FROM ${kept.relation} UNION ALL SELECT ${rest.join(', ')} FROM (SELECT *, ${level.value} AS "__value" FROM ${rows.relation}) I ANTI JOIN ${kept.relation} K ON ${left.join(' AND ')}${restGroups}`,
    [],
  );
}

/** The top values of the first column, within each the top values of the second, and so on. */
const topNested: OperatorRule = (t, node, input, scope) => {
  const columns = t.columnsOf(node);
  const { input: from, built: levels } = t.withWindows(input, scope, (row) =>
    parts(node, 'Clauses').map((clause, index) => levelOf(t, clause, row, columns.slice(2 * index, 2 * index + 2))),
  );
  if (levels.slice(0, -1).some((level) => level.others !== undefined)) {
    return t.refuse(node, 'top-nested with others', 'with others is supported at the last level of top-nested only');
  }
  let rows: Stage = from;
  let result: Stage | undefined;
  for (const [index, level] of levels.entries()) {
    const parents = levels.slice(0, index);
    const kept = keptLevel(t, input, rows, parents, level);
    const keys = [...input.partition, ...parents.map((parent) => parent.key.sql)];
    const matches = (left: string, right: string) =>
      keys.map((key) => `${left}.${key} IS NOT DISTINCT FROM ${right}.${key}`).join(' AND ') || 'true';
    result = result
      ? t.stage(
          `SELECT P.*, K.${level.key.sql}, K.${level.measure.sql} FROM ${result.relation} P JOIN ${kept.relation} K ON ${matches('P', 'K')}`,
          [],
        )
      : kept;
    if (index === levels.length - 1) break;
    // The next level counts only rows of the values that were kept here, under the output's names.
    const values = `SELECT *, ${level.value} AS ${level.key.sql} FROM ${rows.relation}`;
    const renamed =
      keys.includes(level.key.sql) || input.columns.some((column) => column.sql === level.key.sql)
        ? `SELECT * FROM ${rows.relation}`
        : values;
    const on = [...keys, level.key.sql].map((key) => `R.${key} IS NOT DISTINCT FROM K.${key}`).join(' AND ');
    rows = t.stage(`SELECT R.* FROM (${renamed}) R SEMI JOIN ${kept.relation} K ON ${on}`, input.columns, {
      partition: input.partition,
    });
  }
  return t.stage(
    `SELECT ${t.select(
      input,
      columns.map((column) => column.sql),
    )} FROM ${result!.relation}`,
    columns,
    { partition: input.partition },
  );
};

export const topNestedRules: Readonly<Record<string, OperatorRule>> = { TopNestedOperator: topNested };
