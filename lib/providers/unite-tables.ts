import {
  type Column,
  cellText,
  columnFromCells,
  concatTables,
  findColumn,
  type KqlType,
  schemaOf,
  type Table,
  type TableSchema,
} from '../tables/index.ts';

/**
 * The columns of several tables, by name, in the order in which they are first met. A column of different types becomes
 * text.
 */
export function unitedSchema(schemas: readonly TableSchema[]): TableSchema {
  const types = new Map<string, KqlType>();
  for (const { name, type } of schemas.flat()) {
    const known = types.get(name);
    types.set(name, known === undefined || known === type ? type : 'string');
  }
  return [...types].map(([name, type]) => ({ name, type }));
}

/** Tables under each other by the names of their columns, as KQL's `union`: what a table lacks is null there. */
export function uniteTables(tables: readonly Table[], schema: TableSchema = unitedSchema(tables.map(schemaOf))): Table {
  return concatTables(
    schema,
    tables.map((table) => {
      if (isSameSchema(schemaOf(table), schema)) return table;
      return { rowCount: table.rowCount, columns: schema.map(({ name, type }) => shaped(table, name, type)) };
    }),
  );
}

export function isSameSchema(a: TableSchema, b: TableSchema): boolean {
  return (
    a.length === b.length && a.every(({ name, type }, index) => name === b[index]!.name && type === b[index]!.type)
  );
}

function shaped(table: Table, name: string, type: KqlType): Column {
  const column = findColumn(table, name);
  if (column?.type === type) return column;
  const cells = Array.from({ length: table.rowCount }, (_, row) => (column ? cellText(column, row) : null));
  return columnFromCells(name, type, cells);
}
