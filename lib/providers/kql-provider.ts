import type { Warning } from '../outcome.ts';
import type { TableSchema } from '../tables/index.ts';
import { AnswerCollector, type AnswerResources } from './answers/answer-collector.ts';
import { type KqlDialect, kqlOf } from './kql-request.ts';
import type { AnswerLimits, QueryProvider, QueryRequest } from './provider.ts';
import { noTimeWarnings } from './result.ts';

/** What a service that speaks KQL adds to the common part. */
export interface KqlService extends KqlDialect {
  readonly limits?: AnswerLimits;
  /** Asks the service, has its rows collected, and gives the warnings. */
  ask(kql: string, request: QueryRequest, rows: AnswerCollector): Promise<readonly Warning[]>;
  tables(signal: AbortSignal | undefined): Promise<readonly { name: string; schema: TableSchema; rowCount?: number }[]>;
}

/** A provider over a service that speaks KQL. */
export function kqlProvider(name: string, service: KqlService, resources: AnswerResources): QueryProvider {
  const { timeColumnOf } = service;
  return {
    name,
    ...(timeColumnOf ? { timeColumnOf } : {}),
    ...(service.limits ? { limits: service.limits } : {}),
    async query(request, { signal } = {}) {
      const rows = new AnswerCollector(resources, request, signal);
      const warnings = await service.ask(kqlOf(request, service), request, rows);
      return rows.result(timeColumnOf ? warnings : [...warnings, ...noTimeWarnings(request)]);
    },
    tables: ({ signal } = {}) => service.tables(signal),
  };
}

/** The warnings for a service's own limit on rows, if an answer has reached it. */
export function limitWarnings(service: string, rowCount: number, rowLimit: number): Warning[] {
  if (rowCount < rowLimit) return [];
  return [{ code: 'row-limit', message: `${service} gives no more than ${rowLimit} rows` }];
}
