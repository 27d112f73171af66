const MAY_HAVE_LONG = /\d{16}/;
const LONG_INTEGER = /(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g;

/**
 * Parses JSON of a service. Whole numbers of 16 digits and more, which a double would change, come as text.
 *
 * @throws SyntaxError
 */
export function parseWireJson(text: string): unknown {
  return JSON.parse(MAY_HAVE_LONG.test(text) ? quoteLongIntegers(text) : text) as unknown;
}

/** Puts long integers between quotes; strings are stepped over. Linear in the text. */
function quoteLongIntegers(text: string): string {
  const parts: string[] = [];
  let at = 0;
  while (at < text.length) {
    const open = text.indexOf('"', at);
    const end = open < 0 ? text.length : open;
    parts.push(text.slice(at, end).replace(LONG_INTEGER, '"$&"'));
    if (open < 0) break;
    const close = endOfString(text, open + 1);
    parts.push(text.slice(open, close));
    at = close;
  }
  return parts.join('');
}

function endOfString(text: string, from: number): number {
  for (let at = from; ; ) {
    const quote = text.indexOf('"', at);
    if (quote < 0) return text.length;
    let slashes = 0;
    while (text[quote - 1 - slashes] === '\\' && quote - 1 - slashes >= from) slashes++;
    if (slashes % 2 === 0) return quote + 1;
    at = quote + 1;
  }
}
