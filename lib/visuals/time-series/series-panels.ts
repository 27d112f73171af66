import type { Measure } from '../drawing-kit.ts';
import { colourLegend } from '../legend.ts';
import type { TipField } from '../picture.ts';
import { constant, type DrawingData, type SpecPart } from '../spec.ts';
import type { Theme } from '../theme.ts';
import type { Panel } from '../timeline/time-picture.ts';

const LABEL_X = -142;

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

const yScale = (domain: readonly [number, number], height: number) => [
  { name: 'y', type: 'linear', domain, range: [height, 0], nice: true, zero: false },
];

const axis = (theme: Theme, ticks: number): SpecPart => ({
  scale: 'y',
  orient: 'left',
  grid: true,
  domain: false,
  ticks: false,
  tickCount: ticks,
  format: '~s',
  labelColor: theme.mute,
});

const panelLabel = (theme: Theme, label: string, height: number): SpecPart => ({
  type: 'text',
  interactive: false,
  encode: {
    enter: constant({
      x: LABEL_X,
      y: height / 2,
      text: label,
      baseline: 'middle',
      fontWeight: 600,
      fontSize: 12,
      fill: theme.ink,
      limit: 92,
    }),
  },
});

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
  look: { label: string; height: number; band: boolean; baseline: boolean },
): Panel {
  const { height } = look;
  const fields = ['v', ...(look.baseline ? ['b'] : []), ...(look.band ? ['lo', 'hi'] : [])];
  return {
    heightInPx: height,
    scales: () => yScale(domainOf(data, fields), height),
    axes: (theme) => [axis(theme, Math.max(2, Math.round(height / 34)))],
    outside: (theme) => [panelLabel(theme, look.label, height)],
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
export function componentPanel(
  name: string,
  label: string,
  field: 'tr' | 'se',
  height: number,
  data: DrawingData,
): Panel {
  return {
    heightInPx: height,
    scales: () => yScale(domainOf(data, [field]), height),
    axes: (theme) => [axis(theme, 3)],
    outside: (theme) => [panelLabel(theme, label, height)],
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
    outside: (theme) => [panelLabel(theme, 'Score', height)],
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

export function anomalyLegend(
  theme: Theme,
  has: { baseline: boolean; dips: boolean },
  above: number,
  measure: Measure,
): SpecPart[] {
  return colourLegend(
    theme,
    [
      { label: 'Observed', colour: (each) => each.accent, shape: 'M-1,-.15H1V.15H-1Z', area: 160 },
      ...(has.baseline
        ? [{ label: 'Expected', colour: (each: Theme) => each.good, shape: 'M-1,-.15H1V.15H-1Z', area: 160 }]
        : []),
      { label: 'Spike', colour: (each) => each.alert },
      ...(has.dips ? [{ label: 'Dip', colour: (each: Theme) => each.warn, shape: 'triangle-down' }] : []),
    ],
    { x: 0, y: -above - 20, widthInPx: 600 },
    measure,
  );
}

/** What a point says of itself. */
export const pointTips = (valueTitle: string): readonly TipField[] => [
  { label: 'Time', field: 't', as: 'time' },
  { label: valueTitle, field: 'v', as: 'number' },
  { label: 'Expected', field: 'b', as: 'number' },
  { label: 'Score', field: 'sc', as: 'number' },
];
