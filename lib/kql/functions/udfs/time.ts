import {
  MAX_DATETIME_TICKS,
  msFromTicks,
  TICKS_PER_DAY,
  TICKS_PER_SECOND,
  ticksFromMs,
} from '../../../tables/index.ts';

const TICKS: Readonly<Record<string, bigint>> = {
  week: 7n * TICKS_PER_DAY,
  day: TICKS_PER_DAY,
  hour: 3600n * TICKS_PER_SECOND,
  minute: 60n * TICKS_PER_SECOND,
  second: TICKS_PER_SECOND,
  millisecond: 10_000n,
  microsecond: 10n,
};
const MONTHS: Readonly<Record<string, number>> = { year: 12, quarter: 3, month: 1 };

function inRange(ticks: bigint): bigint | null {
  return ticks >= 0n && ticks <= MAX_DATETIME_TICKS ? ticks : null;
}

function dateOf(ticks: bigint): Date {
  return new Date(msFromTicks(ticks));
}

/** Ticks of a calendar date; days past the month's end are refused. */
function midnight(year: number, month: number, day: number): bigint | null {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (year < 1 || year > 9999 || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  return ticksFromMs(date.getTime());
}

/** Moves by months; a day that the month does not have becomes its last. */
function addMonths(ticks: bigint, months: number): bigint | null {
  const date = dateOf(ticks);
  const month = date.getUTCFullYear() * 12 + date.getUTCMonth() + months;
  const [year, index] = [Math.floor(month / 12), ((month % 12) + 12) % 12];
  const last = new Date(Date.UTC(2000 + (year % 400), index + 1, 0)).getUTCDate();
  const start = midnight(year, index + 1, Math.min(date.getUTCDate(), last));
  return start === null ? null : start + (ticks % TICKS_PER_DAY);
}

export function addParts(part: string, amount: bigint, ticks: bigint): bigint | null {
  const name = part.toLowerCase();
  const months = MONTHS[name];
  if (months !== undefined)
    return Math.abs(Number(amount)) > 200_000 ? null : addMonths(ticks, months * Number(amount));
  const size = name === 'nanosecond' ? undefined : TICKS[name];
  if (name === 'nanosecond') return inRange(ticks + amount / 100n);
  return size === undefined ? null : inRange(ticks + amount * size);
}

/** How many borders of the part lie between two times. */
export function partsBetween(part: string, later: bigint, earlier: bigint): bigint | null {
  const name = part.toLowerCase();
  const [a, b] = [dateOf(later), dateOf(earlier)];
  const years = a.getUTCFullYear() - b.getUTCFullYear();
  if (name === 'year') return BigInt(years);
  const months = years * 12 + a.getUTCMonth() - b.getUTCMonth();
  if (name === 'month') return BigInt(months);
  if (name === 'quarter') return BigInt(years * 4 + Math.floor(a.getUTCMonth() / 3) - Math.floor(b.getUTCMonth() / 3));
  if (name === 'week') return weekNumber(later) - weekNumber(earlier);
  if (name === 'nanosecond') return (later - earlier) * 100n;
  const size = TICKS[name];
  return size === undefined ? null : later / size - earlier / size;
}

/** Weeks since year 1, beginning on Sundays. */
function weekNumber(ticks: bigint): bigint {
  return (ticks / TICKS_PER_DAY + 1n) / 7n;
}

export function partOf(part: string, ticks: bigint): bigint | null {
  const date = dateOf(ticks);
  const second = ticks % TICKS_PER_SECOND;
  switch (part.toLowerCase()) {
    case 'year':
      return BigInt(date.getUTCFullYear());
    case 'quarter':
      return BigInt(Math.floor(date.getUTCMonth() / 3) + 1);
    case 'month':
      return BigInt(date.getUTCMonth() + 1);
    case 'week_of_year':
    case 'weekofyear':
      return BigInt(isoWeek(date));
    case 'day':
      return BigInt(date.getUTCDate());
    case 'dayofyear':
    case 'day_of_year':
      return BigInt(Math.floor((date.getTime() - startOfYear(date)) / 86_400_000) + 1);
    case 'hour':
      return BigInt(date.getUTCHours());
    case 'minute':
      return BigInt(date.getUTCMinutes());
    case 'second':
      return BigInt(date.getUTCSeconds());
    case 'millisecond':
      return second / 10_000n;
    case 'microsecond':
      return second / 10n;
    case 'nanosecond':
      return second * 100n;
    default:
      return null;
  }
}

function startOfYear(date: Date): number {
  return new Date(date).setUTCMonth(0, 1) - (date.getTime() % 86_400_000);
}

function isoWeek(date: Date): number {
  const thursday = new Date(date);
  thursday.setUTCDate(date.getUTCDate() + 4 - (date.getUTCDay() || 7));
  return Math.floor((thursday.getTime() - startOfYear(thursday)) / (7 * 86_400_000)) + 1;
}

export function makeDatetime(
  year: bigint,
  month: bigint,
  day: bigint,
  hour: bigint,
  minute: bigint,
  second: number,
): bigint | null {
  if (hour < 0n || hour > 23n || minute < 0n || minute > 59n || second < 0 || second >= 60) return null;
  const start = midnight(Number(year), Number(month), Number(day));
  return start === null
    ? null
    : start + (hour * 3600n + minute * 60n) * TICKS_PER_SECOND + BigInt(Math.round(second * 1e7));
}

export function makeTimespan(days: bigint, hours: bigint, minutes: bigint, seconds: number): bigint | null {
  if (hours < 0n || hours > 23n || minutes < 0n || minutes > 59n || seconds < 0 || seconds >= 60) return null;
  return days * TICKS_PER_DAY + (hours * 3600n + minutes * 60n) * TICKS_PER_SECOND + BigInt(Math.round(seconds * 1e7));
}

const DATETIME_TOKEN = /yyyy|yy?|MM?|dd?|HH?|hh?|mm?|ss?|f{1,7}|F{1,7}|tt|[\s\S]/g;

function padded(value: number | bigint, width: number): string {
  return String(value).padStart(width, '0');
}

function fractionText(ticks: bigint, token: string): string {
  const digits = padded(ticks % TICKS_PER_SECOND, 7).slice(0, token.length);
  return token.startsWith('F') ? digits.replace(/0+$/, '') : digits;
}

export function formatDatetime(ticks: bigint, format: string): string {
  const date = dateOf(ticks);
  const hour = date.getUTCHours();
  return format.replace(DATETIME_TOKEN, (token) => {
    switch (token) {
      case 'yyyy':
        return padded(date.getUTCFullYear(), 4);
      case 'yy':
      case 'y':
        return padded(date.getUTCFullYear() % 100, 2);
      case 'MM':
      case 'M':
        return padded(date.getUTCMonth() + 1, token.length);
      case 'dd':
      case 'd':
        return padded(date.getUTCDate(), token.length);
      case 'HH':
      case 'H':
        return padded(hour, token.length);
      case 'hh':
      case 'h':
        return padded(hour % 12 || 12, token.length);
      case 'mm':
      case 'm':
        return padded(date.getUTCMinutes(), token.length);
      case 'ss':
      case 's':
        return padded(date.getUTCSeconds(), token.length);
      case 'tt':
        return hour < 12 ? 'AM' : 'PM';
      default:
        return /^[fF]/.test(token) ? fractionText(ticks, token) : token;
    }
  });
}

const TIMESPAN_TOKEN = /d{1,8}|HH?|hh?|mm?|ss?|f{1,7}|F{1,7}|[\s\S]/g;

export function formatTimespan(value: bigint, format: string): string {
  const ticks = value < 0n ? -value : value;
  const parts: Readonly<Record<string, bigint>> = {
    d: ticks / TICKS_PER_DAY,
    h: (ticks / (3600n * TICKS_PER_SECOND)) % 24n,
    m: (ticks / (60n * TICKS_PER_SECOND)) % 60n,
    s: (ticks / TICKS_PER_SECOND) % 60n,
  };
  const text = format.replace(TIMESPAN_TOKEN, (token) => {
    if (/^[fF]/.test(token)) return fractionText(ticks, token);
    const part = parts[token[0]!.toLowerCase()];
    return part === undefined ? token : padded(part, token.length);
  });
  return value < 0n ? `-${text}` : text;
}
