import {
  type Column,
  type ColumnSchema,
  freeName,
  isTextType,
  type KqlType,
  makeTable,
  type Table,
  type TableSchema,
  TICKS_PER_DAY,
  TICKS_PER_SECOND,
  TypedBuilder,
} from '../tables/index.ts';
import { ticksOfWireDatetime } from './wire-datetime.ts';

/** Names of types on the wire: KQL's own, .NET's (Kusto, Graph), Kusto's of old, and Elastic's. */
const TYPES: Readonly<Record<string, KqlType>> = {
  string: 'string',
  'system.string': 'string',
  stringbuffer: 'string',
  long: 'long',
  int64: 'long',
  'system.int64': 'long',
  i64: 'long',
  int: 'int',
  int32: 'int',
  int16: 'int',
  uint32: 'long',
  integer: 'int',
  short: 'int',
  byte: 'int',
  'system.int32': 'int',
  i32: 'int',
  real: 'real',
  double: 'real',
  float: 'real',
  half_float: 'real',
  scaled_float: 'real',
  counter_long: 'long',
  counter_integer: 'int',
  counter_double: 'real',
  _source: 'dynamic',
  'system.double': 'real',
  r64: 'real',
  bool: 'bool',
  boolean: 'bool',
  sbyte: 'bool',
  'system.sbyte': 'bool',
  'system.boolean': 'bool',
  i8: 'bool',
  datetime: 'datetime',
  date: 'datetime',
  date_nanos: 'datetime',
  'system.datetime': 'datetime',
  timespan: 'timespan',
  time: 'timespan',
  'system.timespan': 'timespan',
  dynamic: 'dynamic',
  object: 'dynamic',
  'system.object': 'dynamic',
  guid: 'guid',
  uuid: 'guid',
  uniqueid: 'guid',
  'system.guid': 'guid',
  decimal: 'decimal',
  sqldecimal: 'decimal',
  'system.data.sqltypes.sqldecimal': 'decimal',
};

/** KQL's type for a name on the wire; what is unknown is text. */
export function kqlTypeOfWire(name: string): KqlType {
  const lower = name.toLowerCase();
  return (Object.hasOwn(TYPES, lower) ? TYPES[lower] : undefined) ?? 'string';
}

/** One column of an answer, with its values as JSON gives them. */
export interface WireColumn extends ColumnSchema {
  at(row: number): unknown;
}

/** Columns over rows that are lists of values in the order of the schema. */
export function columnsOfLists(schema: TableSchema, rows: readonly unknown[]): WireColumn[] {
  return schema.map(({ name, type }, index) => ({
    name,
    type,
    at(row) {
      const values = rows[row];
      return Array.isArray(values) ? values[index] : null;
    },
  }));
}

/** Columns over rows that are objects, with a member of the column's name. */
export function columnsOfObjects(schema: TableSchema, rows: readonly unknown[]): WireColumn[] {
  return schema.map(({ name, type }) => ({ name, type, at: (row) => memberOf(rows[row], name) }));
}

/** An object's own member; null for any other. */
export function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return null;
  return (value as Record<string, unknown>)[name];
}

/** A table of the first rows of an answer. Values of a wrong type become null; names are made distinct. */
export function tableFromWire(columns: readonly WireColumn[], rowCount: number): Table {
  const taken = new Set<string>();
  const read = columns.map(({ name, type, at }) => {
    const free = freeName(taken, name || 'Column');
    taken.add(free);
    return readColumn(free, type, rowCount, at);
  });
  return makeTable(read, rowCount);
}

function readColumn(name: string, type: KqlType, rowCount: number, at: WireColumn['at']): Column {
  if (isTextType(type)) {
    const values = new Array<string | null>(rowCount);
    const read = type === 'dynamic' ? dynamicText : plainText;
    for (let row = 0; row < rowCount; row++) values[row] = read(at(row));
    return { name, type, values };
  }
  const builder = new TypedBuilder(type, rowCount);
  const read = READERS[type];
  for (let row = 0; row < rowCount; row++) {
    const value = at(row);
    if (value !== null && value !== undefined) builder.set(row, read(value));
  }
  return builder.column(name);
}

function plainText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return wellFormed(value);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Halves of characters, which JSON can hold and files cannot, become replacement characters here already. */
function wellFormed(text: string): string {
  return text.isWellFormed() ? text : text.toWellFormed();
}

/** JSON text: services give dynamics as values or as text that is JSON already. */
export function dynamicText(value: unknown): string | null {
  if (value === null || value === undefined || value === '') return null;
  if (typeof value !== 'string') return JSON.stringify(value);
  try {
    JSON.parse(value);
    return wellFormed(value);
  } catch {
    return JSON.stringify(value);
  }
}

const READERS = {
  long: wholeOf,
  int: smallOf,
  real: numberOf,
  bool: (value: unknown) =>
    typeof value === 'boolean'
      ? value
      : value === 1 || value === 'true' || value === 'True'
        ? true
        : value === 0 || value === 'false' || value === 'False'
          ? false
          : null,
  datetime: (value: unknown) => (typeof value === 'string' ? ticksOfWireDatetime(value) : null),
  timespan: (value: unknown) => (typeof value === 'string' ? ticksFromTimespan(value) : null),
} as const;

function wholeOf(value: unknown): bigint | number | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : null;
  return typeof value === 'string' && /^-?\d{1,19}$/.test(value) ? in64Bits(BigInt(value)) : null;
}

function in64Bits(value: bigint): bigint | null {
  return BigInt.asIntN(64, value) === value ? value : null;
}

/** An `int` has 32 bits. */
function smallOf(value: unknown): number | null {
  const number = numberOf(value);
  return number !== null && number === (number | 0) ? number | 0 : null;
}

function numberOf(value: unknown): number | null {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value === '') return null;
  if (value === 'NaN') return Number.NaN;
  if (/^-?(?:Infinity|∞)$/.test(value)) return value.startsWith('-') ? -Infinity : Infinity;
  const number = Number(value);
  return Number.isNaN(number) ? null : number;
}

const TIMESPAN = /^(-)?(?:(\d{1,8})\.)?(\d{1,2}):(\d{2}):(\d{2})(?:\.(\d{1,7}))?$/;

/** Ticks of a timespan as Kusto and .NET print it: `[-][d.]hh:mm:ss[.fffffff]`. Null if it is none, or beyond 64 bits. */
export function ticksFromTimespan(text: string): bigint | null {
  const match = TIMESPAN.exec(text);
  if (!match) return null;
  const [, sign, days = '0', hours, minutes, seconds, fraction = ''] = match;
  const clock = BigInt(Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * TICKS_PER_SECOND;
  const size = BigInt(days) * TICKS_PER_DAY + clock + BigInt(fraction.padEnd(7, '0'));
  return in64Bits(sign ? -size : size);
}
