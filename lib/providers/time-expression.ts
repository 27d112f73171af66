import { TrailhoundError } from '../errors.ts';
import { isoFromTicks, MAX_DATETIME_TICKS, ticksFromIso, ticksFromMs } from '../tables/index.ts';
import type { TimeRange } from './provider.ts';

const EXAMPLES = 'for example -1d, -1w@d, +2h, now, 2024-05-01T10:00:00Z or P7D';
const RELATIVE = /^([+-]?)\s?(\d{1,6}(?:\.\d{1,6})?)\s?(y|mon|w|d|h|m|s)?(?:@(y|mon|w|d|h|m|s))?$/i;
const DURATION =
  /^P(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,8})M)?(?:(\d{1,9})S)?)?$/;

type Unit = 'y' | 'mon' | 'w' | 'd' | 'h' | 'm' | 's';

const LENGTHS_IN_MS: Readonly<Record<Exclude<Unit, 'y' | 'mon'>, number>> = {
  w: 7 * 86_400_000,
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
};

/**
 * The instant that a text means, in ticks: an ISO datetime, `now`, or a time from now as `-1d` or `+2h`. Units are y, mon,
 * w, d, h, m (minutes) and s; without a unit it is days. `@unit` rounds to a whole one: back for times in the past, on for
 * times to come (`-1w@d` is midnight seven days ago; a week begins on Monday). All in UTC.
 *
 * @throws usage: it is none of these, with examples
 */
export function parseTime(text: string | number, nowInMs: number): bigint {
  const given = String(text).trim();
  if (given.toLowerCase() === 'now') return ticksFromMs(nowInMs);
  const iso = ticksFromIso(given);
  if (iso !== null) return iso;
  const match = RELATIVE.exec(given);
  if (!match) throw noTime(given);
  const [, sign, amount = '0', unit = 'd', rounding] = match;
  const isPast = sign === '-';
  const moved = move(nowInMs, Number(amount) * (isPast ? -1 : 1), unit.toLowerCase() as Unit);
  const rounded = rounding === undefined ? moved : round(moved, rounding.toLowerCase() as Unit, isPast);
  if (Number.isNaN(rounded)) throw noTime(given);
  const ticks = ticksFromMs(rounded);
  if (ticks < 0n || ticks > MAX_DATETIME_TICKS) throw noTime(given);
  return ticks;
}

/** Whether a text can be the start of a range: a time, or a duration. */
export function isTimeOrDuration(text: string | number): boolean {
  try {
    return durationOf(text) !== null || typeof parseTime(text, 0) === 'bigint';
  } catch {
    return false;
  }
}

/**
 * A time range from texts. The start may be a duration (`P7D`, `PT4H`): so long before the end. What is not given is
 * that of the range `within`, and without one the end is now.
 *
 * @throws usage: a text is no time, there is no start, or the range does not end after it starts
 * @example parseTimeRange({ start: '-1d' }, Date.now())
 */
export function parseTimeRange(
  { start, end }: { readonly start?: string | number | undefined; readonly end?: string | number | undefined },
  nowInMs: number,
  within?: TimeRange,
): TimeRange {
  const until = end === undefined && within ? within.end : parseTime(end ?? 'now', nowInMs);
  const from = start === undefined ? within?.start : startOfRange(start, until, nowInMs);
  if (from === undefined) throw new TrailhoundError('usage', `a time range needs a start (${EXAMPLES})`);
  if (from < until) return { start: from, end: until };
  const shown = `${isoFromTicks(from)} to ${isoFromTicks(until)}`;
  throw new TrailhoundError('usage', `the time range does not end after it starts: ${shown}`, {
    hint: 'The end is exclusive.',
  });
}

function startOfRange(text: string | number, until: bigint, nowInMs: number): bigint {
  const duration = durationOf(text);
  if (!duration) return parseTime(text, nowInMs);
  const from = before(until, duration);
  if (from < 0n) throw noTime(String(text));
  return from;
}

function durationOf(text: string | number): RegExpExecArray | null {
  const duration = DURATION.exec(String(text).trim());
  // `P` and `PT` alone name no length.
  return duration?.slice(1).some((part) => part !== undefined) ? duration : null;
}

function noTime(text: string): TrailhoundError {
  return new TrailhoundError('usage', `${JSON.stringify(text.slice(0, 60))} is not a time (${EXAMPLES})`);
}

function move(fromInMs: number, amount: number, unit: Unit): number {
  if (unit !== 'y' && unit !== 'mon') return fromInMs + amount * LENGTHS_IN_MS[unit];
  if (!Number.isInteger(amount)) return Number.NaN;
  const date = new Date(fromInMs);
  const months = date.getUTCMonth() + amount * (unit === 'y' ? 12 : 1);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(months);
  // The 31st of a shorter month is its last day.
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, last));
  return date.getTime();
}

function round(timeInMs: number, unit: Unit, isPast: boolean): number {
  const start = startOf(timeInMs, unit);
  return isPast || start === timeInMs ? start : startOf(move(start, 1, unit), unit);
}

function startOf(timeInMs: number, unit: Unit): number {
  const date = new Date(timeInMs);
  if (unit === 'y') return Date.UTC(date.getUTCFullYear(), 0, 1);
  if (unit === 'mon') return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
  if (unit === 'w') {
    const midnight = startOf(timeInMs, 'd');
    return midnight - ((date.getUTCDay() + 6) % 7) * LENGTHS_IN_MS.d;
  }
  return Math.floor(timeInMs / LENGTHS_IN_MS[unit]) * LENGTHS_IN_MS[unit];
}

function before(end: bigint, [, years, months, weeks, days, hours, minutes, seconds]: RegExpExecArray): bigint {
  const of = (text: string | undefined) => Number(text ?? 0);
  const endInMs = Number((end - ticksFromMs(0)) / 10_000n);
  const remainder = (end - ticksFromMs(0)) % 10_000n;
  const moved = move(endInMs, -(of(years) * 12 + of(months)), 'mon');
  const rest =
    of(weeks) * LENGTHS_IN_MS.w +
    of(days) * LENGTHS_IN_MS.d +
    of(hours) * LENGTHS_IN_MS.h +
    of(minutes) * LENGTHS_IN_MS.m +
    of(seconds) * LENGTHS_IN_MS.s;
  return ticksFromMs(moved - rest) + remainder;
}
