import { TrailhoundError } from '../../../errors.ts';
import { type CharSet, charSet, complement, DIGIT, foldCase, SPACE, union, WORD } from './char-set.ts';

export type Assertion = 'start' | 'end' | 'word-boundary' | 'not-word-boundary' | 'text-start' | 'text-end';

export type RegexNode =
  | { readonly kind: 'set'; readonly set: CharSet }
  | { readonly kind: 'assert'; readonly assertion: Assertion }
  | { readonly kind: 'sequence' | 'choice'; readonly nodes: readonly RegexNode[] }
  | { readonly kind: 'repeat'; readonly node: RegexNode; readonly min: number; readonly max: number };

export interface RegexFlags {
  readonly ignoreCase: boolean;
  readonly multiline: boolean;
  readonly dotAll: boolean;
}

const MAX_REPEAT = 1000;
const MAX_DEPTH = 100;
const NOT_NEWLINE = complement(charSet([[10, 10]]));
const EVERYTHING = charSet([[0, 0xffff]]);
const CONTROL: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, f: 12, v: 11, '0': 0, a: 7, e: 27 };
const CLASSES: Readonly<Record<string, CharSet>> = {
  d: DIGIT,
  w: WORD,
  s: SPACE,
  D: complement(DIGIT),
  W: complement(WORD),
  S: complement(SPACE),
};

/**
 * Parses the part of regular expressions that can be matched in linear time: no back-references and no look-around.
 *
 * @throws TrailhoundError `usage` for a bad expression, `unsupported` for a construct that is refused by name.
 */
export function parseRegex(source: string, flags: RegexFlags): { node: RegexNode; flags: RegexFlags } {
  return new Parser(source, flags).parse();
}

class Parser {
  readonly #source: string;
  #flags: RegexFlags;
  #at = 0;
  #depth = 0;

  constructor(source: string, flags: RegexFlags) {
    this.#source = source;
    this.#flags = flags;
  }

  parse(): { node: RegexNode; flags: RegexFlags } {
    this.#leadingFlags();
    const node = this.#choice();
    if (this.#at < this.#source.length) throw this.#bad('unmatched )');
    return { node, flags: this.#flags };
  }

  #leadingFlags(): void {
    const match = /^\(\?([ims]+)\)/.exec(this.#source);
    if (!match) return;
    const letters = match[1]!;
    this.#flags = {
      ignoreCase: this.#flags.ignoreCase || letters.includes('i'),
      multiline: this.#flags.multiline || letters.includes('m'),
      dotAll: this.#flags.dotAll || letters.includes('s'),
    };
    this.#at = match[0].length;
  }

  #choice(): RegexNode {
    if (++this.#depth > MAX_DEPTH) throw this.#bad(`groups nest deeper than ${MAX_DEPTH}`);
    const branches = [this.#sequence()];
    while (this.#take('|')) branches.push(this.#sequence());
    this.#depth--;
    return branches.length === 1 ? branches[0]! : { kind: 'choice', nodes: branches };
  }

  #sequence(): RegexNode {
    const nodes: RegexNode[] = [];
    while (this.#at < this.#source.length && !'|)'.includes(this.#peek())) nodes.push(this.#repeated(this.#atom()));
    return { kind: 'sequence', nodes };
  }

  #repeated(atom: RegexNode): RegexNode {
    let node = atom;
    for (;;) {
      const range = this.#quantifier();
      if (!range) return node;
      if (node.kind === 'assert') throw this.#bad('nothing to repeat');
      node = { kind: 'repeat', node, min: range[0], max: range[1] };
      // Greedy or not makes no difference to whether there is a match; possessive ones could only find less.
      if (!this.#take('?') && this.#peek() === '+') throw this.#refused('possessive quantifiers');
    }
  }

  #quantifier(): [number, number] | null {
    if (this.#take('*')) return [0, Number.POSITIVE_INFINITY];
    if (this.#take('+')) return [1, Number.POSITIVE_INFINITY];
    if (this.#take('?')) return [0, 1];
    const match = /^\{(\d+)(,(\d*))?\}/.exec(this.#source.slice(this.#at, this.#at + 16));
    if (!match) return null;
    this.#at += match[0].length;
    const min = Number(match[1]);
    const max = match[2] === undefined ? min : match[3] === '' ? Number.POSITIVE_INFINITY : Number(match[3]);
    if (max < min) throw this.#bad('the bounds of a repetition are the wrong way round');
    if (min > MAX_REPEAT || (max > MAX_REPEAT && max !== Number.POSITIVE_INFINITY)) {
      throw new TrailhoundError('limit', `a repetition is bounded to ${MAX_REPEAT}`);
    }
    return [min, max];
  }

  #atom(): RegexNode {
    const char = this.#next();
    if (char === '(') return this.#group();
    if (char === '[') return this.#set(this.#class());
    if (char === '.') return { kind: 'set', set: this.#flags.dotAll ? EVERYTHING : NOT_NEWLINE };
    if (char === '^') return { kind: 'assert', assertion: this.#flags.multiline ? 'start' : 'text-start' };
    if (char === '$') return { kind: 'assert', assertion: this.#flags.multiline ? 'end' : 'text-end' };
    if ('*+?'.includes(char)) throw this.#bad('nothing to repeat');
    if (char !== '\\') return this.#set(single(char.charCodeAt(0)));
    return this.#escapedAtom();
  }

  #escapedAtom(): RegexNode {
    const char = this.#peek();
    const assertions: Readonly<Record<string, Assertion>> = {
      b: 'word-boundary',
      B: 'not-word-boundary',
      A: 'text-start',
      z: 'text-end',
      Z: 'text-end',
    };
    const assertion = assertions[char];
    if (assertion && char !== '') {
      this.#at++;
      return { kind: 'assert', assertion };
    }
    if (/[1-9]/.test(char) || char === 'k') throw this.#refused('back-references');
    return this.#set(this.#escape());
  }

  #group(): RegexNode {
    if (this.#take('?')) {
      if (/^(=|!|<=|<!)/.test(this.#source.slice(this.#at))) throw this.#refused('look-around');
      const match = /^(:|P?<[A-Za-z_]\w*>)/.exec(this.#source.slice(this.#at));
      if (!match) throw this.#refused(`groups that begin with (?${this.#peek()}`);
      this.#at += match[0].length;
    }
    const node = this.#choice();
    if (!this.#take(')')) throw this.#bad('a group is not closed');
    return node;
  }

  #class(): CharSet {
    const negated = this.#take('^');
    let set: CharSet = charSet([]);
    for (let first = true; first || this.#peek() !== ']'; first = false) {
      if (this.#at >= this.#source.length) throw this.#bad('a character class is not closed');
      if (this.#source.startsWith('[:', this.#at)) throw this.#refused('POSIX classes');
      const low = this.#classMember();
      if (this.#peek() === '-' && this.#source[this.#at + 1] !== ']' && this.#at + 1 < this.#source.length) {
        this.#at++;
        const high = this.#classMember();
        const from = low.length === 1 ? low[0]![0] : -1;
        const to = high.length === 1 ? high[0]![1] : -1;
        if (from < 0 || to < from) throw this.#bad('a range in a character class is the wrong way round');
        set = union(set, charSet([[from, to]]));
      } else set = union(set, low);
    }
    this.#at++;
    const folded = this.#flags.ignoreCase ? foldCase(set) : set;
    return negated ? complement(folded) : folded;
  }

  #classMember(): CharSet {
    const char = this.#next();
    if (char !== '\\') return single(char.charCodeAt(0));
    if (this.#peek() === 'b') {
      this.#at++;
      return single(8);
    }
    return this.#escape();
  }

  #escape(): CharSet {
    if (this.#at >= this.#source.length) throw this.#bad('it ends in a backslash');
    const char = this.#next();
    const known = CLASSES[char];
    if (known) return known;
    const control = CONTROL[char];
    if (control !== undefined) return single(control);
    const hex = /^(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4}))/.exec(this.#source.slice(this.#at - 1, this.#at + 4));
    if (hex) {
      this.#at += hex[0].length - 1;
      return single(Number.parseInt(hex[1] ?? hex[2]!, 16));
    }
    if (/[A-Za-z]/.test(char)) throw this.#refused(`\\${char}`);
    return single(char.charCodeAt(0));
  }

  #set(set: CharSet): RegexNode {
    return { kind: 'set', set: this.#flags.ignoreCase ? foldCase(set) : set };
  }

  #peek(): string {
    return this.#source[this.#at] ?? '';
  }

  #next(): string {
    return this.#source[this.#at++] ?? '';
  }

  #take(char: string): boolean {
    if (this.#source[this.#at] !== char) return false;
    this.#at++;
    return true;
  }

  #bad(what: string): TrailhoundError {
    return new TrailhoundError('usage', `bad regular expression: ${what} (at character ${this.#at})`);
  }

  #refused(what: string): TrailhoundError {
    return new TrailhoundError('unsupported', `regular expressions are matched in linear time, without ${what}`);
  }
}

function single(code: number): CharSet {
  return charSet([[code, code]]);
}
