import {
  type Cell,
  type Column,
  cell,
  cellText,
  findColumn,
  type Table,
  type TableSource,
} from '../../tables/index.ts';
import { type ColumnDictionary, dictionaryOf } from './column-dictionary.ts';
import { columnOf, type TableShape } from './table-shapes.ts';

/** A table as rules see it: by fields, with the columns that they need in memory. */
export class RuleTable {
  readonly name: string;
  readonly rowCount: number;
  readonly columnNames: ReadonlySet<string>;
  readonly #table: Table;
  readonly #dictionaries = new Map<string, ColumnDictionary>();

  private constructor(source: TableSource, table: Table) {
    this.name = source.name;
    this.rowCount = source.rowCount;
    this.columnNames = new Set(source.schema.map((column) => column.name));
    this.#table = table;
  }

  /** Reads the named columns of a source, as far as it has them. */
  static async read(source: TableSource, columns: Iterable<string>): Promise<RuleTable> {
    const wanted = new Set(columns);
    const present = source.schema.map((column) => column.name).filter((name) => wanted.has(name));
    const table = present.length > 0 ? await source.read(present) : { rowCount: source.rowCount, columns: [] };
    return new RuleTable(source, table);
  }

  /** The column of a field, or null where the table has none. */
  column(field: string, shape: TableShape): Column | null {
    const name = columnOf(field, shape, this.columnNames);
    return name === null ? null : (findColumn(this.#table, name) ?? null);
  }

  /** The column's dictionary, made at the first call. */
  dictionary(column: Column): ColumnDictionary {
    let dictionary = this.#dictionaries.get(column.name);
    if (!dictionary) {
      dictionary = dictionaryOf(column);
      this.#dictionaries.set(column.name, dictionary);
    }
    return dictionary;
  }

  /** All text columns: where keywords are sought. */
  textColumns(): readonly Column[] {
    return this.#table.columns.filter((column) => column.type === 'string' || column.type === 'dynamic');
  }

  cell(field: string, shape: TableShape, row: number): Cell {
    const column = this.column(field, shape);
    return column === null ? null : cell(column, row);
  }

  /** A field's text in a row; empty where there is none. */
  text(field: string, shape: TableShape, row: number): string {
    const column = this.column(field, shape);
    return column === null ? '' : (cellText(column, row) ?? '');
  }
}
