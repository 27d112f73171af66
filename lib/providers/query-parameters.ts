import { declaredParameters } from '../kql/encode.ts';
import { isoFromTicks } from '../tables/index.ts';
import type { QueryValue } from './provider.ts';
import { parseTime } from './time-expression.ts';

/**
 * The values of a query's parameters, by the types that its text declares. A datetime may be a time expression or a
 * number of days from now; a list (type `dynamic`) may be a text: of JSON, or with its items between commas. Everything else
 * stays as it is: the encoder judges it.
 *
 * @throws usage: a datetime is no time, with examples
 * @example
 * readParameters('declare query_parameters(since:datetime, users:dynamic); …', { since: '-1d', users: 'a, b' }, now)
 * // { since: '2024-05-01T00:00:00.0000000Z', users: ['a', 'b'] }
 */
export function readParameters(
  kql: string,
  values: Readonly<Record<string, QueryValue>>,
  nowInMs: number,
): Record<string, QueryValue> {
  const types = new Map(declaredParameters(kql).map(({ name, type }) => [name, type]));
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const isText = typeof value === 'string';
      switch (types.get(name)) {
        case 'datetime':
          return [name, isText || typeof value === 'number' ? isoFromTicks(parseTime(value, nowInMs)) : value];
        case 'dynamic':
          return [name, isText ? listOf(value) : value];
        default:
          return [name, value];
      }
    }),
  );
}

/** A list as text: a list of JSON, or items between commas. Other JSON is no list, and stays the text that it is. */
function listOf(text: string): QueryValue {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== 'object' || parsed === null) return [text.trim()];
    const isFlat = Array.isArray(parsed) && parsed.every((item) => item === null || typeof item !== 'object');
    return isFlat ? (parsed as QueryValue) : text;
  } catch {
    return text.split(',').map((item) => item.trim());
  }
}
