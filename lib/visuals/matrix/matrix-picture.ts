import { fitLabel, type Measure } from '../drawing-kit.ts';
import { formatShort } from '../format.ts';
import type { Form, Picture, Plot } from '../picture.ts';
import { constant, type DrawingData, drawingData, type Json, type SpecPart } from '../spec.ts';
import { TEXT_FONT, type Theme } from '../theme.ts';
import { type Matrix, type SizeMode, sizeShare } from './matrix.ts';

/** Above so many rows or columns, circles are too small: cells are coloured instead. */
export const HEAT_FROM = 60;
const LABEL_PX = 230;
const BAR_PX = 44;

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

interface Layout {
  readonly cell: number;
  readonly heat: boolean;
  readonly font: number;
  readonly xLabels: readonly string[];
  readonly yLabels: readonly string[];
  readonly slanted: boolean;
  readonly left: number;
  readonly bottom: number;
}

function layoutOf(matrix: Matrix, look: MatrixLook, measure: Measure): Layout {
  const longest = Math.max(matrix.x.labels.length, matrix.y.labels.length);
  const heat = longest > HEAT_FROM;
  const cell = look.cellInPx ?? (longest > 120 ? 10 : heat ? 13 : longest > 36 ? 19 : longest > 12 ? 25 : 34);
  const font = look.fontSize ?? Math.max(7, Math.min(12, cell - 3));
  const cssFont = `${font}px ${TEXT_FONT}`;
  const xLabels = matrix.x.labels.map((label) => fitLabel(measure, cssFont, label, 170));
  const yLabels = matrix.y.labels.map((label) => fitLabel(measure, cssFont, label, LABEL_PX));
  const widest = (labels: readonly string[]) =>
    labels.reduce((most, label) => Math.max(most, measure(cssFont, label)), 12);
  const slanted = cell >= 18;
  return {
    cell,
    heat,
    font,
    xLabels,
    yLabels,
    slanted,
    left: Math.ceil(widest(yLabels) * 1.06) + 16 + (look.yTitle ? 20 : 0),
    bottom: Math.ceil(widest(xLabels) * 1.06 * (slanted ? 0.87 : 1)) + 18 + (look.xTitle ? 20 : 0),
  };
}

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
    data,
    zoom: columns > 12 || rows > 12 ? 'xy' : 'none',
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
        right: 150 + legendWidth(layout, look, measure),
        top: BAR_PX + 14,
        bottom: layout.bottom,
      },
      widthInPx: width,
      heightInPx: height,
      signals: [
        { name: 'xDomain', value: [0, columns] },
        { name: 'yDomain', value: [0, rows] },
        { name: 'grow', update: `${columns}/(xDomain[1]-xDomain[0])` },
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
        { name: 'x', type: 'linear', domain: { signal: 'xDomain' }, range: [0, width], zero: false, nice: false },
        { name: 'y', type: 'linear', domain: { signal: 'yDomain' }, range: [0, height], zero: false, nice: false },
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
          encode: { enter: constant({ width, height }) },
          marks: insideMarks(theme, layout, look, form, width, height),
        },
        ...labelMarks(theme, layout, height),
        ...totalMarks(theme, layout, width),
        ...titleMarks(theme, layout, look, width, height),
        ...legendMarks(theme, layout, look, matrix, areaOf, width + 130),
      ],
    }),
  };
}

const at = (scale: 'x' | 'y', offset: number) => ({ signal: `scale('${scale}',datum.${scale}+${offset})` });
const span = (scale: 'x' | 'y') => ({ signal: `scale('${scale}',datum.${scale}+1)-scale('${scale}',datum.${scale})` });

function insideMarks(
  theme: Theme,
  layout: Layout,
  look: MatrixLook,
  form: Form,
  width: number,
  height: number,
): SpecPart[] {
  const over = (scale: 'x' | 'y'): SpecPart[] =>
    form === 'html'
      ? [
          {
            type: 'rect',
            interactive: false,
            encode: {
              update: {
                ...(scale === 'x'
                  ? {
                      y: { value: 0 },
                      y2: { value: height },
                      x: { signal: "over?scale('x',over.x):0" },
                      width: { signal: "over?scale('x',over.x+1)-scale('x',over.x):0" },
                    }
                  : {
                      x: { value: 0 },
                      x2: { value: width },
                      y: { signal: "over?scale('y',over.y):0" },
                      height: { signal: "over?scale('y',over.y+1)-scale('y',over.y):0" },
                    }),
                fill: { value: theme.accent },
                fillOpacity: { value: 0.12 },
              },
            },
          },
        ]
      : [];
  const cell: SpecPart = layout.heat
    ? {
        type: 'rect',
        name: 'cell',
        from: { data: 'cells' },
        encode: {
          update: {
            x: at('x', 0),
            y: at('y', 0),
            width: { signal: "max(1,scale('x',datum.x+1)-scale('x',datum.x)-0.5)" },
            height: { signal: "max(1,scale('y',datum.y+1)-scale('y',datum.y)-0.5)" },
            fill: [
              { test: 'datum.o', value: theme.bar },
              { scale: 'colour', field: 'share' },
            ],
            stroke: { value: null },
            tooltip: { signal: 'datum' },
          },
          hover: { stroke: { value: theme.ink } },
        },
      }
    : {
        type: 'symbol',
        name: 'cell',
        from: { data: 'cells' },
        encode: {
          enter: { shape: { value: look.mode === 'fixed' ? 'square' : 'circle' }, fillOpacity: { value: 0.85 } },
          update: {
            x: at('x', 0.5),
            y: at('y', 0.5),
            size: { signal: 'datum.s*grow*grow' },
            fill: [
              { test: 'datum.o', value: theme.bar },
              { test: 'datum.v<0', value: theme.alert },
              { value: theme.accent },
            ],
            stroke: { value: null },
            tooltip: { signal: 'datum' },
          },
          hover: { stroke: { value: theme.ink } },
        },
      };
  const shade = { signal: `datum.o?'${theme.faintStrong}':datum.y%2?'${theme.paper}':'${theme.faint}'` };
  return [
    {
      type: 'rect',
      interactive: false,
      from: { data: 'lines' },
      encode: {
        enter: constant({ x: 0, x2: width }),
        update: { y: at('y', 0), height: span('y'), fill: layout.heat ? { value: theme.faint } : shade },
      },
    },
    {
      type: 'rect',
      interactive: false,
      from: { data: 'columns' },
      encode: {
        enter: { ...constant({ y: 0, y2: height }), fill: { signal: `datum.o?'${theme.faintStrong}':'transparent'` } },
        update: { x: at('x', 0), width: span('x') },
      },
    },
    ...(layout.heat
      ? []
      : [
          {
            type: 'rule',
            interactive: false,
            from: { data: 'columns' },
            encode: { enter: constant({ y: 0, y2: height, stroke: theme.grid }), update: { x: at('x', 0.5) } },
          },
          {
            type: 'rule',
            interactive: false,
            from: { data: 'lines' },
            encode: { enter: constant({ x: 0, x2: width, stroke: theme.grid }), update: { y: at('y', 0.5) } },
          },
        ]),
    ...over('x'),
    ...over('y'),
    cell,
  ];
}

const visible = (scale: 'x' | 'y') =>
  ({ signal: `inrange(datum.${scale}+0.5,${scale}Domain)?1:0` }) satisfies Record<string, Json>;

function labelMarks(theme: Theme, layout: Layout, height: number): SpecPart[] {
  return [
    {
      type: 'text',
      interactive: false,
      from: { data: 'lines' },
      encode: {
        enter: {
          ...constant({ x: -10, align: 'right', baseline: 'middle', fontSize: layout.font }),
          text: { field: 'label' },
          fill: { signal: `datum.o?'${theme.mute}':'${theme.ink}'` },
        },
        update: { y: at('y', 0.5), opacity: visible('y') },
      },
    },
    {
      type: 'text',
      interactive: false,
      from: { data: 'columns' },
      encode: {
        enter: {
          ...constant({
            y: height + 8,
            align: 'right',
            baseline: 'middle',
            angle: layout.slanted ? -60 : -90,
            fontSize: layout.font,
          }),
          text: { field: 'label' },
          fill: { signal: `datum.o?'${theme.mute}':'${theme.ink}'` },
        },
        update: { x: at('x', 0.5), opacity: visible('x') },
      },
    },
  ];
}

function totalMarks(theme: Theme, layout: Layout, width: number): SpecPart[] {
  const bar = Math.min(14, layout.cell * 0.6);
  return [
    {
      type: 'rect',
      name: 'columnTotal',
      from: { data: 'columns' },
      encode: {
        enter: { ...constant({ y2: -8, width: bar, fill: theme.bar }), y: { signal: '-8-datum.bar' } },
        update: {
          x: { signal: `scale('x',datum.x+0.5)-${bar / 2}` },
          opacity: visible('x'),
          tooltip: { signal: 'datum' },
        },
      },
    },
    {
      type: 'rect',
      name: 'lineTotal',
      from: { data: 'lines' },
      encode: {
        enter: { ...constant({ x: width + 8, height: bar, fill: theme.bar }), width: { field: 'bar' } },
        update: {
          y: { signal: `scale('y',datum.y+0.5)-${bar / 2}` },
          opacity: visible('y'),
          tooltip: { signal: 'datum' },
        },
      },
    },
    {
      type: 'text',
      interactive: false,
      from: { data: 'lines' },
      encode: {
        enter: {
          ...constant({ baseline: 'middle', fontSize: Math.min(10.5, layout.font), fill: theme.mute }),
          x: { signal: `${width}+13+datum.bar` },
          text: { field: 'short' },
        },
        update: { y: at('y', 0.5), opacity: visible('y') },
      },
    },
  ];
}

function titleMarks(theme: Theme, layout: Layout, look: MatrixLook, width: number, height: number): SpecPart[] {
  const text = (values: Record<string, Json>): SpecPart => ({
    type: 'text',
    interactive: false,
    encode: { enter: constant({ fill: theme.mute, fontWeight: 600, align: 'center', ...values }) },
  });
  return [
    ...(look.xTitle
      ? [text({ text: look.xTitle, x: width / 2, y: height + layout.bottom - 10, baseline: 'middle' })]
      : []),
    ...(look.yTitle
      ? [text({ text: look.yTitle, x: -layout.left + 8, y: height / 2, angle: -90, baseline: 'middle' })]
      : []),
  ];
}

function legendWidth(layout: Layout, look: MatrixLook, measure: Measure): number {
  return look.mode === 'fixed' ? 0 : Math.max(60, measure(`600 11px ${TEXT_FONT}`, legendTitle(layout, look)) + 12);
}

const SIZE_WORDS: Readonly<Record<SizeMode, string>> = {
  linear: '',
  log: ' (log)',
  inverse: ' (rare = large)',
  'inverse-log': ' (rare = large, log)',
  fixed: '',
};
const legendTitle = (_layout: Layout, look: MatrixLook) => look.valueTitle + SIZE_WORDS[look.mode];

function legendMarks(
  theme: Theme,
  layout: Layout,
  look: MatrixLook,
  matrix: Matrix,
  areaOf: (value: number) => number,
  x: number,
): SpecPart[] {
  if (look.mode === 'fixed' || !(matrix.largest > 0)) return [];
  const values = legendValues(matrix.largest, layout.heat ? 'log' : look.mode);
  const text = (value: string, dx: number, y: number, more: Record<string, Json>): SpecPart => ({
    type: 'text',
    interactive: false,
    encode: { enter: constant({ x: x + dx, y, text: value, baseline: 'middle', ...more }) },
  });
  let y = 22;
  return [
    text(legendTitle(layout, look), 0, 4, { fontWeight: 600, fill: theme.mute }),
    ...values.flatMap((value) => {
      const area = areaOf(value);
      const row = Math.max(17, Math.sqrt(area) + 3);
      y += row;
      const middle = y - row / 2;
      const share = sizeShare(value, matrix.largest, look.mode === 'linear' ? 'log' : look.mode);
      const colour = theme.ramp[Math.min(4, Math.round(share * 4))]!;
      const shape = layout.heat
        ? {
            type: 'rect',
            interactive: false,
            encode: { enter: constant({ x: x + 6, y: middle - 6, width: 12, height: 12, fill: colour }) },
          }
        : {
            type: 'symbol',
            interactive: false,
            encode: { enter: constant({ x: x + 14, y: middle, size: area, fill: theme.accent, fillOpacity: 0.85 }) },
          };
      return [shape, text(formatShort(value), 32, middle, {})];
    }),
  ];
}

/** A few values from the smallest to the largest, to show what sizes mean. */
function legendValues(largest: number, mode: SizeMode): number[] {
  if (largest <= 4 && Number.isInteger(largest)) return Array.from({ length: largest }, (_, index) => index + 1);
  if (mode === 'linear')
    return [largest / 10, largest / 4, largest / 2, largest].map((value) => Number(value.toPrecision(2)));
  const powers: number[] = [];
  for (let value = largest >= 1 ? 1 : largest / 1000; value <= largest; value *= 10) powers.push(value);
  const stride = Math.ceil(powers.length / 5);
  return powers.filter((_, index) => index % stride === 0);
}
