import { formatDuration } from '../format.ts';
import type { ChartPayload } from '../payload.ts';
import { formatCount, formatTime, type Pair } from './page.ts';

/** What a mark says of itself: its own fields, then the details of its row. */
export function tipPairs(
  payload: Pick<ChartPayload, 'tips' | 'categories' | 'details'>,
  mark: string | undefined,
  datum: Readonly<Record<string, unknown>> | undefined,
  columns: 'tip' | 'all' = 'tip',
): Pair[] | undefined {
  const fields = mark === undefined ? undefined : payload.tips[mark];
  if (!fields || !datum) return undefined;
  const pairs: Pair[] = [];
  for (const { label, field, as } of fields) {
    const value = datum[field];
    if (value === undefined || value === null || value === '' || Number.isNaN(value)) continue;
    if (as === 'category') pairs.push([label, payload.categories?.[Number(value)] ?? '']);
    else if (as === 'time') pairs.push([label, `${formatTime(Number(value))} UTC`]);
    else if (as === 'duration') pairs.push([label, formatDuration(Number(value))]);
    else if (as === 'number') pairs.push([label, formatNumber(Number(value))]);
    else pairs.push([label, String(value)]);
  }
  const { details } = payload;
  if (details && typeof datum['i'] === 'number') {
    const most = columns === 'all' ? details.columns.length : (details.tipColumns ?? details.columns.length);
    details.columns.slice(0, most).forEach((column, index) => {
      const text = details.texts[details.cells[index]?.[datum['i'] as number] ?? -1];
      if (text) pairs.push([column, text]);
    });
  }
  return pairs;
}

function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  return Number.isInteger(value) ? formatCount(value) : value.toLocaleString('en-US', { maximumSignificantDigits: 6 });
}
