import { WORD } from './char-set.ts';
import { type Assertion, parseRegex, type RegexFlags } from './parse.ts';
import { compileProgram, type Instruction } from './program.ts';

const NEWLINE = 10;
const MAX_STATES = 4000;

/** What lies beside a position: nothing (an end of the text), a newline, a word character, or another one. */
const EDGE = 0;
const LINE_BREAK = 1;
const WORD_CHARACTER = 2;
const OTHER = 3;

interface State {
  /** Program positions before following the empty steps from them: those depend on the next character. */
  readonly positions: readonly number[];
  readonly previousKind: number;
  readonly next: (State | true | undefined)[];
  atEnd: boolean | undefined;
}

/**
 * A regular expression matched in time linear to the text, whatever the expression and the text: Thompson's automaton
 * turned into a deterministic one as far as the texts need it (as RE2 does), with a bounded number of states.
 *
 * @example new LinearRegex('(a+)+$', { ignoreCase: false }).test('a'.repeat(100_000) + 'b') // false, at once
 */
export class LinearRegex {
  readonly #program: readonly Instruction[];
  readonly #classOf: Uint16Array;
  readonly #kindOfClass: number[];
  readonly #sampleOfClass: number[];
  #states = new Map<string, State>();
  #start: State;

  constructor(source: string, flags: Partial<RegexFlags> = {}) {
    const parsed = parseRegex(source, { ignoreCase: false, multiline: false, dotAll: false, ...flags });
    this.#program = compileProgram(parsed.node);
    const bounds = new Set([0, NEWLINE, NEWLINE + 1]);
    const addBounds = (set: readonly (readonly [number, number])[]) => {
      for (const [low, high] of set) bounds.add(low).add(high + 1);
    };
    addBounds(WORD);
    for (const instruction of this.#program) if (instruction.kind === 'set') addBounds(instruction.set);
    const starts = [...bounds].filter((bound) => bound <= 0xffff).sort((a, b) => a - b);
    this.#classOf = new Uint16Array(0x10000);
    this.#sampleOfClass = starts;
    this.#kindOfClass = starts.map(kindOf);
    starts.forEach((start, index) => {
      this.#classOf.fill(index, start, starts[index + 1] ?? 0x10000);
    });
    this.#start = this.#state([], EDGE);
  }

  /** Whether the expression matches anywhere in the text. */
  test(text: string): boolean {
    let state = this.#start;
    for (let i = 0; i < text.length; i++) {
      const index = this.#classOf[text.charCodeAt(i)]!;
      const next = state.next[index] ?? this.#step(state, index);
      if (next === true) return true;
      state = next;
    }
    state.atEnd ??= this.#closure(state, EDGE) === true;
    return state.atEnd;
  }

  #state(positions: readonly number[], previousKind: number): State {
    const key = `${previousKind}:${positions.join(',')}`;
    let state = this.#states.get(key);
    if (state) return state;
    if (this.#states.size >= MAX_STATES) {
      // Begin anew rather than grow: a hostile text costs time per character, never memory.
      this.#states = new Map();
      this.#start = this.#state([], EDGE);
    }
    state = { positions, previousKind, next: [], atEnd: undefined };
    this.#states.set(key, state);
    return state;
  }

  #step(state: State, index: number): State | true {
    const kind = this.#kindOfClass[index]!;
    const reached = this.#closure(state, kind);
    if (reached === true) {
      state.next[index] = true;
      return true;
    }
    const sample = this.#sampleOfClass[index]!;
    const positions = new Set<number>();
    for (const at of reached) {
      const instruction = this.#program[at]!;
      if (instruction.kind === 'set' && contains(instruction.set, sample)) positions.add(instruction.next);
    }
    const next = this.#state(
      [...positions].sort((a, b) => a - b),
      kind,
    );
    state.next[index] = next;
    return next;
  }

  /** The sets that can take the next character, which is of the given kind; true if a match ends here. */
  #closure(state: State, nextKind: number): readonly number[] | true {
    const seen = new Set<number>();
    const sets: number[] = [];
    // A match may begin at any character: the entry (the last instruction) is always among the positions.
    const pending = [...state.positions, this.#program.length - 1];
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      if (seen.has(at)) continue;
      seen.add(at);
      const instruction = this.#program[at]!;
      if (instruction.kind === 'match') return true;
      if (instruction.kind === 'set') sets.push(at);
      else if (instruction.kind === 'split') pending.push(instruction.next, instruction.other);
      else if (holds(instruction.assertion, state.previousKind, nextKind)) pending.push(instruction.next);
    }
    return sets;
  }
}

function holds(assertion: Assertion, previous: number, next: number): boolean {
  if (assertion === 'text-start') return previous === EDGE;
  if (assertion === 'text-end') return next === EDGE;
  if (assertion === 'start') return previous === EDGE || previous === LINE_BREAK;
  if (assertion === 'end') return next === EDGE || next === LINE_BREAK;
  const boundary = (previous === WORD_CHARACTER) !== (next === WORD_CHARACTER);
  return assertion === 'word-boundary' ? boundary : !boundary;
}

function kindOf(code: number): number {
  if (code === NEWLINE) return LINE_BREAK;
  return contains(WORD, code) ? WORD_CHARACTER : OTHER;
}

function contains(set: readonly (readonly [number, number])[], code: number): boolean {
  return set.some(([low, high]) => code >= low && code <= high);
}
