import { formatShort } from '../format.ts';
import type { Form, Picture, Plot } from '../picture.ts';
import { type DrawingData, drawingData } from '../spec.ts';
import type { Measure } from '../text-fit.ts';
import type { Theme } from '../theme.ts';
import { type Matrix, sizeShare } from './matrix.ts';
import { COLUMN_LABEL_PX, LABEL_PX, layoutOf, type MatrixLook } from './matrix-layout.ts';
import { legendEntries, legendMarks, legendTitle, legendWidth } from './matrix-legend.ts';
import { insideMarks, labelMarks, titleMarks, totalMarks } from './matrix-marks.ts';

const BAR_PX = 44;

/** The picture of a matrix: circles (or coloured cells), totals at the sides, a shaded rest, a legend in real values. */
export function matrixPicture(matrix: Matrix, look: MatrixLook, measure: Measure): Picture {
  const layout = layoutOf(matrix, look, measure);
  const { cell } = layout;
  const columns = Math.max(matrix.x.labels.length, 1);
  const rows = Math.max(matrix.y.labels.length, 1);
  const width = columns * cell;
  const height = rows * cell;
  const isRest = (x: number, y: number) =>
    (matrix.x.others > 0 && x === columns - 1) || (matrix.y.others > 0 && y === rows - 1) ? 1 : 0;
  const maxArea = (cell * 0.86) ** 2;
  const areaOf = (value: number) =>
    look.mode === 'fixed'
      ? 26
      : value === 0
        ? 0
        : Math.max(5, Math.round(maxArea * sizeShare(value, matrix.largest, look.mode) * 10) / 10);
  const largestTotal = (totals: readonly number[]) =>
    totals.reduce((most, total) => Math.max(most, Math.abs(total)), 1);
  const xMost = largestTotal(matrix.x.totals);
  const yMost = largestTotal(matrix.y.totals);
  const xBars = matrix.x.totals.map((total) => Math.max(1, Math.sqrt(Math.abs(total) / xMost) * BAR_PX));
  const yBars = matrix.y.totals.map((total) => Math.max(1, Math.sqrt(Math.abs(total) / yMost) * 70));
  const data: Record<string, DrawingData> = {
    cells: drawingData(
      ['x', 'y', 'v', 's', 'o', 'xl', 'yl', 'share'],
      matrix.cells.map(({ x, y, value }) => ({
        x,
        y,
        v: value,
        s: areaOf(value),
        o: isRest(x, y),
        xl: matrix.x.labels[x]!,
        yl: matrix.y.labels[y]!,
        share: sizeShare(value, matrix.largest, look.mode === 'linear' ? 'log' : look.mode),
      })),
    ),
    columns: {
      x: layout.xLabels.map((_, x) => x),
      label: layout.xLabels,
      full: matrix.x.labels,
      total: matrix.x.totals,
      bar: xBars,
      o: layout.xLabels.map((_, x) => (matrix.x.others > 0 && x === columns - 1 ? 1 : 0)),
    },
    lines: {
      y: layout.yLabels.map((_, y) => y),
      label: layout.yLabels,
      full: matrix.y.labels,
      total: matrix.y.totals,
      short: matrix.y.totals.map(formatShort),
      bar: yBars,
      o: layout.yLabels.map((_, y) => (matrix.y.others > 0 && y === rows - 1 ? 1 : 0)),
    },
  };
  return {
    title: look.title,
    notes: look.notes,
    isEmpty: matrix.cells.length === 0,
    data,
    zoom: 'xy',
    sizing: { kind: 'cells', columns, rows, cellInPx: cell },
    labels: [
      {
        side: 'left',
        data: 'lines',
        full: 'full',
        drawn: 'label',
        fontInPx: layout.font,
        mostInPx: LABEL_PX,
        gapInPx: layout.leftGap,
      },
      {
        side: 'bottom',
        data: 'columns',
        full: 'full',
        drawn: 'label',
        fontInPx: layout.font,
        mostInPx: COLUMN_LABEL_PX,
        gapInPx: layout.bottomGap,
      },
    ],
    pageLegend: legendEntries(layout, look, matrix, areaOf),
    legendTitle: legendTitle(look),
    extent: { x: [0, columns], y: [0, rows] },
    minSpan: Math.min(5, columns),
    tips: {
      cell: [
        { label: look.yTitle || 'Row', field: 'yl', as: 'text' },
        { label: look.xTitle || 'Column', field: 'xl', as: 'text' },
        { label: look.valueTitle, field: 'v', as: 'number' },
      ],
      columnTotal: [
        { label: look.xTitle || 'Column', field: 'full', as: 'text' },
        { label: look.valueTitle, field: 'total', as: 'number' },
      ],
      lineTotal: [
        { label: look.yTitle || 'Row', field: 'full', as: 'text' },
        { label: look.valueTitle, field: 'total', as: 'number' },
      ],
    },
    plot: (theme: Theme, form: Form): Plot => ({
      margin: {
        left: layout.left,
        right: form === 'png' ? 150 + legendWidth(look, measure) : 120,
        top: BAR_PX + 14,
        bottom: layout.bottom,
      },
      widthInPx: width,
      heightInPx: height,
      signals: [
        { name: 'xDomain', value: [0, columns] },
        { name: 'yDomain', value: [0, rows] },
        { name: 'sideInPx', value: layout.left },
        { name: 'footInPx', value: layout.bottom },
        { name: 'slanted', value: layout.slanted },
        { name: 'barScale', value: 1 },
        { name: 'cellX', update: 'width/(xDomain[1]-xDomain[0])' },
        { name: 'cellY', update: 'height/(yDomain[1]-yDomain[0])' },
        { name: 'grow', update: `min(cellX,cellY)/${cell}` },
        // Where cells are smaller than letters, every second or third has its label.
        { name: 'stepX', update: `max(1,ceil(${layout.font * 0.95}/cellX))` },
        { name: 'stepY', update: `max(1,ceil(${layout.font * 0.95}/cellY))` },
        ...(form === 'html'
          ? [
              {
                name: 'over',
                value: null,
                on: [
                  { events: '@cell:pointerover', update: 'datum' },
                  { events: '@cell:pointerout', update: 'null' },
                ],
              },
            ]
          : []),
      ],
      scales: [
        {
          name: 'x',
          type: 'linear',
          domain: { signal: 'xDomain' },
          range: [0, { signal: 'width' }],
          zero: false,
          nice: false,
        },
        {
          name: 'y',
          type: 'linear',
          domain: { signal: 'yDomain' },
          range: [0, { signal: 'height' }],
          zero: false,
          nice: false,
        },
        {
          name: 'colour',
          type: 'linear',
          domain: [0, 0.25, 0.5, 0.75, 1],
          range: theme.ramp,
          interpolate: 'rgb',
          clamp: true,
        },
      ],
      marks: [
        {
          type: 'group',
          clip: true,
          encode: { update: { width: { signal: 'width' }, height: { signal: 'height' } } },
          marks: insideMarks(theme, layout, look, form),
        },
        ...labelMarks(theme, layout),
        ...totalMarks(theme, layout),
        ...titleMarks(theme, look),
        ...(form === 'png' ? legendMarks(theme, legendEntries(layout, look, matrix, areaOf), look, width + 130) : []),
      ],
    }),
  };
}
