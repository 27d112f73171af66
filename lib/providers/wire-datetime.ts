import { ticksFromIso, UNIX_EPOCH_TICKS } from '../tables/index.ts';

const [ZERO, NINE] = [48, 57];
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/**
 * Ticks of a datetime as services send it. The form `YYYY-MM-DDThh:mm:ss[.f…]Z`, which is nearly all there is, is read digit
 * by digit (an answer may have a million of them); any other by the general reader. Null if it is none.
 */
export function ticksOfWireDatetime(text: string): bigint | null {
  return ticksOfCanonical(text) ?? ticksFromIso(text);
}

function ticksOfCanonical(text: string): bigint | undefined {
  const { length } = text;
  if (length < 20 || length > 28 || text[length - 1] !== 'Z') return undefined;
  if (text[4] !== '-' || text[7] !== '-' || text[10] !== 'T' || text[13] !== ':' || text[16] !== ':') return undefined;
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 7);
  const day = digits(text, 8, 10);
  const hour = digits(text, 11, 13);
  const minute = digits(text, 14, 16);
  const second = digits(text, 17, 19);
  // Date.UTC takes years below 100 for those of the last century.
  if (!(year >= 100 && month >= 1 && month <= 12 && day >= 1 && hour < 24 && minute < 60 && second < 60))
    return undefined;
  const isLeap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  if (day > DAYS[month - 1]! + (isLeap ? 1 : 0)) return undefined;
  let fraction = 0;
  if (length > 20) {
    if (text[19] !== '.') return undefined;
    fraction = digits(text, 20, length - 1) * 10 ** (28 - length);
    if (length === 21 || Number.isNaN(fraction)) return undefined;
  }
  const seconds = Date.UTC(year, month - 1, day, hour, minute, second) / 1000;
  return BigInt(seconds) * 10_000_000n + BigInt(fraction) + UNIX_EPOCH_TICKS;
}

/** The number that the characters write; NaN if one is no digit. */
function digits(text: string, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code < ZERO || code > NINE) return Number.NaN;
    value = value * 10 + code - ZERO;
  }
  return value;
}
