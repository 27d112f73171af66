import {
  type Column,
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

/** A table from a service's rows of JSON values, in the order of the columns. Values of a wrong type become null. */
export function tableFromWire(schema: TableSchema, rows: readonly (readonly unknown[])[]): Table {
  const taken = new Set<string>();
  const columns = schema.map(({ name, type }, index) => {
    const free = freeName(taken, name || 'Column');
    taken.add(free);
    return wireColumn(free, type, rows.length, (row) => rows[row]![index]);
  });
  return makeTable(columns, rows.length);
}

/** One column from values on the wire. */
export function wireColumn(name: string, type: KqlType, rowCount: number, at: (row: number) => unknown): Column {
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
  return typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** JSON text: services give dynamics as values or as text that is JSON already. */
function dynamicText(value: unknown): string | null {
  if (value === null || value === undefined || value === '') return null;
  if (typeof value !== 'string') return JSON.stringify(value);
  try {
    JSON.parse(value);
    return value;
  } catch {
    return JSON.stringify(value);
  }
}

const READERS = {
  long: wholeOf,
  int: numberOf,
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
  return typeof value === 'string' && /^-?\d{1,19}$/.test(value) ? BigInt.asIntN(64, BigInt(value)) : null;
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

/** Ticks of a timespan as Kusto and .NET print it: `[-][d.]hh:mm:ss[.fffffff]`. */
export function ticksFromTimespan(text: string): bigint | null {
  const match = TIMESPAN.exec(text);
  if (!match) return null;
  const [, sign, days = '0', hours, minutes, seconds, fraction = ''] = match;
  const clock = BigInt(Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * TICKS_PER_SECOND;
  const size = BigInt(days) * TICKS_PER_DAY + clock + BigInt(fraction.padEnd(7, '0'));
  return sign ? -size : size;
}
