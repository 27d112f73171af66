import { TrailhoundError } from '../errors.ts';
import { bindParameters, encodeLiteral, encodeName, type KqlValue } from '../kql/encode.ts';
import type { QueryRequest, QueryValue, TimeRange } from './provider.ts';

/**
 * A request as KQL text. A table's conditions and time range become `where`s by the typed encoder; a query's parameters
 * are bound by type.
 *
 * @param timeColumn the column that a time range is about, as `TimeGenerated`
 */
export function kqlOf(request: QueryRequest, timeColumn: string): string {
  if (request.kql !== undefined) {
    if (request.table !== undefined || request.where !== undefined) {
      throw new TrailhoundError('usage', 'a query has either kql or table and where, not both');
    }
    return bindParameters(request.kql, (request.parameters ?? {}) as Readonly<Record<string, KqlValue>>);
  }
  if (request.table === undefined) throw new TrailhoundError('usage', 'a query needs a table or kql');
  const lines = [encodeName(request.table)];
  if (request.timeRange) lines.push(`| where ${timeCondition(request.timeRange, timeColumn)}`);
  for (const [column, value] of Object.entries(request.where ?? {})) {
    lines.push(`| where ${conditionOf(encodeName(column), value)}`);
  }
  // One row more than wanted tells that there are more.
  if (request.maxRows !== undefined) lines.push(`| take ${encodeLiteral(request.maxRows + 1, 'long')}`);
  return lines.join('\n');
}

/** `start <= column < end`, to the tick. */
export function timeCondition({ start, end }: TimeRange, timeColumn: string): string {
  const column = encodeName(timeColumn);
  return `${column} >= ${encodeLiteral(start, 'datetime')} and ${column} < ${encodeLiteral(end, 'datetime')}`;
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
