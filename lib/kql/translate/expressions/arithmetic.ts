import type { KqlType } from '../../../tables/index.ts';
import { kindOf, mustPart, type SyntaxNode, textOf, typeOf } from '../../language/syntax.ts';
import { convert } from '../convert.ts';
import { isNumber, isWhole, wrapLong } from '../sql.ts';
import type { Row } from '../stage.ts';
import type { ExpressionRule, Translation } from '../translation.ts';

interface Operand {
  readonly sql: string;
  readonly type: KqlType;
  /** True if the value has at most 32 bits, so that sums and products of two such cannot overflow. */
  readonly small: boolean;
}

function operand(t: Translation, node: SyntaxNode, row: Row, other: KqlType): Operand {
  const type = typeOf(node);
  const sql = t.scalar(node, row);
  if (type === 'dynamic') {
    const as = other === 'dynamic' ? 'real' : isNumber(other) ? 'real' : other;
    return { sql: convert(sql, type, as), type: as, small: false };
  }
  if (type === 'bool') return { sql: `CAST(${sql} AS BIGINT)`, type: 'long', small: true };
  return { sql, type, small: type === 'int' || isSmallLiteral(node) };
}

function isSmallLiteral(node: SyntaxNode): boolean {
  const kind = kindOf(node);
  if (kind === 'ParenthesizedExpression' || kind === 'UnaryMinusExpression')
    return isSmallLiteral(mustPart(node, 'Expression'));
  return kind === 'LongLiteralExpression' && Math.abs(Number(textOf(node))) < 2 ** 31;
}

type Arithmetic = 'add' | 'subtract' | 'multiply' | 'divide' | 'modulo';
const SYMBOLS: Readonly<Record<Arithmetic, string>> = {
  add: '+',
  subtract: '-',
  multiply: '*',
  divide: '/',
  modulo: '%',
};

function arithmetic(operation: Arithmetic): ExpressionRule {
  return (t, node, row) => {
    const [leftNode, rightNode] = [mustPart(node, 'Left'), mustPart(node, 'Right')];
    const left = operand(t, leftNode, row, typeOf(rightNode));
    const right = operand(t, rightNode, row, typeOf(leftNode));
    if (left.type === 'string' || right.type === 'string') {
      return t.refuse(node, SYMBOLS[operation], `"${SYMBOLS[operation]}" does not work on strings; use strcat()`);
    }
    const types = [left.type, right.type];
    if (types.includes('datetime')) return withDatetime(operation, left, right);
    if (types.includes('timespan')) return withTimespan(operation, left, right);
    if (types.includes('decimal')) {
      return `kql_decimal_${operation}(${convert(left.sql, left.type, 'decimal')}, ${convert(right.sql, right.type, 'decimal')})`;
    }
    if (types.includes('real')) return withReal(operation, left, right);
    return withWhole(operation, left, right);
  };
}

function withDatetime(operation: Arithmetic, left: Operand, right: Operand): string {
  if (operation === 'modulo') return `(${left.sql} % ${right.sql})`;
  if (left.type === 'datetime' && right.type === 'datetime') return `(${left.sql} - ${right.sql})`;
  return `kql_datetime(${left.sql}::HUGEINT ${SYMBOLS[operation]} ${right.sql})`;
}

function withTimespan(operation: Arithmetic, left: Operand, right: Operand): string {
  const both = left.type === 'timespan' && right.type === 'timespan';
  switch (operation) {
    case 'multiply':
      if (isWhole(left.type) || isWhole(right.type)) return wrapLong(`${left.sql}::HUGEINT * ${right.sql}`);
      return `TRY_CAST(trunc(${left.sql} * ${right.sql}) AS BIGINT)`;
    case 'divide':
      if (both) return `(${left.sql} / CAST(${right.sql} AS DOUBLE))`;
      return `TRY_CAST(trunc(${left.sql} / CAST(${right.sql} AS DOUBLE)) AS BIGINT)`;
    case 'modulo':
      return `kql_modulo(${left.sql}, ${right.sql})`;
    default:
      return wrapLong(`${left.sql}::HUGEINT ${SYMBOLS[operation]} ${right.sql}`);
  }
}

function withReal(operation: Arithmetic, left: Operand, right: Operand): string {
  if (operation === 'modulo') return `kql_modulo(CAST(${left.sql} AS DOUBLE), CAST(${right.sql} AS DOUBLE))`;
  return `(CAST(${left.sql} AS DOUBLE) ${SYMBOLS[operation]} ${right.sql})`;
}

function withWhole(operation: Arithmetic, left: Operand, right: Operand): string {
  if (operation === 'divide') return `kql_divide_long(CAST(${left.sql} AS BIGINT), ${right.sql})`;
  if (operation === 'modulo') return `kql_modulo(CAST(${left.sql} AS BIGINT), ${right.sql})`;
  if (left.small && right.small) return `(CAST(${left.sql} AS BIGINT) ${SYMBOLS[operation]} ${right.sql})`;
  return wrapLong(`${left.sql}::HUGEINT ${SYMBOLS[operation]} ${right.sql}`);
}

function minus(t: Translation, node: SyntaxNode, row: Row): string {
  const inner = mustPart(node, 'Expression');
  const type = typeOf(inner);
  const sql = t.scalar(inner, row);
  if (type === 'decimal') return `kql_decimal_subtract('0', ${sql})`;
  if (type === 'dynamic') return `(-${convert(sql, type, 'real')})`;
  return `(-${sql})`;
}

export const arithmeticRules: Readonly<Record<string, ExpressionRule>> = {
  AddExpression: arithmetic('add'),
  SubtractExpression: arithmetic('subtract'),
  MultiplyExpression: arithmetic('multiply'),
  DivideExpression: arithmetic('divide'),
  ModuloExpression: arithmetic('modulo'),
  UnaryMinusExpression: minus,
  UnaryPlusExpression: (t, node, row) => t.scalar(mustPart(node, 'Expression'), row),
};
