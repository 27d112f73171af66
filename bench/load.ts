import { join } from 'node:path';
import { loadLocalData } from '../lib/providers/local/index.ts';
import { openDatabase, sqlName, sqlText } from '../lib/tables/duckdb.ts';
import { type Bench, measure, timed } from './bench.ts';
import { withCorpus } from './corpus.ts';

/**
 * Loading: JSON lines to recognised, typed tables and normalized views in Parquet. The floor is DuckDB reading the same
 * file with the columns given to it and writing them as Parquet, on as many threads: no recognition, no types, no
 * account of bad lines. Other files than JSON lines of objects have no floor (0).
 */
export const bench: Bench = {
  name: 'load',
  description: 'Local data into Parquet: the first time, and again from the cache',
  run: ({ rows = 100_000, data }) =>
    withCorpus({ data, rows }, async (path, scratch) => {
      const cacheFolder = join(scratch, 'cache');
      const first = await timed(() => loadLocalData([path], { cacheFolder }));
      const loaded = measure('load.first', first.value.rowsIn, first.seconds, 0);
      const again = await timed(() => loadLocalData([path], { cacheFolder }));
      const cached = measure('load.again', again.value.rowsIn, again.seconds, 0);
      const floorSeconds = await duckdbSeconds(path, join(scratch, 'floor.parquet'));
      return [{ ...loaded, floorSeconds }, cached];
    }),
};

async function duckdbSeconds(path: string, to: string): Promise<number> {
  const database = await openDatabase({ threads: 2, memoryLimitInBytes: 2 ** 30 });
  const connection = await database.connect();
  try {
    const file = `${sqlText(path)}, format = 'newline_delimited'`;
    const found = await connection.runAndReadAll(
      `SELECT DISTINCT k FROM (SELECT unnest(json_keys(json)) AS k FROM read_json_objects(${file})) ORDER BY k`,
    );
    const seen = new Set<string>();
    const columns = (found.getRows() as [string][])
      .filter(([key]) => !seen.has(key.toLowerCase()) && seen.add(key.toLowerCase()))
      .map(([key]) => `${sqlName(key)}: 'VARCHAR'`);
    const select = `SELECT * FROM read_json(${file}, columns = {${columns.join(', ')}})`;
    return (await timed(() => connection.run(`COPY (${select}) TO ${sqlText(to)} (FORMAT parquet, COMPRESSION zstd)`)))
      .seconds;
  } catch {
    return 0;
  } finally {
    connection.closeSync();
    database.closeSync();
  }
}
