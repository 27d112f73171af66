import { type Json, parseJson } from '../../json.ts';
import { dynamicJson, wholeValue } from '../../language/literals.ts';
import { kindOf, mustPart, parts, type SyntaxNode, textOf } from '../../language/syntax.ts';
import { findStageColumn, type Row, type Variable } from '../stage.ts';

/** The variable that a name means here, if it means one: columns hide variables. */
export function variableOf(node: SyntaxNode, row: Row): Variable | undefined {
  if (kindOf(node) !== 'NameReference' || findStageColumn(row, node.SimpleName!)) return undefined;
  return row.scope.variables.get(node.SimpleName!)?.();
}

/** The value of an expression where it is known at translation; undefined where it is not. */
export function constantOf(node: SyntaxNode, row: Row): Json | undefined {
  switch (kindOf(node)) {
    case 'StringLiteralExpression':
    case 'CompoundStringLiteralExpression':
      return String(node.LiteralValue);
    case 'LongLiteralExpression':
    case 'IntLiteralExpression':
      return node.LiteralValue == null ? undefined : parseJson(String(wholeValue(node)));
    case 'BooleanLiteralExpression':
      return /null/i.test(textOf(node)) ? undefined : /true|\(\s*1\s*\)/i.test(textOf(node));
    case 'ParenthesizedExpression':
    case 'SimpleNamedExpression':
      return constantOf(mustPart(node, 'Expression'), row);
    case 'DynamicExpression': {
      const json = dynamicJson(mustPart(node, 'Expression'));
      return json === undefined ? undefined : parseJson(json);
    }
    case 'UnaryMinusExpression': {
      const value = constantOf(mustPart(node, 'Expression'), row);
      return typeof value === 'number' ? -value : undefined;
    }
    case 'NameReference':
      return variableOf(node, row)?.constant;
    case 'FunctionCallExpression':
      return constantCall(node, row);
    default:
      return undefined;
  }
}

function constantCall(node: SyntaxNode, row: Row): Json | undefined {
  const name = String(mustPart(node, 'Name').SimpleName);
  if (row.scope.functions.has(name)) return undefined;
  const combine = CONSTANT_CALLS[name];
  if (!combine) return undefined;
  const values = parts(mustPart(node, 'ArgumentList'), 'Expressions').map((argument) => constantOf(argument, row));
  return values.every((value) => value !== undefined) ? combine(values as Json[]) : undefined;
}

const CONSTANT_CALLS: Readonly<Record<string, (values: Json[]) => Json | undefined>> = {
  pack_array: (values) => values,
  strcat: (values) => (values.every((value) => typeof value === 'string') ? values.join('') : undefined),
  tolower: ([value]) => (typeof value === 'string' ? value.toLowerCase() : undefined),
  toupper: ([value]) => (typeof value === 'string' ? value.toUpperCase() : undefined),
  todynamic: ([value]) => (typeof value === 'string' ? parseJson(value) : value),
  parse_json: ([value]) => (typeof value === 'string' ? parseJson(value) : value),
};

/** The text of an expression where it is a known text. */
export function constantText(node: SyntaxNode, row: Row): string | undefined {
  const value = constantOf(node, row);
  return typeof value === 'string' ? value : undefined;
}
