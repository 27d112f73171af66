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
import { dynamicText } from './wire-table.ts';

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

/**
 * Tables under each other by the names of their columns, as KQL's `union`: what a table lacks is null there.
 *
 * @param schema default: the columns of all. A text becomes a dynamic as one that a service gave.
 */
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

export function renameColumn({ columns, rowCount }: Table, from: string, to: string): Table {
  return { columns: columns.map((column) => (column.name === from ? { ...column, name: to } : column)), rowCount };
}

function shaped(table: Table, name: string, type: KqlType): Column {
  const column = findColumn(table, name);
  if (column?.type === type) return column;
  const cells = Array.from({ length: table.rowCount }, (_, row) => {
    const text = column ? cellText(column, row) : null;
    return type === 'dynamic' ? dynamicText(text) : text;
  });
  return columnFromCells(name, type, cells);
}
