import { globalsOf } from './catalogue.ts';
import { positionOf } from './errors.ts';
import { language } from './language/language.ts';
import { children, kindOf, mustPart, nameOf, part, parts, type SyntaxNode, textOf } from './language/syntax.ts';

/** A remark on a query that is valid and may still be slow, or match less or more than its author thinks. */
export interface LintRemark {
  readonly rule: string;
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

type Report = (node: SyntaxNode, rule: string, message: string) => void;

interface Rule {
  /** Kinds of nodes that the rule looks at. */
  readonly kinds: readonly string[];
  check(node: SyntaxNode, report: Report): void;
}

const TIME_COLUMNS = /\b(?:TimeGenerated|Timestamp|ingestion_time\s*\(|StartTime|EventTime)\b/;
const WORD_ONLY = /^[\p{L}\p{N}]{3,}$/u;

function literalOf(node: SyntaxNode): string | undefined {
  return /StringLiteral/.test(kindOf(node)) ? String(node.LiteralValue) : undefined;
}

const RULES: readonly Rule[] = [
  {
    kinds: ['ContainsExpression', 'NotContainsExpression', 'ContainsCsExpression'],
    check(node, report) {
      const needle = literalOf(mustPart(node, 'Right'));
      if (needle !== undefined && WORD_ONLY.test(needle)) {
        report(
          node,
          'contains-word',
          `contains "${needle}" scans every text; has "${needle}" uses the term index, if whole terms will do`,
        );
      }
    },
  },
  {
    kinds: ['SearchOperator'],
    check(node, report) {
      if (!part(node, 'InClause'))
        report(node, 'search-everywhere', 'search without in (…) reads every column of every table');
    },
  },
  {
    kinds: ['UnionOperator'],
    check(node, report) {
      for (const leg of parts(node, 'Expressions')) {
        if (textOf(leg) === '*') report(leg, 'union-everything', 'union * reads every table of the workspace');
      }
    },
  },
  {
    kinds: ['MatchesRegexExpression'],
    check(node, report) {
      const pattern = literalOf(mustPart(node, 'Right'));
      if (pattern !== undefined && /^[\w\s-]+$/.test(pattern)) {
        report(node, 'regex-plain-text', `the pattern "${pattern}" is plain text: has or contains is faster`);
      }
      if (pattern?.startsWith('.*'))
        report(
          node,
          'regex-leading-any',
          'a pattern that begins with .* gains nothing by it: matches regex is not anchored',
        );
    },
  },
  {
    kinds: ['EqualTildeExpression', 'InCsExpression'],
    check(node, report) {
      if (/^\s*(?:EventID|.*(?:Port|Id|Count))$/.test(textOf(mustPart(node, 'Left')))) {
        report(node, 'caseless-number', 'a comparison without case on what is likely a number; == or in is faster');
      }
    },
  },
  {
    kinds: ['JoinOperator'],
    check(node, report) {
      const hasKind = parts(node, 'Parameters').some((parameter) => nameOf(mustPart(parameter, 'Name')) === 'kind');
      if (!hasKind)
        report(node, 'join-default-kind', 'join without kind= is innerunique: it keeps one left row for each key');
    },
  },
  {
    kinds: ['FunctionCallExpression'],
    check(node, report) {
      const name = nameOf(mustPart(node, 'Name'));
      const inside = parts(mustPart(node, 'ArgumentList'), 'Expressions')[0];
      if (
        /^to(lower|upper)$/.test(name) &&
        inside &&
        node.Parent &&
        /^(Equal|In)Expression$/.test(kindOf(node.Parent))
      ) {
        report(node, 'case-folding', `${name}() before == is slower than =~ or in~`);
      }
    },
  },
];

/** True if a pipeline reads a table and no filter in it names a time. */
function lacksTime(statement: SyntaxNode): boolean {
  const text = textOf(statement);
  return !/^\s*(?:print|datatable|range|externaldata)\b/.test(text) && !TIME_COLUMNS.test(text);
}

/**
 * What is slow or risky in a query: no time filter, `search *`, `contains` where `has` would do, and the like. An empty
 * list for text that does not parse: errors are the engine's to report.
 */
export function lintKql(text: string): readonly LintRemark[] {
  const analysis = language().analyze(text, globalsOf([], []));
  if (analysis.syntaxErrors.length > 0) return [];
  const remarks: LintRemark[] = [];
  const report: Report = (node, rule, message) => {
    remarks.push({ rule, message, ...positionOf(text, node.TextStart) });
  };
  const visit = (node: SyntaxNode): void => {
    const kind = kindOf(node);
    for (const rule of RULES) if (rule.kinds.includes(kind)) rule.check(node, report);
    if (kind === 'ExpressionStatement' && !TIME_COLUMNS.test(text) && lacksTime(node)) {
      report(
        node,
        'no-time-filter',
        'nothing filters by time: the service reads the whole retention, or its own default range',
      );
    }
    for (const child of children(node)) visit(child);
  };
  visit(analysis.root);
  return remarks.toSorted((a, b) => a.line - b.line || a.column - b.column);
}
