import type { KqlType } from '../../../tables/index.ts';
import { KqlError } from '../../errors.ts';
import { kindOf, mustPart, parameterText, part, parts, type SyntaxNode, textOf } from '../../language/syntax.ts';
import { convert, toText } from '../convert.ts';
import { callArguments, calledName } from '../expressions/calls.ts';
import { truth } from '../expressions/logic.ts';
import { hasTerm } from '../expressions/strings.ts';
import { escapeRegex, nullOf, quoteText } from '../sql.ts';
import { findStageColumn, rowOf, type Scope, type Stage, type StageColumn } from '../stage.ts';
import type { SourceRule, Translation } from '../translation.ts';
import { tableStage } from './sources.ts';

interface Leg {
  readonly stage: Stage;
  readonly source: string;
}

/** Names of tables that a pattern with `*` stands for. */
export function matchingTables(t: Translation, pattern: string, scope: Scope): Leg[] {
  const regex = new RegExp(`^${pattern.split('*').map(escapeRegex).join('.*')}$`, 'i');
  const matching = [...t.options.tables.values()].filter((table) => regex.test(table.name));
  const withData = matching.filter((table) => table.hasData);
  const known = withData.length > 0 ? withData : matching;
  const views = [...scope.tables].filter(([name]) => regex.test(name) && !t.options.tables.has(name));
  return [
    ...known.map(({ name }) => ({ stage: tableStage(t, name)!, source: name })),
    ...views.map(([name, make]) => ({ stage: make(), source: name })),
  ];
}

function isWildcard(node: SyntaxNode): boolean {
  return kindOf(node) !== 'PipeExpression' && /^[\w*]*\*[\w*]*$/.test(textOf(node));
}

/** A column of a leg as the union's column: by its name, or by name and type where the legs' types clash. */
function cellOf(leg: Stage, column: StageColumn): string {
  const same = findStageColumn(leg, column.name);
  if (same && same.type === column.type) return same.sql;
  const clash = /^(.*)_(string|long|int|real|datetime|timespan|dynamic|bool|guid|decimal)$/.exec(column.name);
  const typed = clash && findStageColumn(leg, clash[1]!);
  if (typed && typed.type === clash[2] && typed.type === column.type) return typed.sql;
  if (same && (same.type === 'dynamic' || column.type === 'dynamic')) return convert(same.sql, same.type, column.type);
  return nullOf(column.type);
}

function unionOf(
  t: Translation,
  node: SyntaxNode,
  legs: readonly Leg[],
  columns: readonly StageColumn[],
  options: { sourceColumn?: string | undefined; filter?: (leg: Stage) => string } = {},
): Stage {
  if (legs.length === 0) {
    const operator = textOf(node).split(/\s/)[0]!;
    throw t.error('semantic', node, operator, `${operator} finds none of its tables here`);
  }
  const selects = legs.map(({ stage, source }) => {
    const items = columns.map(
      (column) =>
        `${column.name === options.sourceColumn ? quoteText(source) : cellOf(stage, column)} AS ${column.sql}`,
    );
    return `SELECT ${items.join(', ') || '1 AS "__none"'} FROM ${stage.relation}${options.filter ? ` WHERE ${options.filter(stage)}` : ''}`;
  });
  return t.stage(selects.join(' UNION ALL '), columns);
}

function legsOf(t: Translation, node: SyntaxNode, scope: Scope, input: Stage | undefined): Leg[] {
  const isFuzzy = /^true$/i.test(parameterText(node, 'isfuzzy') ?? '');
  const legs: Leg[] = input ? [{ stage: input, source: input.source ?? 'union_arg0' }] : [];
  for (const [index, expression] of parts(node, 'Expressions').entries()) {
    if (isWildcard(expression)) {
      legs.push(...matchingTables(t, textOf(expression), scope));
      continue;
    }
    try {
      const stage = t.tabular(expression, scope);
      legs.push({
        stage,
        source:
          stage.source && kindOf(expression) === 'NameReference' ? stage.source : `union_arg${index + (input ? 1 : 0)}`,
      });
    } catch (error) {
      if (!isFuzzy || !(error instanceof KqlError) || error.info.code !== 'semantic') throw error;
      t.warn(
        'fuzzy-leg-dropped',
        `union isfuzzy=true goes on without ${textOf(expression).slice(0, 80)}: ${error.info.message}`,
      );
    }
  }
  return legs;
}

const union: SourceRule = (t, node, scope, input) => {
  if (input && input.partition.length > 0)
    return t.refuse(node, 'union', 'union is not supported inside mv-apply and partition');
  const sourceColumn = (parameterText(node, 'withsource') ?? parameterText(node, 'with_source'))?.replace(
    /^\[['"]|['"]\]$/g,
    '',
  );
  const legs = legsOf(t, node, scope, input);
  if (parameterText(node, 'kind')?.toLowerCase() === 'inner') keepCommon(t, node, legs, sourceColumn);
  return unionOf(t, node, legs, t.columnsOf(node), { sourceColumn });
};

/** `kind=inner`: only columns that every leg has; the analyser lists all. */
function keepCommon(t: Translation, node: SyntaxNode, legs: readonly Leg[], sourceColumn: string | undefined): void {
  for (const column of t.columnsOf(node)) {
    const isCommon = legs.every(({ stage }) => findStageColumn(stage, column.name)?.type === column.type);
    if (!isCommon && column.name !== sourceColumn) t.phantoms.add(column.name);
  }
}

/** A search term in any column: a word as `has`, with `*` as a pattern. */
function searchTerm(stage: Stage, term: string, caseSensitive: boolean): string {
  const texts = stage.columns.map((column) => toText(column.sql, column.type));
  return texts.length === 0 ? 'false' : `(${texts.map((text) => termIn(text, term, caseSensitive)).join(' OR ')})`;
}

function termIn(text: string, term: string, caseSensitive: boolean): string {
  if (/^\*+$/.test(term)) return 'true';
  if (!term.includes('*')) return hasTerm(text, term, { caseSensitive });
  const edge = { start: '(?:^|[^\\pL\\pN])', end: '(?:$|[^\\pL\\pN])' };
  const inner = term
    .replace(/^\*+|\*+$/g, '')
    .split(/\*+/)
    .map(escapeRegex)
    .join('.*');
  const regex = `${term.startsWith('*') ? '' : edge.start}${inner}${term.endsWith('*') ? '' : edge.end}`;
  return `regexp_matches(${text}, ${quoteText(`${caseSensitive ? '(?s)' : '(?is)'}${regex}`)})`;
}

function searchCondition(t: Translation, node: SyntaxNode, stage: Stage, scope: Scope, caseSensitive: boolean): string {
  const again = (child: string) => searchCondition(t, mustPart(node, child), stage, scope, caseSensitive);
  switch (kindOf(node)) {
    case 'AndExpression':
      return `(${again('Left')} AND ${again('Right')})`;
    case 'OrExpression':
      return `(${again('Left')} OR ${again('Right')})`;
    case 'ParenthesizedExpression':
      return again('Expression');
    case 'StringLiteralExpression':
    case 'CompoundStringLiteralExpression':
      return searchTerm(stage, String(node.LiteralValue), caseSensitive);
    case 'StarExpression':
      return 'true';
    case 'FunctionCallExpression': {
      const [argument, ...more] = callArguments(node);
      if (calledName(node) !== 'not' || !argument || more.length > 0) return conditionIfKnown(t, node, stage, scope);
      return `(NOT ${searchCondition(t, argument, stage, scope, caseSensitive)})`;
    }
    case 'SearchExpression': {
      const column = findStageColumn(stage, textOf(mustPart(node, 'Left')));
      if (!column) return 'false';
      return termIn(
        toText(column.sql, column.type),
        String(mustPart(node, 'Right').LiteralValue ?? textOf(mustPart(node, 'Right'))),
        caseSensitive,
      );
    }
    default:
      return conditionIfKnown(t, node, stage, scope);
  }
}

/** A condition on columns that this table may lack: then none of its rows are found. */
function conditionIfKnown(t: Translation, node: SyntaxNode, stage: Stage, scope: Scope): string {
  try {
    return truth(t, node, rowOf(stage, scope), true);
  } catch (error) {
    if (error instanceof KqlError && error.info.code === 'semantic') return 'false';
    throw error;
  }
}

function searchedLegs(t: Translation, node: SyntaxNode, scope: Scope): Leg[] {
  const clause = part(node, 'InClause');
  if (!clause) return matchingTables(t, '*', scope);
  return parts(clause, 'Expressions').flatMap((expression) => {
    if (isWildcard(expression)) return matchingTables(t, textOf(expression), scope);
    const stage = t.tabular(expression, scope);
    return [{ stage, source: stage.source ?? textOf(expression) }];
  });
}

const search: SourceRule = (t, node, scope, input) => {
  const caseSensitive = parameterText(node, 'kind') === 'case_sensitive';
  const legs = input ? [{ stage: input, source: input.source ?? 'search_arg0' }] : searchedLegs(t, node, scope);
  const condition = mustPart(node, 'Condition');
  const stage = unionOf(t, node, legs, t.columnsOf(node), {
    sourceColumn: '$table',
    filter: (leg) => searchCondition(t, condition, leg, scope, caseSensitive),
  });
  return stage;
};

/** `find`: the rows of any table that meet the condition; what is not projected is packed into `pack_`. */
const find: SourceRule = (t, node, scope) => {
  const columns = t.columnsOf(node);
  const legs = searchedLegs(t, node, scope);
  if (legs.length === 0) return t.refuse(node, 'find', 'there is no table to search');
  const sourceColumn = parameterText(node, 'withsource') ?? 'source_';
  const condition = mustPart(node, 'Condition');
  const selects = legs.map(({ stage, source }) => {
    const items = columns.map((column) => {
      if (column.name === sourceColumn) return `${quoteText(source)} AS ${column.sql}`;
      if (column.name === 'pack_') return `${packOf(stage, columns)} AS ${column.sql}`;
      return `${cellOf(stage, column)} AS ${column.sql}`;
    });
    return `SELECT ${items.join(', ')} FROM ${stage.relation} WHERE ${searchCondition(t, condition, stage, scope, false)}`;
  });
  return t.stage(selects.join(' UNION ALL '), columns);
};

function packOf(stage: Stage, shown: readonly StageColumn[]): string {
  const names = new Set(shown.map((column) => column.name));
  const rest = stage.columns.filter((column) => !names.has(column.name));
  return `json_object(${rest.map((column) => `${quoteText(column.name)}, ${convert(column.sql, column.type as KqlType, 'dynamic')}`).join(', ')})`;
}

/** They begin a query, or take in what is piped to them. */
export const unionSources: Readonly<Record<string, SourceRule>> = {
  UnionOperator: union,
  SearchOperator: search,
  FindOperator: find,
};
