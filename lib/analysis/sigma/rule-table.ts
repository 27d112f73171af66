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
  readonly #columns = new Map<TableShape, Map<string, Column | null>>();
  readonly #dictionaries = new Map<Column, ColumnDictionary>();
  readonly #rowsOfShape = new Map<TableShape, Uint8Array>();
  readonly #bags = new Map<TableShape, readonly (ReadonlyMap<string, unknown> | null)[]>();

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
    let known = this.#columns.get(shape);
    if (!known) {
      known = new Map();
      this.#columns.set(shape, known);
    }
    let column = known.get(field);
    if (column === undefined) {
      const name = columnOf(field, shape, this.columnNames);
      if (name !== null) column = findColumn(this.#table, name) ?? null;
      else column = shape.bag === undefined ? null : this.#columnOfBag(field, shape);
      known.set(field, column);
    }
    return column;
  }

  /** Rows that belong to the shape's logsource: one byte a row. */
  rowsOf(shape: TableShape): Uint8Array {
    let mask = this.#rowsOfShape.get(shape);
    if (!mask) {
      mask = new Uint8Array(this.rowCount).fill(1);
      for (const [field, wanted] of Object.entries(shape.where ?? {})) {
        const column = this.column(field, shape);
        const folded = new Set(wanted.map((value) => value.toLowerCase()));
        const { values, ids } = column
          ? this.dictionary(column)
          : { values: [null], ids: new Uint32Array(this.rowCount) };
        const holds = values.map((value) => value !== null && folded.has(value.toLowerCase()));
        for (let row = 0; row < mask.length; row++) if (!holds[ids[row]!]) mask[row] = 0;
      }
      this.#rowsOfShape.set(shape, mask);
    }
    return mask;
  }

  /** The values of a key of the bag, as far as the rows belong to the shape; null if no row has it. */
  #columnOfBag(field: string, shape: TableShape): Column | null {
    let bags = this.#bags.get(shape);
    if (!bags) {
      const mask = this.rowsOf(shape);
      const column = findColumn(this.#table, shape.bag!);
      bags = Array.from(mask, (belongs, row) => (belongs && column ? parseBag(cellText(column, row)) : null));
      this.#bags.set(shape, bags);
    }
    const values = bags.map((bag) => {
      const value = bag?.get(field.toLowerCase());
      return value === undefined || value === null ? null : typeof value === 'string' ? value : JSON.stringify(value);
    });
    return values.some((value) => value !== null) ? { name: field, type: 'string', values } : null;
  }

  /** The column's dictionary, made at the first call. */
  dictionary(column: Column): ColumnDictionary {
    let dictionary = this.#dictionaries.get(column);
    if (!dictionary) {
      dictionary = dictionaryOf(column);
      this.#dictionaries.set(column, dictionary);
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

/** The members of a JSON object by name in lower case; null for what is none. */
function parseBag(text: string | null): ReadonlyMap<string, unknown> | null {
  if (text === null || !text.startsWith('{')) return null;
  try {
    const object = JSON.parse(text) as Record<string, unknown>;
    return new Map(Object.entries(object).map(([key, value]) => [key.toLowerCase(), value]));
  } catch {
    return null;
  }
}
