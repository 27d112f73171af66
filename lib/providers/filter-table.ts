import {
  type Cell,
  cell,
  findColumn,
  getColumn,
  isTextColumn,
  selectRows,
  type Table,
  ticksFromIso,
  ticksFromMs,
} from '../tables/index.ts';
import type { QueryRequest, QueryValue } from './provider.ts';
import { type Answer, noTimeWarnings } from './result.ts';

/**
 * The rows of a table in memory that a request's conditions and time range let through. Without a time column the range
 * is left out, and a warning says so.
 */
export function filterTable(table: Table, request: QueryRequest, timeColumn: string | undefined): Answer {
  const tests: ((row: number) => boolean)[] = [];
  const { timeRange } = request;
  const times = timeColumn === undefined ? undefined : findColumn(table, timeColumn);
  if (timeRange && times) {
    tests.push((row) => {
      const time = cell(times, row);
      return typeof time === 'bigint' && time >= timeRange.start && time < timeRange.end;
    });
  }
  for (const [name, value] of Object.entries(request.where ?? {})) {
    const column = getColumn(table, name);
    const wanted = (Array.isArray(value) ? value : [value]) as readonly QueryValue[];
    tests.push((row) => wanted.some((each) => isEqual(cell(column, row), each, isTextColumn(column))));
  }
  const warnings = times ? [] : noTimeWarnings(request);
  if (tests.length === 0) return { table, warnings };
  const rows: number[] = [];
  for (let row = 0; row < table.rowCount; row++) if (tests.every((test) => test(row))) rows.push(row);
  return { table: selectRows(table, rows), warnings };
}

/** Text without regard to case; null is the empty text; numbers by value, datetimes by tick. */
function isEqual(held: Cell, wanted: QueryValue, isText: boolean): boolean {
  if (wanted === null || wanted === '') return held === null || held === '';
  if (isText) return String(held ?? '').toLowerCase() === String(wanted).toLowerCase();
  if (held === null) return false;
  if (typeof held === 'bigint') {
    if (wanted instanceof Date) return held === ticksFromMs(wanted.getTime());
    if (typeof wanted === 'string') return held === (ticksFromIso(wanted) ?? null) || String(held) === wanted;
    return typeof wanted === 'bigint' ? held === wanted : held === BigInt(Math.trunc(Number(wanted)));
  }
  if (typeof held === 'boolean') return String(held) === String(wanted).toLowerCase();
  return held === Number(wanted);
}
