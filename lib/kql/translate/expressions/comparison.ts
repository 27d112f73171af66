import type { KqlType } from '../../../tables/index.ts';
import { kindOf, mustPart, type SyntaxNode, typeOf } from '../../language/syntax.ts';
import { convert } from '../convert.ts';
import { isNumber } from '../sql.ts';
import type { Row } from '../stage.ts';
import type { ExpressionRule, Translation } from '../translation.ts';
import { scalarText } from './text.ts';

export interface Operands {
  readonly left: string;
  readonly right: string;
  /** The type that both are compared as. */
  readonly type: KqlType;
}

/** The type as which values of two types are compared. */
export function commonType(left: KqlType, right: KqlType): KqlType {
  if (left === right) return left === 'dynamic' ? 'string' : left;
  if (left === 'dynamic') return isNumber(right) && right !== 'decimal' ? 'real' : right;
  if (right === 'dynamic') return commonType(right, left);
  const pair = [left, right];
  if (pair.includes('datetime')) return 'datetime';
  if (pair.includes('string')) return pair.includes('guid') ? 'guid' : 'string';
  if (pair.includes('decimal')) return 'decimal';
  if (pair.includes('real')) return 'real';
  if (pair.includes('timespan')) return 'timespan';
  return 'long';
}

function operand(t: Translation, node: SyntaxNode, row: Row, type: KqlType): string {
  const own = typeOf(node);
  if (type === 'string') return scalarText(t, node, row);
  const sql = t.scalar(node, row);
  // A dynamic against a number is compared as a real, unless both are whole: longs beyond 2^53 keep their digits.
  if (own === 'dynamic' && type === 'real') return `kql_real_of_json(${sql})`;
  if (type === 'long' && own === 'int') return sql;
  if (type === 'real' && (own === 'int' || own === 'long')) return sql;
  return convert(sql, own, type);
}

export function operandsOf(t: Translation, node: SyntaxNode, row: Row): Operands {
  const left = mustPart(node, 'Left');
  const right = mustPart(node, 'Right');
  const type = commonType(typeOf(left), typeOf(right));
  return { left: operand(t, left, row, type), right: operand(t, right, row, type), type };
}

/** `condition`: null may stand for false. */
export function equal({ left, right, type }: Operands, condition: boolean): string {
  if (type === 'string') return `(${left} = ${right})`;
  const same = type === 'decimal' ? `kql_decimal_compare(${left}, ${right}) = 0` : sameReal(left, right, type);
  if (condition) return `(${same})`;
  return `kql_equal(${same}, ${left} IS NULL AND ${right} IS NULL)`;
}

/** In KQL NaN equals nothing; in DuckDB it equals itself. */
function sameReal(left: string, right: string, type: KqlType): string {
  const same = `${left} = ${right}`;
  return type === 'real' ? `(${same} AND NOT isnan(CAST(${left} AS DOUBLE)))` : same;
}

function notEqual({ left, right, type }: Operands): string {
  if (type === 'string') return `(${left} <> ${right})`;
  if (type === 'decimal')
    return `(coalesce(kql_decimal_compare(${left}, ${right}) <> 0, (${left} IS NULL) <> (${right} IS NULL)))`;
  const different = `${left} IS DISTINCT FROM ${right}`;
  return type === 'real' ? `(${different} OR isnan(CAST(${left} AS DOUBLE)))` : `(${different})`;
}

function ordered(symbol: '<' | '<=' | '>' | '>='): ExpressionRule {
  return (t, node, row) => {
    const { left, right, type } = operandsOf(t, node, row);
    if (type === 'decimal') return `(kql_decimal_compare(${left}, ${right}) ${symbol} 0)`;
    // DuckDB orders NaN above everything; in KQL a comparison with it is false.
    if (type === 'real') {
      const guards = [left, right]
        .filter((side) => !/^'?-?[\d.]+'?::/.test(side))
        .map((side) => `NOT isnan(CAST(${side} AS DOUBLE))`);
      return `(${[`${left} ${symbol} ${right}`, ...guards].join(' AND ')})`;
    }
    return `(${left} ${symbol} ${right})`;
  };
}

function between(negated: boolean): ExpressionRule {
  return (t, node, row) => {
    const left = mustPart(node, 'Left');
    const couple = mustPart(node, 'Right');
    const [first, second] = [mustPart(couple, 'First'), mustPart(couple, 'Second')];
    const type = commonType(typeOf(left), typeOf(first));
    const value = operand(t, left, row, type);
    const low = operand(t, first, row, type);
    const isSpan = type === 'datetime' && typeOf(second) === 'timespan';
    const high = isSpan ? `(${low} + ${t.scalar(second, row)})` : operand(t, second, row, type);
    if (type === 'decimal') {
      const inside = `(kql_decimal_compare(${value}, ${low}) >= 0 AND kql_decimal_compare(${value}, ${high}) <= 0)`;
      return negated ? `(NOT ${inside})` : inside;
    }
    return `(${value} ${negated ? 'NOT ' : ''}BETWEEN ${low} AND ${high})`;
  };
}

/** `=~` and `!~`. */
function caseless(negated: boolean): ExpressionRule {
  return (t, node, row) => {
    const sides = [mustPart(node, 'Left'), mustPart(node, 'Right')].map((side) => lowered(t, side, row));
    return `(${sides[0]} ${negated ? '<>' : '='} ${sides[1]})`;
  };
}

/** A text in lower case; a literal is lowered at once. */
export function lowered(t: Translation, node: SyntaxNode, row: Row): string {
  const sql = scalarText(t, node, row);
  return kindOf(node) === 'StringLiteralExpression' && /^'[^']*'$/.test(sql) ? sql.toLowerCase() : `lower(${sql})`;
}

export const comparisonRules: Readonly<Record<string, ExpressionRule>> = {
  EqualExpression: (t, node, row, condition) => equal(operandsOf(t, node, row), condition),
  NotEqualExpression: (t, node, row) => notEqual(operandsOf(t, node, row)),
  LessThanExpression: ordered('<'),
  LessThanOrEqualExpression: ordered('<='),
  GreaterThanExpression: ordered('>'),
  GreaterThanOrEqualExpression: ordered('>='),
  BetweenExpression: between(false),
  NotBetweenExpression: between(true),
  EqualTildeExpression: caseless(false),
  BangTildeExpression: caseless(true),
};
