import { TrailhoundError } from '../errors.ts';
import {
  type Column,
  type ColumnSchema,
  cell,
  isoFromTicks,
  isTextColumn,
  isTextType,
  type KqlType,
  type Table,
  type TableSchema,
  textFromTimespan,
  ticksFromIso,
  toDoubles,
} from '../tables/index.ts';

const EPOCH_TICKS = 621_355_968_000_000_000;

/** Names that time columns have in Sentinel, Defender and Sysmon, the likeliest first. */
export const TIME_COLUMNS = [
  'TimeGenerated',
  'Timestamp',
  'UtcTime',
  'TimeCreatedUtc',
  'TimeCreated',
  'EventTime',
  'StartTime',
  'StartTimeUtc',
  'FirstSeen',
] as const;

/** The column of that name; what else there is, if it is missing. */
export function requireColumn(schema: TableSchema, name: string, option: string): ColumnSchema {
  const column = schema.find((each) => each.name === name);
  if (column) return column;
  throw new TrailhoundError('usage', `${option}: there is no column "${name}"`, {
    hint: `There are: ${schema
      .map((each) => each.name)
      .slice(0, 60)
      .join(', ')}`,
  });
}

/** The first of these names that the schema has, without regard to case. */
export function firstColumn(
  schema: TableSchema,
  names: readonly string[],
  fits: (type: KqlType) => boolean = () => true,
): string | undefined {
  for (const name of names) {
    const lower = name.toLowerCase();
    const column = schema.find((each) => each.name.toLowerCase() === lower && fits(each.type));
    if (column) return column.name;
  }
  return undefined;
}

/** The time column: the one asked for, else the best known name, else the first datetime. */
export function timeColumnOf(schema: TableSchema, wanted?: string, option = 'timeColumn'): string {
  if (wanted !== undefined) {
    const { type } = requireColumn(schema, wanted, option);
    if (type === 'datetime' || type === 'string') return wanted;
    throw new TrailhoundError('usage', `${option}: column "${wanted}" is a ${type}, not a datetime`);
  }
  const found =
    firstColumn(schema, TIME_COLUMNS, (type) => type === 'datetime') ??
    schema.find((each) => each.type === 'datetime')?.name ??
    firstColumn(schema, TIME_COLUMNS);
  if (found) return found;
  throw new TrailhoundError('usage', 'there is no datetime column to draw along', {
    hint: `Name one with ${option}. There are: ${schema.map(({ name, type }) => `${name} (${type})`).join(', ')}`,
  });
}

/** Milliseconds since 1970 of a datetime column, or of a text column that holds ISO 8601; NaN where there is none. */
export function timesInMs(column: Column): Float64Array {
  if (!isTextColumn(column)) {
    const ticks = toDoubles(column);
    for (let row = 0; row < ticks.length; row++) ticks[row] = (ticks[row]! - EPOCH_TICKS) / 10_000;
    return ticks;
  }
  return Float64Array.from(column.values, (text) => {
    const ticks = text === null ? null : ticksFromIso(text);
    return ticks === null ? Number.NaN : (Number(ticks) - EPOCH_TICKS) / 10_000;
  });
}

/** Numbers of a column; NaN where there is none. A column that holds none is an error that says so. */
export function numbersOf(column: Column, option: string): Float64Array {
  if (!isTextColumn(column)) return toDoubles(column);
  const numbers = Float64Array.from(column.values, (text) =>
    text === null || text.trim() === '' ? Number.NaN : Number(text),
  );
  const wrong = column.values.findIndex(
    (text, row) => text !== null && text.trim() !== '' && Number.isNaN(numbers[row]!),
  );
  if (wrong < 0) return numbers;
  throw new TrailhoundError('usage', `${option}: column "${column.name}" is not numeric`, {
    hint: `Row ${wrong} holds ${JSON.stringify(column.values[wrong]!.slice(0, 60))}. Take a numeric column, or count rows.`,
  });
}

/** Categories of rows: `codes[row]` is the position of the row's label, or -1 where a value is null and nulls count not. */
export interface Categories {
  readonly codes: Int32Array;
  /** Raw: not cleaned for drawing. */
  readonly labels: readonly string[];
}

/** A cell as text: datetimes ISO, timespans as Kusto prints them; null as an empty text. */
export function cellText(column: Column, row: number): string {
  const value = cell(column, row);
  if (value === null) return '';
  if (typeof value === 'bigint') {
    if (column.type === 'datetime') return isoFromTicks(value);
    if (column.type === 'timespan') return textFromTimespan(value);
  }
  return String(value);
}

export const EMPTY_LABEL = '(empty)';

/** The distinct values of a column, by number. Null and empty are one category, unless they are left out. */
export function categoriesOf(column: Column, nulls: 'label' | 'omit' = 'label'): Categories {
  const count = column.values.length;
  const codes = new Int32Array(count);
  const labels: string[] = [];
  const byValue = new Map<string | number | bigint, number>();
  const values: ArrayLike<string | number | bigint | null> = column.values;
  const isNull = isTextColumn(column) ? undefined : column.nulls;
  let empty = -1;
  let before: string | number | bigint | null = null;
  let codeBefore = -1;
  for (let row = 0; row < count; row++) {
    const value = isNull?.[row] ? null : values[row]!;
    if (value === null || value === '') {
      if (empty < 0 && nulls === 'label') empty = labels.push(EMPTY_LABEL) - 1;
      codes[row] = empty;
      continue;
    }
    // Rows of the same value often follow each other.
    if (value !== before) {
      before = value;
      const known = byValue.get(value);
      codeBefore = known ?? labels.push(cellText(column, row)) - 1;
      if (known === undefined) byValue.set(value, codeBefore);
    }
    codes[row] = codeBefore;
  }
  return { codes, labels };
}

/** Categories of several columns together, `a / b`. */
export function combinedCategories(table: Table, columns: readonly Column[]): Categories {
  if (columns.length === 0) return { codes: new Int32Array(table.rowCount), labels: table.rowCount > 0 ? ['All'] : [] };
  return columns
    .map((column) => categoriesOf(column))
    .reduce((left, right) => {
      const codes = new Int32Array(table.rowCount);
      const labels: string[] = [];
      const byPair = new Map<number, number>();
      for (let row = 0; row < codes.length; row++) {
        const pair = left.codes[row]! * right.labels.length + right.codes[row]!;
        let code = byPair.get(pair);
        if (code === undefined) {
          code = labels.push(`${left.labels[left.codes[row]!]} / ${right.labels[right.codes[row]!]}`) - 1;
          byPair.set(pair, code);
        }
        codes[row] = code;
      }
      return { codes, labels };
    });
}

/** Whether a type can be drawn as a length. */
export function isNumeric(type: KqlType): boolean {
  return type === 'int' || type === 'long' || type === 'real' || type === 'decimal';
}

const TELLING_COLUMNS = [
  'Activity',
  'EventID',
  'ActionType',
  'AlertName',
  'Computer',
  'DeviceName',
  'Account',
  'SubjectUserName',
  'TargetUserName',
  'UserPrincipalName',
  'AccountName',
  'NewProcessName',
  'Image',
  'FileName',
  'ParentProcessName',
  'ParentImage',
  'CommandLine',
  'ProcessCommandLine',
  'IpAddress',
  'IPAddress',
  'DestinationIp',
  'RemoteIP',
  'RemoteUrl',
  'TargetFilename',
  'TargetObject',
  'ScriptBlockText',
  'Description',
] as const;

/** Columns that say the most about a row: those asked for, else well-known ones, else the first texts and numbers. */
export function tellingColumns(
  schema: TableSchema,
  wanted: readonly string[] | undefined,
  not: readonly string[],
): string[] {
  if (wanted) return wanted.map((name) => requireColumn(schema, name, 'tooltipColumns').name);
  const names = new Set(schema.map(({ name }) => name));
  const known = TELLING_COLUMNS.filter((name) => names.has(name) && !not.includes(name));
  if (known.length >= 3) return known.slice(0, 8);
  const rest = schema.filter(({ name, type }) => isTextType(type) && type !== 'dynamic' && !not.includes(name));
  return [...new Set([...known, ...rest.map(({ name }) => name)])].slice(0, 8);
}
