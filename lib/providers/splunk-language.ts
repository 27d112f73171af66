import { TrailhoundError } from '../errors.ts';
import { isoFromTicks, ticksFromMs } from '../tables/index.ts';
import type { QueryRequest, QueryValue } from './provider.ts';

const NAME = /^[A-Za-z0-9_.:{}@ -]{1,200}$/;
/** Before the name of a saved search in the place of an index. */
export const SAVED_SEARCH = 'savedsearch:';

/**
 * A request as SPL. A table is an index, or a saved search as `savedsearch:Name`; conditions become `where`, for its
 * comparisons know no wildcards. In a text, `$name$` is replaced by the parameter as a literal.
 */
export function splOf(request: QueryRequest): string {
  const { text, table, where = {}, parameters = {}, maxRows } = request;
  if (text !== undefined) return bindText(text, parameters);
  if (table === undefined) throw new TrailhoundError('usage', 'a query of Splunk needs a table (an index) or text');
  const source = table.startsWith(SAVED_SEARCH)
    ? `| savedsearch ${splLiteral(table.slice(SAVED_SEARCH.length))}`
    : `search index=${splLiteral(table)}`;
  const conditions = Object.entries(where).map(([name, value]) => ` | where ${conditionOf(name, value)}`);
  return source + conditions.join('') + (maxRows === undefined ? '' : ` | head ${Math.floor(maxRows) + 1}`);
}

function bindText(text: string, parameters: Readonly<Record<string, QueryValue>>): string {
  const used = new Set<string>();
  const bound = text.replace(/\$([A-Za-z_][A-Za-z0-9_]{0,63})\$/g, (_, name: string) => {
    const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (value === undefined) throw new TrailhoundError('usage', `the query's parameter "${name}" has no value`);
    used.add(name);
    return Array.isArray(value) ? value.map(splLiteral).join(', ') : splLiteral(value);
  });
  const unknown = Object.keys(parameters).filter((name) => !used.has(name));
  if (unknown.length > 0) {
    throw new TrailhoundError('usage', `the query has no parameter named ${unknown.join(', ')}`, {
      hint: 'Write it as $name$.',
    });
  }
  return /^\s*(?:\||search\b)/i.test(bound) ? bound : `search ${bound}`;
}

function conditionOf(name: string, value: QueryValue): string {
  if (!NAME.test(name))
    throw new TrailhoundError('usage', `${JSON.stringify(name.slice(0, 80))} cannot be the name of a field in Splunk`);
  const field = `'${name}'`;
  const wanted = (Array.isArray(value) ? value : [value]) as readonly QueryValue[];
  const parts = wanted.map((each) => {
    if (each === null) return `(isnull(${field}) OR ${field}=="")`;
    if (typeof each === 'string') return `lower(${field})==lower(${splLiteral(each)})`;
    return `${field}==${splLiteral(each)}`;
  });
  return parts.length === 0 ? 'false()' : `(${parts.join(' OR ')})`;
}

/** A value as an SPL literal: whatever it holds, it stays one quoted string, or a number. */
export function splLiteral(value: QueryValue): string {
  if (typeof value === 'number' || typeof value === 'bigint') {
    if (typeof value === 'number' && !Number.isFinite(value))
      throw new TrailhoundError('usage', `${value} is no value in Splunk`);
    return String(value);
  }
  if (typeof value === 'boolean') return value ? '"true"' : '"false"';
  if (value instanceof Date) return `"${isoFromTicks(ticksFromMs(value.getTime()))}"`;
  if (Array.isArray(value)) throw new TrailhoundError('usage', 'a list is no single value in Splunk');
  const text = String(value ?? '');
  // A macro is expanded wherever its backticks stand, and a line break may end a quoted string in older releases.
  const plain = text.replace(/[\\"]/g, '\\$&');
  if (!/[`\u0000-\u001f\u007f]/.test(plain)) return `"${plain}"`;
  throw new TrailhoundError('usage', 'a value with backticks or control characters cannot be put into an SPL query', {
    hint: 'Ask for the table without this condition and filter its rows in a further step.',
  });
}
