import type { GridColumn } from '../browse/grid-payload.ts';
import { shortTime } from '../format.ts';

export const OPERATORS = [
  'contains',
  'does not contain',
  'equals',
  'does not equal',
  'starts with',
  'matches',
  'in',
  'greater than',
  'at least',
  'less than',
  'at most',
  'between',
  'is empty',
  'is not empty',
] as const;
export type Operator = (typeof OPERATORS)[number];

export interface Filter {
  readonly column: number;
  readonly operator: Operator;
  readonly value: string;
}

export function cellOf(column: GridColumn, row: number): string {
  if (column.kind === 'number') {
    const value = column.values[row];
    return value === null || value === undefined ? '' : String(value);
  }
  return column.texts[column.codes[row]!] ?? '';
}

/** The cell as it is shown: times without zeros at their end, values that have a name with that. */
export function shownCell(column: GridColumn, row: number): string {
  const text = cellOf(column, row);
  if (column.kind === 'time') return shortTime(text);
  return (column.kind === 'number' ? column.names?.[text] : undefined) ?? text;
}

/** Ascending; empty cells last. */
export function compareRows(column: GridColumn, a: number, b: number): number {
  if (column.kind === 'number') {
    const [left, right] = [column.values[a] ?? null, column.values[b] ?? null];
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    return left - right;
  }
  const [left, right] = [cellOf(column, a), cellOf(column, b)];
  if (left === '' || right === '') return Number(left === '') - Number(right === '');
  return left < right ? -1 : left > right ? 1 : 0;
}

function textTest(operator: Operator, wanted: string): (text: string) => boolean {
  const lower = wanted.toLowerCase();
  const list = wanted.split(',').map((value) => value.trim().toLowerCase());
  const [from = '', to = ''] = wanted.split('..').map((value) => value.trim());
  switch (operator) {
    case 'contains':
      return (text) => text.toLowerCase().includes(lower);
    case 'does not contain':
      return (text) => !text.toLowerCase().includes(lower);
    case 'equals':
      return (text) => text.toLowerCase() === lower;
    case 'does not equal':
      return (text) => text.toLowerCase() !== lower;
    case 'starts with':
      return (text) => text.toLowerCase().startsWith(lower);
    case 'matches': {
      const pattern = new RegExp(wanted, 'i');
      return (text) => pattern.test(text.slice(0, 5000));
    }
    case 'in':
      return (text) => list.includes(text.toLowerCase());
    case 'greater than':
      return (text) => text !== '' && text > wanted;
    case 'at least':
      return (text) => text !== '' && text >= wanted;
    case 'less than':
      return (text) => text !== '' && text < wanted;
    case 'at most':
      return (text) => text !== '' && text <= wanted;
    case 'between':
      return (text) => text !== '' && text >= from && text <= `${to}\uffff`;
    case 'is empty':
      return (text) => text === '';
    case 'is not empty':
      return (text) => text !== '';
  }
}

function numberTest(operator: Operator, wanted: string): ((value: number) => boolean) | undefined {
  const number = Number(wanted);
  const [from = Number.NaN, to = Number.NaN] = wanted.split('..').map(Number);
  const list = wanted.split(',').map(Number);
  switch (operator) {
    case 'equals':
      return (value) => value === number;
    case 'does not equal':
      return (value) => value !== number;
    case 'in':
      return (value) => list.includes(value);
    case 'greater than':
      return (value) => value > number;
    case 'at least':
      return (value) => value >= number;
    case 'less than':
      return (value) => value < number;
    case 'at most':
      return (value) => value <= number;
    case 'between':
      return (value) => value >= from && value <= to;
    default:
      return undefined;
  }
}

/** Whether a row passes. Each distinct text is tested once. A pattern that is none throws. */
export function filterTest(column: GridColumn, { operator, value }: Filter): (row: number) => boolean {
  if (column.kind === 'number') {
    const test = numberTest(operator, value);
    if (test) {
      return (row) => {
        const cell = column.values[row] ?? null;
        return cell !== null && test(cell);
      };
    }
    const byText = textTest(operator, value);
    return (row) => byText(shownCell(column, row));
  }
  const isTime = column.kind === 'time';
  const test = textTest(operator, isTime ? shortTime(value.trim()) : value);
  const passes = column.texts.map((text) => test(isTime ? shortTime(text) : text));
  return (row) => passes[column.codes[row]!] ?? false;
}
