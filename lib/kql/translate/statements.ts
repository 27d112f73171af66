import { isTabular, kindOf, mustPart, nameOf, part, parts, type SyntaxNode, typeOf } from '../language/syntax.ts';
import { constantOf } from './expressions/constants.ts';
import { childScope, noRow, type Scope, type Stage, type Variable } from './stage.ts';
import type { Translation } from './translation.ts';

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function letStatement(t: Translation, statement: SyntaxNode, scope: Scope): void {
  const name = nameOf(mustPart(statement, 'Name'));
  const expression = mustPart(statement, 'Expression');
  // The expression sees what was declared before it, not itself: `let T = T | where …` is the table's filtered form.
  const before = childScope(scope);
  for (const names of [scope.variables, scope.tables, scope.functions]) names.delete(name);
  if (kindOf(expression) === 'FunctionDeclaration') {
    scope.functions.set(name, { declaration: expression, scope: before });
  } else if (isTabular(expression) || kindOf(expression) === 'MaterializeExpression') {
    scope.tables.set(
      name,
      once(() => t.tabular(expression, before)),
    );
  } else {
    const make = once((): Variable => {
      const row = noRow(before);
      const constant = constantOf(expression, row);
      return {
        type: typeOf(expression),
        sql: `(${t.scalar(expression, row)})`,
        ...(constant === undefined ? {} : { constant }),
      };
    });
    scope.variables.set(name, make);
  }
}

/** Takes in one statement; gives the table of an expression statement. */
export function runStatement(t: Translation, statement: SyntaxNode, scope: Scope): Stage | undefined {
  switch (kindOf(statement)) {
    case 'LetStatement':
      letStatement(t, statement, scope);
      return undefined;
    case 'ExpressionStatement':
      return t.tabular(mustPart(statement, 'Expression'), scope);
    case 'SetOptionStatement':
      t.warn('set-ignored', `set ${nameOf(mustPart(statement, 'Name'))} has no effect here`);
      return undefined;
    case 'QueryParametersStatement':
      for (const parameter of parts(statement, 'Parameters')) {
        const name = nameOf(mustPart(mustPart(parameter, 'NameAndType'), 'Name'));
        const value = part(parameter, 'DefaultValue');
        if (!value) throw t.error('semantic', parameter, name, `the query's parameter "${name}" has no value`);
      }
      return t.refuse(statement, 'declare query_parameters', 'parameters must be the first statement of a query');
    default:
      return t.refuse(statement, kindOf(statement).replace('Statement', ''));
  }
}
