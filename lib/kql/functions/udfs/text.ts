import { formatJson, parseJson, textOfJson } from '../../json.ts';
import { rewriteForJavaScript } from './regex.ts';

/** By characters; a negative start counts from the end, and one before the text's start finds nothing. */
export function substring(text: string, start: bigint, length: bigint): string {
  const characters = Array.from(text);
  const from = start < 0n ? characters.length + Number(start) : Number(start);
  return length <= 0n || from < 0 ? '' : characters.slice(from, from + Number(length)).join('');
}

/** Position of the n-th occurrence from `start`, within `length` characters; -1 if absent, null for bad arguments. */
export function indexof(
  text: string,
  needle: string,
  start: bigint,
  length: bigint,
  occurrence: bigint,
): bigint | null {
  const from = start < 0n ? Math.max(text.length + Number(start), 0) : Number(start);
  if (needle === '' || occurrence <= 0n || length < -1n) return null;
  const span = length < 0n ? text.length : Number(length);
  let at = from - 1;
  // Each occurrence is looked for within the length from where the search goes on.
  for (let count = 0n; count < occurrence; count++) {
    const start = at + 1;
    at = text.indexOf(needle, start);
    if (at < 0 || at + needle.length > start + span) return -1n;
  }
  return BigInt(at);
}

export function indexofRegex(
  text: string,
  pattern: string,
  start: bigint,
  length: bigint,
  occurrence: bigint,
): bigint | null {
  if (start < 0n || length < -1n || occurrence <= 0n) return null;
  const from = Number(start);
  const end = length < 0n ? text.length : Math.min(text.length, from + Number(length));
  const regex = rewriteForJavaScript(pattern);
  if (!regex) return -1n;
  const matches = [...text.slice(0, end).matchAll(regex)].filter((match) => match.index >= from);
  const found = matches[Number(occurrence) - 1];
  return found ? BigInt(found.index) : -1n;
}

/** `normal` counts overlapping occurrences, `regex` does not. */
export function countof(text: string, needle: string, kind: string): bigint | null {
  if (needle === '') return 0n;
  if (kind === 'regex') {
    const regex = rewriteForJavaScript(needle);
    return regex ? BigInt([...text.matchAll(regex)].length) : null;
  }
  let count = 0n;
  for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + 1)) count++;
  return count;
}

export function replaceStrings(text: string, lookups: string, rewrites: string): string {
  const from = parseJson(lookups);
  const to = parseJson(rewrites);
  if (!Array.isArray(from)) return text;
  return from.reduce<string>((current, needle, index) => {
    const search = textOfJson(needle);
    const rewrite = Array.isArray(to) ? (to[index] ?? '') : (to ?? '');
    return search === '' ? current : current.replaceAll(search, () => textOfJson(rewrite));
  }, text);
}

/** Each character of the first list becomes the one at its place in the second; the last one stands in for missing. */
export function translate(search: string, replacement: string, text: string): string {
  const from = Array.from(search);
  const to = Array.from(replacement);
  return Array.from(text, (character) => {
    const at = from.indexOf(character);
    if (at < 0) return character;
    return to[Math.min(at, to.length - 1)] ?? '';
  }).join('');
}

const MAX_TEXT = 1_048_576;

export function strrep(text: string, times: bigint, delimiter: string): string {
  if (times <= 0n) return '';
  const count = Math.min(Number(times), 1024);
  if ((text.length + delimiter.length) * count > MAX_TEXT) return '';
  return Array.from({ length: count }, () => text).join(delimiter);
}

export function split(text: string, delimiter: string): string {
  return JSON.stringify(delimiter === '' ? [text] : text.split(delimiter));
}

/** The array of the one element at an index, negative from the end; null out of range. */
export function elementArray(json: string, index: bigint): string | null {
  const list = parseJson(json);
  if (!Array.isArray(list)) return null;
  const item = list.at(Number(index));
  return item === undefined ? null : formatJson([item]);
}

/** All matches: of one group a flat array, of several an array of arrays. Null without a match. */
export function extractAll(pattern: string | null, text: string | null, groups: string | null): string | null {
  const regex = pattern === null ? undefined : rewriteForJavaScript(pattern);
  if (!regex || text === null) return null;
  const wanted = groups === null ? null : parseJson(groups);
  const found = [...text.matchAll(regex)].map((match) => {
    const captured = match.length > 1 ? match.slice(1) : [match[0]];
    const picked = Array.isArray(wanted)
      ? wanted.map((group) => (typeof group === 'string' ? match.groups?.[group] : match[Number(group)]))
      : captured;
    const texts = picked.map((value) => value ?? '');
    return texts.length === 1 ? texts[0]! : texts;
  });
  return found.length === 0 ? null : formatJson(found);
}

const UNITS = ['Bytes', 'KB', 'MB', 'GB', 'TB', 'PB', 'EB'];

export function formatBytes(size: number, precision: bigint, unit: string): string {
  const wanted = UNITS.findIndex((name) => name.toLowerCase() === unit.toLowerCase());
  let index = wanted;
  if (index < 0) for (index = 0; Math.abs(size) >= 1024 ** (index + 1) && index < UNITS.length - 1; ) index++;
  const scaled = size / 1024 ** index;
  return `${Number(scaled.toFixed(Math.min(Number(precision), 20)))} ${UNITS[index]}`;
}
