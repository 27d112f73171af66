import { datetimeTicks, dynamicJson, insideOf, realText, timespanTicks, wholeValue } from '../../language/literals.ts';
import { mustPart, type SyntaxNode, textOf, typeOf } from '../../language/syntax.ts';
import { nullOf, quoteText } from '../sql.ts';
import type { ExpressionRule, Translation } from '../translation.ts';

function isNull(node: SyntaxNode): boolean {
  return /\(\s*null\s*\)$/i.test(textOf(node)) || /^null$/i.test(textOf(node));
}

function ticks(t: Translation, node: SyntaxNode, value: bigint | null | undefined, construct: string): string {
  if (value === undefined) throw t.error('semantic', node, construct, `${textOf(node)} is not a ${construct}`);
  return value === null ? 'CAST(NULL AS BIGINT)' : `(${value})::BIGINT`;
}

const text: ExpressionRule = (_t, node) => quoteText(String(node.LiteralValue ?? ''));

const real: ExpressionRule = (_t, node) => {
  const type = typeOf(node);
  if (isNull(node)) return nullOf(type);
  const inside = insideOf(node).replace(/^\+/, '');
  if (type === 'decimal') return `kql_parse_decimal(${quoteText(inside)})`;
  if (/nan/i.test(inside)) return `'nan'::DOUBLE`;
  if (/inf/i.test(inside)) return `'${inside.startsWith('-') ? '-' : ''}inf'::DOUBLE`;
  return `${quoteText(realText(inside))}::DOUBLE`;
};

/** Literals of every type. */
export const literalRules: Readonly<Record<string, ExpressionRule>> = {
  StringLiteralExpression: text,
  CompoundStringLiteralExpression: text,
  LongLiteralExpression: (_t, node) => (isNull(node) ? nullOf('long') : wholeLiteral(node, 'BIGINT')),
  IntLiteralExpression: (_t, node) => (isNull(node) ? nullOf('int') : wholeLiteral(node, 'INTEGER')),
  RealLiteralExpression: real,
  DecimalLiteralExpression: real,
  BooleanLiteralExpression: (_t, node) => {
    if (isNull(node)) return nullOf('bool');
    return /true|\(\s*1\s*\)/i.test(textOf(node)) ? 'true' : 'false';
  },
  DateTimeLiteralExpression: (t, node) => ticks(t, node, datetimeTicks(node, t.options.nowInTicks), 'datetime'),
  TimespanLiteralExpression: (t, node) => ticks(t, node, timespanTicks(node), 'timespan'),
  GuidLiteralExpression: (_t, node) => (isNull(node) ? nullOf('guid') : quoteText(insideOf(node).toLowerCase())),
  NullLiteralExpression: (_t, node) => nullOf(typeOf(node)),
  DynamicExpression: (t, node) => {
    const json = dynamicJson(mustPart(node, 'Expression'));
    if (json === undefined) return t.refuse(node, 'dynamic()', 'a dynamic literal may hold literals only');
    return json === 'null' ? nullOf('dynamic') : `${quoteText(json)}::JSON`;
  },
};

function wholeLiteral(node: SyntaxNode, sqlType: string): string {
  const value = wholeValue(node);
  if (value === -(2n ** 63n)) return `(-9223372036854775807 - 1)::${sqlType}`;
  return value < 0n ? `(${value})::${sqlType}` : `${value}::${sqlType}`;
}
