const MAY_HAVE_LONG = /\d{16}/;
const QUOTE = 34;
const [ZERO, NINE] = [48, 57];
const LONGEST_EXACT = 15;

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
  let taken = 0;
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at + 1);
    else if (code < ZERO || code > NINE) at++;
    else {
      const start = at;
      while (isDigit(text.charCodeAt(at))) at++;
      if (at - start <= LONGEST_EXACT || !isWhole(text, start, at)) continue;
      const from = text[start - 1] === '-' ? start - 1 : start;
      parts.push(text.slice(taken, from), '"', text.slice(from, at), '"');
      taken = at;
    }
  }
  parts.push(text.slice(taken));
  return parts.join('');
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}

/** Whether digits are a whole number: no fraction or exponent before or after them. */
function isWhole(text: string, start: number, end: number): boolean {
  const before = text[start - 1] === '-' ? text[start - 2] : text[start - 1];
  return !isPartOfReal(before) && !isPartOfReal(text[end]);
}

function isPartOfReal(character: string | undefined): boolean {
  return character === '.' || character === 'e' || character === 'E' || character === '+';
}

function endOfString(text: string, from: number): number {
  for (let at = from; ; ) {
    const quote = text.indexOf('"', at);
    if (quote < 0) return text.length;
    let slashes = 0;
    while (quote - 1 - slashes >= from && text[quote - 1 - slashes] === '\\') slashes++;
    if (slashes % 2 === 0) return quote + 1;
    at = quote + 1;
  }
}
