import { TrailhoundError } from '../errors.ts';
import { type Cell, type Column, cell, columnFromCells, takeRows } from './column.ts';
import type { TableSchema } from './schema.ts';

/** A columnar table in memory. Immutable by convention: verbs make new tables and share the columns they keep. */
export interface Table {
  readonly rowCount: number;
  readonly columns: readonly Column[];
}

/** A table of the given columns, which must be equally long and have distinct names. */
export function makeTable(columns: readonly Column[], rowCount = columns[0]?.values.length ?? 0): Table {
  const names = new Set<string>();
  for (const column of columns) {
    if (column.values.length !== rowCount) {
      throw new TrailhoundError('internal', `column ${column.name} has ${column.values.length} rows, not ${rowCount}`);
    }
    if (names.has(column.name)) throw new TrailhoundError('internal', `two columns are named ${column.name}`);
    names.add(column.name);
  }
  return { rowCount, columns };
}

/**
 * A table from rows of plain cells, in the schema's order. For small tables and tests.
 *
 * @example tableFromRows([{ name: 'Computer', type: 'string' }], [['ws-17']])
 */
export function tableFromRows(schema: TableSchema, rows: readonly (readonly (Cell | undefined)[])[]): Table {
  return makeTable(
    schema.map(({ name, type }, index) =>
      columnFromCells(
        name,
        type,
        rows.map((row) => row[index]),
      ),
    ),
    rows.length,
  );
}

/** The column of that name, or undefined. Names are case-sensitive, as in KQL. */
export function findColumn(table: Table, name: string): Column | undefined {
  return table.columns.find((column) => column.name === name);
}

/** The column of that name; if there is none, a usage error that lists what there is. */
export function getColumn(table: Table, name: string): Column {
  const column = findColumn(table, name);
  if (column) return column;
  const twin = table.columns.find((other) => other.name.toLowerCase() === name.toLowerCase());
  const names = table.columns.map((other) => other.name);
  throw new TrailhoundError('usage', `there is no column "${name}"`, {
    hint: twin
      ? `Did you mean "${twin.name}"? Names are case-sensitive.`
      : `There are: ${names.slice(0, 60).join(', ')}`,
  });
}

/** The schema of a table. */
export function schemaOf(table: Table): TableSchema {
  return table.columns.map(({ name, type }) => ({ name, type }));
}

/** The table without the columns that are not named, in the order of the names. */
export function selectColumns(table: Table, names: readonly string[]): Table {
  return makeTable(
    names.map((name) => getColumn(table, name)),
    table.rowCount,
  );
}

/** The rows at the given positions, in that order. */
export function selectRows(table: Table, rows: Uint32Array | readonly number[]): Table {
  return makeTable(
    table.columns.map((column) => takeRows(column, rows)),
    rows.length,
  );
}

/** The first rows of a table, no more than so many. */
export function firstRows(table: Table, maxRows: number): Table {
  if (table.rowCount <= maxRows) return table;
  return selectRows(
    table,
    Uint32Array.from({ length: maxRows }, (_, row) => row),
  );
}

/** The table with further columns; one of an existing name replaces it in its place. */
export function withColumns(table: Table, added: readonly Column[]): Table {
  const replaced = new Map(added.map((column) => [column.name, column]));
  const kept = table.columns.map((column) => {
    const other = replaced.get(column.name);
    replaced.delete(column.name);
    return other ?? column;
  });
  return makeTable([...kept, ...replaced.values()], table.rowCount);
}

/** One row as an object. The object has no prototype: a column may be named `__proto__`. */
export function rowAt(table: Table, row: number): Record<string, Cell> {
  const object: Record<string, Cell> = Object.create(null);
  for (const column of table.columns) object[column.name] = cell(column, row);
  return object;
}

/** All rows as objects. For edges and tests, not for work on many rows. */
export function toRows(table: Table): Record<string, Cell>[] {
  return Array.from({ length: table.rowCount }, (_, row) => rowAt(table, row));
}

/** A name that the table does not have yet: the name itself, or with `1`, `2`… as KQL's join does. */
export function freeName(taken: ReadonlySet<string>, name: string): string {
  if (!taken.has(name)) return name;
  for (let suffix = 1; ; suffix++) if (!taken.has(`${name}${suffix}`)) return `${name}${suffix}`;
}
