import type { Form } from '../picture.ts';
import { constant, type Json, type SpecPart } from '../spec.ts';
import type { Theme } from '../theme.ts';
import type { Layout, MatrixLook } from './matrix-layout.ts';

const at = (scale: 'x' | 'y', offset: number) => ({ signal: `scale('${scale}',datum.${scale}+${offset})` });
const span = (scale: 'x' | 'y') => ({ signal: `scale('${scale}',datum.${scale}+1)-scale('${scale}',datum.${scale})` });

/** What stands in the plot: shades, lines, the crosshair, circles or cells. */
export function insideMarks(
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

/** Labels at the left and below; those out of sight are hidden. */
export function labelMarks(theme: Theme, layout: Layout, height: number): SpecPart[] {
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

/** Bars of totals above and at the right. */
export function totalMarks(theme: Theme, layout: Layout, width: number): SpecPart[] {
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

/** Titles of the axes. */
export function titleMarks(theme: Theme, layout: Layout, look: MatrixLook, width: number, height: number): SpecPart[] {
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
