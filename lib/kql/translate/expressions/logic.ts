import { kindOf, mustPart, type SyntaxNode, typeOf } from '../../language/syntax.ts';
import { convert } from '../convert.ts';
import type { Row } from '../stage.ts';
import type { ExpressionRule, Translation } from '../translation.ts';

/** The terms of a chain of one operator, in order, without recursion: hand-written lists run to thousands. */
function chain(node: SyntaxNode, kind: string): SyntaxNode[] {
  const terms: SyntaxNode[] = [];
  let current = node;
  while (kindOf(current) === kind) {
    terms.unshift(mustPart(current, 'Right'));
    current = mustPart(current, 'Left');
  }
  return [current, ...terms];
}

function joined(word: 'AND' | 'OR', kind: string): ExpressionRule {
  return (t, node, row, condition) => {
    const terms = chain(node, kind).map((term) => truth(t, term, row, condition));
    return balanced(terms, word);
  };
}

/** Balanced brackets keep the depth of the SQL logarithmic. */
function balanced(terms: readonly string[], word: string): string {
  if (terms.length <= 8) return `(${terms.join(` ${word} `)})`;
  const half = terms.length >> 1;
  return `(${balanced(terms.slice(0, half), word)} ${word} ${balanced(terms.slice(half), word)})`;
}

/** An expression as a condition: numbers and dynamics count as true when they are not zero. */
export function truth(t: Translation, node: SyntaxNode, row: Row, condition: boolean): string {
  return convert(t.scalar(node, row, condition), typeOf(node), 'bool');
}

export const logicRules: Readonly<Record<string, ExpressionRule>> = {
  AndExpression: joined('AND', 'AndExpression'),
  OrExpression: joined('OR', 'OrExpression'),
  ParenthesizedExpression: (t, node, row, condition) => `(${t.scalar(mustPart(node, 'Expression'), row, condition)})`,
  SimpleNamedExpression: (t, node, row, condition) => t.scalar(mustPart(node, 'Expression'), row, condition),
};
