import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { TrailhoundError } from '../../errors.ts';
import type { Warning } from '../../outcome.ts';
import type { TableSchema } from '../../tables/index.ts';
import type { QueryProvider, QueryRequest, QueryResult } from '../provider.ts';
import type { LocalData, LocalTable } from './local-data.ts';
import { selectRows } from './select-rows.ts';

/** Answers KQL over the local tables; given by the caller, so that this provider does not know the engine. */
export type LocalKql = (
  request: QueryRequest & { readonly kql: string },
  tables: readonly LocalTable[],
  options: { readonly outFile: string; readonly signal?: AbortSignal | undefined },
) => Promise<QueryResult>;

export interface LocalProviderOptions {
  /** Results are written here as Parquet. */
  readonly resultFolder: string;
  readonly kql?: LocalKql;
}

/** Queries over local data (see `loadLocalData`). Rows come in order of `TimeGenerated`, then as in the files. */
export class LocalProvider implements QueryProvider {
  readonly name = 'local';
  readonly #data: LocalData;
  readonly #options: LocalProviderOptions;
  readonly #tables: ReadonlyMap<string, LocalTable>;

  constructor(data: LocalData, options: LocalProviderOptions) {
    this.#data = data;
    this.#options = options;
    this.#tables = new Map(data.tables.map((table) => [table.name, table]));
  }

  async query(request: QueryRequest, options: { signal?: AbortSignal } = {}): Promise<QueryResult> {
    options.signal?.throwIfAborted();
    await mkdir(this.#options.resultFolder, { recursive: true });
    const outFile = join(this.#options.resultFolder, `${randomUUID()}.parquet`);
    if (request.kql !== undefined) {
      if (!this.#options.kql) throw new TrailhoundError('unsupported', 'this local provider answers no KQL text');
      return this.#options.kql({ ...request, kql: request.kql }, this.#data.tables, {
        outFile,
        signal: options.signal,
      });
    }
    const { table, partial } = await selectRows(this.#table(request.table), request, outFile);
    const warnings: Warning[] = partial
      ? [{ code: 'rows-cut', message: `${request.table}: the result was cut at ${request.maxRows} rows` }]
      : [];
    return { table, partial, warnings };
  }

  async tables(): Promise<readonly { name: string; schema: TableSchema; rowCount: number }[]> {
    return this.#data.tables.map(({ name, schema, rowCount }) => ({ name, schema, rowCount }));
  }

  #table(name: string | undefined): LocalTable {
    if (name === undefined) throw new TrailhoundError('usage', 'a query needs a table or KQL text');
    const table = this.#tables.get(name);
    if (table) return table;
    const names = [...this.#tables.keys()];
    const twin = names.find((other) => other.toLowerCase() === name.toLowerCase());
    throw new TrailhoundError('not-found', `the local data has no table "${name}"`, {
      hint: twin ? `Did you mean "${twin}"?` : `It has: ${names.join(', ')}`,
    });
  }
}
