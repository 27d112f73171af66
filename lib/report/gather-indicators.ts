import type { Verdict } from '../outcome.ts';
import { isTextColumn, type TableSource } from '../tables/index.ts';
import type { Indicator, ReportTable, Shown } from './input.ts';
import { compareText } from './rank.ts';
import { slicesOf } from './slices.ts';

const SHOWN = 500;
const TYPE_COLUMN = 'IoCType';
const VALUE_COLUMN = 'Observable';

/**
 * What was extracted, each value once with the number of rows that hold it, and what lookups said of it.
 * Values with a verdict come first, the worst at the top; then the others, the most frequent first.
 */
export async function gatherIndicators(
  tables: readonly ReportTable[],
  sources: ReadonlyMap<string, TableSource>,
  verdicts: readonly Verdict[],
): Promise<Shown<Indicator>> {
  const seen = new Map<string, { type: string; value: string; count: number; tables: Set<string> }>();
  for (const { name, verb } of tables) {
    const source = sources.get(name);
    const names = source?.schema.map((column) => column.name) ?? [];
    if (!source || !verb.startsWith('extract.') || ![TYPE_COLUMN, VALUE_COLUMN].every((it) => names.includes(it))) {
      continue;
    }
    const [types, values] = (await source.read([TYPE_COLUMN, VALUE_COLUMN])).columns;
    if (!types || !values || !isTextColumn(types) || !isTextColumn(values)) continue;
    for await (const { start, end } of slicesOf(source.rowCount)) {
      for (let row = start; row < end; row++) {
        const type = types.values[row];
        const value = values.values[row];
        if (!type || !value) continue;
        const key = `${type}\n${value}`;
        const indicator = seen.get(key);
        if (indicator) {
          indicator.count++;
          indicator.tables.add(name);
        } else seen.set(key, { type, value, count: 1, tables: new Set([name]) });
      }
    }
  }
  const judged = verdicts.map((verdict): Indicator => {
    const key = `${verdict.type}\n${verdict.value}`;
    const found = seen.get(key);
    seen.delete(key);
    return {
      type: verdict.type,
      value: verdict.value,
      count: found?.count ?? 0,
      tables: [...(found?.tables ?? [])],
      verdict,
    };
  });
  const others = [...seen.values()]
    .sort((a, b) => b.count - a.count || compareText(a.type, b.type) || compareText(a.value, b.value))
    .map((indicator): Indicator => ({ ...indicator, tables: [...indicator.tables], verdict: null }));
  const all = [...judged, ...others];
  return { items: all.slice(0, SHOWN), total: all.length };
}
