import { placeLabels } from '../graph/graph-labels.ts';
import { fitLabel, type Measure } from '../text-fit.ts';
import { PAGE_TEXT_FONT } from '../theme.ts';

const FONT = `11px ${PAGE_TEXT_FONT}`;
const LONGEST_PX = 150;
type Row = Record<string, string | number>;

/** The rows of a graph's nodes with labels cut to the plot and shown where, at this zoom, they cover nothing. */
export function placeNodeLabels(
  rows: readonly Row[],
  at: {
    readonly x: (value: number) => number;
    readonly y: (value: number) => number;
    readonly width: number;
    readonly height: number;
    readonly grow: number;
  },
  measure: Measure,
): Row[] {
  const longest = Math.min(LONGEST_PX, at.width * 0.4);
  const x = rows.map((row) => at.x(row['x'] as number));
  const y = rows.map((row) => at.y(row['y'] as number));
  const labels = rows.map((row) => fitLabel(measure, FONT, String(row['short']), longest));
  const areas = rows.map((row) => (row['s'] as number) * at.grow);
  const ranks = rows.map((row) => row['r'] as number);
  const { width, height } = at;
  const { shown, sides } = placeLabels({ x, y, areas, labels, ranks, width, height, measure, font: FONT });
  return rows.map((row, index) => ({ ...row, label: labels[index]!, side: sides[index]!, l: shown[index]! }));
}
