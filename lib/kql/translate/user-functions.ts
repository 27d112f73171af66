import {
  isTabular,
  kindOf,
  mustPart,
  namedType,
  nameOf,
  part,
  parts,
  type SyntaxNode,
  typeOf,
} from '../language/syntax.ts';
import { convert } from './convert.ts';
import { constantOf } from './expressions/constants.ts';
import { childScope, noRow, type Row, type Scope, type Stage, type Variable } from './stage.ts';
import { runStatement } from './statements.ts';
import type { Translation } from './translation.ts';

export type CallResult = { readonly scalar: string } | { readonly stage: Stage };

interface CallContext {
  /** The row of the caller, for scalar arguments. */
  readonly row?: Row;
  /** The table that `invoke` hands over as the first argument. */
  readonly piped?: Stage;
}

/** Expands a user's function at its call: the analyser gives the body anew with the types of this call. */
export function callUserFunction(t: Translation, node: SyntaxNode, scope: Scope, context: CallContext): CallResult {
  const name = nameOf(kindOf(node) === 'FunctionCallExpression' ? mustPart(node, 'Name') : node);
  const { declaration, scope: declared, warning } = scope.functions.get(name)!;
  if (warning) t.warn(warning.code, warning.message);
  const inner = childScope(declared);
  const parameters = parts(mustPart(declaration, 'Parameters'), 'Parameters');
  const given = argumentsByName(node, parameters, context.piped !== undefined);
  for (const [index, parameter] of parameters.entries()) {
    const described = mustPart(parameter, 'NameAndType');
    const parameterName = nameOf(mustPart(described, 'Name'));
    const isTable = kindOf(mustPart(described, 'Type')) === 'SchemaTypeExpression';
    if (index === 0 && context.piped) {
      const { piped } = context;
      bindTable(inner, parameterName, piped);
      continue;
    }
    const argument = given.get(parameterName);
    const fallback = part(parameter, 'DefaultValue');
    if (isTable) {
      if (!argument) throw t.error('semantic', node, `${name}()`, `${name}() needs a table for ${parameterName}`);
      bindTable(inner, parameterName, t.tabular(argument, scope));
    } else {
      const type = namedType(mustPart(described, 'Type'));
      const value = argument ?? (fallback && mustPart(fallback, 'Value'));
      if (!value) throw t.error('semantic', node, `${name}()`, `${name}() needs a value for ${parameterName}`);
      const row = argument ? (context.row ?? noRow(scope)) : noRow(declared);
      const variable: Variable = { type, ...argumentValue(t, value, row, type) };
      inner.tables.delete(parameterName);
      inner.variables.set(parameterName, () => variable);
    }
  }
  return t.within(node, () => runBody(t, bodyOf(node, declaration), inner, context.row));
}

function bindTable(scope: Scope, name: string, stage: Stage): void {
  scope.variables.delete(name);
  scope.functions.delete(name);
  scope.tables.set(name, () => stage);
}

function argumentValue(t: Translation, node: SyntaxNode, row: Row, type: Variable['type']) {
  const constant = constantOf(node, row);
  const sql = `(${convert(t.scalar(node, row), typeOf(node), type)})`;
  return { sql, ...(constant === undefined ? {} : { constant }) };
}

function argumentsByName(node: SyntaxNode, parameters: readonly SyntaxNode[], piped: boolean): Map<string, SyntaxNode> {
  const given = new Map<string, SyntaxNode>();
  const names = parameters.map((parameter) => nameOf(mustPart(mustPart(parameter, 'NameAndType'), 'Name')));
  let next = piped ? 1 : 0;
  const list = part(node, 'ArgumentList');
  for (const argument of list ? parts(list, 'Expressions') : []) {
    if (kindOf(argument) === 'SimpleNamedExpression')
      given.set(nameOf(mustPart(argument, 'Name')), mustPart(argument, 'Expression'));
    else given.set(names[next++] ?? '', argument);
  }
  return given;
}

function bodyOf(node: SyntaxNode, declaration: SyntaxNode): SyntaxNode {
  const expanded = node.GetCalledFunctionBody?.();
  return expanded && kindOf(expanded) === 'FunctionBody' ? expanded : mustPart(declaration, 'Body');
}

function runBody(t: Translation, body: SyntaxNode, scope: Scope, row: Row | undefined): CallResult {
  for (const statement of parts(body, 'Statements')) runStatement(t, statement, scope);
  const expression = mustPart(body, 'Expression');
  if (isTabular(expression)) return { stage: t.tabular(expression, scope) };
  const inner: Row = { ...(row ?? noRow(scope)), columns: [], scope };
  return { scalar: `(${t.scalar(expression, inner)})` };
}
