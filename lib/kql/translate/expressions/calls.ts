import { applyTemplate, argumentsOf, makeCall, udfName } from '../../functions/define.ts';
import { aggregateFunctions, scalarFunctions, windows } from '../../functions/table.ts';
import { windowCall } from '../../functions/windows.ts';
import { kindOf, mustPart, parts, type SyntaxNode, textOf, typeOf } from '../../language/syntax.ts';
import { convert } from '../convert.ts';
import { nullOf } from '../sql.ts';
import type { Row } from '../stage.ts';
import type { ExpressionRule, Translation } from '../translation.ts';
import { callUserFunction } from '../user-functions.ts';
import { truth } from './logic.ts';
import { firstCell } from './names.ts';

export function calledName(node: SyntaxNode): string {
  return mustPart(node, 'Name').SimpleName ?? textOf(mustPart(node, 'Name'));
}

export function callArguments(node: SyntaxNode): SyntaxNode[] {
  return parts(mustPart(node, 'ArgumentList'), 'Expressions').map((argument) =>
    kindOf(argument) === 'SimpleNamedExpression' ? mustPart(argument, 'Expression') : argument,
  );
}

/** An aggregate in `summarize`, `make-series`, `top-nested`… */
function aggregateCall(t: Translation, node: SyntaxNode, name: string, row: Row): string | undefined {
  const found = aggregateFunctions.get(name);
  if (!found) return undefined;
  const args = callArguments(node);
  const inner: Row = { ...row, aggregates: false };
  if (!found.conditional) return found.aggregate.sql(makeCall(t, node, name, args, inner), '');
  const at = found.aggregate.conditionAt ?? 1;
  const condition = args[at];
  if (!condition) return t.refuse(node, `${name}()`, `${name}() needs a condition`);
  const filter = ` FILTER (WHERE ${truth(t, condition, inner, true)})`;
  return found.aggregate.sql(makeCall(t, node, name, args, inner), filter);
}

const functionCall: ExpressionRule = (t, node, row) => {
  const name = calledName(node);
  if (row.scope.functions.has(name)) {
    const result = callUserFunction(t, node, row.scope, { row });
    return 'scalar' in result ? result.scalar : firstCell(t, node, result.stage);
  }
  const lower = name.toLowerCase();
  if (row.aggregates) {
    const aggregate = aggregateCall(t, node, lower, row);
    if (aggregate !== undefined) return aggregate;
  }
  const window = windows.get(lower);
  if (window) return windowCall(makeCall(t, node, lower, callArguments(node), row), window);
  if (lower === 'column_ifexists' || lower === 'columnifexists') return columnIfExists(t, node, row);
  const definition = scalarFunctions.get(name) ?? scalarFunctions.get(lower);
  if (!definition) {
    if (aggregateFunctions.has(lower))
      return t.refuse(node, `${name}()`, `${name}() is an aggregate and works in summarize only`);
    return t.refuse(node, `${name}()`);
  }
  const call = makeCall(t, node, name, callArguments(node), row);
  if ('run' in definition) {
    if (definition.deviation) t.warn('own-method', `${name}(): ${definition.deviation}`);
    return `${udfName(definition)}(${argumentsOf(call, definition.args).join(', ')})`;
  }
  if (typeof definition.sql === 'function') return definition.sql(call);
  return applyTemplate(definition.sql, argumentsOf(call, definition.args));
};

/** The column, or the default, as the type that the analyser gives the call: the default's. */
function columnIfExists(t: Translation, node: SyntaxNode, row: Row): string {
  const [name, otherwise] = callArguments(node);
  const column = row.columns.find((candidate) => candidate.name === String(name?.LiteralValue));
  if (column) return convert(row.prefix + column.sql, column.type, typeOf(node));
  return otherwise ? t.scalar(otherwise, row) : nullOf(typeOf(node));
}

export const callRules: Readonly<Record<string, ExpressionRule>> = {
  FunctionCallExpression: functionCall,
};
