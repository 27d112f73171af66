import { inspectParquet, type ParquetTable, parquetSource, sourceOf, type Table } from '../tables/index.ts';
import { getVerb } from './registry.ts';
import type { VerbServices } from './services.ts';
import { parseParameters, type VerbOutput } from './verb.ts';

/** Options of a verb that is run in a script. */
export interface RunVerbOptions {
  /** Default: never aborted. */
  readonly signal?: AbortSignal;
  /** Virtual now, in milliseconds since 1970. Default: the clock's. */
  readonly nowInMs?: number;
  /** Needed by verbs that reach out (`query.run`, `lookup.threat-intel`). */
  readonly services?: VerbServices;
}

/**
 * Runs a verb in this thread, without any host.
 *
 * @param input a table in memory, one or several stored in Parquet, or a path of a Parquet file
 * @throws TrailhoundError `usage` with every problem of the parameters
 * @example const { table } = await runVerbOn('extract.iocs', logs, { columns: ['CommandLine'] });
 */
export async function runVerbOn(
  name: string,
  input: Table | ParquetTable | string | readonly (Table | ParquetTable)[],
  parameters: Readonly<Record<string, unknown>> = {},
  options: RunVerbOptions = {},
): Promise<VerbOutput> {
  const verb = getVerb(name);
  const checked = parseParameters(verb, parameters);
  const given = typeof input === 'string' ? await inspectParquet(input) : input;
  const tables = Array.isArray(given) ? (given as readonly (Table | ParquetTable)[]) : [given as Table | ParquetTable];
  const sources = tables.map((table, index) => {
    const label = tables.length === 1 ? 'table' : `table${index + 1}`;
    return 'parts' in table ? parquetSource(table, label) : sourceOf(table, label);
  });
  const { signal = new AbortController().signal, nowInMs = Date.now(), services } = options;
  return verb.run(sources, checked, { signal, nowInMs, ...(services ? { services } : {}) });
}
