import type { KqlType } from '../../../tables/index.ts';
import { bare, kindOf, mustPart, parameterText, part, parts, type SyntaxNode, typeOf } from '../../language/syntax.ts';
import { castTo, convert, toDynamic } from '../convert.ts';
import type { Row } from '../stage.ts';
import type { OperatorRule, Translation } from '../translation.ts';

interface Axis {
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly step: string;
  /** `in range(…)` includes the end. */
  readonly inclusive: boolean;
}

function axisOf(t: Translation, node: SyntaxNode, row: Row, type: KqlType): Axis {
  const clause = mustPart(node, 'RangeClause');
  const stepType = type === 'datetime' ? 'timespan' : type;
  const as = (expression: SyntaxNode, to: KqlType) => convert(t.scalar(expression, row), typeOf(expression), to);
  if (kindOf(clause) === 'MakeSeriesFromToStepClause') {
    const bound = (name: string) => {
      const found = part(clause, name);
      return found && as(mustPart(found, 'Expression'), type);
    };
    return {
      from: bound('MakeSeriesFromClause'),
      to: bound('MakeSeriesToClause'),
      step: as(mustPart(mustPart(clause, 'MakeSeriesStepClause'), 'Expression'), stepType),
      inclusive: false,
    };
  }
  const [from, to, step] = parts(mustPart(clause, 'Arguments'), 'Expressions');
  return { from: as(from!, type), to: as(to!, type), step: as(step!, stepType), inclusive: true };
}

/** The default where a bin has no rows: the query's, else 0. */
function defaultOf(t: Translation, aggregate: SyntaxNode, row: Row, type: KqlType): string {
  const clause = part(aggregate, 'DefaultExpression');
  if (clause) {
    const value = mustPart(clause, 'Expression');
    return convert(t.scalar(value, row), typeOf(value), type);
  }
  if (type === 'string') return `''`;
  return type === 'dynamic' ? `'0'::JSON` : castTo('0', type);
}

/** Bins the rows, fills the grid of bins for each group, and packs each group's bins into arrays. */
const makeSeries: OperatorRule = (t, node, input, scope) => {
  const columns = t.columnsOf(node);
  const on = bare(mustPart(mustPart(node, 'OnClause'), 'Expression'));
  const type = typeOf(on) === 'int' ? 'long' : typeOf(on);
  const byClause = part(node, 'ByClause');
  const by = byClause ? parts(byClause, 'Expressions') : [];
  const isEmptyKept = /nonempty/i.test(parameterText(node, 'kind') ?? '');
  const { input: from, built } = t.withWindows(input, scope, (row) => ({
    value: convert(t.scalar(on, row), typeOf(on), type),
    axis: axisOf(t, node, row, type),
    keys: by.map((key) => t.scalar(bare(key), row)),
    aggregates: parts(node, 'Aggregates').map((aggregate) => {
      const inner = bare(mustPart(aggregate, 'Expression'));
      return {
        sql: t.scalar(inner, { ...row, aggregates: true }),
        type: typeOf(inner),
        missing: defaultOf(t, aggregate, row, typeOf(inner)),
      };
    }),
  }));
  const { value, axis, keys, aggregates } = built;
  const isReal = type === 'real' || type === 'decimal';
  const low =
    axis.from ?? (isReal ? `min(kql_bin_real(${value}, ${axis.step}))` : `min(kql_bin_long(${value}, ${axis.step}))`);
  const high = axis.to
    ? axis.inclusive
      ? `${axis.to} + ${isReal ? '1e-9' : '1'}`
      : axis.to
    : `max(${value}) + ${isReal ? '1e-9' : '1'}`;
  const isFixed = axis.from !== undefined && axis.to !== undefined;
  const bounds = t.stage(
    `SELECT ${low} AS "__low", ${high} AS "__high", ${axis.step} AS "__step"${isFixed ? '' : ` FROM ${from.relation}`}`,
    [],
  );
  const keyItems = keys.map((key, index) => `${key} AS "__k${index}"`);
  const bin = isReal
    ? `CAST(floor((${value} - "__low") / "__step" + 1e-9) AS BIGINT)`
    : `((${value} - "__low") // "__step")`;
  const hidden = input.partition;
  const groups = [...keys.map((_, index) => String(index + 1)), String(keys.length + 1), ...hidden];
  const binned = t.stage(
    `SELECT ${[...keyItems, `${bin} AS "__bin"`, ...aggregates.map(({ sql }, index) => `${sql} AS "__a${index}"`), ...hidden].join(', ')} FROM ${from.relation}, ${bounds.relation} WHERE ${value} >= "__low" AND ${value} < "__high" GROUP BY ${groups.join(', ')}`,
    [],
  );
  const keyNames = [...keys.map((_, index) => `"__k${index}"`), ...hidden];
  const groupsSql =
    keyNames.length > 0
      ? `(SELECT DISTINCT ${keyNames.join(', ')} FROM ${binned.relation})`
      : `(SELECT 1 AS "__one"${isEmptyKept ? '' : ` FROM ${from.relation} LIMIT 1`})`;
  const exact = isReal
    ? `CAST(ceil(("__high" - "__low") / "__step" - 1e-9) AS BIGINT)`
    : `CAST(("__high" - "__low" + "__step" - 1) // "__step" AS BIGINT)`;
  const grid = t.stage(
    `SELECT G.*, B."__low", B."__step", unnest(range(kql_bounded(${exact}))) AS "__bin" FROM ${groupsSql} G, ${bounds.relation} B`,
    [],
  );
  const matched = ['G."__bin" = B."__bin"', ...keyNames.map((name) => `G.${name} IS NOT DISTINCT FROM B.${name}`)].join(
    ' AND ',
  );
  const packed = [
    ...aggregates.map(({ type: itemType, missing }, index) =>
      toDynamic(`coalesce(B."__a${index}", ${missing})`, itemType),
    ),
    toDynamic(`(G."__low" + G."__bin" * G."__step")`, type),
  ].map((item) => `to_json(list(${item} ORDER BY G."__bin"))`);
  const outputs = [...keys.map((_, index) => `G."__k${index}"`), ...packed];
  if (outputs.length !== columns.length)
    return t.refuse(node, 'make-series', 'this form of make-series is not supported');
  const items = columns.map((column, index) => `${outputs[index]} AS ${column.sql}`);
  const group =
    keyNames.length > 0 ? ` GROUP BY ${keyNames.map((name) => `G.${name}`).join(', ')}` : ' HAVING count(*) > 0';
  const sql = `SELECT ${[...items, ...hidden.map((name) => `G.${name}`)].join(', ')} FROM ${grid.relation} G LEFT JOIN ${binned.relation} B ON ${matched}${group}`;
  return t.stage(sql, columns, { partition: hidden });
};

export const makeSeriesRules: Readonly<Record<string, OperatorRule>> = { MakeSeriesOperator: makeSeries };
