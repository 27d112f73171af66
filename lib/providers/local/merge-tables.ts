import type { LoadCache } from './cache.ts';
import type { LoadedLeaf } from './load-file.ts';
import type { LocalTable } from './local-data.ts';
import { TIME_COLUMN } from './part-writer.ts';
import { unifyParts, unifySchemas } from './unify.ts';

/** The tables of several files as one: parts that follow each other, in order of files. */
export async function mergeTables(leaves: readonly LoadedLeaf[], cache: LoadCache): Promise<LocalTable[]> {
  const names = [...new Set(leaves.flatMap((leaf) => leaf.tables.map((table) => table.name)))].sort();
  const merged: LocalTable[] = [];
  for (const name of names) {
    const pieces = leaves.flatMap((leaf) =>
      leaf.tables.filter((table) => table.name === name).map((table) => ({ file: leaf.name, table })),
    );
    const schema = unifySchemas(pieces.map(({ table }) => table.schema));
    const parts = [];
    for (const { table } of pieces) parts.push(...(await unifyParts(table, schema, cache)));
    const unfit: Record<string, number> = Object.create(null);
    for (const { table } of pieces)
      for (const [column, count] of table.unfit) unfit[column] = (unfit[column] ?? 0) + count;
    const ranges = pieces.flatMap(({ table }) => (table.timeRange ? [table.timeRange] : []));
    const least = (a: bigint, b: bigint) => (a < b ? a : b);
    const most = (a: bigint, b: bigint) => (a > b ? a : b);
    merged.push({
      name,
      schema,
      stored: { schema, parts },
      rowCount: parts.reduce((sum, part) => sum + part.rowCount, 0),
      timeRange:
        ranges.length === 0
          ? null
          : {
              column: TIME_COLUMN,
              min: ranges.map(({ min }) => min).reduce(least),
              max: ranges.map(({ max }) => max).reduce(most),
            },
      sources: pieces.map(({ file, table }) => ({
        file,
        rowCount: table.parts.reduce((sum, part) => sum + part.rowCount, 0),
      })),
      view: pieces.every(({ table }) => table.view),
      unfit,
    });
  }
  return merged;
}
