/** A rule's condition over its named searches. */
export type Condition =
  | { readonly kind: 'search'; readonly name: string }
  | { readonly kind: 'not'; readonly operand: Condition }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Condition[] };

/** A condition that cannot be read; `offset` counts characters of its text. */
export class ConditionError extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

interface Token {
  readonly text: string;
  readonly offset: number;
}

const MAX_DEPTH = 50;

/**
 * Parses `selection and not 1 of filter_*`: `and`, `or`, `not`, parentheses, `1 of`, `any of`, `all of` a pattern or
 * `them` (every search whose name does not begin with an underscore).
 */
export function parseCondition(text: string, searchNames: readonly string[]): Condition {
  const tokens = tokenize(text);
  let at = 0;
  let depth = 0;
  const peek = () => tokens[at]?.text.toLowerCase();
  const end = () => tokens[at]?.offset ?? text.length;

  const parseOr = (): Condition => parseChain('or', parseAnd);
  const parseAnd = (): Condition => parseChain('and', parseNot);

  function parseChain(operator: 'and' | 'or', parseOperand: () => Condition): Condition {
    const operands = [parseOperand()];
    while (peek() === operator) {
      at++;
      operands.push(parseOperand());
    }
    return operands.length === 1 ? operands[0]! : { kind: operator, operands };
  }

  function parseNot(): Condition {
    if (++depth > MAX_DEPTH) throw new ConditionError(`the condition nests deeper than ${MAX_DEPTH}`, end());
    try {
      if (peek() === 'not') {
        at++;
        return { kind: 'not', operand: parseNot() };
      }
      return parsePrimary();
    } finally {
      depth--;
    }
  }

  function parsePrimary(): Condition {
    const token = tokens[at];
    if (!token) throw new ConditionError('the condition ends too early', text.length);
    if (token.text === '(') {
      at++;
      const inner = parseOr();
      if (peek() !== ')') throw new ConditionError('a parenthesis is not closed', token.offset);
      at++;
      return inner;
    }
    if (peek() === '|') throw aggregation(token.offset);
    if (/^(1|any|all)$/i.test(token.text) && tokens[at + 1]?.text.toLowerCase() === 'of') return parseQuantified();
    if (/^\d+$/.test(token.text) && tokens[at + 1]?.text.toLowerCase() === 'of') {
      throw new ConditionError(`"${token.text} of" is not Sigma: there are "1 of" and "all of"`, token.offset);
    }
    if (/^(and|or|of|\))$/i.test(token.text)) {
      throw new ConditionError(`"${token.text}" where a search's name belongs`, token.offset);
    }
    if (!searchNames.includes(token.text)) {
      throw new ConditionError(
        `there is no search "${token.text}" (there are: ${searchNames.join(', ')})`,
        token.offset,
      );
    }
    at++;
    return { kind: 'search', name: token.text };
  }

  function parseQuantified(): Condition {
    const all = peek() === 'all';
    at += 2;
    const pattern = tokens[at];
    if (!pattern) throw new ConditionError('"of" what?', text.length);
    at++;
    const names = searchNames.filter((name) =>
      pattern.text.toLowerCase() === 'them' ? !name.startsWith('_') : matchesName(pattern.text, name),
    );
    if (names.length === 0) throw new ConditionError(`no search is named like "${pattern.text}"`, pattern.offset);
    return { kind: all ? 'and' : 'or', operands: names.map((name) => ({ kind: 'search', name })) };
  }

  const condition = parseOr();
  const rest = tokens[at];
  if (rest?.text === '|') throw aggregation(rest.offset);
  if (rest) throw new ConditionError(`"${rest.text}" is not expected here`, rest.offset);
  return condition;
}

function aggregation(offset: number): ConditionError {
  return new ConditionError('aggregations after "|" are no longer Sigma: write a correlation rule', offset);
}

function tokenize(text: string): Token[] {
  return [...text.matchAll(/[()|]|[^\s()|]+/g)].map((match) => ({ text: match[0], offset: match.index }));
}

/** `*` at either end or within; linear, as there are few and names are short. */
function matchesName(pattern: string, name: string): boolean {
  const parts = pattern.split('*');
  if (parts.length === 1) return pattern === name;
  if (!name.startsWith(parts[0]!) || !name.endsWith(parts.at(-1)!)) return false;
  let at = parts[0]!.length;
  for (const part of parts.slice(1, -1)) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= name.length - parts.at(-1)!.length;
}
