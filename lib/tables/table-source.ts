import type { TableSchema } from './schema.ts';
import { schemaOf, selectColumns, selectRows, type Table } from './table.ts';

/**
 * A table that may still lie in Parquet: verbs read the columns that they need, decide, and then take the rows that
 * matter with all their columns. So a wide table of a million rows never has to be in memory whole.
 */
export interface TableSource {
  /** The name by which findings refer to it as evidence: the name of the table in the investigation's document. */
  readonly name: string;
  readonly schema: TableSchema;
  readonly rowCount: number;
  /** Some columns (default: all) of all rows. An unknown name is a usage error. */
  read(columns?: readonly string[]): Promise<Table>;
  /** Some columns (default: all) of the rows at these positions, in that order. */
  take(rows: Uint32Array | readonly number[], columns?: readonly string[]): Promise<Table>;
}

/** A source over a table in memory. */
export function sourceOf(table: Table, name = 'table'): TableSource {
  const read = async (columns?: readonly string[]) => (columns ? selectColumns(table, columns) : table);
  return {
    name,
    schema: schemaOf(table),
    rowCount: table.rowCount,
    read,
    take: async (rows, columns) => selectRows(await read(columns), rows),
  };
}
