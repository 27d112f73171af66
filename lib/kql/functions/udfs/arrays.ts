import { isoFromTicks, textFromTimespan } from '../../../tables/index.ts';
import {
  ExactNumber,
  formatJson,
  isNumeric,
  isObject,
  type Json,
  parseJson,
  realJson,
  textOfJson,
} from '../../json.ts';

const MAX_ITEMS = 1_048_576;

function arrayOf(json: string): Json[] | null {
  const value = parseJson(json);
  return Array.isArray(value) ? value : null;
}

function onArray(json: string, work: (items: Json[]) => Json[]): string | null {
  const items = arrayOf(json);
  return items && formatJson(work(items));
}

/** The arrays that were handed over packed in one; null if one is none. */
function arraysOf(packed: string): Json[][] | null {
  const list = arrayOf(packed);
  return list?.every((item) => Array.isArray(item)) ? (list as Json[][]) : null;
}

/** What makes two items of a set the same. */
function keyOf(value: Json): string {
  return isNumeric(value)
    ? String(Number(value)) + (value instanceof ExactNumber ? value.text.replace(/\.0$/, '') : value)
    : formatJson(value);
}

function distinct(items: readonly Json[]): Json[] {
  return [...new Map(items.toReversed().map((item) => [keyOf(item), item])).values()].reverse();
}

export function slice(json: string, start: bigint, end: bigint): string | null {
  return onArray(json, (items) => {
    const at = (index: bigint) => (index < 0n ? items.length + Number(index) : Number(index));
    return items.slice(Math.max(at(start), 0), at(end) + 1);
  });
}

export function reverse(json: string): string | null {
  return onArray(json, (items) => items.toReversed());
}

export function sum(json: string): number | null {
  const items = arrayOf(json);
  if (!items || items.length === 0) return null;
  if (!items.every((item) => item === null || isNumeric(item) || typeof item === 'boolean')) return null;
  return items.reduce<number>((total, item) => total + Number(item), 0);
}

function rank(value: Json): number {
  return value === null ? 2 : 1;
}

function compare(a: Json, b: Json): number {
  if (isNumeric(a) && isNumeric(b)) return Number(a) - Number(b);
  const [x, y] = [textOfJson(a), textOfJson(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}

export function sort(json: string, descending: boolean, nullsLast: boolean): string | null {
  return onArray(json, (items) =>
    items.toSorted((a, b) => {
      if (rank(a) !== rank(b)) return (rank(a) - rank(b)) * (nullsLast ? 1 : -1);
      return descending ? compare(b, a) : compare(a, b);
    }),
  );
}

export function rotateLeft(json: string, count: bigint): string | null {
  return onArray(json, (items) => {
    const by = items.length === 0 ? 0 : ((Number(count) % items.length) + items.length) % items.length;
    return [...items.slice(by), ...items.slice(0, by)];
  });
}

export function shiftLeft(json: string | null, count: bigint | null, fill: string | null): string | null {
  if (json === null || count === null) return null;
  return onArray(json, (items) => {
    const filler =
      fill === null ? (typeof items.find((item) => item !== null) === 'string' ? '' : null) : (parseJson(fill) ?? null);
    return items.map((_, index) => {
      const from = index + Number(count);
      return from >= 0 && from < items.length ? items[from]! : filler;
    });
  });
}

/** At one index or at several, negative ones from the end. */
export function split(json: string, at: string): string | null {
  const indices = [parseJson(at) ?? []].flat().map(Number);
  return onArray(json, (items) => {
    const cuts = indices.map((index) => (index < 0 ? items.length + index : index));
    return [0, ...cuts].map((cut, place) => items.slice(cut, cuts[place] ?? items.length));
  });
}

export function iff(conditions: string, whenTrue: string, whenFalse: string): string | null {
  const [yes, no] = [parseJson(whenTrue) ?? null, parseJson(whenFalse) ?? null];
  const pick = (value: Json, index: number) => (Array.isArray(value) ? (value[index] ?? null) : value);
  return onArray(conditions, (items) =>
    items.map((item, index) =>
      item === null ? null : pick(item === true || (isNumeric(item) && Number(item) !== 0) ? yes : no, index),
    ),
  );
}

export function repeat(value: string | null, count: bigint | null): string | null {
  if (count === null) return null;
  if (count < 0n) return '[]';
  return `[${Array<string>(Math.min(Number(count), MAX_ITEMS))
    .fill(value ?? 'null')
    .join(',')}]`;
}

/** What is no array is left out. */
export function concat(packed: string): string | null {
  const arrays = (arrayOf(packed) ?? []).filter((item) => Array.isArray(item));
  return arrays.length === 0 ? null : formatJson(arrays.flat(1));
}

export function zip(packed: string): string | null {
  const arrays = arraysOf(packed);
  if (!arrays) return null;
  const length = Math.max(0, ...arrays.map((array) => array.length));
  return formatJson(Array.from({ length }, (_, index) => arrays.map((array) => array[index] ?? null)));
}

export function union(packed: string): string | null {
  const arrays = arraysOf(packed);
  return arrays && formatJson(distinct(arrays.flat(1)));
}

export function intersect(packed: string): string | null {
  const arrays = arraysOf(packed);
  if (!arrays) return null;
  const others = arrays.slice(1).map((array) => new Set(array.map(keyOf)));
  return formatJson(distinct(arrays[0] ?? []).filter((item) => others.every((other) => other.has(keyOf(item)))));
}

export function difference(packed: string): string | null {
  const arrays = arraysOf(packed);
  if (!arrays) return null;
  const removed = new Set(arrays.slice(1).flat(1).map(keyOf));
  return formatJson(distinct(arrays[0] ?? []).filter((item) => !removed.has(keyOf(item))));
}

export function hasElement(json: string, element: string): boolean | null {
  const items = arrayOf(json);
  if (!items) return null;
  const wanted = keyOf(parseJson(element) ?? null);
  return items.some((item) => keyOf(item) === wanted);
}

export function setEquals(left: string, right: string): boolean | null {
  const [a, b] = [arrayOf(left), arrayOf(right)];
  if (!a || !b) return null;
  const [x, y] = [new Set(a.map(keyOf)), new Set(b.map(keyOf))];
  return x.size === y.size && [...x].every((key) => y.has(key));
}

export function jaccard(left: string, right: string): number | null {
  const [a, b] = [arrayOf(left), arrayOf(right)];
  if (!a || !b) return null;
  const [x, y] = [new Set(a.map(keyOf)), new Set(b.map(keyOf))];
  const shared = [...x].filter((key) => y.has(key)).length;
  return shared / (x.size + y.size - shared);
}

export function indexOf(
  json: string | null,
  element: string | null,
  start: bigint | null,
  length: bigint | null,
  occurrence: bigint | null,
): bigint | null {
  const items = json === null ? null : arrayOf(json);
  if (!items || start === null || length === null || occurrence === null) return null;
  const wanted = keyOf(element === null ? null : (parseJson(element) ?? null));
  const from = start < 0n ? Math.max(0, items.length + Number(start)) : Number(start);
  const end = length < 0n ? items.length : from + Number(length);
  let left = Number(occurrence);
  for (let index = from; index < Math.min(end, items.length); index++) {
    if (keyOf(items[index]!) === wanted && --left === 0) return BigInt(index);
  }
  return -1n;
}

export function bagHasKey(json: string, key: string): boolean | null {
  const bag = parseJson(json);
  if (!isObject(bag)) return null;
  if (!key.startsWith('$')) return Object.hasOwn(bag, key);
  const steps = key
    .slice(1)
    .replace(/\[['"]?([^'"\]]*)['"]?\]/g, '.$1')
    .split('.')
    .filter((step) => step !== '');
  let current: Json | undefined = bag;
  for (const step of steps) {
    current = Array.isArray(current)
      ? current[Number(step)]
      : isObject(current) && Object.hasOwn(current, step)
        ? current[step]
        : undefined;
  }
  return current !== undefined;
}

/** The leftmost bag that has a key gives its value. */
export function bagMerge(packed: string): string | null {
  const bags = (arrayOf(packed) ?? []).filter(isObject);
  if (bags.length === 0) return null;
  const merged: { [key: string]: Json } = Object.create(null);
  for (const bag of bags) for (const [key, value] of Object.entries(bag)) if (!(key in merged)) merged[key] = value;
  return formatJson(merged);
}

export function bagRemoveKeys(json: string, keys: string): string | null {
  const bag = parseJson(json);
  const removed = arrayOf(keys);
  if (!isObject(bag) || !removed) return null;
  const paths = removed.flatMap((key) => (typeof key === 'string' && key.startsWith('$.') ? [key.split('.')] : []));
  const kept = Object.fromEntries(Object.entries(bag).filter(([key]) => !removed.includes(key)));
  return formatJson(paths.reduce((left, [, ...steps]) => withoutPath(left, steps), kept as Json));
}

/** A bag without what a path of keys leads to. */
function withoutPath(value: Json, [key, ...more]: readonly string[]): Json {
  if (!isObject(value) || key === undefined || !Object.hasOwn(value, key)) return value;
  const { [key]: inner, ...others } = value;
  return more.length === 0 ? others : { ...others, [key]: withoutPath(inner!, more) };
}

export function bagSetKey(json: string, key: string, value: string): string | null {
  const bag = parseJson(json);
  return isObject(bag) ? formatJson({ ...bag, [key]: parseJson(value) ?? null }) : null;
}

export function bagZip(keys: string, values: string): string | null {
  const [names, items] = [arrayOf(keys), arrayOf(values)];
  return (
    names &&
    items &&
    formatJson(Object.fromEntries(names.map((name, index) => [textOfJson(name), items[index] ?? null])))
  );
}

export function bagWithoutEmpty(json: string): string | null {
  const bag = parseJson(json);
  return isObject(bag)
    ? formatJson(Object.fromEntries(Object.entries(bag).filter(([, value]) => value !== null && value !== '')))
    : null;
}

/** The paths of all that a dynamic holds. */
export function treePath(json: string): string | null {
  const found: string[] = [];
  const visit = (value: Json, path: string) => {
    if (isObject(value)) {
      for (const [key, item] of Object.entries(value)) {
        found.push(`${path}['${key}']`);
        visit(item, `${path}['${key}']`);
      }
    } else if (Array.isArray(value) && value.length > 0) {
      found.push(`${path}[0]`);
      for (const item of value) visit(item, `${path}[0]`);
    }
  };
  const root = parseJson(json);
  if (root === undefined || !(isObject(root) || Array.isArray(root))) return null;
  visit(root, '');
  return JSON.stringify([...new Set(found)]);
}

export function wholeRange(start: bigint, stop: bigint, step: bigint): string | null {
  if (step === 0n) return null;
  const items: bigint[] = [];
  for (let value = start; step > 0n ? value <= stop : value >= stop; value += step) {
    if (items.length >= MAX_ITEMS) break;
    items.push(value);
  }
  return `[${items.join(',')}]`;
}

export function realRange(start: number, stop: number, step: number): string | null {
  if (!(Math.abs(step) > 0)) return null;
  const count = Math.min(MAX_ITEMS, Math.floor((stop - start) / step + 1e-9) + 1);
  return formatJson(Array.from({ length: Math.max(0, count) }, (_, index) => realJson(start + index * step)));
}

export function timeRange(start: bigint, stop: bigint, step: bigint, isDatetime: boolean): string | null {
  if (step <= 0n) return null;
  const items: string[] = [];
  for (let ticks = start; ticks <= stop && items.length < MAX_ITEMS; ticks += step)
    items.push(isDatetime ? isoFromTicks(ticks) : textFromTimespan(ticks));
  return JSON.stringify(items);
}

/** The distinct items in the order of their first appearance, nulls left out, at most so many. */
export function setOf(json: string, limit: bigint): string {
  return formatJson(distinct((arrayOf(json) ?? []).filter((item) => item !== null)).slice(0, Number(limit)));
}

/** Bags merged into one: the first value of a key stays. */
export function bagOf(json: string, limit: bigint): string {
  const merged = parseJson(bagMerge(json) ?? '{}') as { [key: string]: Json };
  return formatJson(Object.fromEntries(Object.entries(merged).slice(0, Number(limit))));
}
