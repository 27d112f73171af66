import { mustPart, nameOf, parts, type SyntaxNode, textOf, typeOf } from '../../language/syntax.ts';
import { convert } from '../convert.ts';
import { callArguments } from '../expressions/calls.ts';
import { constantText } from '../expressions/constants.ts';
import { quoteName } from '../sql.ts';
import { findStageColumn, noRow, type Scope, type Stage, type StageColumn } from '../stage.ts';
import type { Translation } from '../translation.ts';

type Plugin = (t: Translation, node: SyntaxNode, call: SyntaxNode, input: Stage, scope: Scope) => Stage;

function columnAt(t: Translation, call: SyntaxNode, input: Stage, index: number): StageColumn {
  const argument = callArguments(call)[index];
  const column = argument && findStageColumn(input, nameOf(argument));
  return column ?? t.refuse(call, textOf(mustPart(call, 'Name')), 'this plugin needs columns of the table');
}

/** A bound or a step: a value of the timeline's type, or what is added to one. */
function boundAt(
  t: Translation,
  call: SyntaxNode,
  scope: Scope,
  index: number,
  timeline: StageColumn,
  isStep: boolean,
) {
  const argument = callArguments(call)[index]!;
  if (constantText(argument, noRow(scope)) !== undefined)
    return t.refuse(argument, textOf(argument), 'periods by their name (week, month, year) are not supported here');
  const type = isStep && timeline.type === 'datetime' ? 'timespan' : timeline.type;
  return convert(t.scalar(argument, noRow(scope)), typeOf(argument), type);
}

function dimensionsFrom(t: Translation, call: SyntaxNode, input: Stage, index: number): StageColumn[] {
  return parts(mustPart(call, 'ArgumentList'), 'Expressions')
    .slice(index)
    .map((_, at) => columnAt(t, call, input, index + at));
}

function listed(items: readonly string[]): string {
  return items.map((item) => `${item}, `).join('');
}

/**
 * `activity_counts_metrics(id, time, start, end, step, dimensions…)`: for each window from the start on, the rows, the
 * ids, the ids that no window before had, and the ids up to there. Documentation: "activity_counts_metrics plugin".
 */
export const activityCountsMetrics: Plugin = (t, node, call, input, scope) => {
  const columns = t.columnsOf(node);
  const id = columnAt(t, call, input, 0);
  const time = columnAt(t, call, input, 1);
  const [start, end, step] = [2, 3, 4].map((at) => boundAt(t, call, scope, at, time, at === 4));
  const dimensions = dimensionsFrom(t, call, input, 5);
  const keys = dimensions.map((_, at) => quoteName(`__d${at}`));
  const named = dimensions.map((dimension, at) => `${dimension.sql} AS ${keys[at]}`);
  const window = `${start} + ((${time.sql} - ${start}) // ${step}) * ${step}`;
  const rows = t.stage(
    `SELECT ${listed(named)}${id.sql} AS "__id", ${window} AS "__window" FROM ${input.relation} WHERE ${time.sql} BETWEEN ${start} AND ${end}`,
    [],
  );
  const within = [...keys, '"__id"'].join(', ');
  const first = t.stage(
    `SELECT *, min("__window") OVER (PARTITION BY ${within}) = "__window" AS "__new" FROM ${rows.relation}`,
    [],
  );
  const grouped = t.stage(
    `SELECT ${listed(keys)}"__window", count(*) AS "__count", count(DISTINCT "__id") AS "__ids", count(DISTINCT "__id") FILTER (WHERE "__new") AS "__fresh" FROM ${first.relation} GROUP BY ALL`,
    [],
  );
  const partition = keys.length > 0 ? `PARTITION BY ${keys.join(', ')} ` : '';
  const total = `sum("__fresh") OVER (${partition}ORDER BY "__window" ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)::BIGINT`;
  const values = ['"__window"', ...keys, '"__count"', '"__ids"', '"__fresh"', total];
  return selected(t, columns, values, `${grouped.relation} ORDER BY ${[...keys, '"__window"'].join(', ')}`);
};

/**
 * `sliding_window_counts(id, time, start, end, lookback, bin, dimensions…)`: for each bin from start to end, the rows
 * and the ids of the lookback that ends with it. Documentation: "sliding_window_counts plugin".
 */
export const slidingWindowCounts: Plugin = (t, node, call, input, scope) => {
  const columns = t.columnsOf(node);
  const id = columnAt(t, call, input, 0);
  const time = columnAt(t, call, input, 1);
  const [start, end, lookback, step] = [2, 3, 4, 5].map((at) => boundAt(t, call, scope, at, time, at >= 4));
  const dimensions = dimensionsFrom(t, call, input, 6);
  const keys = dimensions.map((_, at) => quoteName(`__d${at}`));
  const named = dimensions.map((dimension, at) => `${dimension.sql} AS ${keys[at]}`);
  const bin = `kql_bin_long(${time.sql}, ${step})`;
  const rows = t.stage(`SELECT ${listed(named)}${id.sql} AS "__id", ${bin} AS "__bin" FROM ${input.relation}`, []);
  const bins = t.stage(
    `SELECT unnest(generate_series(kql_bin_long(${start}, ${step}), CAST(${end} AS BIGINT), CAST(${step} AS BIGINT))) AS "__at"`,
    [],
  );
  const span = `greatest(${lookback} // ${step}, 1) * ${step}`;
  const values = ['"__at"', ...keys, 'count(*)', 'count(DISTINCT "__id")'];
  const groups = ['"__at"', ...keys].join(', ');
  const source = `${bins.relation} JOIN ${rows.relation} ON "__bin" <= "__at" AND "__bin" > "__at" - ${span} GROUP BY ${groups} ORDER BY ${groups}`;
  return selected(t, columns, values, source);
};

function selected(t: Translation, columns: readonly StageColumn[], values: readonly string[], source: string): Stage {
  const items = columns.map((column, index) => `${values[index]} AS ${column.sql}`);
  return t.stage(`SELECT ${items.join(', ')} FROM ${source}`, columns, { ordered: true });
}
