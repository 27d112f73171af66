import type { HttpClient } from '../azure/http-client.ts';
import { TrailhoundError } from '../errors.ts';
import { AnswerCollector, type AnswerResources } from './answers/answer-collector.ts';
import type { QueryProvider } from './provider.ts';
import { type RestTable, readRestTable, schemaOfRest } from './rest-table.ts';
import { noTimeWarnings } from './result.ts';

export interface RestService {
  readonly service: string;
  readonly client: () => HttpClient;
  /** What each table is asked for, as subscriptions; one empty scope where there is none. */
  readonly scopes: readonly string[];
  readonly tables: readonly RestTable[];
  readonly timeoutInMs: number;
}

/** A provider over lists of a REST API: a table each, with conditions and a time range, and no query language. */
export function restProvider(
  name: string,
  { service, client, scopes, tables, timeoutInMs }: RestService,
  resources: AnswerResources,
): QueryProvider {
  return {
    name,
    async query(request, { signal } = {}) {
      if (request.kql !== undefined) {
        throw new TrailhoundError('unsupported', `${service} has no query language`, {
          hint: 'Ask for a table with where; query the result with further steps.',
        });
      }
      const wanted = request.table?.toLowerCase();
      const table = tables.find((each) => each.name.toLowerCase() === wanted);
      if (!table) {
        throw new TrailhoundError(
          wanted === undefined ? 'usage' : 'not-found',
          `${service} has no table "${request.table ?? ''}"`,
          {
            hint: `There are: ${tables.map((each) => each.name).join(', ')}`,
          },
        );
      }
      const rows = new AnswerCollector(resources, request, signal);
      const warnings = await readRestTable(client(), scopes, { table, request, rows, timeoutInMs });
      const isTimeless = table.timeColumn === undefined;
      return rows.result(isTimeless ? [...warnings, ...noTimeWarnings(request)] : warnings, schemaOfRest(table));
    },
    tables: async () => tables.map((table) => ({ name: table.name, schema: schemaOfRest(table) })),
  };
}
