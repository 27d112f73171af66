import { formatCount } from '../format.ts';
import type { Details, Level, Picture, TipField } from '../picture.ts';
import { severityColours } from '../severity.ts';
import { constant, type DrawingData, type SpecPart } from '../spec.ts';
import { fitLabels, type Measure } from '../text-fit.ts';
import { categoryColour, TEXT_FONT, type Theme } from '../theme.ts';
import { logColourLegend } from './colour-legend.ts';
import type { PlacedReferences } from './references.ts';
import { ROW_LABELS } from './row-labels.ts';
import { timePicture } from './time-picture.ts';

export interface TimelineShape {
  readonly groupCount: number;
  readonly labels: readonly string[];
  readonly totals: readonly number[];
  readonly othersCount: number;
  readonly binned: boolean;
  readonly largestCell: number;
  readonly extent: [number, number];
  readonly references: PlacedReferences;
  readonly widthInPx: number;
  /** Marks in the colour of their group; else in the colour of alerts, among cells. */
  readonly coloured: boolean;
}

const rowHeight = (groupCount: number) => (groupCount === 1 ? 64 : groupCount > 15 ? 26 : 34);

/** Rows of groups, with cells, marks, spikes, references, totals and the overview. */
export function timelinePlot(
  plan: {
    title: string;
    notes: readonly string[];
    data: Readonly<Record<string, DrawingData>>;
    all: DrawingData;
    levels: () => readonly Level[];
    shape: TimelineShape;
    details: Details | undefined;
  },
  measure: Measure,
): Picture {
  const { shape } = plan;
  const font = `12px ${TEXT_FONT}`;
  const labels = fitLabels(measure, font, shape.labels, ROW_LABELS.mostInPx);
  const left = Math.ceil(labels.reduce((widest, label) => Math.max(widest, measure(font, label)), 20) * 1.06) + 14;
  const right =
    Math.ceil(
      shape.totals.reduce((widest, total) => Math.max(widest, measure(`11px ${TEXT_FONT}`, formatCount(total))), 24),
    ) + 18;
  const row = rowHeight(shape.groupCount);
  const height = Math.max(shape.groupCount, 1) * row;
  return timePicture({
    title: plan.title,
    notes: plan.notes,
    isEmpty: shape.groupCount === 0,
    widthInPx: shape.widthInPx,
    left,
    right,
    top: shape.binned ? 38 : 0,
    extent: shape.extent,
    panels: [
      {
        heightInPx: height,
        outside: (theme) => rowMarks(theme, row),
        inside: (theme) => eventMarks(theme, row, height, shape),
      },
    ],
    references: shape.references,
    all: plan.all,
    overviewInPng: shape.binned,
    data: { ...plan.data, rows: { ...plan.data['rows'], label: labels, full: shape.labels } },
    labels: [ROW_LABELS],
    scales: (theme) => [
      {
        name: 'colour',
        type: 'log',
        domain: [1, Math.max(2, shape.largestCell)],
        range: theme.ramp,
        interpolate: 'rgb',
        clamp: true,
      },
      {
        name: 'group',
        type: 'ordinal',
        domain: labels.map((_, group) => group),
        range: severityColours(theme, shape.labels) ?? labels.map((_, group) => categoryColour(theme, group)),
      },
    ],
    legends: (theme) =>
      shape.binned ? [logColourLegend(theme, 'Events per cell', shape.largestCell, shape.references.heightInPx)] : [],
    tips: TIPS,
    categories: shape.labels,
    details: plan.details,
    levels: plan.levels,
  });
}

const GROUP: TipField = { label: 'Group', field: 'g', as: 'category' };
const TIPS: Readonly<Record<string, readonly TipField[]>> = {
  cell: [
    GROUP,
    { label: 'From', field: 't', as: 'time' },
    { label: 'To', field: 'u', as: 'time' },
    { label: 'Events', field: 'n', as: 'number' },
  ],
  single: [GROUP, { label: 'Time', field: 't', as: 'time' }],
  spike: [
    GROUP,
    { label: 'Around', field: 't', as: 'time' },
    { label: 'Events', field: 'n', as: 'number' },
    { label: 'Median', field: 'm', as: 'number' },
  ],
};

function rowMarks(theme: Theme, row: number): SpecPart[] {
  const middle = { signal: `(datum.g+0.5)*${row}` };
  return [
    {
      type: 'rect',
      interactive: false,
      from: { data: 'rows' },
      encode: {
        enter: {
          ...constant({ x: 0, height: row - 6, fill: theme.faint }),
          y: { signal: `datum.g*${row}+3` },
        },
        update: { width: { signal: 'width' } },
      },
    },
    {
      type: 'text',
      interactive: false,
      from: { data: 'rows' },
      encode: {
        enter: {
          ...constant({
            x: -10,
            align: 'right',
            baseline: 'middle',
            fontSize: 12,
            fill: theme.ink,
          }),
          y: middle,
        },
        update: { text: { field: 'label' } },
      },
    },
    {
      type: 'text',
      interactive: false,
      from: { data: 'rows' },
      encode: {
        enter: { ...constant({ baseline: 'middle', fill: theme.mute, dx: 8 }), y: middle, text: { field: 'total' } },
        update: { x: { signal: 'width' } },
      },
    },
  ];
}

function eventMarks(theme: Theme, row: number, height: number, shape: TimelineShape): SpecPart[] {
  const colour = shape.coloured ? { scale: 'group', field: 'g' } : { value: theme.alert };
  const position = { x: { scale: 'x', field: 't' } };
  return [
    {
      type: 'rule',
      interactive: false,
      from: { data: 'ticks' },
      encode: {
        enter: constant({ y: 0, y2: height, stroke: theme.warn, strokeOpacity: 0.35 }),
        update: position,
      },
    },
    {
      type: 'rect',
      name: 'cell',
      from: { data: 'cells' },
      encode: {
        enter: { y: { signal: `datum.g*${row}+3` }, height: { value: row - 6 } },
        update: {
          ...position,
          x2: { signal: "max(scale('x',datum.u),scale('x',datum.t)+1)" },
          fill: { scale: 'colour', field: 'n' },
          stroke: { value: null },
          tooltip: { signal: 'datum' },
        },
        hover: { stroke: { value: theme.ink } },
      },
    },
    {
      type: 'symbol',
      name: 'single',
      from: { data: 'singles' },
      encode: {
        enter: {
          ...constant({ fillOpacity: 0.55, strokeWidth: 0.8, strokeOpacity: 0.9 }),
          y: { signal: `datum.g*${row}+3+${row - 6}*(0.18+0.64*datum.j)` },
          size: { field: 's' },
          fill: colour,
        },
        update: { ...position, stroke: colour, tooltip: { signal: 'datum' } },
        hover: { stroke: { value: theme.ink } },
      },
    },
    {
      type: 'symbol',
      name: 'spike',
      from: { data: 'spikes' },
      encode: {
        enter: {
          ...constant({ shape: 'triangle-down', size: 64, fill: theme.warn, stroke: theme.paper }),
          y: { signal: `datum.g*${row}+2` },
        },
        update: { ...position, tooltip: { signal: 'datum' } },
      },
    },
  ];
}
