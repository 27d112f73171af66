import { TrailhoundError } from '../../errors.ts';
import { encodeLiteral } from '../../kql/encode.ts';
import { language } from '../../kql/language/language.ts';
import {
  bare,
  elements,
  kindOf,
  mustPart,
  nameOf,
  parameterText,
  part,
  parts,
  type SyntaxNode,
  textOf,
  walk,
} from '../../kql/language/syntax.ts';
import { timeCondition } from '../kql-scope.ts';
import { sourcesOf } from '../kql-sources.ts';
import type { Chunk } from './chunk.ts';

/** How the results of the parts become the result of the whole. */
export type Merge =
  /** Rows of the parts, one part after the other. */
  | { readonly kind: 'rows'; readonly descending: boolean }
  /** Any so many of the rows. */
  | { readonly kind: 'take'; readonly count: number }
  /** Each distinct row once. */
  | { readonly kind: 'distinct' }
  /** One row for each combination of the first `keys` columns; the others are added up or compared. */
  | { readonly kind: 'aggregate'; readonly keys: number; readonly folds: readonly Fold[] };

export type Fold = 'sum' | 'min' | 'max';

export interface SplitPlan {
  readonly merge: Merge;
  /** The column of the result that holds its rows' time; null where the query drops or makes it, or has several. */
  readonly timeColumn: string | null;
  /** The query over a chunk alone. The rest of its sources (what it joins, compares with…) stays whole. */
  kqlOf(chunk: Chunk): string;
}

/** Operators whose output rows follow from one input row each. */
const ROW_BY_ROW = new Set([
  'FilterOperator',
  'ExtendOperator',
  'ProjectOperator',
  'ProjectAwayOperator',
  'ProjectRenameOperator',
  'ProjectKeepOperator',
  'ProjectReorderOperator',
  'ProjectByNamesOperator',
  'ParseOperator',
  'ParseWhereOperator',
  'ParseKvOperator',
  'MvExpandOperator',
  'MvApplyOperator',
  'LookupOperator',
]);
/** Operators after which a row may have another time column than before, or none. */
const CHANGES_COLUMNS = /^Project(?!Reorder)|^Mv|^Parse/;
/** Joins in which each output row follows from one row of the left side. */
const LEFT_DRIVEN = new Set(['inner', 'leftouter', 'leftsemi', 'leftanti', 'anti', 'leftantisemi']);
const FOLDS: Readonly<Record<string, Fold>> = {
  count: 'sum',
  countif: 'sum',
  sum: 'sum',
  sumif: 'sum',
  min: 'min',
  minif: 'min',
  max: 'max',
  maxif: 'max',
};

/**
 * Finds out whether a query may be asked in parts of time, and how.
 *
 * The rows that drive it (its first table, or the operands of a `union`) are cut by time; whatever else it reads stays
 * whole, so that a join or comparison meets the same rows as before. What comes after must work row by row, until a last
 * operator whose results can be put together.
 *
 * @throws unsupported: splitting would change the result; the message says where
 */
export function planSplit(kql: string, timeColumnOf: (table: string) => string): SplitPlan {
  const { root, syntaxErrors } = language().analyze(kql, language().globals([], []));
  if (syntaxErrors.length > 0) refuse(`it cannot be read: ${syntaxErrors[0]!.message}`);
  const lets = letsOf(root);
  const last = elements(part(root, 'Statements')).findLast((statement) => kindOf(statement) === 'ExpressionStatement');
  if (!last) refuse('it has no result');
  const operators: SyntaxNode[] = [];
  const mains = drivingSources(mustPart(last, 'Expression'), lets, operators);
  const merge = mergeOf(operators, timeColumnOf);
  const places = sourcesOf(kql).tables.filter((table) => mains.some((main) => main.TextStart === table.start));
  if (places.length !== mains.length) refuse('the tables that it reads first are not named');
  const timeColumns = new Set(places.map(({ name }) => timeColumnOf(name)));
  const keepsTime =
    timeColumns.size === 1 && operators.every((operator) => keepsColumn(operator, [...timeColumns][0]!));
  return {
    merge,
    timeColumn: keepsTime ? [...timeColumns][0]! : null,
    kqlOf(chunk) {
      let text = '';
      let at = 0;
      for (const { name, start, end } of places) {
        text += `${kql.slice(at, start)}(${kql.slice(start, end)} | where ${timeCondition(chunk, timeColumnOf(name))})`;
        at = end;
      }
      text += kql.slice(at);
      if (!chunk.bucket) return text;
      if (merge.kind !== 'rows') refuse('too many of its rows have the same time');
      const { index, count } = chunk.bucket;
      const share = `| where hash(tostring(pack_all()), ${encodeLiteral(count, 'long')}) == ${encodeLiteral(index, 'long')}`;
      return `${text.replace(/[;\s]+$/, '')}\n${share}`;
    },
  };
}

/** Whether a column is certainly the same behind an operator as before it. */
function keepsColumn(operator: SyntaxNode, column: string): boolean {
  const kind = kindOf(operator);
  return !CHANGES_COLUMNS.test(kind) && !(kind === 'ExtendOperator' && textOf(operator).includes(column));
}

function refuse(reason: string): never {
  throw new TrailhoundError('unsupported', `the query cannot be asked in parts: ${reason}`, {
    hint: 'Narrow its time range, filter more, or summarize by what can be added up (count, sum, min, max).',
  });
}

function letsOf(root: SyntaxNode): Map<string, SyntaxNode> {
  const lets = new Map<string, SyntaxNode>();
  for (const statement of elements(part(root, 'Statements'))) {
    if (kindOf(statement) === 'LetStatement')
      lets.set(nameOf(mustPart(statement, 'Name')), mustPart(statement, 'Expression'));
  }
  return lets;
}

/** The tables that drive an expression; the operators that its rows pass, in order, are gathered. */
function drivingSources(
  expression: SyntaxNode,
  lets: ReadonlyMap<string, SyntaxNode>,
  operators: SyntaxNode[],
): SyntaxNode[] {
  const node = bare(expression);
  switch (kindOf(node)) {
    case 'PipeExpression': {
      const sources = drivingSources(mustPart(node, 'Expression'), lets, operators);
      const operator = mustPart(node, 'Operator');
      if (kindOf(operator) !== 'UnionOperator') operators.push(operator);
      else {
        if (operators.some((before) => !ROW_BY_ROW.has(kindOf(before))))
          refuse('a union follows an operator that does not work row by row');
        sources.push(...unionSources(operator, lets, operators));
      }
      return sources;
    }
    case 'UnionOperator':
      return unionSources(node, lets, operators);
    case 'NameReference': {
      const bound = lets.get(nameOf(node));
      if (!bound) return [node];
      if (countOf(node) > 1) refuse(`"${nameOf(node)}" is read more than once`);
      return drivingSources(bound, lets, operators);
    }
    case 'PathExpression':
    case 'FunctionCallExpression':
      return [node];
    default:
      return refuse(`it begins with ${kindOf(node)}`);
  }
}

function unionSources(union: SyntaxNode, lets: ReadonlyMap<string, SyntaxNode>, operators: SyntaxNode[]): SyntaxNode[] {
  return parts(union, 'Expressions').flatMap((operand) => {
    const inner: SyntaxNode[] = [];
    const sources = drivingSources(operand, lets, inner);
    for (const operator of inner) checkRowByRow(operator);
    operators.push(...inner);
    return sources;
  });
}

/** How often a name is referred to in the whole query. */
function countOf(reference: SyntaxNode): number {
  let root = reference;
  while (root.Parent) root = root.Parent;
  const name = nameOf(reference);
  let count = 0;
  walk(root, (node) => {
    if (kindOf(node) === 'NameReference' && nameOf(node) === name) count++;
  });
  return count;
}

function checkRowByRow(operator: SyntaxNode): void {
  const kind = kindOf(operator);
  if (ROW_BY_ROW.has(kind)) return;
  if (kind === 'JoinOperator') {
    const flavour = parameterText(operator, 'kind') ?? 'innerunique';
    if (LEFT_DRIVEN.has(flavour.toLowerCase())) return;
    refuse(`join kind=${flavour} does not follow from its left side alone`);
  }
  refuse(`"${textOf(operator).slice(0, 60)}" needs all rows at once`);
}

function mergeOf(operators: readonly SyntaxNode[], timeColumnOf: (table: string) => string): Merge {
  const last = operators.at(-1);
  const kind = last ? kindOf(last) : '';
  for (const operator of operators.slice(0, -1)) checkRowByRow(operator);
  switch (kind) {
    case 'TakeOperator': {
      const count = Number(textOf(mustPart(last!, 'Expression')));
      return Number.isSafeInteger(count) ? { kind: 'take', count } : refuse('its take has no plain number');
    }
    case 'CountOperator':
      return { kind: 'aggregate', keys: 0, folds: ['sum'] };
    case 'DistinctOperator':
      return { kind: 'distinct' };
    case 'SummarizeOperator':
      return aggregateOf(last!);
    case 'SortOperator':
      return orderOf(last!, timeColumnOf);
    default:
      if (last) checkRowByRow(last);
      return { kind: 'rows', descending: false };
  }
}

function aggregateOf(summarize: SyntaxNode): Merge {
  const folds = parts(summarize, 'Aggregates').map((aggregate): Fold => {
    const call = bare(aggregate);
    const name = kindOf(call) === 'FunctionCallExpression' ? nameOf(mustPart(call, 'Name')) : textOf(call);
    const fold = FOLDS[name];
    return fold ?? refuse(`${name}() of the parts does not give ${name}() of the whole`);
  });
  const by = part(summarize, 'ByClause');
  return { kind: 'aggregate', keys: by ? parts(by, 'Expressions').length : 0, folds };
}

/** Parts follow each other in time: an order by time alone is kept by putting them in order. */
function orderOf(sort: SyntaxNode, timeColumnOf: (table: string) => string): Merge {
  const [first, ...others] = parts(sort, 'Expressions');
  if (!first || others.length > 0) refuse('it sorts by more than its time');
  const ordered = kindOf(first) === 'OrderedExpression';
  const column = ordered ? mustPart(first, 'Expression') : first;
  if (nameOf(column) !== timeColumnOf('')) refuse(`it sorts by ${textOf(column)}`);
  const clause = ordered ? textOf(part(first, 'Ordering') ?? first) : '';
  return { kind: 'rows', descending: !/\basc\b/.test(clause) };
}
