import { TrailhoundError } from '../../errors.ts';

/** A value of JSON, or of Python's way to print the same (single quotes, None, True). */
export type Literal = string | number | boolean | null | Literal[] | { [key: string]: Literal };

const MAX_DEPTH = 32;
const WORDS: Readonly<Record<string, Literal>> = {
  None: null,
  null: null,
  True: true,
  true: true,
  False: false,
  false: false,
};
const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  f: '\f',
  v: '\v',
  a: '\x07',
  '0': '\0',
};

/** Reads lists and dictionaries as JSON or Python print them. Linear; at most 32 levels. */
export function parseLiteral(text: string): Literal {
  let at = 0;
  const fail = (what: string): never => {
    throw new TrailhoundError('bad-data', `${what} at character ${at}`);
  };
  const skip = () => {
    while (at < text.length && /\s/.test(text[at]!)) at++;
  };
  const value = (depth: number): Literal => {
    if (depth > MAX_DEPTH) fail('too many levels');
    skip();
    const character = text[at];
    if (character === '[') return list(depth);
    if (character === '{') return dictionary(depth);
    if (character === '"' || character === "'") return quoted();
    const word = /[A-Za-z]+|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
    word.lastIndex = at;
    const [found] = word.exec(text) ?? fail('no value');
    at += found!.length;
    if (Object.hasOwn(WORDS, found!)) return WORDS[found!]!;
    const number = Number(found);
    return Number.isNaN(number) ? fail(`unknown word ${found}`) : number;
  };
  const list = (depth: number): Literal[] => {
    const items: Literal[] = [];
    for (at++, skip(); text[at] !== ']'; ) {
      items.push(value(depth + 1));
      next(']');
    }
    at++;
    return items;
  };
  const dictionary = (depth: number): { [key: string]: Literal } => {
    const entries: { [key: string]: Literal } = Object.create(null);
    for (at++, skip(); text[at] !== '}'; ) {
      skip();
      const key = text[at] === '"' || text[at] === "'" ? quoted() : fail('no key');
      skip();
      if (text[at] !== ':') fail('no colon');
      at++;
      entries[key] = value(depth + 1);
      next('}');
    }
    at++;
    return entries;
  };
  const next = (close: string) => {
    skip();
    if (text[at] === ',') at++;
    else if (text[at] !== close) fail('no comma');
    skip();
  };
  const quoted = (): string => {
    const quote = text[at]!;
    let read = '';
    let from = ++at;
    for (; text[at] !== quote; at++) {
      if (at >= text.length) fail('an open quote');
      if (text[at] !== '\\') continue;
      read += text.slice(from, at);
      const escaped = text[++at] ?? '';
      const digits = escaped === 'x' ? 2 : escaped === 'u' ? 4 : 0;
      if (digits > 0) {
        read += String.fromCharCode(Number.parseInt(text.slice(at + 1, at + 1 + digits), 16));
        at += digits;
      } else read += ESCAPES[escaped] ?? escaped;
      from = at + 1;
    }
    read += text.slice(from, at++);
    return read;
  };
  const read = value(0);
  skip();
  return at < text.length ? fail('something more') : read;
}
