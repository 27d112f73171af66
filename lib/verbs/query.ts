import { z } from 'zod';
import { TrailhoundError } from '../errors.ts';
import type { Warning } from '../outcome.ts';
import type { QueryRequest, QueryValue, TimeRange } from '../providers/provider.ts';
import { readParameters } from '../providers/query-parameters.ts';
import { isTimeOrDuration, parseTimeRange } from '../providers/time-expression.ts';
import { boundQuery } from '../queries/index.ts';
import { rowCountOf } from '../tables/index.ts';
import type { Spending } from './budget.ts';
import { defineVerb, type Verb } from './verb.ts';

const scalar = z.union([z.string().max(100_000), z.number(), z.boolean(), z.null()]);
const value: z.ZodType<QueryValue> = z.union([scalar, z.array(scalar).max(10_000)]);
const time = z
  .union([z.string(), z.number()])
  .refine(isTimeOrDuration, 'a time: ISO 8601, as 2026-03-04T05:00:00Z, or from now, as -1d or -1w@d');

const parametersSchema = z
  .strictObject({
    provider: z.string().default('local').describe('A configured query provider'),
    table: z.string().min(1).max(256).optional().describe('Name of a table or view'),
    where: z.record(z.string(), value).default({}).describe('Column: value or list of values; all must hold'),
    kql: z.string().min(1).max(1_000_000).optional().describe('KQL text'),
    query: z.string().min(1).max(63).optional().describe('Name of a query of the catalogue'),
    text: z.string().min(1).max(1_000_000).optional().describe('A query in SPL or ES|QL, for providers of those'),
    parameters: z
      .record(z.string(), value)
      .default({})
      .describe('Values of the parameters that the query declares; a datetime may be -1d, a list "a, b"'),
    start: time
      .optional()
      .describe('Start of the time range, inclusive: ISO 8601; from now, as -1d; or a duration before the end, as P7D'),
    end: time.optional().describe('End of the time range, exclusive; default: that of the investigation, else now'),
    searchJob: z
      .boolean()
      .default(false)
      .describe('Ask Log Analytics by a search job: minutes to hours, and what queries do not reach (archived rows…)'),
    maxRows: z.int().positive().max(10_000_000).default(5_000_000).describe('More rows than this: cut, and said so'),
  })
  .refine(
    ({ table, kql, query, text }) => [table, kql, query, text].filter((given) => given !== undefined).length === 1,
    'one of "table", "kql", "query" and "text" is needed',
  );

export type QueryParameters = z.output<typeof parametersSchema>;

const queryRun = defineVerb({
  name: 'query.run',
  summary: 'Query a table or run KQL, on local data or in the cloud',
  description: [
    'Takes `table` (with `where`), `kql` or the name of a stored `query` (with `parameters`), or `text` in a service’s',
    'own language. The rows keep to the time range of the',
    'investigation, unless `start` and `end` name another. Values never become query text except through the typed',
    'encoder. A result that a service or a limit cut short is marked partial, and a warning says why.',
    'A `searchJob` costs by what it reads; its table stays in the workspace, and the same question finds it again.',
  ].join('\n'),
  entities: ['host', 'account', 'ip', 'url', 'dns', 'file', 'file-hash', 'process'],
  inputTables: { min: 0, max: 0 },
  columnParameters: [],
  parameters: parametersSchema,
  output: { keepsInput: false, columns: [] },
  runsIn: 'main',
  spends: ['queries', 'rows'],
  settle(given) {
    const { query, parameters = {}, ...rest } = given;
    return typeof query === 'string' ? { ...rest, ...boundQuery(query, parameters as Bound) } : given;
  },
  example: 'processes: { verb: query.run, with: { table: ProcessCreation, where: { Computer: $inputs.host } } }',
  async run(_inputs, parameters, { services, nowInMs, timeRange, allowance = {}, signal }) {
    if (!services) throw new TrailhoundError('internal', 'query.run needs providers, which are not given here');
    const within = withinBudget(parameters, allowance);
    const provider = await services.provider(parameters.provider);
    if (parameters.searchJob) {
      throw new TrailhoundError('usage', 'a search job takes a time range, and an investigation that waits for it', {
        hint: 'Run it as a step of a playbook, with start and end.',
      });
    }
    const result = await provider.query(queryRequestOf(within, { nowInMs, timeRange }), { signal });
    const { table, partial } = result;
    const warnings = [...result.warnings, ...budgetWarnings(parameters, within, rowCountOf(table))];
    return { table, partial, warnings, spent: { queries: 1, rows: rowCountOf(table) } };
  },
});

export const queryVerbs: readonly Verb[] = [queryRun];

/** The parameters of a `query.run`, with their defaults. */
export function parseQueryParameters(parameters: Readonly<Record<string, unknown>>): QueryParameters {
  return parametersSchema.parse(parameters);
}

type Bound = Parameters<typeof boundQuery>[1];
type Values = Readonly<Record<string, QueryValue>>;

/**
 * The parameters with no more rows than the investigation's budget has left.
 *
 * @throws budget: nothing is left
 */
export function withinBudget(parameters: QueryParameters, { queries, rows }: Spending): QueryParameters {
  for (const [left, what] of [
    [queries, 'queries'],
    [rows, 'rows'],
  ] as const) {
    if (left === 0) {
      throw new TrailhoundError('budget', `the investigation's budget of ${what} was used up before this step`, {
        hint: `Narrow the time range, ask for less, or raise budgets.${what}.`,
      });
    }
  }
  return rows === undefined ? parameters : { ...parameters, maxRows: Math.min(parameters.maxRows, rows) };
}

/** How many rows a query may give: what it asks for, or what the budget leaves where that is less. */
export function rowsWithin(parameters: Readonly<Record<string, unknown>>, { rows }: Spending): number {
  const { maxRows } = parseQueryParameters(parameters);
  return rows === undefined ? maxRows : Math.min(maxRows, rows);
}

/** Says that it was the budget, and not the playbook, that cut a result. */
export function budgetWarnings(asked: QueryParameters, within: QueryParameters, rows: number): Warning[] {
  if (within.maxRows === asked.maxRows || rows < within.maxRows) return [];
  const message = `the investigation's budget left ${within.maxRows} rows to this step; budgets.rows sets it`;
  return [{ code: 'budget', message }];
}

/** What a `query.run` asks of its provider. */
export function queryRequestOf(
  { start, end, table, where, kql, query, text, parameters, maxRows }: QueryParameters,
  { nowInMs, timeRange }: { readonly nowInMs: number; readonly timeRange?: TimeRange | undefined },
): QueryRequest {
  const range =
    start === undefined && end === undefined ? timeRange : parseTimeRange({ start, end }, nowInMs, timeRange);
  const bound = query === undefined ? kql !== undefined && { kql, parameters } : boundQuery(query, parameters as Bound);
  return {
    ...(table !== undefined ? { table, where } : {}),
    ...(bound ? { kql: bound.kql, parameters: readParameters(bound.kql, bound.parameters as Values, nowInMs) } : {}),
    ...(text !== undefined ? { text, parameters } : {}),
    ...(range ? { timeRange: range } : {}),
    maxRows,
    nowInMs,
  };
}
