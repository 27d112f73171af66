import { NUMBER_LABELS } from '../number-axis.ts';
import { constant, type SpecPart } from '../spec.ts';
import type { Theme } from '../theme.ts';

/** Powers of ten (every second or third, if they are many) on both sides of zero. */
export function decades(low: number, high: number): number[] {
  const upTo = (limit: number) => {
    const powers = Array.from(
      { length: Math.max(0, Math.floor(Math.log10(Math.max(limit, 1))) + 1) },
      (_, power) => 10 ** power,
    );
    const stride = Math.ceil(powers.length / 5);
    return powers.filter((_, power) => power % stride === 0);
  };
  return [...upTo(-low).map((value) => -value), 0, ...upTo(high)].filter((value) => value >= low && value <= high);
}

/** The axis of values at the left. */
export function valueAxis(theme: Theme, title: string, values?: readonly number[]): SpecPart {
  return {
    scale: 'y',
    orient: 'left',
    grid: true,
    domain: false,
    ticks: false,
    // With a count, vega would thin given values.
    ...(values ? { values } : { tickCount: 5 }),
    encode: NUMBER_LABELS,
    title,
    titleColor: theme.ink,
    titleFontWeight: 600,
    titlePadding: 10,
  };
}

/** A dashed horizontal line with a label at its right end. Expects scale `y`. */
export function valueLine(theme: Theme, value: number, label: string): SpecPart[] {
  const y = { scale: 'y', value };
  return [
    {
      type: 'rule',
      interactive: false,
      encode: {
        enter: constant({ x: 0, stroke: theme.warn, strokeDash: [5, 3] }),
        update: { x2: { signal: 'width' }, y },
      },
    },
    ...(label
      ? [
          {
            type: 'text',
            interactive: false,
            encode: {
              enter: constant({ text: label, align: 'right', dx: -4, dy: -4, fill: theme.warnText, fontWeight: 600 }),
              update: { x: { signal: 'width' }, y },
            },
          },
        ]
      : []),
  ];
}

/** Bars, lines and points of all series. Expects data `points`, scales `x`, `y`, `series`. */
export function seriesMarks(theme: Theme, kinds: ReadonlySet<string>, series: number, zero: boolean): SpecPart[] {
  const x = { scale: 'x', field: 't' };
  const y = { scale: 'y', field: 'v' };
  const colour = { scale: 'series', field: 'g' };
  const marks: SpecPart[] = [];
  if (kinds.has('bars')) {
    marks.push({
      type: 'rule',
      name: 'bar',
      from: { data: 'points' },
      encode: {
        enter: { ...constant({ strokeWidth: 2.5, strokeOpacity: series > 1 ? 0.7 : 0.85 }) },
        update: {
          x,
          y,
          y2: zero ? { scale: 'y', value: 0 } : { signal: "range('y')[0]" },
          stroke: colour,
          tooltip: { signal: 'datum' },
        },
        hover: { stroke: { value: theme.ink } },
      },
    });
  }
  if (kinds.has('lines')) {
    marks.push({
      type: 'group',
      interactive: false,
      from: { facet: { name: 'line', data: 'points', groupby: 'g' } },
      marks: [
        {
          type: 'line',
          interactive: false,
          from: { data: 'line' },
          encode: { enter: constant({ strokeWidth: 1.4 }), update: { x, y, stroke: colour } },
        },
      ],
    });
  }
  if (kinds.has('points') || kinds.has('lines')) {
    const visible = kinds.has('points');
    marks.push({
      type: 'symbol',
      name: 'point',
      from: { data: 'points' },
      encode: {
        enter: constant({ size: visible ? 30 : 40, fillOpacity: visible ? 0.7 : 0 }),
        update: { x, y, fill: colour, stroke: { value: null }, tooltip: { signal: 'datum' } },
        hover: { stroke: { value: theme.ink } },
      },
    });
  }
  return marks;
}
