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
  } else if (greedy && pairDelimiter === '') greedyPairs(text, keyDelimiter || '=', put);
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

function greedyPairs(text: string, keyDelimiter: string, put: Put): void {
  const pieces = text.split(keyDelimiter);
  let key = pieces[0] ?? '';
  for (let index = 1; index < pieces.length; index++) {
    const piece = pieces[index]!;
    const cut = index === pieces.length - 1 ? piece.length : piece.trimEnd().lastIndexOf(' ');
    put(key, piece.slice(0, cut < 0 ? 0 : cut).trim());
    key = piece.slice(cut < 0 ? 0 : cut);
  }
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
    const separator = text.indexOf(keyDelimiter, at);
    if (separator < 0) return;
    const stray = text.lastIndexOf(pairDelimiter, separator - 1);
    const key = text.slice(stray >= at ? stray + pairDelimiter.length : at, separator);
    let start = separator + keyDelimiter.length;
    while (text[start] === ' ' && pairDelimiter !== ' ') start++;
    if (open !== '' && text[start] === open) {
      let value = '';
      let end = start + 1;
      for (; end < text.length && text[end] !== close; end++) {
        if (escapeCharacter !== '' && text[end] === escapeCharacter && end + 1 < text.length) end++;
        value += text[end];
      }
      put(key.replaceAll(open, ''), value);
      const next = text.indexOf(pairDelimiter, end);
      at = next < 0 ? text.length : next + pairDelimiter.length;
    } else {
      const next = text.indexOf(pairDelimiter, start);
      put(key.replaceAll(open || '\0', ''), text.slice(start, next < 0 ? text.length : next).trimEnd());
      at = next < 0 ? text.length : next + pairDelimiter.length;
    }
  }
}
