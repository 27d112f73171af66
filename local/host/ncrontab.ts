import { TrailhoundError } from '../../lib/errors.ts';

/** A schedule: gives the first time after a moment at which it is due. */
export interface Schedule {
  next(after: Date): Date;
}

interface Field {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  readonly names?: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const FIELDS: readonly Field[] = [
  { name: 'second', least: 0, most: 59 },
  { name: 'minute', least: 0, most: 59 },
  { name: 'hour', least: 0, most: 23 },
  { name: 'day', least: 1, most: 31 },
  { name: 'month', least: 1, most: 12, names: MONTHS },
  { name: 'day of week', least: 0, most: 6, names: DAYS },
];

/** 29 February can be eight years away. */
const LONGEST_SEARCH_IN_YEARS = 9;

const refuse = (expression: string, why: string): TrailhoundError =>
  new TrailhoundError('usage', `the schedule "${expression}" is not valid: ${why}`, {
    hint: 'It has six fields, {second} {minute} {hour} {day} {month} {day of week}, or five without the seconds; or it is an interval such as 00:05:00.',
  });

/**
 * Reads an NCRONTAB expression, in UTC. A day must fit both the day of the month and the day of the week.
 *
 * @param expression `0 *\/5 * * * *`, `30 9 * * mon-fri`, or an interval `[d.]hh:mm:ss`
 * @throws {TrailhoundError} `usage`
 */
export function parseSchedule(expression: string): Schedule {
  const interval = /^(?:(\d+)\.)?(\d{1,2}):(\d{2}):(\d{2})$/.exec(expression.trim());
  if (interval) {
    const [days = 0, hours = 0, minutes = 0, seconds = 0] = interval.slice(1).map((part) => Number(part ?? 0));
    const periodInMs = (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
    if (periodInMs === 0) throw refuse(expression, 'the interval is zero');
    return { next: (after) => new Date(after.getTime() + periodInMs) };
  }
  const parts = expression.trim().split(/\s+/);
  if (parts.length === 5) parts.unshift('0');
  if (parts.length !== 6) throw refuse(expression, `it has ${parts.length} fields`);
  const sets = FIELDS.map((field, index) => readField(parts[index]!, field, expression));
  return { next: (after) => nextOf(sets, after, expression) };
}

function readField(text: string, field: Field, expression: string): ReadonlySet<number> {
  const values = new Set<number>();
  const toNumber = (word: string): number => {
    const index = field.names?.indexOf(word.slice(0, 3).toLowerCase()) ?? -1;
    if (index >= 0) return index + field.least;
    const value = /^\d+$/.test(word) ? Number(word) : Number.NaN;
    const isSunday = field.most === 6 && value === 7;
    if (!isSunday && !(value >= field.least && value <= field.most)) {
      throw refuse(expression, `"${word}" is no ${field.name}`);
    }
    return value;
  };
  for (const part of text.split(',')) {
    const [range = '', stepText] = part.split('/');
    const step = stepText === undefined ? 1 : Number(stepText);
    if (!Number.isInteger(step) || step < 1) throw refuse(expression, `"${part}" has no valid step`);
    const [from, to] =
      range === '*' || range === '?' ? [field.least, field.most] : bounds(range, stepText, toNumber, field);
    if (from > to) throw refuse(expression, `"${part}" ends before it begins`);
    for (let value = from; value <= to; value += step) values.add(field.most === 6 ? value % 7 : value);
  }
  return values;
}

function bounds(
  range: string,
  step: string | undefined,
  toNumber: (word: string) => number,
  field: Field,
): [number, number] {
  const [first = '', last] = range.split('-');
  const from = toNumber(first);
  if (last !== undefined) return [from, toNumber(last)];
  return [from, step === undefined ? from : field.most];
}

function nextOf(sets: readonly ReadonlySet<number>[], after: Date, expression: string): Date {
  const [seconds, minutes, hours, days, months, weekdays] = sets as [
    ReadonlySet<number>,
    ReadonlySet<number>,
    ReadonlySet<number>,
    ReadonlySet<number>,
    ReadonlySet<number>,
    ReadonlySet<number>,
  ];
  const time = new Date(Math.floor(after.getTime() / 1000) * 1000 + 1000);
  const lastYear = time.getUTCFullYear() + LONGEST_SEARCH_IN_YEARS;
  while (time.getUTCFullYear() <= lastYear) {
    if (!months.has(time.getUTCMonth() + 1)) {
      time.setUTCMonth(time.getUTCMonth() + 1, 1);
      time.setUTCHours(0, 0, 0);
    } else if (!days.has(time.getUTCDate()) || !weekdays.has(time.getUTCDay())) {
      time.setUTCDate(time.getUTCDate() + 1);
      time.setUTCHours(0, 0, 0);
    } else if (!hours.has(time.getUTCHours())) {
      time.setUTCHours(time.getUTCHours() + 1, 0, 0);
    } else if (!minutes.has(time.getUTCMinutes())) {
      time.setUTCMinutes(time.getUTCMinutes() + 1, 0);
    } else if (!seconds.has(time.getUTCSeconds())) {
      time.setUTCSeconds(time.getUTCSeconds() + 1);
    } else {
      return time;
    }
  }
  throw refuse(expression, 'it is never due');
}
