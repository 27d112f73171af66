import { formatJson, isNumeric, type Json, parseJson, realJson } from '../../json.ts';

/** The numbers of a series; what is none is NaN. Null if it is no array. */
export function numbersOf(json: string | null): number[] | null {
  const list = json === null ? null : parseJson(json);
  return Array.isArray(list) ? list.map((item) => (isNumeric(item) ? Number(item) : Number.NaN)) : null;
}

export function seriesJson(values: readonly number[]): string {
  return `[${values.map((value) => (Number.isNaN(value) ? 'null' : formatJson(Number.isInteger(value) ? realJson(value) : value))).join(',')}]`;
}

type Operation = (left: number, right: number) => number | boolean;

/** Item by item; where the series differ in length, or an item is none, null. */
function pairwise(operation: Operation) {
  return (left: string, right: string): string | null => {
    const [a, b] = [operand(left), operand(right)];
    if (!a || !b) return null;
    const length = Math.max(typeof a === 'number' ? 0 : a.length, typeof b === 'number' ? 0 : b.length);
    const at = (side: number | number[], index: number) =>
      typeof side === 'number' ? side : (side[index] ?? Number.NaN);
    const items = Array.from({ length }, (_, index): Json => {
      const [x, y] = [at(a, index), at(b, index)];
      if (Number.isNaN(x) || Number.isNaN(y)) return null;
      const value = operation(x, y);
      return typeof value === 'boolean' ? value : Number.isInteger(value) ? realJson(value) : value;
    });
    return formatJson(items);
  };
}

function operand(json: string): number | number[] | null {
  const value = parseJson(json);
  return isNumeric(value) ? Number(value) : numbersOf(json);
}

function each(operation: (value: number) => number) {
  return (json: string): string | null => {
    const values = numbersOf(json);
    return values && seriesJson(values.map(operation));
  };
}

export const add = pairwise((a, b) => a + b);
export const subtract = pairwise((a, b) => a - b);
export const multiply = pairwise((a, b) => a * b);
export const divide = pairwise((a, b) => a / b);
export const pow = pairwise((a, b) => a ** b);
export const greater = pairwise((a, b) => a > b);
export const greaterEquals = pairwise((a, b) => a >= b);
export const less = pairwise((a, b) => a < b);
export const lessEquals = pairwise((a, b) => a <= b);
export const equals = pairwise((a, b) => a === b);
export const notEquals = pairwise((a, b) => a !== b);
export const abs = each(Math.abs);
export const sign = each(Math.sign);
export const exp = each(Math.exp);
export const log = each(Math.log);
export const sqrt = each(Math.sqrt);
export const ceiling = each(Math.ceil);
export const floor = each(Math.floor);

function reduce(json: string, start: number, operation: (total: number, value: number) => number): number | null {
  return numbersOf(json)?.reduce(operation, start) ?? null;
}

export function sum(json: string): number | null {
  return reduce(json, 0, (total, value) => total + value);
}

export function product(json: string): number | null {
  return reduce(json, 1, (total, value) => total * value);
}

export function magnitude(json: string): number | null {
  const squares = reduce(json, 0, (total, value) => total + value * value);
  return squares === null ? null : Math.sqrt(squares);
}

export function dotProduct(left: string, right: string): number | null {
  const [a, b] = [numbersOf(left), numbersOf(right)];
  if (!a || !b || a.length !== b.length) return null;
  return a.reduce((total, value, index) => total + value * b[index]!, 0);
}

export function cosineSimilarity(left: string, right: string): number | null {
  const dot = dotProduct(left, right);
  return dot === null ? null : dot / (magnitude(left)! * magnitude(right)!);
}

export function pearson(left: string, right: string): number | null {
  const [a, b] = [numbersOf(left), numbersOf(right)];
  if (!a || !b || a.length !== b.length || a.length === 0) return null;
  const mean = (values: number[]) => values.reduce((total, value) => total + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [covariance, varianceA, varianceB] = [0, 0, 0];
  for (const [index, value] of a.entries()) {
    const [x, y] = [value - meanA, b[index]! - meanB];
    covariance += x * y;
    varianceA += x * x;
    varianceB += y * y;
  }
  return covariance / Math.sqrt(varianceA * varianceB);
}

/** Which items count as missing: those equal to the placeholder (null by default). */
function missing(
  json: string | null,
  placeholder: string | null,
): { items: Json[]; isMissing: (item: Json) => boolean } | null {
  const items = json === null ? null : parseJson(json);
  if (!Array.isArray(items)) return null;
  const wanted = placeholder === null ? 'null' : placeholder;
  return { items, isMissing: (item) => item === null || formatJson(item) === wanted };
}

export function fillConst(json: string | null, constant: string | null, placeholder: string | null): string | null {
  const found = missing(json, placeholder);
  return (
    found &&
    formatJson(found.items.map((item) => (found.isMissing(item) ? (parseJson(constant ?? '0') ?? null) : item)))
  );
}

function filled(items: Json[], isMissing: (item: Json) => boolean): Json[] {
  let last: Json = null;
  return items.map((item) => {
    if (!isMissing(item)) last = item;
    return isMissing(item) && last !== null ? last : item;
  });
}

export function fillForward(json: string | null, placeholder: string | null): string | null {
  const found = missing(json, placeholder);
  return found && formatJson(filled(found.items, found.isMissing));
}

export function fillBackward(json: string | null, placeholder: string | null): string | null {
  const found = missing(json, placeholder);
  return found && formatJson(filled(found.items.toReversed(), found.isMissing).reverse());
}

export function fillLinear(
  json: string | null,
  placeholder: string | null,
  edges: boolean | null,
  constant: string | null,
): string | null {
  const found = missing(json, placeholder);
  if (!found) return null;
  const { items, isMissing } = found;
  const known = items.flatMap((item, index) => (isMissing(item) ? [] : [index]));
  if (known.length === 0) return formatJson(items.map(() => parseJson(constant ?? '0') ?? null));
  return formatJson(
    items.map((item, index) => {
      if (!isMissing(item)) return item;
      const before = known.findLast((at) => at < index);
      const after = known.find((at) => at > index);
      if (before === undefined || after === undefined) return edges === false ? item : items[(before ?? after)!]!;
      const [low, high] = [Number(items[before]), Number(items[after])];
      return realJson(low + ((high - low) * (index - before)) / (after - before));
    }),
  );
}

/** Finite impulse response: a weighted sum of the items before (or around, if centred). */
export function fir(
  json: string | null,
  filter: string | null,
  normalize: boolean | null,
  center: boolean | null,
): string | null {
  const [values, weights] = [numbersOf(json), numbersOf(filter)];
  if (!values || !weights) return null;
  const total = weights.reduce((sumOf, weight) => sumOf + weight, 0);
  const isNormal = normalize ?? !weights.some((weight) => weight < 0);
  const scale = isNormal && total !== 0 ? 1 / total : 1;
  const shift = center ? Math.floor(weights.length / 2) : 0;
  return seriesJson(
    values.map((_, index) =>
      weights.reduce((sumOf, weight, lag) => sumOf + weight * scale * (values[index + shift - lag] ?? 0), 0),
    ),
  );
}

/** Infinite impulse response: `b` weighs the inputs, `a` the outputs so far. */
export function iir(json: string, inputs: string, outputs: string): string | null {
  const [values, b, a] = [numbersOf(json), numbersOf(inputs), numbersOf(outputs)];
  if (!values || !b || !a?.[0]) return null;
  const result: number[] = [];
  for (let index = 0; index < values.length; index++) {
    const input = b.reduce((total, weight, lag) => total + weight * (values[index - lag] ?? 0), 0);
    const output = a.slice(1).reduce((total, weight, lag) => total + weight * (result[index - lag - 1] ?? 0), 0);
    result.push((input - output) / a[0]);
  }
  return seriesJson(result);
}

function statistics(json: string): number[] | null {
  const values = numbersOf(json);
  if (!values) return null;
  const finite = values.filter((value) => Number.isFinite(value));
  const count = finite.length;
  const low = finite.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const high = finite.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const average = finite.reduce((total, value) => total + value, 0) / count;
  const variance = count > 1 ? finite.reduce((total, value) => total + (value - average) ** 2, 0) / (count - 1) : 0;
  return [low, values.indexOf(low), high, values.indexOf(high), average, Math.sqrt(variance), variance];
}

/** min, its index, max, its index, average, standard deviation, variance. */
export function stats(json: string, _ignoreNonfinite: boolean): string | null {
  const found = statistics(json);
  return found && formatJson(found);
}

export function statsBag(json: string, _ignoreNonfinite: boolean): string | null {
  const found = statistics(json);
  const names = ['min', 'min_idx', 'max', 'max_idx', 'avg', 'stdev', 'variance'];
  if (!found) return null;
  const items = (numbersOf(json) ?? []).filter((item) => item !== null);
  const total = items.reduce<number>((sum, item) => sum + Number(item), 0);
  return formatJson({
    ...Object.fromEntries(names.map((name, index) => [name, found[index]!])),
    sum: total,
    len: items.length,
  });
}

export function movingAverage(json: string, width: bigint, center: boolean): string | null {
  return fir(json, JSON.stringify(Array(Math.max(1, Number(width))).fill(1)), true, center);
}
