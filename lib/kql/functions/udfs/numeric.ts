const WORD = 2n ** 64n;

export function toHex(value: bigint, width: bigint, bits: bigint): string {
  const digits = BigInt.asUintN(Number(bits), value).toString(16);
  return digits.padStart(Math.min(Number(width), 64), '0');
}

export function shiftLeft(value: bigint, bits: bigint): bigint {
  return BigInt.asIntN(64, (value << BigInt(Number(bits) & 63)) % WORD);
}

export function shiftRight(value: bigint, bits: bigint): bigint {
  return BigInt.asIntN(64, value >> BigInt(Number(bits) & 63));
}

/** A logarithm of a negative number is null. */
function logarithm(of: (value: number) => number) {
  return (value: number): number | null => (value < 0 ? null : of(value));
}

export const log = logarithm(Math.log);
export const log2 = logarithm(Math.log2);
export const log10 = logarithm(Math.log10);

/** Half away from zero, at a number of decimal places (negative: before the point). */
export function round(value: number, digits: bigint): number {
  if (!Number.isFinite(value)) return value;
  const places = Math.max(-300, Math.min(Number(digits), 300));
  const size = Math.abs(value);
  const scaled = Number(`${size}e${places}`);
  const whole = Number.isNaN(scaled) ? size * 10 ** places : scaled;
  const result = Number(`${Math.round(whole)}e${-places}`);
  return Math.sign(value) * (Number.isNaN(result) ? Math.round(whole) / 10 ** places : result);
}

const EARTH_RADIUS_IN_METERS = 6_371_010;

/** Great-circle distance in metres (haversine on a sphere; Kusto's own figure differs in the sixth digit). */
export function geoDistance(
  longitude1: number,
  latitude1: number,
  longitude2: number,
  latitude2: number,
): number | null {
  if (![latitude1, latitude2].every((value) => Math.abs(value) <= 90)) return null;
  if (![longitude1, longitude2].every((value) => Math.abs(value) <= 180)) return null;
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const a =
    Math.sin(radians(latitude2 - latitude1) / 2) ** 2 +
    Math.cos(radians(latitude1)) * Math.cos(radians(latitude2)) * Math.sin(radians(longitude2 - longitude1) / 2) ** 2;
  return 2 * EARTH_RADIUS_IN_METERS * Math.asin(Math.min(1, Math.sqrt(a)));
}

export function pointInCircle(
  longitude: number,
  latitude: number,
  centerLongitude: number,
  centerLatitude: number,
  radius: number,
): boolean | null {
  if (radius < 0) return null;
  const distance = geoDistance(longitude, latitude, centerLongitude, centerLatitude);
  return distance === null ? null : distance <= radius;
}

/** p-value of Welch's t-test, by the incomplete beta function. */
export function welchTest(
  mean1: number,
  variance1: number,
  count1: bigint,
  mean2: number,
  variance2: number,
  count2: bigint,
): number {
  const [a, b] = [variance1 / Number(count1), variance2 / Number(count2)];
  const t = (mean1 - mean2) / Math.sqrt(a + b);
  const degrees = (a + b) ** 2 / (a ** 2 / (Number(count1) - 1) + b ** 2 / (Number(count2) - 1));
  return incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5);
}

function logGamma(x: number): number {
  const c = [
    76.18009172947146, -86.50532032941678, 24.01409824083091, -1.231739572450155, 0.001208650973866179,
    -0.000005395239384953,
  ];
  const series = c.reduce((sum, coefficient, index) => sum + coefficient / (x + 1 + index), 1.00000000019);
  return -(x + 5.5) + (x + 0.5) * Math.log(x + 5.5) + Math.log((Math.sqrt(2 * Math.PI) * series) / x);
}

/** Regularised incomplete beta function, by Lentz's continued fraction (Numerical Recipes, 6.4). */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log(1 - x)) / a;
  let [c, d] = [1, 1 - ((a + b) * x) / (a + 1)];
  d = 1 / (Math.abs(d) < 1e-300 ? 1e-300 : d);
  let fraction = d;
  for (let m = 1; m <= 300; m++) {
    for (const term of [
      (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)),
      (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1)),
    ]) {
      d = 1 / (1 + term * d || 1e-300);
      c = 1 + term / c || 1e-300;
      fraction *= d * c;
    }
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return front * fraction;
}
