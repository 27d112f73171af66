import { textOf } from '../language/syntax.ts';
import { quoteText } from '../translate/sql.ts';
import type { Call, ScalarFunction } from './define.ts';
import * as time from './udfs/time.ts';

const DAY = '864000000000';

function datePart(part: string): string {
  return `CAST(date_part('${part}', kql_timestamp($1)) AS INTEGER)`;
}

/** The start of a period, moved by whole periods. */
function startOf(start: string, moved: (offset: string) => string) {
  return (call: Call): string => {
    const base = start.replaceAll('$1', call.sql(0, 'datetime'));
    return call.args.length > 1 ? moved(base).replaceAll('$2', call.sql(1, 'long')) : base;
  };
}

const START_OF_DAY = `($1 - $1 % ${DAY})`;
/** Weeks begin on Sunday; day 0 of the calendar was a Monday. */
const START_OF_WEEK = `($1 - $1 % ${DAY} - (($1 // ${DAY} + 1) % 7) * ${DAY})`;
const START_OF_MONTH = `kql_ticks(date_trunc('month', kql_timestamp($1)))`;
const START_OF_YEAR = `kql_ticks(date_trunc('year', kql_timestamp($1)))`;

const byDays = (days: number) => (base: string) => `kql_datetime(${base}::HUGEINT + $2 * ${days} * ${DAY})`;
const byMonths = (months: number) => (base: string) =>
  `kql_ticks(kql_timestamp(${base}) + to_months(CAST($2 * ${months} AS INTEGER)))`;

function endOf(period: string, next: (base: string) => string, moved: (base: string) => string) {
  return (call: Call): string => {
    const start = startOf(period, moved)(call);
    return `(${next(start)} - 1)`;
  };
}

function ago(call: Call): string {
  return `kql_datetime(${call.t.options.nowInTicks}::HUGEINT - ${call.sql(0, 'timespan')})`;
}

/** `bin(x, size)` of datetimes, timespans and numbers. Bins of datetimes count from year 1, which began on a Monday. */
export function binOf(call: Call): string {
  const type = call.type(0);
  if (call.resultType === 'datetime' || type === 'datetime')
    return `kql_bin_long(${call.sql(0, 'datetime')}, ${call.sql(1, 'timespan')})`;
  if (type === 'timespan') return `kql_bin_long(${call.sql(0)}, ${call.sql(1, 'timespan')})`;
  const whole = (index: number) => call.type(index) === 'long' || call.type(index) === 'int';
  if (whole(0) && whole(1)) return `kql_bin_long(${call.sql(0)}, ${call.sql(1)})`;
  if (call.resultType === 'decimal') return `kql_decimal_bin(${call.sql(0, 'decimal')}, ${call.sql(1, 'decimal')})`;
  return `kql_bin_real(${call.sql(0, 'real')}, ${call.sql(1, 'real')})`;
}

function binAt(call: Call): string {
  const type = call.type(0);
  const step = type === 'datetime' || type === 'timespan' ? call.sql(1, 'timespan') : call.sql(1);
  if (type === 'real' || call.type(1) === 'real') {
    return `(${call.sql(2, 'real')} + kql_bin_real(${call.sql(0, 'real')} - ${call.sql(2, 'real')}, ${step}))`;
  }
  return `(${call.sql(2, type)} + kql_bin_long(${call.sql(0)} - ${call.sql(2, type)}, ${step}))`;
}

/** The part's name, where it is a literal as the language demands. */
function partName(call: Call, index: number): string {
  const known = call.constant(index);
  return quoteText(typeof known === 'string' ? known : textOf(call.args[index]!));
}

export const datetimeFunctions: readonly ScalarFunction[] = [
  {
    names: ['now'],
    args: 'timespan',
    sql: (call) =>
      call.args.length > 0
        ? `kql_datetime(${call.t.options.nowInTicks}::HUGEINT + ${call.sql(0, 'timespan')})`
        : `${call.t.options.nowInTicks}::BIGINT`,
  },
  { names: ['ago'], args: 'timespan', sql: ago },
  { names: ['bin', 'floor'], args: 'any, any', sql: binOf },
  { names: ['bin_at'], args: 'any, any, any', sql: binAt },
  { names: ['startofday'], args: 'datetime, long', sql: startOf(START_OF_DAY, byDays(1)) },
  { names: ['startofweek'], args: 'datetime, long', sql: startOf(START_OF_WEEK, byDays(7)) },
  { names: ['startofmonth'], args: 'datetime, long', sql: startOf(START_OF_MONTH, byMonths(1)) },
  { names: ['startofyear'], args: 'datetime, long', sql: startOf(START_OF_YEAR, byMonths(12)) },
  { names: ['endofday'], args: 'datetime, long', sql: endOf(START_OF_DAY, (base) => `${base} + ${DAY}`, byDays(1)) },
  {
    names: ['endofweek'],
    args: 'datetime, long',
    sql: endOf(START_OF_WEEK, (base) => `${base} + 7 * ${DAY}`, byDays(7)),
  },
  {
    names: ['endofmonth'],
    args: 'datetime, long',
    sql: endOf(START_OF_MONTH, (base) => `kql_ticks(kql_timestamp(${base}) + INTERVAL 1 MONTH)`, byMonths(1)),
  },
  {
    names: ['endofyear'],
    args: 'datetime, long',
    sql: endOf(START_OF_YEAR, (base) => `kql_ticks(kql_timestamp(${base}) + INTERVAL 1 YEAR)`, byMonths(12)),
  },
  { names: ['dayofweek'], args: 'datetime', sql: `((($1 // ${DAY} + 1) % 7) * ${DAY})` },
  { names: ['dayofmonth'], args: 'datetime', sql: datePart('day') },
  { names: ['dayofyear'], args: 'datetime', sql: datePart('doy') },
  {
    names: ['week_of_year', 'weekofyear'],
    args: 'datetime',
    sql: `CAST(date_part('week', kql_timestamp($1)) AS BIGINT)`,
  },
  { names: ['monthofyear', 'getmonth'], args: 'datetime', sql: datePart('month') },
  { names: ['getyear'], args: 'datetime', sql: datePart('year') },
  { names: ['hourofday'], args: 'datetime', sql: 'CAST(($1 // 36000000000) % 24 AS INTEGER)' },
  {
    names: ['datetime_add'],
    args: 'any, long, datetime',
    sql: (call) => `kql_fn_add_parts(${partName(call, 0)}, ${call.sql(1, 'long')}, ${call.sql(2, 'datetime')})`,
  },
  {
    names: ['datetime_diff'],
    args: 'any, datetime, datetime',
    sql: (call) => `kql_fn_parts_between(${partName(call, 0)}, ${call.sql(1, 'datetime')}, ${call.sql(2, 'datetime')})`,
  },
  {
    names: ['datetime_part', 'datepart'],
    args: 'any, datetime',
    sql: (call) => `kql_fn_part_of(${partName(call, 0)}, ${call.sql(1, 'datetime')})`,
  },
  {
    names: ['make_datetime'],
    args: 'long, long, long=1::BIGINT, long=0::BIGINT, long=0::BIGINT, real=0.0',
    returns: 'datetime',
    run: time.makeDatetime,
  },
  { names: ['make_timespan'], args: 'any, any, any, any', sql: makeTimespan },
  { names: ['format_datetime'], args: 'datetime, string', returns: 'string', run: time.formatDatetime },
  { names: ['format_timespan'], args: 'timespan, string', returns: 'string', run: time.formatTimespan },
  {
    names: ['datetime_utc_to_local'],
    args: 'datetime, string',
    sql: `($1 + (epoch_us(timezone($2, timezone('UTC', kql_timestamp($1)))) - epoch_us(kql_timestamp($1))) * 10)`,
  },
  {
    names: ['datetime_local_to_utc'],
    args: 'datetime, string',
    sql: `($1 + (epoch_us(timezone($2, kql_timestamp($1))) - epoch_us(kql_timestamp($1))) * 10)`,
  },
  {
    names: ['unixtime_seconds_todatetime'],
    args: 'real',
    sql: 'kql_datetime(CAST(trunc($1 * 10000000) AS HUGEINT) + 621355968000000000)',
  },
  {
    names: ['unixtime_milliseconds_todatetime'],
    args: 'real',
    sql: 'kql_datetime(CAST(trunc($1 * 10000) AS HUGEINT) + 621355968000000000)',
  },
  {
    names: ['unixtime_microseconds_todatetime'],
    args: 'real',
    sql: 'kql_datetime(CAST(trunc($1 * 10) AS HUGEINT) + 621355968000000000)',
  },
  {
    names: ['unixtime_nanoseconds_todatetime'],
    args: 'long',
    sql: 'kql_datetime(CAST($1 AS HUGEINT) // 100 + 621355968000000000)',
  },
  { names: ['ingestion_time'], args: '', sql: ingestionTime },
];

export const datetimeHelpers: readonly ScalarFunction[] = [
  { names: ['add_parts'], args: 'string, long, datetime', returns: 'datetime', run: time.addParts },
  { names: ['parts_between'], args: 'string, datetime, datetime', returns: 'long', run: time.partsBetween },
  { names: ['part_of'], args: 'string, datetime', returns: 'long', run: time.partOf },
  { names: ['timespan_of_parts'], args: 'long, long, long, real', returns: 'timespan', run: time.makeTimespan },
];

/** `(hours, minutes)`, `(hours, minutes, seconds)` or `(days, hours, minutes, seconds)`. */
function makeTimespan(call: Call): string {
  const count = call.args.length;
  const [days, from] = count === 4 ? [call.sql(0, 'long'), 1] : ['0::BIGINT', 0];
  const seconds = count > 2 ? call.sql(from + 2, 'real') : '0.0';
  return `kql_fn_timespan_of_parts(${days}, ${call.sql(from, 'long')}, ${call.sql(from + 1, 'long')}, ${seconds})`;
}

/** Local tables do not know when they were ingested: the event's own time stands in. */
function ingestionTime(call: Call): string {
  const column = call.row.columns.find(
    ({ name, type }) => type === 'datetime' && (name === 'TimeGenerated' || name === 'Timestamp'),
  );
  call.t.warn('ingestion-time', 'ingestion_time() is the time of the event: local tables have no other');
  return column ? call.row.prefix + column.sql : 'NULL::BIGINT';
}
