import { MAX_DATETIME_TICKS, TICKS_PER_MILLISECOND, UNIX_EPOCH_TICKS } from '../../../tables/index.ts';

const ISO =
  /^(\d{4})-(\d{1,2})(?:-(\d{1,2})(?:(?:[T ]|\s+)(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:[.,](\d{1,9}))?)?)?)?)?\s*(Z|[+-]\d{1,2}(?::?\d{2})?)?$/i;
const COMPACT = /^(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?(?:\.(\d{1,9}))?)?(Z)?$/i;
const AMERICAN =
  /^(\d{1,2})\/(\d{1,2})\/(\d{4})(?:[ ,T]+(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,9}))?)?\s*(AM|PM)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i;
const WORDS =
  /^(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+)?(\d{1,2})[ -]([a-z]{3,9})[ -](\d{2,4})(?:[ ,]+(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,9}))?)?)?\s*(Z|GMT|UTC|[+-]\d{2}:?\d{2})?$/i;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

interface Parts {
  readonly year: string;
  readonly month: string;
  readonly day?: string | undefined;
  readonly hour?: string | undefined;
  readonly minute?: string | undefined;
  readonly second?: string | undefined;
  readonly fraction?: string | undefined;
  readonly zone?: string | undefined;
}

/** Ticks of a datetime's text in the forms that Kusto reads; null if it is none. */
export function parseDatetime(text: string): bigint | null {
  const trimmed = text.trim();
  const iso = ISO.exec(trimmed);
  if (iso) {
    const [, year, month, day, hour, minute, second, fraction, zone] = iso;
    return ticksOf({ year: year!, month: month!, day, hour, minute, second, fraction, zone });
  }
  if (/^\d{4}$/.test(trimmed)) return ticksOf({ year: trimmed, month: '1' });
  const compact = COMPACT.exec(trimmed);
  if (compact) {
    const [, year, month, day, hour, minute, second, fraction] = compact;
    return ticksOf({ year: year!, month: month!, day, hour, minute, second, fraction });
  }
  const american = AMERICAN.exec(trimmed);
  if (american) {
    const [, month, day, year, hour, minute, second, fraction, half, zone] = american;
    return ticksOf({ year: year!, month: month!, day, hour: halfDay(hour, half), minute, second, fraction, zone });
  }
  const words = WORDS.exec(trimmed);
  if (!words) return null;
  const [, day, name, year, hour, minute, second, fraction, zone] = words;
  const month = MONTHS.indexOf(name!.slice(0, 3).toLowerCase()) + 1;
  if (month === 0) return null;
  const full = year!.length === 2 ? `20${year}` : year!;
  return ticksOf({ year: full, month: String(month), day, hour, minute, second, fraction, zone });
}

function halfDay(hour: string | undefined, half: string | undefined): string | undefined {
  if (!hour || !half) return hour;
  return String((Number(hour) % 12) + (half.toUpperCase() === 'PM' ? 12 : 0));
}

function ticksOf({ year, month, day = '1', hour = '0', minute = '0', second = '0', fraction = '', zone }: Parts) {
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return null;
  if (Number(hour) > 24 || Number(minute) > 59 || Number(second) > 59) return null;
  if (Number(hour) === 24 && (Number(minute) > 0 || Number(second) > 0)) return null;
  date.setUTCHours(Number(hour), Number(minute), Number(second));
  const ticks =
    BigInt(date.getTime()) * TICKS_PER_MILLISECOND +
    UNIX_EPOCH_TICKS +
    BigInt(fraction.padEnd(7, '0').slice(0, 7)) -
    offsetTicks(zone);
  return ticks >= 0n && ticks <= MAX_DATETIME_TICKS ? ticks : null;
}

function offsetTicks(zone: string | undefined): bigint {
  const match = /^([+-])(\d{1,2}):?(\d{2})?$/.exec(zone ?? '');
  if (!match) return 0n;
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0);
  return BigInt(match[1] === '-' ? -minutes : minutes) * 600_000_000n;
}
