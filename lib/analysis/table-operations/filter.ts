import { TrailhoundError } from '../../errors.ts';
import { type Column, cell, cellText, getColumn, isTextColumn, type Table, ticksFromIso } from '../../tables/index.ts';
import { linearPattern } from '../linear-pattern.ts';

export const FILTER_OPERATORS = [
  'equals',
  'not-equals',
  'in',
  'not-in',
  'contains',
  'not-contains',
  'starts-with',
  'ends-with',
  'matches',
  'less',
  'at-most',
  'greater',
  'at-least',
  'is-null',
  'is-not-null',
] as const;
export type FilterOperator = (typeof FILTER_OPERATORS)[number];

export type FilterValue = string | number | boolean | null;

export interface FilterCondition {
  readonly column: string;
  readonly operator: FilterOperator;
  readonly value?: FilterValue | readonly FilterValue[] | undefined;
}

/** The rows for which all conditions (or any of them) hold. Texts are compared without regard to case. */
export function filterRows(table: Table, conditions: readonly FilterCondition[], mode: 'all' | 'any'): number[] {
  const tests = conditions.map((condition) => testOf(getColumn(table, condition.column), condition));
  const rows: number[] = [];
  for (let row = 0; row < table.rowCount; row++) {
    if (mode === 'all' ? tests.every((test) => test(row)) : tests.some((test) => test(row))) rows.push(row);
  }
  return rows;
}

type RowTest = (row: number) => boolean;

function testOf(column: Column, { operator, value }: FilterCondition): RowTest {
  const values = (Array.isArray(value) ? value : [value ?? null]) as readonly FilterValue[];
  const isNull = (row: number) => cell(column, row) === null;
  switch (operator) {
    case 'is-null':
      return (row) => isNull(row) || cell(column, row) === '';
    case 'is-not-null':
      return (row) => !isNull(row) && cell(column, row) !== '';
    case 'equals':
    case 'in':
      return equality(column, values);
    case 'not-equals':
    case 'not-in': {
      const isOne = equality(column, values);
      return (row) => !isOne(row);
    }
    case 'contains':
      return textTest(column, values, (text, part) => text.includes(part));
    case 'not-contains': {
      const contains = textTest(column, values, (text, part) => text.includes(part));
      return (row) => !contains(row);
    }
    case 'starts-with':
      return textTest(column, values, (text, part) => text.startsWith(part));
    case 'ends-with':
      return textTest(column, values, (text, part) => text.endsWith(part));
    case 'matches': {
      const pattern = linearPattern(String(values[0] ?? ''), '');
      return (row) => pattern.test(cellText(column, row) ?? '');
    }
    default:
      return ordering(column, operator, values[0] ?? null);
  }
}

function equality(column: Column, values: readonly FilterValue[]): RowTest {
  const wanted = new Set(values.map((value) => comparable(column, value)));
  if (isTextColumn(column)) return (row) => wanted.has(column.values[row]?.toLowerCase() ?? null);
  return (row) => wanted.has(comparable(column, cell(column, row) as FilterValue));
}

/** Values of a column and of a condition in one form: lower-case text, number text, ticks. */
function comparable(column: Column, value: FilterValue | bigint): string | null {
  if (value === null) return null;
  if (column.type === 'datetime' && typeof value === 'string') return String(ticksFromIso(value));
  return String(value).toLowerCase();
}

function textTest(
  column: Column,
  values: readonly FilterValue[],
  holds: (text: string, part: string) => boolean,
): RowTest {
  const parts = values.map((value) => String(value ?? '').toLowerCase());
  return (row) => {
    const text = cellText(column, row)?.toLowerCase() ?? '';
    return parts.some((part) => holds(text, part));
  };
}

function ordering(column: Column, operator: FilterOperator, value: FilterValue): RowTest {
  const bound =
    column.type === 'datetime' ? ticksFromIso(String(value)) : isTextColumn(column) ? String(value) : Number(value);
  if (bound === null || Number.isNaN(bound)) {
    throw new TrailhoundError('usage', `${column.name} is ${column.type}: "${value}" cannot be compared with it`);
  }
  return (row) => {
    const own = cell(column, row);
    if (own === null || typeof own === 'boolean') return false;
    if (operator === 'less') return own < bound;
    if (operator === 'at-most') return own <= bound;
    return operator === 'greater' ? own > bound : own >= bound;
  };
}
