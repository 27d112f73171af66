import { kindOf, type SyntaxNode, typeOf } from '../../language/syntax.ts';
import { toText } from '../convert.ts';
import type { Row } from '../stage.ts';
import type { Translation } from '../translation.ts';
import { pathValue } from './names.ts';

/** An expression as text, never null. A path into a dynamic is read as text at once, not as JSON first. */
export function scalarText(t: Translation, node: SyntaxNode, row: Row): string {
  const type = typeOf(node);
  const kind = kindOf(node);
  if (type === 'dynamic' && (kind === 'PathExpression' || kind === 'ElementExpression')) {
    return pathValue(t, node, row, 'text');
  }
  return toText(t.scalar(node, row), type);
}
