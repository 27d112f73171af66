import { type Found, isHexCode, isWordCode } from './ioc.ts';

const BY_LENGTH = new Map([
  [32, 'md5_hash'],
  [40, 'sha1_hash'],
  [64, 'sha256_hash'],
  [128, 'sha512_hash'],
]);
const SHORTEST = 32;
const FEWEST_DISTINCT = 8;

/** Digests: whole runs of hex digits of a digest's length. Looks at every 32nd character first. */
export function findDigests(text: string, wanted: ReadonlySet<string>, found: Found): void {
  let start = 0;
  while (start + SHORTEST <= text.length) {
    let probe = start + SHORTEST - 1;
    while (probe >= start && isHexCode(text.charCodeAt(probe))) probe--;
    if (probe >= start) {
      start = probe + 1;
      continue;
    }
    let end = start + SHORTEST;
    while (end < text.length && isHexCode(text.charCodeAt(end))) end++;
    const type = BY_LENGTH.get(end - start);
    if (type !== undefined && wanted.has(type) && isStandalone(text, start)) {
      const value = text.slice(start, end).toLowerCase();
      if (isVaried(value)) found.push({ type, value, start, end });
    }
    start = end + 1;
  }
}

/** Not the tail of a longer word; a letter after it is let pass, as digests are often glued to what follows. */
function isStandalone(text: string, start: number): boolean {
  return start === 0 || !isWordCode(text.charCodeAt(start - 1)) || text[start - 1] === '_';
}

/** Digests of real content have about 14 of 16 digits; letters and digits both. */
function isVaried(value: string): boolean {
  return new Set(value).size >= FEWEST_DISTINCT && /[a-f]/.test(value) && /\d/.test(value);
}

const GUID = /(?<![0-9a-f-])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-f-])/gi;

export function findGuids(text: string, found: Found): void {
  for (const match of text.matchAll(GUID)) {
    found.push({ type: 'guid', value: match[0].toLowerCase(), start: match.index, end: match.index + match[0].length });
  }
}
