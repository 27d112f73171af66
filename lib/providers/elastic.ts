import type { SettingsOf } from '../config/provider-schema.ts';
import { TrailhoundError } from '../errors.ts';
import { isoFromTicks } from '../tables/index.ts';
import { AnswerCollector, type AnswerResources } from './answers/answer-collector.ts';
import { authorizationOf } from './authorization.ts';
import type { Connections } from './connections.ts';
import { askElastic } from './elastic-query.ts';
import { limitWarnings } from './kql-provider.ts';
import type { QueryProvider, QueryRequest, QueryValue } from './provider.ts';
import { asArray, asObject, asText } from './wire-access.ts';

/** ES|QL gives no more than this, whatever the query says (`esql.query.result_truncation_max_size`). */
const MOST_ROWS = 10_000;
const TIMEOUT_IN_MS = 120_000;
const INDEX = /^[A-Za-z0-9_.*:-]{1,255}(?:,[A-Za-z0-9_.*:-]{1,255})*$/;

/**
 * Elastic: ES|QL, with values as the API's own parameters.
 * Source: elastic.co/docs/api/doc/elasticsearch/operation/operation-esql-query
 */
export function elastic(
  name: string,
  options: SettingsOf<'elastic'>,
  connections: Connections,
  resources: AnswerResources = {},
): QueryProvider {
  const timeColumn = options.timeColumn ?? '@timestamp';
  const service = 'Elastic';
  const http = connections.plainClient({
    service,
    baseUrl: options.url,
    authorize: authorizationOf(connections.secrets, {
      token: { reference: options.apiKey, scheme: 'ApiKey' },
      user: options.user,
      password: options.password,
    }),
  });
  return {
    name,
    async query(request, { signal } = {}) {
      const { query, params } = esqlOf(request);
      const { timeRange } = request;
      const bounds = timeRange && { gte: isoFromTicks(timeRange.start), lt: isoFromTicks(timeRange.end) };
      const body = {
        query,
        ...(params.length > 0 ? { params } : {}),
        ...(bounds ? { filter: { range: { [timeColumn]: bounds } } } : {}),
      };
      const rows = new AnswerCollector(resources, request, signal);
      const { rowCount, rest } = await askElastic(http, rows, body, options.timeoutInMs ?? TIMEOUT_IN_MS);
      return rows.result([...limitWarnings(service, rowCount, MOST_ROWS), ...rest.warnings]);
    },
    async tables({ signal } = {}) {
      const answer = asArray(
        await http.json({ method: 'GET', url: '_cat/indices?format=json&h=index,docs.count', signal }),
      );
      return answer.map((each) => {
        const { index, 'docs.count': count } = asObject(each);
        return { name: asText(index), schema: [], rowCount: Number(asText(count) || 0) };
      });
    },
  };
}

/** A request as ES|QL; every value is a parameter of the API and never part of the text. */
export function esqlOf(request: QueryRequest): { query: string; params: Record<string, unknown>[] } {
  const { kql, text, table, where = {}, parameters = {}, maxRows } = request;
  if (kql !== undefined) {
    throw new TrailhoundError('unsupported', 'Elastic answers ES|QL, not KQL', {
      hint: 'Give the query as text, or a table with where.',
    });
  }
  const limit = `| LIMIT ${Math.min(maxRows === undefined ? MOST_ROWS : Math.floor(maxRows) + 1, MOST_ROWS)}`;
  if (text !== undefined) {
    const params = Object.entries(parameters).map(([name, value]) => ({ [name]: plain(value) }));
    // Without a limit ES|QL gives a thousand rows and does not say so.
    return { query: `${text}\n${limit}`, params };
  }
  if (table === undefined) throw new TrailhoundError('usage', 'a query of Elastic needs a table (an index) or text');
  if (!INDEX.test(table))
    throw new TrailhoundError('usage', `${JSON.stringify(table.slice(0, 80))} cannot be the name of an index`);
  const params: Record<string, unknown>[] = [];
  const bind = (value: QueryValue): string => {
    const name = `p${params.length}`;
    params.push({ [name]: plain(value) });
    return `?${name}`;
  };
  const conditions = Object.entries(where).map(([column, value]) => {
    const field = `\`${column.replaceAll('`', '``')}\``;
    const wanted = (Array.isArray(value) ? value : [value]) as readonly QueryValue[];
    const parts = wanted.map((each) => {
      if (each === null) return `${field} IS NULL`;
      if (typeof each === 'string') return `TO_LOWER(${field}) == TO_LOWER(${bind(each)})`;
      return `${field} == ${bind(each)}`;
    });
    return `| WHERE ${parts.length === 0 ? 'false' : parts.join(' OR ')}`;
  });
  return { query: [`FROM ${table}`, ...conditions, limit].join('\n'), params };
}

function plain(value: QueryValue): unknown {
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'bigint') return value >= -(2n ** 53n) && value <= 2n ** 53n ? Number(value) : String(value);
  return Array.isArray(value) ? value.map(plain) : value;
}
