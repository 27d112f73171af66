import { referenceSchemas } from '../kql/schemas.ts';
import type { TableSchema } from '../tables/index.ts';

export interface TableEntry {
  readonly name: string;
  readonly summary: string;
  readonly columns: TableSchema;
}

/** Every table of Microsoft's reference whose columns are known without data. */
export function tableCatalog(): TableEntry[] {
  const schemas = referenceSchemas();
  return [...schemas.keys()].sort().map((name) => {
    const columns = schemas.get(name) ?? [];
    return { name, summary: `${columns.length} columns`, columns };
  });
}
