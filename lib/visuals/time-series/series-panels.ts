import type { LegendEntry } from '../legend.ts';
import { MARKER_SHAPES } from '../marker-shapes.ts';
import { NUMBER_LABELS } from '../number-axis.ts';
import type { Form, TipField } from '../picture.ts';
import { constant, type DrawingData, type Json, type SpecPart } from '../spec.ts';
import type { Measure } from '../text-fit.ts';
import { TEXT_FONT, type Theme } from '../theme.ts';
import type { Panel } from '../timeline/time-picture.ts';

function domainOf(data: DrawingData, fields: readonly string[]): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const field of fields) {
    for (const value of data[field] as readonly number[]) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return low <= high ? [low, high] : [0, 1];
}

/** Marks at the highest value are drawn whole. */
const EDGE_PX = 5;

const yScale = (domain: readonly [number, number], height: number) => [
  { name: 'y', type: 'linear', domain, range: [height, EDGE_PX], nice: true, zero: false },
];

const axis = (theme: Theme, ticks: number): SpecPart => ({
  scale: 'y',
  orient: 'left',
  grid: true,
  domain: false,
  ticks: false,
  tickCount: ticks,
  encode: NUMBER_LABELS,
  labelColor: theme.mute,
});

const LABEL_FONT = `600 12px ${TEXT_FONT}`;
const LABEL_PX = 92;
const LONGEST_LABEL_PX = 230;
/** px between the labels' start and the plot that the numbers of the axis take. */
const AXIS_PX = 58;

/** px left of the plots of a PNG, for the longest of these labels. */
export function labelMargin(labels: readonly string[], measure: Measure): number {
  const widest = labels.reduce((most, label) => Math.max(most, measure(LABEL_FONT, label)), LABEL_PX);
  return Math.ceil(Math.min(LONGEST_LABEL_PX, widest)) + AXIS_PX;
}

/** px left of the plots of a page, which has the labels in the plots. */
export const PAGE_MARGIN = 52;

/** The name of a panel: at the left in a PNG, which `left` px has; in the plot's corner in a page, which may be narrow. */
export function panelLabel(theme: Theme, form: Form, text: string, height: number, left: number): SpecPart[] {
  const at: Readonly<Record<string, Json>> =
    form === 'png'
      ? { x: 8 - left, y: height / 2, baseline: 'middle', limit: left - AXIS_PX + 2 }
      : { x: 4, y: 3, baseline: 'top' };
  const label = (style: Readonly<Record<string, Json>>): SpecPart => ({
    type: 'text',
    interactive: false,
    encode: { enter: constant({ ...at, ...style, text, fontWeight: 600, fontSize: 12 }) },
  });
  return form === 'png'
    ? [label({ fill: theme.ink })]
    : [label({ fill: null, stroke: theme.paper, strokeWidth: 4 }), label({ fill: theme.ink })];
}

function line(data: string, field: string, colour: string, width: number, opacity = 1): SpecPart {
  return {
    type: 'line',
    interactive: false,
    from: { data },
    encode: {
      enter: {
        ...constant({ stroke: colour, strokeWidth: width, strokeOpacity: opacity }),
        defined: { signal: `isValid(datum.${field})` },
      },
      update: { x: { scale: 'x', field: 't' }, y: { scale: 'y', field } },
    },
  };
}

/** Observed values with the expected ones, their band, and anomalies. */
export function observedPanel(
  name: string,
  data: DrawingData,
  look: { height: number; band: boolean; baseline: boolean },
): Panel {
  const { height } = look;
  const fields = ['v', ...(look.baseline ? ['b'] : []), ...(look.band ? ['lo', 'hi'] : [])];
  return {
    heightInPx: height,
    scales: () => yScale(domainOf(data, fields), height),
    axes: (theme) => [axis(theme, Math.max(2, Math.round(height / 34)))],
    inside: (theme) => [
      ...(look.band
        ? [
            {
              type: 'area',
              interactive: false,
              from: { data: name },
              encode: {
                enter: {
                  ...constant({ fill: theme.accent, fillOpacity: 0.14 }),
                  defined: { signal: 'isValid(datum.lo)' },
                },
                update: {
                  x: { scale: 'x', field: 't' },
                  y: { scale: 'y', field: 'lo' },
                  y2: { scale: 'y', field: 'hi' },
                },
              },
            },
          ]
        : []),
      ...(look.baseline ? [line(name, 'b', theme.good, 1.3, 0.9)] : []),
      line(name, 'v', theme.accent, 1.2),
      {
        type: 'rule',
        interactive: false,
        from: { data: name },
        encode: {
          enter: {
            ...constant({ y: 0, y2: height }),
            stroke: { signal: `datum.f<0?'${theme.warn}':'${theme.alert}'` },
            strokeOpacity: { signal: 'datum.f?0.25:0' },
          },
          update: { x: { scale: 'x', field: 't' } },
        },
      },
      {
        type: 'symbol',
        name: `point-${name}`,
        from: { data: name },
        encode: {
          enter: {
            size: { signal: 'datum.f?60:36' },
            shape: { signal: "datum.f<0?'triangle-down':'circle'" },
            fill: { signal: `datum.f>0?'${theme.alert}':datum.f<0?'${theme.warn}':'${theme.accent}'` },
            fillOpacity: { signal: 'datum.f?1:0' },
          },
          update: {
            x: { scale: 'x', field: 't' },
            y: { scale: 'y', field: 'v' },
            stroke: { signal: `datum.f?'${theme.paper}':null` },
            tooltip: { signal: 'datum' },
          },
          hover: { stroke: { value: theme.ink } },
        },
      },
    ],
  };
}

/** Trend or seasonal part. */
export function componentPanel(name: string, field: 'tr' | 'se', height: number, data: DrawingData): Panel {
  return {
    heightInPx: height,
    scales: () => yScale(domainOf(data, [field]), height),
    axes: (theme) => [axis(theme, 3)],
    inside: (theme) => [line(name, field, field === 'tr' ? theme.accent : theme.good, 1.3)],
  };
}

/** Scores as bars from zero, with the thresholds. */
export function scorePanel(name: string, data: DrawingData, high: number, low: number): Panel {
  const height = 84;
  const [least, most] = domainOf(data, ['sc']);
  const threshold = (theme: Theme, value: number): SpecPart => ({
    type: 'rule',
    interactive: false,
    encode: {
      enter: constant({ x: 0, stroke: theme.alert, strokeOpacity: 0.6, strokeDash: [4, 3] }),
      update: { x2: { signal: 'width' }, y: { scale: 'y', value } },
    },
  });
  return {
    heightInPx: height,
    scales: () => yScale([Math.min(least, -low), Math.max(most, high)], height),
    axes: (theme) => [axis(theme, 4)],
    inside: (theme) => [
      {
        type: 'rule',
        interactive: false,
        from: { data: name },
        encode: {
          enter: {
            stroke: { signal: `datum.f>0?'${theme.alert}':datum.f<0?'${theme.warn}':'${theme.bar}'` },
            strokeWidth: { signal: 'datum.f?2.2:1' },
            opacity: { signal: 'isValid(datum.sc)?1:0' },
          },
          update: { x: { scale: 'x', field: 't' }, y: { scale: 'y', value: 0 }, y2: { scale: 'y', field: 'sc' } },
        },
      },
      threshold(theme, high),
      threshold(theme, -low),
    ],
  };
}

const LINE = 'M-1,-.15H1V.15H-1Z';

export const anomalyLegend = (has: { baseline: boolean; dips: boolean }): LegendEntry[] => [
  { label: 'Observed', colour: (theme) => theme.accent, shape: LINE, area: 160 },
  ...(has.baseline ? [{ label: 'Expected', colour: (theme: Theme) => theme.good, shape: LINE, area: 160 }] : []),
  { label: 'Spike', colour: (theme) => theme.alert },
  ...(has.dips
    ? [{ label: 'Dip', colour: (theme: Theme) => theme.warn, shape: MARKER_SHAPES['triangle-down'], area: 50 }]
    : []),
];

/** What a point says of itself. */
export const pointTips = (valueTitle: string): readonly TipField[] => [
  { label: 'Time', field: 't', as: 'time' },
  { label: valueTitle, field: 'v', as: 'number' },
  { label: 'Expected', field: 'b', as: 'number' },
  { label: 'Score', field: 'sc', as: 'number' },
];
