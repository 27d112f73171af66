import {
  type Column,
  cellText,
  columnFromCells,
  concatTables,
  findColumn,
  type KqlType,
  schemaOf,
  type Table,
} from '../tables/index.ts';

/**
 * Tables under each other by the names of their columns, as KQL's `union`: what a table lacks is null there. A column
 * of different types becomes text.
 */
export function uniteTables(tables: readonly Table[]): Table {
  const types = new Map<string, KqlType>();
  for (const table of tables) {
    for (const { name, type } of table.columns) {
      const known = types.get(name);
      types.set(name, known === undefined || known === type ? type : 'string');
    }
  }
  const schema = [...types].map(([name, type]) => ({ name, type }));
  return concatTables(
    schema,
    tables.map((table) => {
      if (JSON.stringify(schemaOf(table)) === JSON.stringify(schema)) return table;
      return { rowCount: table.rowCount, columns: schema.map(({ name, type }) => shaped(table, name, type)) };
    }),
  );
}

function shaped(table: Table, name: string, type: KqlType): Column {
  const column = findColumn(table, name);
  if (column?.type === type) return column;
  const cells = Array.from({ length: table.rowCount }, (_, row) => (column ? cellText(column, row) : null));
  return columnFromCells(name, type, cells);
}
