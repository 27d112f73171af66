import { encodeLiteral, encodeName } from '../kql/encode.ts';
import { sourcesOf } from './kql-sources.ts';
import type { TimeRange } from './provider.ts';

export interface ScopedKql {
  readonly kql: string;
  /** Sources that the range could not be put to; then the service's own time span has to do. */
  readonly unscoped: readonly string[];
}

/**
 * A query over a time range and nothing beyond it, to the tick: each table that it reads becomes
 * `(T | where start <= TimeGenerated < end)`. Services that take a time span apply it to whole milliseconds, and say
 * nothing of whether its end belongs to it.
 *
 * @param timeColumnOf the column that holds a table's time
 */
export function scopeToTime(kql: string, timeRange: TimeRange, timeColumnOf: (table: string) => string): ScopedKql {
  const { tables, others } = sourcesOf(kql);
  let scoped = '';
  let at = 0;
  for (const { name, start, end } of tables) {
    const condition = timeCondition(timeRange, timeColumnOf(name));
    scoped += `${kql.slice(at, start)}(${kql.slice(start, end)} | where ${condition})`;
    at = end;
  }
  return { kql: scoped + kql.slice(at), unscoped: others };
}

/** `start <= column < end`, to the tick. */
export function timeCondition({ start, end }: TimeRange, timeColumn: string): string {
  const column = encodeName(timeColumn);
  return `${column} >= ${encodeLiteral(start, 'datetime')} and ${column} < ${encodeLiteral(end, 'datetime')}`;
}
