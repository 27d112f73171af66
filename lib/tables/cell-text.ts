import { type Column, cell, isTextColumn } from './column.ts';
import { isoFromTicks, textFromTimespan } from './datetime.ts';

/**
 * A cell as the text that people and files see: datetimes in ISO 8601 with seven digits and `Z`, timespans as Kusto
 * prints them, numbers in full; null where there is no value. Costs no more than the cell itself.
 *
 * @example cellText({ name: 'Alive', type: 'bool', values: Uint8Array.of(1) }, 0) // 'true'
 */
export function cellText(column: Column, row: number): string | null {
  if (isTextColumn(column)) return column.values[row] ?? null;
  const value = cell(column, row);
  if (value === null) return null;
  if (column.type === 'datetime') return isoFromTicks(value as bigint);
  if (column.type === 'timespan') return textFromTimespan(value as bigint);
  return String(value);
}
