/** What a character can be part of; characters above 127 are part of nothing. */
export const STANDARD = 1;
export const URL_SAFE = 2;
export const HEX = 4;

const classes = new Uint8Array(128);
function mark(characters: string, bits: number): void {
  for (let i = 0; i < characters.length; i++) classes[characters.charCodeAt(i)]! |= bits;
}
mark('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', STANDARD | URL_SAFE);
mark('+/', STANDARD);
mark('-_', URL_SAFE);
mark('0123456789abcdefABCDEF', HEX);

export function classOf(code: number): number {
  return code < 128 ? classes[code]! : 0;
}

/** Start and end of a part of a text, in UTF-16 units; the end is exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Maximal runs of base64 characters of either alphabet, at least `minimum` long. Looks at every `minimum`th character
 * and goes back only from a hit, so that ordinary text costs a fraction of its length.
 */
export function findRuns(text: string, minimum: number): Span[] {
  const runs: Span[] = [];
  const { length } = text;
  let start = 0;
  while (start + minimum <= length) {
    let probe = start + minimum - 1;
    while (probe >= start && classOf(text.charCodeAt(probe)) & (STANDARD | URL_SAFE)) probe--;
    if (probe >= start) {
      start = probe + 1;
      continue;
    }
    let end = start + minimum;
    while (end < length && classOf(text.charCodeAt(end)) & (STANDARD | URL_SAFE)) end++;
    runs.push({ start, end });
    start = end;
  }
  return runs;
}

/**
 * How often the kind of character (upper, lower, digit, other) changes from one to the next, 0 to 1. Base64 of
 * arbitrary bytes comes to about 0.6; words, camel case and paths stay below 0.3.
 */
export function restlessness(text: string): number {
  const sampled = Math.min(text.length, 512);
  let changes = 0;
  let previous = -1;
  for (let i = 0; i < sampled; i++) {
    const code = text.charCodeAt(i);
    const kind = code >= 97 ? 0 : code >= 65 ? 1 : code >= 48 && code <= 57 ? 2 : 3;
    if (kind !== previous) changes++;
    previous = kind;
  }
  return sampled < 2 ? 0 : (changes - 1) / (sampled - 1);
}
