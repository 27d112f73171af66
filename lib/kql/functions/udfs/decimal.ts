/**
 * Decimals as Kusto's: 34 significant digits, in decimal arithmetic. A value is `digits × 10^-scale`; its text is plain
 * (no exponent), without trailing zeros after the point.
 */
interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

const PRECISION = 34;
const FORM = /^([-+]?)(\d*)(?:\.(\d*))?(?:e([-+]?\d{1,3}))?$/i;

function read(text: string): Decimal | null {
  const match = FORM.exec(text.trim());
  if (!match || (match[2] === '' && (match[3] ?? '') === '')) return null;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const digits = BigInt(whole + fraction || '0');
  const scale = fraction.length - Number(exponent);
  const value = sign === '-' ? -digits : digits;
  return scale >= 0 ? { digits: value, scale } : { digits: value * 10n ** BigInt(-scale), scale: 0 };
}

function rounded({ digits, scale }: Decimal): Decimal {
  const length = String(digits < 0n ? -digits : digits).length;
  const excess = Math.min(length - PRECISION, scale);
  if (excess <= 0) return { digits, scale };
  return { digits: divideRounded(digits, 10n ** BigInt(excess)), scale: scale - excess };
}

function divideRounded(dividend: bigint, divisor: bigint): bigint {
  const sign = dividend < 0n !== divisor < 0n ? -1n : 1n;
  const [a, b] = [dividend < 0n ? -dividend : dividend, divisor < 0n ? -divisor : divisor];
  return sign * ((2n * a + b) / (2n * b));
}

function write(value: Decimal): string {
  const { digits, scale } = rounded(value);
  const sign = digits < 0n ? '-' : '';
  const text = String(digits < 0n ? -digits : digits).padStart(scale + 1, '0');
  if (scale === 0) return sign + text;
  const fraction = text.slice(-scale).replace(/0+$/, '');
  return sign + text.slice(0, -scale) + (fraction === '' ? '' : `.${fraction}`);
}

function align(left: string, right: string): [bigint, bigint, number] | null {
  const [a, b] = [read(left), read(right)];
  if (!a || !b) return null;
  const scale = Math.max(a.scale, b.scale);
  return [a.digits * 10n ** BigInt(scale - a.scale), b.digits * 10n ** BigInt(scale - b.scale), scale];
}

export function parse(text: string): string | null {
  const value = read(text);
  return value && write(value);
}

export function add(left: string, right: string): string | null {
  const aligned = align(left, right);
  return aligned && write({ digits: aligned[0] + aligned[1], scale: aligned[2] });
}

export function subtract(left: string, right: string): string | null {
  const aligned = align(left, right);
  return aligned && write({ digits: aligned[0] - aligned[1], scale: aligned[2] });
}

export function multiply(left: string, right: string): string | null {
  const [a, b] = [read(left), read(right)];
  return a && b && write({ digits: a.digits * b.digits, scale: a.scale + b.scale });
}

export function divide(left: string, right: string): string | null {
  const aligned = align(left, right);
  if (!aligned || aligned[1] === 0n) return null;
  const extra = PRECISION + 6;
  return write({ digits: divideRounded(aligned[0] * 10n ** BigInt(extra), aligned[1]), scale: extra });
}

export function modulo(left: string, right: string): string | null {
  const aligned = align(left, right);
  if (!aligned || aligned[1] === 0n) return null;
  const [a, b, scale] = aligned;
  const size = b < 0n ? -b : b;
  return write({ digits: ((a % size) + size) % size, scale });
}

/** The multiple of `size` at or below the value; null unless the size is positive. */
export function bin(value: string, size: string): string | null {
  const aligned = align(value, size);
  if (!aligned || aligned[1] <= 0n) return null;
  const [a, b, scale] = aligned;
  return write({ digits: a - (((a % b) + b) % b), scale });
}

/** To so many digits after the point (before it, if negative); halves go away from zero. */
export function round(value: string, digits: bigint): string | null {
  const number = read(value);
  if (!number || digits < -100n) return number && '0';
  const excess = number.scale - Number(digits);
  if (excess <= 0) return write(number);
  const shortened = divideRounded(number.digits, 10n ** BigInt(excess));
  return digits >= 0n
    ? write({ digits: shortened, scale: Number(digits) })
    : write({ digits: shortened * 10n ** -digits, scale: 0 });
}

export function compare(left: string, right: string): bigint | null {
  const aligned = align(left, right);
  if (!aligned) return null;
  return aligned[0] < aligned[1] ? -1n : aligned[0] > aligned[1] ? 1n : 0n;
}

/** Of a JSON array of texts. */
export function sum(json: string): string | null {
  return (JSON.parse(json) as (string | null)[]).reduce<string | null>(
    (total, item) => (item === null || total === null ? total : add(total, item)),
    '0',
  );
}
