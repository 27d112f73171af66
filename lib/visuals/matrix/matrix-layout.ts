import { fitLabels, type Measure } from '../text-fit.ts';
import { TEXT_FONT } from '../theme.ts';
import type { Matrix, SizeMode } from './matrix.ts';

/** Above so many rows or columns, circles are too small: cells are coloured instead. */
export const HEAT_FROM = 60;
/** Longest labels of rows and of columns. */
export const LABEL_PX = 230;
export const COLUMN_LABEL_PX = 170;

/** How a matrix is drawn: titles, sizes, what is counted. */
export interface MatrixLook {
  readonly title: string;
  readonly notes: readonly string[];
  readonly mode: SizeMode;
  readonly valueTitle: string;
  readonly xTitle: string;
  readonly yTitle: string;
  readonly fontSize: number | undefined;
  readonly cellInPx: number | undefined;
}

/** Sizes that follow from the labels and their number. */
export interface Layout {
  readonly cell: number;
  readonly heat: boolean;
  readonly font: number;
  readonly xLabels: readonly string[];
  readonly yLabels: readonly string[];
  readonly slanted: boolean;
  /** px of the margins, and what of them is not for labels. */
  readonly left: number;
  readonly bottom: number;
  readonly leftGap: number;
  readonly bottomGap: number;
}

/** Chooses cell and font sizes so that labels fit. */
export function layoutOf(matrix: Matrix, look: MatrixLook, measure: Measure): Layout {
  const longest = Math.max(matrix.x.labels.length, matrix.y.labels.length);
  const heat = longest > HEAT_FROM;
  const cell = look.cellInPx ?? (longest > 120 ? 10 : heat ? 13 : longest > 36 ? 19 : longest > 12 ? 25 : 34);
  const font = look.fontSize ?? Math.max(7, Math.min(12, cell - 3));
  const cssFont = `${font}px ${TEXT_FONT}`;
  const xLabels = fitLabels(measure, cssFont, matrix.x.labels, COLUMN_LABEL_PX);
  const yLabels = fitLabels(measure, cssFont, matrix.y.labels, LABEL_PX);
  const widest = (labels: readonly string[]) =>
    labels.reduce((most, label) => Math.max(most, measure(cssFont, label)), 12);
  const slanted = cell >= 18;
  const leftGap = 16 + (look.yTitle ? 20 : 0);
  const bottomGap = 18 + (look.xTitle ? 20 : 0);
  return {
    cell,
    heat,
    font,
    xLabels,
    yLabels,
    slanted,
    left: Math.ceil(widest(yLabels) * 1.06) + leftGap,
    bottom: Math.ceil(widest(xLabels) * 1.06 * (slanted ? 0.87 : 1)) + bottomGap,
    leftGap,
    bottomGap,
  };
}
