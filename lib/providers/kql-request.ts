import { TrailhoundError } from '../errors.ts';
import { bindParameters, encodeLiteral, encodeName, type KqlValue } from '../kql/encode.ts';
import { scopeToTime, timeCondition } from './kql-scope.ts';
import type { QueryRequest, QueryValue } from './provider.ts';

/** What a service's KQL needs to know. */
export interface KqlDialect {
  /** The column that holds a table's time; absent where tables have none, as those that show the present. */
  timeColumnOf?(table: string): string;
  /** Whether the service takes a time span beside the text; then the text need not hold the range by itself. */
  readonly hasTimeSpan: boolean;
  /** Whether the service gives pages. A cap is then kept by asking for no further one: `take` would end the pages. */
  readonly hasPages?: boolean;
}

/**
 * A request as KQL text. A table's conditions and time range become `where`s by the typed encoder; a query's parameters
 * are bound by type, and its time range is put to each table that it reads.
 *
 * @throws usage: the request has both forms or none, or a time range that cannot be put to the query
 */
export function kqlOf(request: QueryRequest, dialect: KqlDialect): string {
  const { kql, table, where, maxRows } = request;
  const { timeColumnOf } = dialect;
  const timeRange = timeColumnOf && request.timeRange;
  if (request.text !== undefined) {
    throw new TrailhoundError('unsupported', 'this provider answers KQL, not another language', {
      hint: 'Give the query as kql.',
    });
  }
  if (kql !== undefined) {
    if (table !== undefined || where !== undefined) {
      throw new TrailhoundError('usage', 'a query has either kql or table and where, not both');
    }
    const bound = bindParameters(kql, (request.parameters ?? {}) as Readonly<Record<string, KqlValue>>);
    if (!timeRange) return bound;
    const scoped = scopeToTime(bound, timeRange, timeColumnOf);
    if (scoped.unscoped.length > 0 && !dialect.hasTimeSpan) {
      throw new TrailhoundError(
        'usage',
        `a time range cannot be put to what the query reads by ${scoped.unscoped.join(', ')}`,
        {
          hint: 'Name the tables, or put the time into the query and give no range.',
        },
      );
    }
    return scoped.kql;
  }
  if (table === undefined) throw new TrailhoundError('usage', 'a query needs a table or kql');
  const lines = [encodeName(table)];
  if (timeRange) lines.push(`| where ${timeCondition(timeRange, timeColumnOf(table))}`);
  for (const [column, value] of Object.entries(where ?? {})) {
    lines.push(`| where ${conditionOf(encodeName(column), value)}`);
  }
  // One row more than wanted tells that there are more.
  if (maxRows !== undefined && !dialect.hasPages) lines.push(`| take ${encodeLiteral(maxRows + 1, 'long')}`);
  return lines.join('\n');
}

/** Equality without regard to case for text; any of a list. */
function conditionOf(column: string, value: QueryValue): string {
  if (value === null) return `isempty(${column})`;
  if (typeof value === 'string') return `${column} =~ ${encodeLiteral(value, 'string')}`;
  if (Array.isArray(value)) {
    const items = value as readonly QueryValue[];
    const texts = items.filter((item) => typeof item === 'string');
    const others = items.filter((item) => typeof item !== 'string');
    const parts = others.map((item) => conditionOf(column, item));
    if (texts.length > 0) parts.push(`${column} in~ (${encodeLiteral(texts, 'dynamic')})`);
    return parts.length === 0 ? 'false' : parts.join(' or ');
  }
  return `${column} == ${literalOf(value as Exclude<QueryValue, string | null | readonly QueryValue[]>)}`;
}

function literalOf(value: number | bigint | boolean | Date): string {
  if (value instanceof Date) return encodeLiteral(value, 'datetime');
  if (typeof value === 'boolean') return encodeLiteral(value, 'bool');
  return encodeLiteral(value, typeof value === 'bigint' || Number.isSafeInteger(value) ? 'long' : 'real');
}
