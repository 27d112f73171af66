import { TrailhoundError } from '../../errors.ts';
import { getColumn, type Table, type TableSource } from '../../tables/index.ts';
import { categoriesOf, cellText, firstColumn, numbersOf, requireColumn } from '../columns.ts';
import type { ProcessRows } from './process-rows.ts';

const LEVELS: Readonly<Record<string, number>> = { critical: 3, high: 3, medium: 2, low: 1 };

/** Which of the tables that detections speak of the tree was built from. */
function tableOf(labels: readonly string[], wanted: string | undefined): string | undefined {
  // A table that is named and that no detection speaks of is one with nothing to flag.
  if (wanted !== undefined || labels.length < 2) return wanted ?? labels[0];
  throw new TrailhoundError('usage', 'detectionsOf: which table was the tree built from?', {
    hint: `The detections are of: ${labels.join(', ')}`,
  });
}

/**
 * Flags the processes that detections name by the row of the table that the tree was built from. The reason is the
 * title of the rule; what an allow-list covers does not flag.
 */
export async function withDetections(
  rows: ProcessRows,
  tree: Table,
  detections: TableSource,
  ofTable: string | undefined,
): Promise<ProcessRows> {
  const { schema } = detections;
  const columns = {
    row: requireColumn(schema, 'SourceRow', 'detections').name,
    title: firstColumn(schema, ['RuleTitle', 'Title', 'Reason']),
    level: firstColumn(schema, ['Level', 'Severity']),
    source: firstColumn(schema, ['SourceTable']),
    suppressed: firstColumn(schema, ['SuppressedBy']),
  };
  const table = await detections.read(Object.values(columns).filter((name) => name !== undefined));
  const text = (name: string | undefined, row: number) =>
    name === undefined ? '' : cellText(getColumn(table, name), row);
  const from =
    columns.source === undefined
      ? undefined
      : tableOf(categoriesOf(getColumn(table, columns.source), 'omit').labels, ofTable);
  const processAt = new Map<number, number>();
  for (const [process, source] of numbersOf(getColumn(tree, 'SourceRow'), 'detections').entries()) {
    processAt.set(source, process);
  }
  const flags = rows.flags.slice();
  const titles = new Map<number, Set<string>>();
  const sourceRows = numbersOf(getColumn(table, columns.row), 'detections');
  for (let row = 0; row < table.rowCount; row++) {
    if (from !== undefined && text(columns.source, row) !== from) continue;
    if (text(columns.suppressed, row) !== '') continue;
    const process = processAt.get(sourceRows[row]!);
    if (process === undefined) continue;
    flags[process] = Math.max(flags[process]!, LEVELS[text(columns.level, row).toLowerCase()] ?? 1);
    const known = titles.get(process) ?? new Set();
    titles.set(process, known.add(text(columns.title, row)));
  }
  const reasons = rows.reasons.map((reason, process) =>
    [...(titles.get(process) ?? []), reason].filter(Boolean).join('; '),
  );
  return { ...rows, flags, reasons };
}
