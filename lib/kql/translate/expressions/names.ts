import { isTabular, kindOf, mustPart, type SyntaxNode, textOf, typeOf } from '../../language/syntax.ts';
import { toText } from '../convert.ts';
import { nullOf, quoteText } from '../sql.ts';
import { findStageColumn, type Row, type Stage } from '../stage.ts';
import type { ExpressionRule, Translation } from '../translation.ts';

/** The first cell of a table. */
export function firstCell(t: Translation, node: SyntaxNode, stage: Stage): string {
  const column = stage.columns[0];
  if (!column) return t.refuse(node, 'toscalar()', 'the table has no column');
  return `(SELECT ${column.sql} FROM ${stage.relation} LIMIT 1)`;
}

const nameReference: ExpressionRule = (t, node, row) => {
  const name = node.SimpleName!;
  const column = findStageColumn(row, name);
  if (column) return row.prefix + column.sql;
  const variable = row.scope.variables.get(name)?.();
  if (variable) return variable.sql;
  if (isTabular(node) || row.scope.tables.has(name)) return firstCell(t, node, t.tabular(node, row.scope));
  throw t.error('semantic', node, name, `The name '${name}' does not refer to any known column, table or variable.`);
};

interface Step {
  readonly key?: string;
  readonly index?: SyntaxNode;
}

/** A chain of `.name` and `[…]` taken apart: the dynamic at its root and the steps into it. */
function stepsOf(node: SyntaxNode): { root: SyntaxNode; steps: Step[] } {
  const steps: Step[] = [];
  let current = node;
  for (;;) {
    const kind = kindOf(current);
    if (kind === 'PathExpression' || kind === 'ElementExpression') {
      const selector = mustPart(current, 'Selector');
      const isBracketed = kindOf(selector) === 'BracketedExpression';
      const inner = isBracketed ? mustPart(selector, 'Expression') : selector;
      steps.unshift(kind === 'PathExpression' && !isBracketed ? { key: pathKey(inner) } : { index: inner });
      current = mustPart(current, 'Expression');
    } else if (kind === 'ParenthesizedExpression' && /Path|Element/.test(kindOf(mustPart(current, 'Expression')))) {
      current = mustPart(current, 'Expression');
    } else return { root: current, steps };
  }
}

function pathKey(node: SyntaxNode): string {
  return node.SimpleName || textOf(node).replace(/^\[?['"]|['"]\]?$/g, '');
}

/** The JSON path of the steps as SQL: a literal, or a concatenation where an index is computed. */
function pathSql(t: Translation, row: Row, steps: readonly Step[]): string {
  const pieces: string[] = [];
  let literal = '$';
  const quoted = (key: string) => `."${key.replace(/["\\]/g, '\\$&')}"`;
  for (const { key, index } of steps) {
    if (key !== undefined) literal += quoted(key);
    else if (/StringLiteral/.test(kindOf(index!))) literal += quoted(String(index!.LiteralValue));
    else if (/^-?\s*\d+$/.test(textOf(index!))) literal += `[${textOf(index!).replace(/\s/g, '').replace(/^-/, '#-')}]`;
    else {
      const sql = t.scalar(index!, row);
      const type = typeOf(index!);
      const isKey = type === 'string' || type === 'dynamic';
      pieces.push(
        quoteText(literal),
        isKey ? `'."' || replace(${toText(sql, type)}, '"', '\\"') || '"'` : `kql_index(${sql})`,
      );
      literal = '';
    }
  }
  return pieces.length === 0 ? quoteText(literal) : `(${[...pieces, quoteText(literal)].join(' || ')})`;
}

/** The part of a dynamic that a path names: as JSON, or at once as text. */
export function pathValue(t: Translation, node: SyntaxNode, row: Row, as: 'json' | 'text'): string {
  const { root, steps } = stepsOf(node);
  if (kindOf(root) === 'NameReference' && /^\$(left|right)$/.test(root.SimpleName ?? '')) {
    return t.refuse(node, textOf(node), '$left and $right are known in the condition of a join only');
  }
  const state =
    kindOf(root) === 'NameReference' && steps[0]?.key !== undefined
      ? row.steps?.(root.SimpleName ?? '', steps[0].key)
      : undefined;
  if (state !== undefined) return stateValue(t, node, row, state, steps.slice(1), as);
  const type = typeOf(root);
  if (type !== 'dynamic') return t.refuse(node, textOf(node), `a ${type} has no parts`);
  const path = pathSql(t, row, steps);
  const sql = t.scalar(root, row);
  if (as === 'text') return `coalesce(json_extract_string(${sql}, ${path}), '')`;
  return `nullif(json_extract(${sql}, ${path}), 'null')`;
}

/** What a step of a `scan` holds: a column of its record, or a part of it. */
function stateValue(
  t: Translation,
  node: SyntaxNode,
  row: Row,
  state: string,
  more: readonly Step[],
  as: 'json' | 'text',
): string {
  if (more.length === 0) return as === 'text' ? toText(state, typeOf(node)) : state;
  const path = pathSql(t, row, more);
  return as === 'text'
    ? `coalesce(json_extract_string(${state}, ${path}), '')`
    : `nullif(json_extract(${state}, ${path}), 'null')`;
}

const path: ExpressionRule = (t, node, row) => pathValue(t, node, row, 'json');

export const nameRules: Readonly<Record<string, ExpressionRule>> = {
  NameReference: nameReference,
  PathExpression: path,
  ElementExpression: path,
  ToScalarExpression: (t, node, row) => {
    const inner = mustPart(node, 'Expression');
    if (!isTabular(inner)) return t.scalar(inner, row);
    const stage = t.tabular(inner, row.scope);
    const cell = firstCell(t, node, stage);
    return stage.columns[0]!.type === 'string' ? `coalesce(${cell}, ${nullOf('string')})` : cell;
  },
};
