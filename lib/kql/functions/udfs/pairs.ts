import { rewriteForJavaScript } from './regex.ts';

/**
 * The keys and values of `parse-kv`: by a regular expression with two groups, or by delimiters. A value in quotes may
 * hold delimiters; `greedy` lets a value run until the next thing that looks like a key.
 */
export function parsePairs(
  text: string,
  pairDelimiter: string,
  keyDelimiter: string,
  quote: string,
  escapeCharacter: string,
  pattern: string,
  greedy: boolean,
): string {
  const pairs: Record<string, string> = Object.create(null);
  const put = (key: string, value: string) => {
    const name = key.trim();
    if (name !== '' && !(name in pairs)) pairs[name] = value;
  };
  if (pattern !== '') {
    const regex = rewriteForJavaScript(pattern);
    for (const match of regex ? text.matchAll(regex) : []) put(match[1] ?? '', match[2] ?? '');
  } else if (pairDelimiter === '' && keyDelimiter === '') wordPairs(text, quote, escapeCharacter, put);
  else if (greedy) greedyPairs(text, pairDelimiter || ' ', keyDelimiter || '=', put);
  else
    delimitedPairs(
      compacted(text, pairDelimiter || ' ', keyDelimiter || '='),
      pairDelimiter || ' ',
      keyDelimiter || '=',
      quote,
      escapeCharacter,
      put,
    );
  return JSON.stringify(pairs);
}

/** Where spaces part the pairs, spaces around the other delimiter belong to neither side. */
function compacted(text: string, pairDelimiter: string, keyDelimiter: string): string {
  if (pairDelimiter !== ' ') return text;
  return text
    .split(keyDelimiter)
    .map((piece) => piece.trim())
    .join(keyDelimiter);
}

type Put = (key: string, value: string) => void;

function greedyPairs(text: string, pairDelimiter: string, keyDelimiter: string, put: Put): void {
  const pieces = text.split(keyDelimiter);
  let key = pieces[0] ?? '';
  for (let index = 1; index < pieces.length; index++) {
    const piece = pieces[index]!;
    const cut = index === pieces.length - 1 ? piece.length : piece.trimEnd().lastIndexOf(pairDelimiter);
    put(key, piece.slice(0, Math.max(cut, 0)).trim());
    key = piece.slice(cut < 0 ? 0 : cut + pairDelimiter.length);
  }
}

const ALPHANUMERIC = /[\p{L}\p{N}]/u;

/** Without delimiters all that is no letter or digit separates: each word or quoted text is the value of the one before. */
function wordPairs(text: string, quote: string, escapeCharacter: string, put: Put): void {
  const [open, close] = [quote[0] ?? '', quote.at(-1) ?? ''];
  let before: string | undefined;
  for (let at = 0; at < text.length; at++) {
    let word = '';
    if (open !== '' && text[at] === open) {
      const quoted = quotedAt(text, at, close, escapeCharacter);
      [word, at] = [quoted.value, quoted.end];
    } else {
      while (at < text.length && ALPHANUMERIC.test(text[at]!)) word += text[at++];
      if (word === '') continue;
      at--;
    }
    if (before !== undefined) put(before, word);
    before = word;
  }
}

/** The text in quotes that begins at a place, and the place of the quote that ends it. */
function quotedAt(text: string, start: number, close: string, escapeCharacter: string): { value: string; end: number } {
  let value = '';
  let end = start + 1;
  for (; end < text.length && text[end] !== close; end++) {
    if (escapeCharacter !== '' && text[end] === escapeCharacter && end + 1 < text.length) end++;
    value += text[end];
  }
  return { value, end };
}

function delimitedPairs(
  text: string,
  pairDelimiter: string,
  keyDelimiter: string,
  quote: string,
  escapeCharacter: string,
  put: Put,
): void {
  const [open, close] = [quote[0] ?? '', quote.at(-1) ?? ''];
  let at = 0;
  while (at < text.length) {
    while (text[at] === ' ') at++;
    const quotedKey = open !== '' && text[at] === open ? quotedAt(text, at, close, escapeCharacter) : undefined;
    const separator = text.indexOf(keyDelimiter, quotedKey ? quotedKey.end : at);
    if (separator < 0) return;
    const stray = text.lastIndexOf(pairDelimiter, separator - 1);
    const plain = text.slice(stray >= at ? stray + pairDelimiter.length : at, separator);
    const key = quotedKey && text.slice(quotedKey.end + 1, separator).trim() === '' ? quotedKey.value : plain;
    let start = separator + keyDelimiter.length;
    while (text[start] === ' ' && pairDelimiter !== ' ') start++;
    if (open !== '' && text[start] === open) {
      const { value, end } = quotedAt(text, start, close, escapeCharacter);
      put(key, value);
      const next = text.indexOf(pairDelimiter, end);
      at = next < 0 ? text.length : next + pairDelimiter.length;
    } else {
      const next = text.indexOf(pairDelimiter, start);
      put(key, text.slice(start, next < 0 ? text.length : next).trimEnd());
      at = next < 0 ? text.length : next + pairDelimiter.length;
    }
  }
}
