import type { EncodedPart } from './layer.ts';
import { isPrintable } from './text-encoding.ts';

const MINIMUM_CODES = 6;
const WORTH_A_LOOK = /char|chr\s?\(|\\x[0-9a-f]{2}|%\{/i;

/** Numbers apart by the same short separator: `[char]104+[char]105`, `Chr(104) & Chr(105)`, `104,105`. */
const NUMBERS = /(?:0x[0-9a-f]{2,4}|\d{2,5})(?:[^0-9]{1,16}?(?:0x[0-9a-f]{2,4}|\d{2,5})){5,}/gi;
const ESCAPES = /(?:\\x[0-9a-f]{2}){6,}/gi;
const NUMBER = /0x[0-9a-f]{2,4}|\d{2,5}/gi;

/** Text spelled out as character codes. */
export function findCharCodes(text: string): EncodedPart[] {
  if (!WORTH_A_LOOK.test(text)) return [];
  const parts: EncodedPart[] = [];
  for (const match of text.matchAll(NUMBERS)) addNumbers(match[0], match.index, parts);
  for (const match of text.matchAll(ESCAPES)) {
    const bytes = Buffer.from(match[0].replaceAll(/\\x/gi, ''), 'hex');
    parts.push({ start: match.index, end: match.index + match[0].length, method: 'char-codes', bytes });
  }
  return parts;
}

/** Splits where the separator changes, for only equal separators make one text. */
function addNumbers(found: string, offset: number, parts: EncodedPart[]): void {
  let codes: number[] = [];
  let start = 0;
  let end = 0;
  let separator: string | undefined;
  const finish = () => {
    const text = codes.length >= MINIMUM_CODES ? String.fromCodePoint(...codes) : '';
    if (text && isPrintable(text) && new Set(codes).size > 3) {
      parts.push({ start: offset + start, end: offset + end, method: 'char-codes', bytes: Buffer.from(text, 'utf8') });
    }
  };
  for (const match of found.matchAll(NUMBER)) {
    const code = Number(match[0]);
    const between = found.slice(end, match.index).replaceAll(/\s/g, '');
    const isNext = codes.length > 0 && codes.length < 65_536 && (separator === undefined || between === separator);
    if (isNext && code > 0 && code < 0xd800) {
      separator = between;
      codes.push(code);
    } else {
      finish();
      codes = code > 0 && code < 0xd800 ? [code] : [];
      separator = undefined;
      start = match.index;
    }
    end = match.index + match[0].length;
  }
  finish();
}
