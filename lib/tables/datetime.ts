/** Datetimes and timespans are ticks of 100 ns, as .NET and Kusto count them: since 0001-01-01T00:00:00Z. */
export const TICKS_PER_MILLISECOND = 10_000n;
export const TICKS_PER_SECOND = 10_000_000n;
export const TICKS_PER_DAY = 864_000_000_000n;
/** Ticks of 1970-01-01T00:00:00Z. */
export const UNIX_EPOCH_TICKS = 621_355_968_000_000_000n;
/** Ticks of 9999-12-31T23:59:59.9999999Z. */
export const MAX_DATETIME_TICKS = 3_155_378_975_999_999_999n;

export function ticksFromMs(unixTimeInMs: number): bigint {
  return BigInt(Math.round(unixTimeInMs)) * TICKS_PER_MILLISECOND + UNIX_EPOCH_TICKS;
}

/** Milliseconds since 1970, rounded down. */
export function msFromTicks(ticks: bigint): number {
  const since = ticks - UNIX_EPOCH_TICKS;
  return Number(
    (since - (((since % TICKS_PER_MILLISECOND) + TICKS_PER_MILLISECOND) % TICKS_PER_MILLISECOND)) /
      TICKS_PER_MILLISECOND,
  );
}

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s?(Z|[+-]\d{2}(?::?\d{2})?)?$/i;

/**
 * Ticks of an ISO 8601 datetime; without a zone it is UTC; digits below 100 ns are cut off. Null if it is not one, or
 * not within years 1 to 9999.
 *
 * @example ticksFromIso('2022-03-04T05:06:07.1234567Z') // 637819671671234567n
 */
export function ticksFromIso(text: string): bigint | null {
  const match = ISO.exec(text);
  if (!match) return null;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = match;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return null;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  date.setUTCHours(Number(hour), Number(minute), Number(second));
  let ticks =
    BigInt(date.getTime()) * TICKS_PER_MILLISECOND + UNIX_EPOCH_TICKS + BigInt(fraction.padEnd(7, '0').slice(0, 7));
  if (zone.toUpperCase() !== 'Z') {
    const digits = zone.slice(1).replace(':', '');
    const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2) || 0);
    ticks -= BigInt(zone[0] === '-' ? -minutes : minutes) * 60n * TICKS_PER_SECOND;
  }
  return ticks >= 0n && ticks <= MAX_DATETIME_TICKS ? ticks : null;
}

/** ISO 8601 with seven digits and `Z`, as Kusto prints it. */
export function isoFromTicks(ticks: bigint): string {
  const ms = msFromTicks(ticks);
  const below = ticks - UNIX_EPOCH_TICKS - BigInt(ms) * TICKS_PER_MILLISECOND;
  const date = new Date(ms);
  const year = String(date.getUTCFullYear()).padStart(4, '0');
  const rest = date.toISOString().slice(-20, -1);
  return `${year}${rest}${String(below).padStart(4, '0')}Z`;
}

/** A timespan as Kusto prints it: `[-][d.]hh:mm:ss[.fffffff]`. */
export function textFromTimespan(ticks: bigint): string {
  const sign = ticks < 0n ? '-' : '';
  const size = ticks < 0n ? -ticks : ticks;
  const days = size / TICKS_PER_DAY;
  const two = (value: bigint) => String(value).padStart(2, '0');
  const seconds = (size % TICKS_PER_DAY) / TICKS_PER_SECOND;
  const fraction = size % TICKS_PER_SECOND;
  const clock = `${two(seconds / 3600n)}:${two((seconds / 60n) % 60n)}:${two(seconds % 60n)}`;
  return `${sign}${days > 0n ? `${days}.` : ''}${clock}${fraction > 0n ? `.${String(fraction).padStart(7, '0')}` : ''}`;
}
