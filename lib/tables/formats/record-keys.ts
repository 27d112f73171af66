import type { DuckDBConnection } from '@duckdb/node-api';

/** So many distinct lists of keys, or keys, of one batch are looked at; what is beyond has no column of its own. */
const MAX_KEY_LISTS = 5000;
const MAX_KEYS = 20_000;

/** The keys that a file's records have, in the order of their appearance. */
export class RecordKeys {
  readonly #keys = new Set<string>();
  #repeated = 0;

  /** All keys so far. */
  get all(): ReadonlySet<string> {
    return this.#keys;
  }

  /** Records that have a key twice; the database takes its first value. */
  get recordsWithRepeatedKeys(): number {
    return this.#repeated;
  }

  /** Adds the keys of a relation of `line` and `j`; gives those. */
  async gather(connection: DuckDBConnection, relation: string): Promise<ReadonlySet<string>> {
    const lists = await connection.runAndReadAll(
      `SELECT k[:${MAX_KEYS}], count(*), len(k) FROM (SELECT json_keys(j) AS k, line FROM ${relation})
       GROUP BY k ORDER BY min(line) LIMIT ${MAX_KEY_LISTS}`,
    );
    const present = new Set<string>();
    const rows = lists.getRows() as unknown as [{ items: string[] }, bigint, bigint][];
    for (const [{ items }, count] of rows) {
      if (new Set(items).size < items.length) this.#repeated += Number(count);
      for (const key of items) present.add(key);
    }
    if (rows.length === MAX_KEY_LISTS) {
      const more = await connection.runAndReadAll(
        `SELECT k FROM (SELECT unnest(json_keys(j)) AS k FROM ${relation}) GROUP BY k ORDER BY count(*) DESC, k LIMIT ${MAX_KEYS}`,
      );
      for (const [key] of more.getRows() as [string][]) present.add(key);
    }
    for (const key of present) if (this.#keys.size < MAX_KEYS) this.#keys.add(key);
    return present;
  }
}
