import { constant, type SpecPart } from '../spec.ts';
import type { Theme } from '../theme.ts';

/** The ground, label and duration of each span. */
export function rowMarks(theme: Theme, row: number): SpecPart[] {
  const middle = { signal: `(datum.g+0.5)*${row}` };
  return [
    {
      type: 'rect',
      interactive: false,
      from: { data: 'rows' },
      encode: {
        enter: { ...constant({ x: 0, height: row - 4, fill: theme.faint }), y: { signal: `datum.g*${row}+2` } },
        update: { width: { signal: 'width' } },
      },
    },
    {
      type: 'text',
      interactive: false,
      from: { data: 'rows' },
      encode: {
        enter: {
          ...constant({ x: -10, align: 'right', baseline: 'middle', fontSize: 12 }),
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

/** Spans and the events in them. */
export function spanMarks(theme: Theme, row: number): SpecPart[] {
  const colour = { scale: 'group', field: 'g' };
  return [
    {
      type: 'rect',
      name: 'span',
      from: { data: 'spans' },
      encode: {
        enter: {
          ...constant({ cornerRadius: 3, fillOpacity: 0.3, strokeOpacity: 0.8 }),
          y: { signal: `datum.g*${row}+${row * 0.25}` },
          height: { value: row * 0.5 },
        },
        update: {
          x: { scale: 'x', field: 't' },
          x2: { signal: "max(scale('x',datum.u),scale('x',datum.t)+3)" },
          fill: colour,
          stroke: colour,
          tooltip: { signal: 'datum' },
        },
        hover: { stroke: { value: theme.ink } },
      },
    },
    {
      type: 'symbol',
      name: 'event',
      from: { data: 'events' },
      encode: {
        enter: {
          ...constant({ shape: 'diamond', size: 42, fillOpacity: 0.85 }),
          y: { signal: `(datum.g+0.5)*${row}` },
          fill: colour,
        },
        update: { x: { scale: 'x', field: 't' }, stroke: { value: null }, tooltip: { signal: 'datum' } },
        hover: { stroke: { value: theme.ink } },
      },
    },
  ];
}
