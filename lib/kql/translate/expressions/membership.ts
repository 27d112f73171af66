import type { KqlType } from '../../../tables/index.ts';
import { formatJson, type Json, textOfJson } from '../../json.ts';
import { isTabular, kindOf, mustPart, part, parts, type SyntaxNode, typeOf } from '../../language/syntax.ts';
import { convert, toText } from '../convert.ts';
import { quoteText } from '../sql.ts';
import type { Row } from '../stage.ts';
import type { ExpressionRule, Translation } from '../translation.ts';
import { commonType } from './comparison.ts';
import { constantOf } from './constants.ts';
import { hasTerm, onEachText, termRegex } from './strings.ts';
import { scalarText } from './text.ts';

/** The right side of `in`, `has_any` and their kin. */
interface Members {
  /** Known at translation; lists are spread. */
  readonly known: readonly Json[];
  /** Single values that the row knows. */
  readonly computed: readonly SyntaxNode[];
  /** Dynamic arrays that the row or a variable knows, as SQL of type JSON. */
  readonly arrays: readonly string[];
  /** A column of a table: the SQL of a subquery, and the column's type. */
  readonly tables: readonly { readonly relation: string; readonly column: string; readonly type: KqlType }[];
}

function membersOf(t: Translation, list: SyntaxNode, row: Row): Members {
  const members = {
    known: [] as Json[],
    computed: [] as SyntaxNode[],
    arrays: [] as string[],
    tables: [] as Members['tables'][number][],
  };
  const nodes = part(list, 'Expressions') ? parts(list, 'Expressions') : [list];
  for (const node of nodes) {
    const constant = constantOf(node, row);
    if (constant !== undefined) {
      if (Array.isArray(constant)) members.known.push(...constant);
      else if (constant !== null) members.known.push(constant);
    } else if (isTabular(node)) {
      const stage = t.tabular(node, row.scope);
      const column = stage.columns[0];
      if (!column) throw t.error('semantic', node, 'in', 'the table on the right side has no column');
      members.tables.push({ relation: stage.relation, column: column.sql, type: column.type });
    } else if (typeOf(node) === 'dynamic') members.arrays.push(t.scalar(node, row));
    else members.computed.push(node);
  }
  return members;
}

function inRule(caseSensitive: boolean, negated: boolean): ExpressionRule {
  return (t, node, row) => {
    const left = mustPart(node, 'Left');
    const members = membersOf(t, mustPart(node, 'Right'), row);
    let sql: string;
    if (kindOf(left) === 'StarExpression') {
      const tests = row.columns.map((column) =>
        isMember(t, toText(column.sql, column.type), 'string', members, row, caseSensitive),
      );
      sql = `(${tests.join(' OR ')})`;
    } else sql = isMember(t, leftValue(t, left, row), leftType(left), members, row, caseSensitive);
    return negated ? `coalesce(NOT ${sql}, true)` : `coalesce(${sql}, false)`;
  };
}

function isMember(
  t: Translation,
  value: string,
  type: KqlType,
  members: Members,
  row: Row,
  caseSensitive: boolean,
): string {
  const asText = type === 'string' || type === 'dynamic' || type === 'decimal';
  const fold = (sql: string) => (caseSensitive ? sql : `lower(${sql})`);
  const left = asText ? fold(toText(value, type)) : value;
  const tests: string[] = [];
  const values = [
    ...members.known.map((json) => (asText ? foldedText(json, caseSensitive) : knownAs(json, type))),
    ...members.computed.map((node) => {
      const own = typeOf(node);
      if (asText) return fold(scalarText(t, node, row));
      return convert(t.scalar(node, row), own, commonType(type, own));
    }),
  ];
  if (values.length > 0) tests.push(`${left} IN (${values.join(', ')})`);
  for (const array of members.arrays) {
    const text = asText ? left : fold(toText(value, type));
    const texts = `kql_texts(${array})`;
    tests.push(
      `list_contains(${caseSensitive ? texts : `list_transform(${texts}, lambda item: lower(item))`}, ${text})`,
    );
  }
  for (const { relation, column, type: columnType } of members.tables) {
    const compareTexts = asText || columnType === 'string' || columnType === 'dynamic';
    const item = compareTexts ? fold(toText(column, columnType)) : column;
    const own = compareTexts && !asText ? fold(toText(value, type)) : left;
    const nulls = compareTexts ? '' : ` WHERE ${column} IS NOT NULL`;
    tests.push(`${own} IN (SELECT ${item} FROM ${relation}${nulls})`);
  }
  if (tests.length === 0) return 'false';
  return `(${tests.join(' OR ')})`;
}

/** A dynamic left side is compared as text. */
function leftType(left: SyntaxNode): KqlType {
  return typeOf(left) === 'dynamic' ? 'string' : typeOf(left);
}

function leftValue(t: Translation, left: SyntaxNode, row: Row): string {
  return leftType(left) === 'string' ? scalarText(t, left, row) : t.scalar(left, row);
}

function foldedText(json: Json, caseSensitive: boolean): string {
  const text = textOfJson(json);
  return quoteText(caseSensitive ? text : text.toLowerCase());
}

/** A known value as SQL of the left side's type. */
function knownAs(json: Json, type: KqlType): string {
  return convert(`${quoteText(formatJson(json))}::JSON`, 'dynamic', type);
}

function hasMany(all: boolean): ExpressionRule {
  return (t, node, row) => {
    const members = membersOf(t, mustPart(node, 'Right'), row);
    return onEachText(t, mustPart(node, 'Left'), row, (haystack) => {
      const known = members.known.map(textOfJson);
      const tests = all
        ? known.map((needle) => hasTerm(haystack, needle, { caseSensitive: false }))
        : anyTerm(haystack, known);
      for (const item of members.computed) tests.push(`kql_has(${haystack}, ${scalarText(t, item, row)})`);
      const lists = [
        ...members.arrays.map((array) => `kql_texts(${array})`),
        ...members.tables.map(
          ({ relation, column, type }) => `coalesce((SELECT list(${toText(column, type)}) FROM ${relation}), [])`,
        ),
      ];
      for (const list of lists) tests.push(`kql_has_${all ? 'all' : 'any'}(${haystack}, ${list})`);
      if (tests.length === 0) return String(all);
      return `(${tests.join(all ? ' AND ' : ' OR ')})`;
    });
  };
}

/** Many needles become few expressions that share their edges: one with edges of its own each makes RE2 crawl. */
function anyTerm(haystack: string, needles: readonly string[]): string[] {
  if (needles.length <= 3) return needles.map((needle) => hasTerm(haystack, needle, { caseSensitive: false }));
  const groups = new Map<string, string[]>();
  for (const needle of needles) {
    if (needle === '') return ['true'];
    const escaped = termRegex(needle, { before: false, after: false });
    const [before = '', after = ''] = termRegex(needle, { before: true, after: true }).split(escaped);
    const key = JSON.stringify([before, after]);
    groups.set(key, [...(groups.get(key) ?? []), escaped]);
  }
  return [...groups].map(([key, escaped]) => {
    const [before, after] = JSON.parse(key) as [string, string];
    return `regexp_matches(${haystack}, ${quoteText(`(?is)${before}(?:${escaped.join('|')})${after}`)})`;
  });
}

export const membershipRules: Readonly<Record<string, ExpressionRule>> = {
  // In the parser's words the case-sensitive `in` is `InExpression`, and `in~` is `InCsExpression`.
  InExpression: inRule(true, false),
  InCsExpression: inRule(false, false),
  NotInExpression: inRule(true, true),
  NotInCsExpression: inRule(false, true),
  HasAnyExpression: hasMany(false),
  HasAllExpression: hasMany(true),
};
