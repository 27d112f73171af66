import type { KqlType } from './schema.ts';

/**
 * Text of a `string`, `guid`, `dynamic` (JSON text) or `decimal` (digits) column; null where there is no value.
 * KQL has no null strings: for `string` null reads as empty, but it is kept so that nothing is invented.
 */
export type TextValues = readonly (string | null)[];

/**
 * One column of a table: a schema entry and its values.
 *
 * | type | values | unit |
 * |---|---|---|
 * | string, guid, dynamic, decimal | array of string or null | |
 * | int, real | Float64Array | |
 * | bool | Uint8Array | 0 or 1 |
 * | long | BigInt64Array | |
 * | datetime | BigInt64Array | ticks of 100 ns since 0001-01-01T00:00Z |
 * | timespan | BigInt64Array | ticks of 100 ns |
 *
 * Where a typed array has no value, `nulls[row]` is 1 (the array then holds 0); `nulls` is absent if no row is null.
 */
export type Column =
  | { readonly name: string; readonly type: 'string' | 'guid' | 'dynamic' | 'decimal'; readonly values: TextValues }
  | { readonly name: string; readonly type: 'int' | 'real'; readonly values: Float64Array; readonly nulls?: Uint8Array }
  | { readonly name: string; readonly type: 'bool'; readonly values: Uint8Array; readonly nulls?: Uint8Array }
  | {
      readonly name: string;
      readonly type: 'long' | 'datetime' | 'timespan';
      readonly values: BigInt64Array;
      readonly nulls?: Uint8Array;
    };

export type TextColumn = Extract<Column, { values: TextValues }>;
export type NumberColumn = Extract<Column, { values: Float64Array }>;
export type BoolColumn = Extract<Column, { values: Uint8Array }>;
export type BigColumn = Extract<Column, { values: BigInt64Array }>;

/** A cell as plain JavaScript: what `cell` gives and `columnFromCells` takes. Ticks stay bigint. */
export type Cell = string | number | bigint | boolean | null;

export function isTextType(type: KqlType): type is TextColumn['type'] {
  return type === 'string' || type === 'guid' || type === 'dynamic' || type === 'decimal';
}

export function isTextColumn(column: Column): column is TextColumn {
  return isTextType(column.type);
}

/** The value at a row. Costs a call and, for 64-bit types, a bigint: not for inner loops over millions. */
export function cell(column: Column, row: number): Cell {
  if (isTextColumn(column)) return column.values[row] ?? null;
  if (column.nulls?.[row]) return null;
  const value = (column.values as Float64Array | Uint8Array | BigInt64Array)[row];
  if (value === undefined) return null;
  return column.type === 'bool' ? value === 1 : value;
}

/** A column from plain cells. A cell of another JavaScript type than the column's becomes null. */
export function columnFromCells(name: string, type: KqlType, cells: readonly (Cell | undefined)[]): Column {
  if (isTextType(type)) {
    return { name, type, values: cells.map((value) => (value === null || value === undefined ? null : String(value))) };
  }
  const builder = new TypedBuilder(type, cells.length);
  for (let row = 0; row < cells.length; row++) builder.set(row, cells[row] ?? null);
  return builder.column(name);
}

/** Fills a typed column row by row; rows never set are null. */
export class TypedBuilder {
  readonly #type: 'int' | 'real' | 'bool' | 'long' | 'datetime' | 'timespan';
  readonly #values: Float64Array | Uint8Array | BigInt64Array;
  readonly #nulls: Uint8Array;
  #nullCount: number;

  constructor(type: Exclude<KqlType, TextColumn['type']>, rows: number) {
    this.#type = type;
    this.#values =
      type === 'int' || type === 'real'
        ? new Float64Array(rows)
        : type === 'bool'
          ? new Uint8Array(rows)
          : new BigInt64Array(rows);
    this.#nulls = new Uint8Array(rows).fill(1);
    this.#nullCount = rows;
  }

  set(row: number, value: Cell): void {
    const values = this.#values;
    if (value === null) return;
    if (values instanceof BigInt64Array) {
      if (typeof value === 'bigint') values[row] = value;
      else if (typeof value === 'number' && Number.isSafeInteger(value)) values[row] = BigInt(value);
      else return;
    } else if (values instanceof Float64Array) {
      if (typeof value === 'number') values[row] = value;
      else if (typeof value === 'bigint') values[row] = Number(value);
      else return;
    } else {
      if (typeof value !== 'boolean') return;
      values[row] = value ? 1 : 0;
    }
    if (this.#nulls[row]) {
      this.#nulls[row] = 0;
      this.#nullCount--;
    }
  }

  column(name: string): Column {
    const nulls = this.#nullCount > 0 ? { nulls: this.#nulls } : {};
    return { name, type: this.#type, values: this.#values, ...nulls } as Column;
  }
}

/** The rows of a column at the given positions, in that order. */
export function takeRows(column: Column, rows: Uint32Array | readonly number[]): Column {
  const count = rows.length;
  if (isTextColumn(column)) {
    const values = new Array<string | null>(count);
    for (let i = 0; i < count; i++) values[i] = column.values[rows[i]!] ?? null;
    return { name: column.name, type: column.type, values };
  }
  const source = column.values as Float64Array;
  const values = new (source.constructor as Float64ArrayConstructor)(count);
  for (let i = 0; i < count; i++) values[i] = source[rows[i]!]!;
  if (!column.nulls) return { ...column, values } as Column;
  const nulls = new Uint8Array(count);
  for (let i = 0; i < count; i++) nulls[i] = column.nulls[rows[i]!]!;
  return { ...column, values, nulls } as Column;
}

/** The same column under another name. */
export function renameColumn(column: Column, name: string): Column {
  return { ...column, name };
}

const TWO_TO_32 = 4294967296;

/**
 * 64-bit values as doubles, without a bigint per row: exact up to 2^53, else rounded (ticks of this century: to 12.8 µs).
 * For drawing and scoring, where that is below what can be seen; not for keys or comparison. Null gives NaN.
 */
export function toDoubles(column: NumberColumn | BoolColumn | BigColumn): Float64Array {
  const { values, nulls } = column;
  const doubles = new Float64Array(values.length);
  if (values instanceof BigInt64Array) {
    const halves = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
    const high = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
    for (let row = 0; row < doubles.length; row++) doubles[row] = high[2 * row + 1]! * TWO_TO_32 + halves[2 * row]!;
  } else doubles.set(values);
  if (nulls) for (let row = 0; row < doubles.length; row++) if (nulls[row]) doubles[row] = Number.NaN;
  return doubles;
}
