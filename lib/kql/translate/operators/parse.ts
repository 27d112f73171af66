import type { KqlType } from '../../../tables/index.ts';
import {
  elements,
  kindOf,
  mustPart,
  namedType,
  nameOf,
  parameterText,
  part,
  parts,
  type SyntaxNode,
} from '../../language/syntax.ts';
import { convert } from '../convert.ts';
import { scalarText } from '../expressions/text.ts';
import { rewriteClasses } from '../regex.ts';
import { escapeRegex, isWhole, nullOf, quoteName, quoteText } from '../sql.ts';
import { findStageColumn } from '../stage.ts';
import type { OperatorRule, Translation } from '../translation.ts';

interface Capture {
  readonly name: string;
  readonly type: KqlType;
}

interface Pattern {
  /** The regular expression in which the capture at an index is the only group (-1: none is). */
  readonly regex: (index: number) => string;
  readonly captures: readonly Capture[];
}

const NUMBER_BODIES: Readonly<Record<string, string>> = {
  whole: '\\s*[-+]?\\d+',
  real: '\\s*[-+]?\\d+(?:\\.\\d*)?(?:[eE][-+]?\\d+)?',
};

/** Types whose values the pattern alone does not prove. */
const CHECKED: ReadonlySet<KqlType> = new Set(['datetime', 'timespan', 'bool', 'guid']);

function bodyOf(type: KqlType, isLast: boolean, isRegex: boolean, relaxed: boolean): string {
  const any = isLast || isRegex ? '.*' : '.*?';
  const number = isWhole(type) ? 'whole' : type === 'real' || type === 'decimal' ? 'real' : undefined;
  if (number === undefined) return any;
  return relaxed ? `(?:${NUMBER_BODIES[number]}|${any})` : NUMBER_BODIES[number]!;
}

/** Literals, columns and stars as one regular expression. Simple patterns are not greedy; `kind=regex` is. */
function patternOf(t: Translation, node: SyntaxNode, kind: string, flags: string): Pattern {
  const items = elements(part(node, 'Patterns'));
  const isRegex = kind === 'regex';
  const captures: Capture[] = [];
  const pieces = items.map((item, index): string | number => {
    switch (kindOf(item)) {
      case 'StarExpression':
        return isRegex ? '.*?' : index === items.length - 1 ? '.*' : '.*?';
      case 'StringLiteralExpression':
      case 'CompoundStringLiteralExpression': {
        const literal = String(item.LiteralValue);
        return isRegex ? `(?:${ungrouped(rewriteClasses(literal))})` : escapeRegex(literal);
      }
      case 'NameAndTypeDeclaration':
        captures.push({ name: nameOf(mustPart(item, 'Name')), type: namedType(mustPart(item, 'Type')) });
        return captures.length - 1;
      case 'NameDeclaration':
      case 'NameReference':
        captures.push({ name: nameOf(item), type: 'string' });
        return captures.length - 1;
      default:
        return t.refuse(item, 'parse', 'this pattern of parse is not supported');
    }
  });
  const last = items.at(-1);
  const anchored = { start: isRegex ? '' : '^', end: !isRegex && last && kindOf(last) !== 'StarExpression' ? '$' : '' };
  const letters = `s${flags.includes('i') ? 'i' : ''}${flags.includes('m') ? 'm' : ''}${flags.includes('U') ? 'U' : ''}`;
  return {
    captures,
    regex: (only) => {
      const body = pieces.map((piece, index) => {
        if (typeof piece === 'string') return piece;
        const inner = bodyOf(captures[piece]!.type, index === pieces.length - 1, isRegex, kind === 'relaxed');
        return piece === only ? `(${inner})` : `(?:${inner})`;
      });
      return `(?${letters})${anchored.start}${body.join('')}${anchored.end}`;
    },
  };
}

/** Groups in a user's regular expression become non-capturing: the columns are the only captures. */
function ungrouped(pattern: string): string {
  let inClass = false;
  return pattern.replace(/\\[\s\S]|\[\^?\]?|\]|\((?!\?)|\(\?P<\w+>/g, (token) => {
    if (token.startsWith('\\')) return token;
    if (token.startsWith('[')) inClass = true;
    else if (token === ']') inClass = false;
    else if (!inClass) return '(?:';
    return token;
  });
}

function parse(filters: boolean): OperatorRule {
  return (t, node, input, scope) => {
    const columns = t.columnsOf(node);
    const kind = (parameterText(node, 'kind') ?? 'simple').toLowerCase();
    const pattern = patternOf(t, node, kind, parameterText(node, 'flags') ?? '');
    const source = quoteName(t.freshName('text'));
    const { input: from, built } = t.withWindows(input, scope, (row) =>
      scalarText(t, mustPart(node, 'Expression'), row),
    );
    const captured = (index: number) => {
      const text = `coalesce(regexp_extract(${source}, ${quoteText(pattern.regex(index))}, 1), '')`;
      return convert(text, 'string', pattern.captures[index]!.type);
    };
    // All or nothing, but for kind=relaxed: a value that is not of its column's type spoils the row.
    const typed = pattern.captures.flatMap(({ type }, index) =>
      kind !== 'relaxed' && CHECKED.has(type) ? [`${captured(index)} IS NOT NULL`] : [],
    );
    const matches = [...(filters ? [`regexp_matches(${source}, ${quoteText(pattern.regex(-1))})`] : []), ...typed];
    const where = filters ? ` WHERE ${matches.join(' AND ')}` : '';
    const texts = t.stage(
      `SELECT * FROM (SELECT *, ${built} AS ${source} FROM ${from.relation})${where}`,
      input.columns,
      input,
    );
    const isSpoilt = !filters && typed.length > 0 ? `NOT (${typed.join(' AND ')})` : undefined;
    const items = columns.map((column) => {
      const index = pattern.captures.findLastIndex((capture) => capture.name === column.name);
      if (index < 0) return `${findStageColumn(input, column.name)!.sql} AS ${column.sql}`;
      const value = captured(index);
      if (isSpoilt === undefined) return `${value} AS ${column.sql}`;
      return `(CASE WHEN ${isSpoilt} THEN ${nullOf(column.type)} ELSE ${value} END) AS ${column.sql}`;
    });
    return t.stage(`SELECT ${t.select(input, items)} FROM ${texts.relation}`, columns, input);
  };
}

const parseKv: OperatorRule = (t, node, input, scope) => {
  const columns = t.columnsOf(node);
  const properties = new Map<string, string>();
  const clause = part(node, 'WithClause');
  for (const property of clause ? parts(clause, 'Properties') : []) {
    properties.set(
      nameOf(mustPart(property, 'Name')).toLowerCase(),
      String(mustPart(property, 'Expression').LiteralValue),
    );
  }
  const keys = new Map(
    parts(mustPart(node, 'Keys'), 'Columns').map(
      (column) => [nameOf(mustPart(column, 'Name')), namedType(mustPart(column, 'Type'))] as const,
    ),
  );
  const bag = quoteName(t.freshName('pairs'));
  const option = (name: string) => quoteText(properties.get(name) ?? '');
  const { input: from, built } = t.withWindows(input, scope, (row) => scalarText(t, mustPart(node, 'Expression'), row));
  const greedy = /^(true|1)$/i.test(properties.get('greedy') ?? '');
  const pairs = `kql_fn_pairs_of(${built}, ${option('pair_delimiter')}, ${option('kv_delimiter')}, ${option('quote')}, ${option('escape')}, ${option('regex')}, ${greedy})`;
  const stage = t.stage(`SELECT *, ${pairs} AS ${bag} FROM ${from.relation}`, input.columns, input);
  const items = columns.map((column) => {
    const type = keys.get(column.name);
    if (type === undefined) return `${findStageColumn(input, column.name)!.sql} AS ${column.sql}`;
    const text = `coalesce(json_extract_string(${bag}, ${quoteText(`$."${column.name.replaceAll('"', '\\"')}"`)}), '')`;
    return `${convert(text, 'string', type)} AS ${column.sql}`;
  });
  return t.stage(`SELECT ${t.select(input, items)} FROM ${stage.relation}`, columns, input);
};

export const parseRules: Readonly<Record<string, OperatorRule>> = {
  ParseOperator: parse(false),
  ParseWhereOperator: parse(true),
  ParseKvOperator: parseKv,
};
