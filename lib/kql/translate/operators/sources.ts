import { CROSS_RESOURCE } from '../../diagnostics.ts';
import { kindOf, mustPart, nameOf, parts, type SyntaxNode, textOf, typeOf } from '../../language/syntax.ts';
import { castTo, convert } from '../convert.ts';
import { calledName } from '../expressions/calls.ts';
import { constantText } from '../expressions/constants.ts';
import { nullOf, quoteName } from '../sql.ts';
import { noRow, type Scope, type Stage } from '../stage.ts';
import { physicalColumns, type SourceRule, type Translation } from '../translation.ts';
import { callUserFunction } from '../user-functions.ts';

/** A table of the catalogue as a stage. */
export function tableStage(t: Translation, name: string): Stage | undefined {
  const table = t.table(name);
  if (!table) return undefined;
  if (!table.hasData) t.warn('no-data', `table ${name} is known by its schema alone; it has no rows here`);
  const columns = physicalColumns(table.columns);
  const items = columns.map((column, index) => {
    const stored = quoteName(table.columns[index]!.name);
    if (column.type === 'string') return `coalesce(${stored}, '') AS ${column.sql}`;
    if (column.type === 'dynamic') return `kql_stored_json(${stored}) AS ${column.sql}`;
    return stored === column.sql ? stored : `${stored} AS ${column.sql}`;
  });
  return t.stage(`SELECT ${items.join(', ') || '1 AS "__none"'} FROM ${table.relation}`, columns, { source: name });
}

function named(t: Translation, node: SyntaxNode, name: string, scope: Scope): Stage {
  const known = scope.tables.get(name);
  if (known) return known();
  if (scope.functions.has(name)) return calledTable(t, node, scope);
  const table = tableStage(t, name);
  if (table) return table;
  throw t.error('semantic', node, name, `there is no table named '${name}' here`);
}

function calledTable(t: Translation, node: SyntaxNode, scope: Scope): Stage {
  const result = callUserFunction(t, node, scope, {});
  return 'stage' in result ? result.stage : t.refuse(node, textOf(node).slice(0, 60), 'this function gives no table');
}

const nameReference: SourceRule = (t, node, scope) => named(t, node, nameOf(node), scope);

const functionCall: SourceRule = (t, node, scope) => {
  const name = calledName(node);
  if (scope.functions.has(name)) return calledTable(t, node, scope);
  if (CROSS_RESOURCE.has(name.toLowerCase()))
    return t.refuse(node, `${name}()`, `${name}() reaches another resource, which is not possible offline`);
  if (name === 'table' || name === 'materialized_view') {
    const argument = parts(mustPart(node, 'ArgumentList'), 'Expressions')[0];
    const table = argument && constantText(argument, noRow(scope));
    if (table === undefined)
      return t.refuse(node, `${name}()`, `${name}() needs a name that is known before the query runs`);
    return named(t, node, table, scope);
  }
  if (scope.tables.has(name)) return scope.tables.get(name)!();
  throw t.error('semantic', node, `${name}()`, `there is no function ${name}() here that gives a table`);
};

const dataTable: SourceRule = (t, node) => {
  const columns = t.columnsOf(node);
  const values = parts(node, 'Values');
  const row = noRow({ variables: new Map(), tables: new Map(), functions: new Map() });
  const rows: string[] = [];
  for (let start = 0; start + columns.length <= values.length && columns.length > 0; start += columns.length) {
    const cells = columns.map((column, index) => {
      const value = values[start + index]!;
      if (kindOf(value) === 'NullLiteralExpression') return nullOf(column.type);
      return castTo(convert(t.scalar(value, row), typeOf(value), column.type), column.type);
    });
    rows.push(`(${cells.join(', ')})`);
  }
  const names = columns.map((column) => column.sql).join(', ');
  if (rows.length === 0) {
    const nothing = columns.map((column) => `${nullOf(column.type)} AS ${column.sql}`).join(', ');
    return t.stage(`SELECT ${nothing || '1 AS "__none"'} WHERE false`, columns);
  }
  return t.stage(`SELECT * FROM (VALUES ${rows.join(', ')}) AS v(${names})`, columns);
};

/** The declared columns of a table that was registered under the address. */
const externalData: SourceRule = (t, node) => {
  const address = String(parts(node, 'URIs')[0]?.LiteralValue ?? '').split(/[;?]/)[0]!;
  const columns = t.columnsOf(node);
  const table = t.table(address);
  if (!table) {
    t.warn('no-external-data', `externaldata from ${address.slice(0, 200)} is not registered: it has no rows here`);
    const nothing = columns.map((column) => `${nullOf(column.type)} AS ${column.sql}`).join(', ');
    return t.stage(`SELECT ${nothing} WHERE false`, columns);
  }
  // Files without a header name their columns by position.
  const items = columns.map((column, index) => {
    const stored = table.columns.find(({ name }) => name === column.name) ?? table.columns[index];
    if (!stored) return `${nullOf(column.type)} AS ${column.sql}`;
    const value =
      stored.type === 'string'
        ? `coalesce(${quoteName(stored.name)}, '')`
        : stored.type === 'dynamic'
          ? `kql_stored_json(${quoteName(stored.name)})`
          : quoteName(stored.name);
    return `${convert(value, stored.type, column.type)} AS ${column.sql}`;
  });
  return t.stage(`SELECT ${items.join(', ')} FROM ${table.relation}`, columns);
};

const print: SourceRule = (t, node, scope) => {
  const columns = t.columnsOf(node);
  const row = noRow(scope);
  const values = parts(node, 'Expressions').map((expression) => castTo(t.scalar(expression, row), typeOf(expression)));
  if (values.length !== columns.length)
    return t.refuse(node, 'print', 'print of several columns at once is not supported');
  return t.stage(`SELECT ${columns.map((column, index) => `${values[index]} AS ${column.sql}`).join(', ')}`, columns);
};

const range: SourceRule = (t, node, scope) => {
  const columns = t.columnsOf(node);
  const { type, sql } = columns[0]!;
  const row = noRow(scope);
  const [from, to, step] = ['From', 'To', 'Step'].map((name) => {
    const value = mustPart(node, name);
    const as = type === 'datetime' ? (name === 'Step' ? 'timespan' : 'datetime') : type === 'int' ? 'long' : type;
    return convert(t.scalar(value, row), typeOf(value), as);
  });
  if (type === 'real' || type === 'decimal') {
    const count = `CAST(floor((${to} - ${from}) / ${step} + 1e-9) AS BIGINT) + 1`;
    return t.stage(
      `SELECT ${convert(`${from} + i * ${step}`, 'real', type)} AS ${sql} FROM (SELECT unnest(range(${count})) AS i)`,
      columns,
      { ordered: true },
    );
  }
  const series = `generate_series(CAST(${from} AS BIGINT), CAST(${to} AS BIGINT), CAST(${step} AS BIGINT))`;
  // As a table function it streams, and can be interrupted; with bounds from a table it must be a list.
  const isKnown = !/\bSELECT\b/.test(series);
  const values = isKnown ? `${series} AS g(v)` : `(SELECT unnest(${series}) AS v)`;
  return t.stage(`SELECT ${castTo('v', type)} AS ${sql} FROM ${values}`, columns, { ordered: true });
};

/** Tables, and what makes tables. A pipe hands its left side's table to the operator on its right. */
export const sourceRules: Readonly<Record<string, SourceRule>> = {
  PipeExpression: (t, node, scope, input) =>
    t.tabular(mustPart(node, 'Operator'), scope, t.tabular(mustPart(node, 'Expression'), scope, input)),
  ParenthesizedExpression: (t, node, scope, input) => t.tabular(mustPart(node, 'Expression'), scope, input),
  SimpleNamedExpression: (t, node, scope, input) => t.tabular(mustPart(node, 'Expression'), scope, input),
  MaterializeExpression: (t, node, scope, input) => {
    const stage = t.tabular(mustPart(node, 'Expression'), scope, input);
    return t.stage(`SELECT * FROM ${stage.relation}`, stage.columns, { ...stage, materialized: true });
  },
  NameReference: nameReference,
  FunctionCallExpression: functionCall,
  PathExpression: (t, node) =>
    t.refuse(node, textOf(node).slice(0, 60), 'tables of other resources cannot be reached offline'),
  DataTableExpression: dataTable,
  ExternalDataExpression: externalData,
  PrintOperator: print,
  RangeOperator: range,
};
