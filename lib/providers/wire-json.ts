import { isAscii } from 'node:buffer';

const [QUOTE, BACKSLASH] = [34, 92];
const [ZERO, NINE] = [48, 57];
const [MINUS, PLUS, POINT, SMALL_E, BIG_E] = [45, 43, 46, 101, 69];
const LONGEST_EXACT = 15;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf] as const;

/**
 * Parses JSON of a service, from its bytes. Whole numbers of 16 digits and more, which a double would change, come as
 * text. Bytes that are not UTF-8 become replacement characters.
 *
 * @throws SyntaxError
 */
export function parseWireJson(bytes: Uint8Array): unknown {
  const body = BYTE_ORDER_MARK.every((byte, at) => bytes[at] === byte) ? bytes.subarray(3) : bytes;
  return JSON.parse(textOf(quoteRanges(body, longIntegers(body)))) as unknown;
}

/** The same for the elements of a list, without its brackets. */
export function parseWireList(bytes: Uint8Array): readonly unknown[] {
  return JSON.parse(`[${textOf(quoteRanges(bytes, longIntegers(bytes)))}]`) as unknown[];
}

/** Text outside of JavaScript's heap where it can be: an answer may be of a hundred megabytes. */
function textOf(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return buffer.toString(isAscii(buffer) ? 'latin1' : 'utf8');
}

/**
 * Where long integers stand: start and end of each, one after the other. Strings are stepped over. Linear, and on bytes:
 * no byte of a longer UTF-8 sequence looks like a quote or a digit.
 */
function longIntegers(body: Uint8Array): number[] {
  const { length } = body;
  const found: number[] = [];
  let at = 0;
  while (at < length) {
    const byte = body[at]!;
    if (byte === QUOTE) at = skipString(body, at + 1);
    else if (!isDigit(byte)) at++;
    else {
      const start = at;
      while (at < length && isDigit(body[at]!)) at++;
      if (at - start <= LONGEST_EXACT) continue;
      const from = body[start - 1] === MINUS ? start - 1 : start;
      if (!isPartOfReal(body[from - 1]) && !isPartOfReal(body[at])) found.push(from, at);
    }
  }
  return found;
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}

/** Whether a byte beside digits makes them a part of a number with a fraction or an exponent. */
function isPartOfReal(byte: number | undefined): boolean {
  return byte === POINT || byte === SMALL_E || byte === BIG_E || byte === PLUS;
}

/** Where a string ends that begins here, after its quote: behind the closing quote, or at the end of the bytes. */
export function skipString(body: Uint8Array, from: number): number {
  const { length } = body;
  let at = from;
  while (at < length) {
    const byte = body[at]!;
    if (byte === QUOTE) return at + 1;
    at += byte === BACKSLASH ? 2 : 1;
  }
  return length;
}

/** The bytes with quotes around each range. */
function quoteRanges(body: Uint8Array, ranges: readonly number[]): Uint8Array {
  if (ranges.length === 0) return body;
  const quoted = Buffer.allocUnsafe(body.length + ranges.length);
  let taken = 0;
  ranges.forEach((place, index) => {
    quoted.set(body.subarray(taken, place), taken + index);
    quoted[place + index] = QUOTE;
    taken = place;
  });
  quoted.set(body.subarray(taken), taken + ranges.length);
  return quoted;
}
