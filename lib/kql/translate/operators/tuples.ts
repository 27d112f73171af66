import type { KqlType } from '../../../tables/index.ts';
import { type SyntaxNode, scalarTypeOf } from '../../language/syntax.ts';
import type { Translation } from '../translation.ts';

/** The types of the columns that an expression gives at once. */
export function tupleElementTypes(t: Translation, node: SyntaxNode): KqlType[] {
  const columns = node.ResultType?.Columns;
  if (!columns) return t.refuse(node, 'tuple', 'the columns of this expression are not known');
  return Array.from({ length: columns.Count }, (_, index) => scalarTypeOf(columns.getItem(index).Type));
}
