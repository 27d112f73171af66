import { kindOf, mustPart, type SyntaxNode } from '../../language/syntax.ts';
import { toText } from '../convert.ts';
import { rewriteRegex } from '../regex.ts';
import { escapeRegex, quoteText } from '../sql.ts';
import type { Row } from '../stage.ts';
import type { ExpressionRule, Translation } from '../translation.ts';
import { constantText } from './constants.ts';
import { scalarText } from './text.ts';

/** A text test: with a needle known at translation, or with one that only the row knows. */
interface TextTest {
  known(haystack: string, needle: string): string;
  computed(haystack: string, needle: string): string;
}

const WORD = /[\p{L}\p{N}]/u;
const EDGE_BEFORE = '(?:^|[^\\pL\\pN])';
const EDGE_AFTER = '(?:$|[^\\pL\\pN])';

/** The term that `has` looks for: KQL's terms are runs of letters and digits; `_` separates them. */
export function termRegex(needle: string, edges: { before: boolean; after: boolean }): string {
  const before = edges.before && WORD.test([...needle][0] ?? '') ? EDGE_BEFORE : '';
  const after = edges.after && WORD.test([...needle].at(-1) ?? '') ? EDGE_AFTER : '';
  return before + escapeRegex(needle) + after;
}

/** `has` with a known needle: a plain search first, for it is far cheaper than the regular expression. */
export function hasTerm(
  haystack: string,
  needle: string,
  options: { caseSensitive: boolean; before?: boolean; after?: boolean },
): string {
  if (needle === '') return 'true';
  const regex = termRegex(needle, { before: options.before ?? true, after: options.after ?? true });
  const contains = options.caseSensitive
    ? `contains(${haystack}, ${quoteText(needle)})`
    : `contains(lower(${haystack}), ${quoteText(needle.toLowerCase())})`;
  if (regex === escapeRegex(needle)) return contains;
  const flags = options.caseSensitive ? '(?s)' : '(?is)';
  return `(${contains} AND regexp_matches(${haystack}, ${quoteText(flags + regex)}))`;
}

function has(caseSensitive: boolean): TextTest {
  return {
    known: (haystack, needle) => hasTerm(haystack, needle, { caseSensitive }),
    computed: (haystack, needle) => `kql_has${caseSensitive ? '_cs' : ''}(${haystack}, ${needle})`,
  };
}

function hasEdge(edge: 'prefix' | 'suffix', caseSensitive: boolean): TextTest {
  const isPrefix = edge === 'prefix';
  const flags = caseSensitive ? '(?s)' : '(?is)';
  return {
    known: (haystack, needle) => hasTerm(haystack, needle, { caseSensitive, before: isPrefix, after: !isPrefix }),
    computed: (haystack, needle) => {
      const pattern = isPrefix
        ? `${quoteText(EDGE_BEFORE)} || regexp_escape(${needle})`
        : `regexp_escape(${needle}) || ${quoteText(EDGE_AFTER)}`;
      return `(${needle} = '' OR regexp_matches(${haystack}, ${quoteText(flags)} || ${pattern}))`;
    },
  };
}

function plain(sqlFunction: string, caseSensitive: boolean): TextTest {
  const fold = (sql: string) => (caseSensitive ? sql : `lower(${sql})`);
  return {
    known: (haystack, needle) =>
      `${sqlFunction}(${fold(haystack)}, ${quoteText(caseSensitive ? needle : needle.toLowerCase())})`,
    computed: (haystack, needle) => `${sqlFunction}(${fold(haystack)}, ${fold(needle)})`,
  };
}

const TESTS: Readonly<Record<string, TextTest>> = {
  Has: has(false),
  HasCs: has(true),
  HasPrefix: hasEdge('prefix', false),
  HasPrefixCs: hasEdge('prefix', true),
  HasSuffix: hasEdge('suffix', false),
  HasSuffixCs: hasEdge('suffix', true),
  Contains: plain('contains', false),
  ContainsCs: plain('contains', true),
  StartsWith: plain('starts_with', false),
  StartsWithCs: plain('starts_with', true),
  EndsWith: plain('ends_with', false),
  EndsWithCs: plain('ends_with', true),
};

/** Applies a test to the left side; `*` means any column of the row. */
export function onEachText(t: Translation, left: SyntaxNode, row: Row, test: (haystack: string) => string): string {
  if (kindOf(left) !== 'StarExpression') return test(scalarText(t, left, row));
  const tests = row.columns.map((column) => test(toText(column.sql, column.type)));
  return tests.length > 0 ? `(${tests.join(' OR ')})` : 'false';
}

function textRule(test: TextTest, negated: boolean): ExpressionRule {
  return (t, node, row) => {
    const right = mustPart(node, 'Right');
    const known = constantText(right, row);
    const needle = known === undefined ? scalarText(t, right, row) : '';
    const sql = onEachText(t, mustPart(node, 'Left'), row, (haystack) =>
      known === undefined ? test.computed(haystack, needle) : test.known(haystack, known),
    );
    return negated ? `(NOT ${sql})` : sql;
  };
}

const matchesRegex: ExpressionRule = (t, node, row) => {
  const right = mustPart(node, 'Right');
  const known = constantText(right, row);
  const pattern = known === undefined ? t.scalar(right, row) : quoteText(rewriteRegex(t, right, known));
  return onEachText(t, mustPart(node, 'Left'), row, (haystack) => `regexp_matches(${haystack}, ${pattern})`);
};

export const stringRules: Readonly<Record<string, ExpressionRule>> = {
  ...Object.fromEntries(
    Object.entries(TESTS).flatMap(([name, test]) => [
      [`${name}Expression`, textRule(test, false)],
      [`Not${name}Expression`, textRule(test, true)],
    ]),
  ),
  MatchesRegexExpression: matchesRegex,
};
