import type { Warning } from '../outcome.ts';
import type { ParquetTable, Table, TableSchema } from '../tables/index.ts';

/** A value in a condition or a query's parameter; it never becomes query text except through the typed encoder. */
export type QueryValue = string | number | bigint | boolean | Date | null | readonly QueryValue[];

/** Half-open: `start <= TimeGenerated < end`, in ticks of 100 ns (see `lib/tables/datetime.ts`). */
export interface TimeRange {
  readonly start: bigint;
  readonly end: bigint;
}

/** One of: `table` with `where`; `kql` with `parameters`; `text` in the provider's own language with `parameters`. */
export interface QueryRequest {
  readonly table?: string;
  /** Column → value (equal; text without regard to case, as `=~`) or list of values (any of them). All must hold. */
  readonly where?: Readonly<Record<string, QueryValue>>;
  readonly kql?: string;
  /**
   * A query in another language than KQL: SPL with `$name$` for parameters, ES|QL with `?name`. Providers that speak KQL
   * refuse it.
   */
  readonly text?: string;
  /** Of KQL: declared in the text by `declare query_parameters(host:string, …)`, encoded by the declared type. */
  readonly parameters?: Readonly<Record<string, QueryValue>>;
  readonly timeRange?: TimeRange;
  /** The caller's cap; a result cut by it is partial. */
  readonly maxRows?: number;
  /** Virtual now in milliseconds since 1970, for `now()` and `ago()` where the provider evaluates them here. */
  readonly nowInMs: number;
}

export interface QueryResult {
  readonly table: Table | ParquetTable;
  /** True if rows are missing; a warning then says why. */
  readonly partial: boolean;
  readonly warnings: readonly Warning[];
}

/** A service's limits on one answer. */
export interface AnswerLimits {
  readonly rows: number;
  readonly sizeInBytes: number;
}

/** A search job: a query that a service works at for minutes or hours, whose result is a table of its own. */
export interface SearchJobState {
  readonly table: string;
  readonly isDone: boolean;
  /** As far as the service tells. */
  readonly progressInPercent: number;
}

/** A place that answers queries. One file each in this folder, one conformance suite over all. */
export interface QueryProvider {
  readonly name: string;
  /** The column that holds a table's time; absent where queries cannot be split by time. */
  timeColumnOf?(table: string): string;
  /** What a service gives at most for one query; absent where that is not known, or there is no such limit. */
  readonly limits?: AnswerLimits;
  query(request: QueryRequest, options?: { signal?: AbortSignal }): Promise<QueryResult>;
  /** Starts a search job for a request, or says how far it is: to be asked until it is done. Absent where there are none. */
  searchJob?(request: QueryRequest, options?: { signal?: AbortSignal }): Promise<SearchJobState>;
  /** The tables that it knows to exist, with their columns; empty where that cannot be asked. */
  tables(options?: {
    signal?: AbortSignal;
  }): Promise<readonly { name: string; schema: TableSchema; rowCount?: number }[]>;
}
