import type { Warning } from '../outcome.ts';
import type { Table, TableSchema } from '../tables/index.ts';
import { type KqlDialect, kqlOf } from './kql-request.ts';
import type { QueryProvider, QueryRequest } from './provider.ts';
import { noTimeWarnings, resultOf } from './result.ts';

export interface Answer {
  readonly table: Table;
  readonly warnings: readonly Warning[];
}

/** What a service that speaks KQL adds to the common part. */
export interface KqlService extends KqlDialect {
  ask(kql: string, request: QueryRequest, signal: AbortSignal | undefined): Promise<Answer>;
  tables(signal: AbortSignal | undefined): Promise<readonly { name: string; schema: TableSchema; rowCount?: number }[]>;
}

/** A provider over a service that speaks KQL. */
export function kqlProvider(name: string, service: KqlService): QueryProvider {
  const { timeColumnOf } = service;
  return {
    name,
    ...(timeColumnOf ? { timeColumnOf } : {}),
    async query(request, { signal } = {}) {
      const { table, warnings } = await service.ask(kqlOf(request, service), request, signal);
      return resultOf(table, request, timeColumnOf ? warnings : [...warnings, ...noTimeWarnings(request)]);
    },
    tables: ({ signal } = {}) => service.tables(signal),
  };
}

/** The warnings for a service's own limit on rows, if an answer has reached it. */
export function limitWarnings(service: string, table: Table, rowLimit: number): Warning[] {
  if (table.rowCount < rowLimit) return [];
  return [{ code: 'row-limit', message: `${service} gives no more than ${rowLimit} rows` }];
}
