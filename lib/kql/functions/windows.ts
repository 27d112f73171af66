import type { KqlType } from '../../tables/index.ts';
import { castTo, convert } from '../translate/convert.ts';
import { nullOf, quoteName } from '../translate/sql.ts';
import type { Row } from '../translate/stage.ts';
import type { Call } from './define.ts';

const ORDINAL = quoteName('__ordinal');

/** One row of the window functions' table. `over` is the window's inside: partition and order. */
export interface WindowFunction {
  readonly names: readonly string[];
  readonly sql: (call: Call, over: (more?: readonly string[]) => string, rows: RestartRows) => string;
}

interface RestartRows {
  /** A number that grows by one at each row where the condition holds: its value parts the rows into runs. */
  readonly runs: (condition: string) => string;
  /** Computes an expression in a stage before, and gives the name of its column. */
  readonly before: (sql: string) => string;
}

function over(row: Row, more: readonly string[] = []): string {
  const partition = [...row.partition, ...more];
  return `(${partition.length > 0 ? `PARTITION BY ${partition.join(', ')} ` : ''}ORDER BY ${ORDINAL})`;
}

function framed(window: string): string {
  return `${window.slice(0, -1)} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)`;
}

function neighbour(sqlFunction: 'lag' | 'lead') {
  return (call: Call, window: () => string): string => {
    const type = call.type(0);
    const offset = call.args.length > 1 ? `CAST(${call.sql(1, 'long')} AS INTEGER)` : '1';
    const missing = call.args.length > 2 ? convert(call.sql(2), call.type(2), type) : nullOf(type);
    return `${sqlFunction}(${call.sql(0)}, ${offset}, ${missing}) OVER ${window()}`;
  };
}

function cumulative(call: Call, window: (more?: readonly string[]) => string, { runs }: RestartRows): string {
  const type: KqlType = call.type(0) === 'dynamic' ? 'real' : call.type(0);
  const more = call.args.length > 1 ? [runs(call.sql(1, 'condition'))] : [];
  const total = `sum(${call.sql(0, type)}) OVER ${framed(window(more))}`;
  return castTo(`coalesce(${total}, 0)`, call.resultType);
}

function rowNumber(call: Call, window: (more?: readonly string[]) => string, { runs }: RestartRows): string {
  const start = call.args.length > 0 ? call.sql(0, 'long') : '1';
  const more = call.args.length > 1 ? [runs(call.sql(1, 'condition'))] : [];
  return `(row_number() OVER ${window(more)} - 1 + ${start})`;
}

/** Ranks count the changes of the value since the last restart. */
function rank(dense: boolean) {
  return (call: Call, window: (more?: readonly string[]) => string, { runs, before }: RestartRows): string => {
    const more = call.args.length > 1 ? [runs(call.sql(1, 'condition'))] : [];
    const value = call.sql(0);
    const changed = before(
      `CASE WHEN row_number() OVER ${window(more)} = 1 OR ${value} IS DISTINCT FROM lag(${value}) OVER ${window(more)} THEN 1 ELSE 0 END`,
    );
    if (dense) return castTo(`sum(${changed}) OVER ${framed(window(more))}`, 'long');
    const position = before(`row_number() OVER ${window(more)}`);
    return castTo(`max(CASE WHEN ${changed} = 1 THEN ${position} END) OVER ${framed(window(more))}`, 'long');
  };
}

/** The start of the session that a time falls in: sessions end by a gap, by their length, or by a condition. */
function session(call: Call, window: (more?: readonly string[]) => string, { runs, before }: RestartRows): string {
  const time = call.sql(0);
  const restart = call.args.length > 3 ? runs(call.sql(3, 'condition')) : undefined;
  const more = restart ? [restart] : [];
  const gap = before(`coalesce(${time} - lag(${time}) OVER ${window(more)} > ${call.sql(2)}, true)`);
  call.t.warn(
    'session-length',
    'row_window_session() does not split sessions by their whole length here, only by gaps',
  );
  const run = before(`sum(CASE WHEN ${gap} THEN 1 ELSE 0 END) OVER ${framed(window(more))}`);
  return `first_value(${time}) OVER ${window([...more, run])}`;
}

export const windowFunctions: readonly WindowFunction[] = [
  { names: ['row_number'], sql: rowNumber },
  { names: ['prev'], sql: neighbour('lag') },
  { names: ['next'], sql: neighbour('lead') },
  { names: ['row_cumsum'], sql: cumulative },
  { names: ['row_rank_dense', 'row_rank'], sql: rank(true) },
  { names: ['row_rank_min'], sql: rank(false) },
  { names: ['row_window_session'], sql: session },
];

/** Translates a window function: it is computed in a stage of its own, and the expression refers to its column. */
export function windowCall(call: Call, definition: WindowFunction): string {
  const { row } = call;
  if (!row.hoists) return call.refuse(`${call.name}() needs an ordered table: use it in extend, project or where`);
  const before = row.level.current;
  row.level.current = 0;
  let deepest = 0;
  const put = (sql: string): string => {
    const level = Math.max(row.level.current, deepest);
    const alias = quoteName(call.t.freshName('window'));
    while (row.hoists!.length <= level) row.hoists!.push([]);
    row.hoists![level]!.push({ alias, sql });
    deepest = level + 1;
    row.level.current = deepest;
    return alias;
  };
  const runs = (condition: string) =>
    put(`sum(CASE WHEN ${put(`(${condition})`)} THEN 1 ELSE 0 END) OVER ${framed(over(row))}`);
  const sql = definition.sql(call, (more) => over(row, more), { runs, before: put });
  const alias = put(sql);
  row.level.current = Math.max(before, deepest);
  return alias;
}
