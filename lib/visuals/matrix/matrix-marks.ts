import type { Form } from '../picture.ts';
import { constant, type Json, type SpecPart } from '../spec.ts';
import type { Theme } from '../theme.ts';
import type { Layout, MatrixLook } from './matrix-layout.ts';

const at = (scale: 'x' | 'y', offset: number) => ({ signal: `scale('${scale}',datum.${scale}+${offset})` });
const span = (scale: 'x' | 'y') => ({ signal: `scale('${scale}',datum.${scale}+1)-scale('${scale}',datum.${scale})` });

/** What stands in the plot: shades, lines, the crosshair, circles or cells. */
export function insideMarks(theme: Theme, layout: Layout, look: MatrixLook, form: Form): SpecPart[] {
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
                      y2: { signal: 'height' },
                      x: { signal: "over?scale('x',over.x):0" },
                      width: { signal: "over?scale('x',over.x+1)-scale('x',over.x):0" },
                    }
                  : {
                      x: { value: 0 },
                      x2: { signal: 'width' },
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
        enter: constant({ x: 0 }),
        update: {
          width: { signal: 'width' },
          y: at('y', 0),
          height: span('y'),
          fill: layout.heat ? { value: theme.faint } : shade,
        },
      },
    },
    {
      type: 'rect',
      interactive: false,
      from: { data: 'columns' },
      encode: {
        enter: { ...constant({ y: 0 }), fill: { signal: `datum.o?'${theme.faintStrong}':'transparent'` } },
        update: { height: { signal: 'height' }, x: at('x', 0), width: span('x') },
      },
    },
    ...(layout.heat
      ? []
      : [
          {
            type: 'rule',
            interactive: false,
            from: { data: 'columns' },
            encode: {
              enter: constant({ y: 0, stroke: theme.grid }),
              update: { y2: { signal: 'height' }, x: at('x', 0.5) },
            },
          },
          {
            type: 'rule',
            interactive: false,
            from: { data: 'lines' },
            encode: {
              enter: constant({ x: 0, stroke: theme.grid }),
              update: { x2: { signal: 'width' }, y: at('y', 0.5) },
            },
          },
        ]),
    ...over('x'),
    ...over('y'),
    // The whole cell answers to the pointer, however small its circle.
    ...(form === 'html' && !layout.heat
      ? [
          {
            type: 'rect',
            name: 'cell',
            from: { data: 'cells' },
            encode: {
              enter: { fill: { value: 'transparent' } },
              update: {
                x: at('x', 0),
                y: at('y', 0),
                width: span('x'),
                height: span('y'),
                tooltip: { signal: 'datum' },
              },
            },
          },
          { ...cell, name: 'circle', interactive: false },
        ]
      : [cell]),
  ];
}

const visible = (scale: 'x' | 'y') =>
  ({ signal: `inrange(datum.${scale}+0.5,${scale}Domain)?1:0` }) satisfies Record<string, Json>;

/** The labels that have room: where cells are small, every second or third, and always the rest's. */
const legible = (scale: 'x' | 'y') =>
  ({
    signal: `inrange(datum.${scale}+0.5,${scale}Domain)&&(datum.o||datum.${scale}%step${scale.toUpperCase()}==0)?1:0`,
  }) satisfies Record<string, Json>;

/** Labels at the left and below; those out of sight are hidden. */
export function labelMarks(theme: Theme, layout: Layout): SpecPart[] {
  return [
    {
      type: 'text',
      interactive: false,
      from: { data: 'lines' },
      encode: {
        enter: {
          ...constant({ x: -10, align: 'right', baseline: 'middle', fontSize: layout.font }),
          fill: { signal: `datum.o?'${theme.mute}':'${theme.ink}'` },
        },
        update: { text: { field: 'label' }, y: at('y', 0.5), opacity: legible('y') },
      },
    },
    {
      type: 'text',
      interactive: false,
      from: { data: 'columns' },
      encode: {
        enter: {
          ...constant({ align: 'right', baseline: 'middle', fontSize: layout.font }),
          fill: { signal: `datum.o?'${theme.mute}':'${theme.ink}'` },
        },
        update: {
          text: { field: 'label' },
          angle: { signal: 'slanted?-60:-90' },
          x: at('x', 0.5),
          y: { signal: 'height+8' },
          opacity: legible('x'),
        },
      },
    },
  ];
}

/** Bars of totals above and at the right. */
export function totalMarks(theme: Theme, layout: Layout): SpecPart[] {
  const bar = (scale: 'X' | 'Y') => `min(14,cell${scale}*0.6)`;
  return [
    {
      type: 'rect',
      name: 'columnTotal',
      from: { data: 'columns' },
      encode: {
        enter: { ...constant({ y2: -8, fill: theme.bar }), y: { signal: '-8-datum.bar' } },
        update: {
          width: { signal: bar('X') },
          x: { signal: `scale('x',datum.x+0.5)-${bar('X')}/2` },
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
        enter: { fill: { value: theme.bar } },
        update: {
          x: { signal: 'width+8' },
          width: { signal: 'max(1,datum.bar*barScale)' },
          height: { signal: bar('Y') },
          y: { signal: `scale('y',datum.y+0.5)-${bar('Y')}/2` },
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
          text: { field: 'short' },
        },
        update: { x: { signal: 'width+13+datum.bar*barScale' }, y: at('y', 0.5), opacity: legible('y') },
      },
    },
  ];
}

/** Titles of the axes. */
export function titleMarks(theme: Theme, look: MatrixLook): SpecPart[] {
  const text = (title: string, angle: number, x: string, y: string): SpecPart => ({
    type: 'text',
    interactive: false,
    encode: {
      enter: constant({ text: title, angle, fill: theme.mute, fontWeight: 600, align: 'center', baseline: 'middle' }),
      update: { x: { signal: x }, y: { signal: y } },
    },
  });
  return [
    ...(look.xTitle ? [text(look.xTitle, 0, 'width/2', 'height+footInPx-10')] : []),
    ...(look.yTitle ? [text(look.yTitle, -90, '8-sideInPx', 'height/2')] : []),
  ];
}
