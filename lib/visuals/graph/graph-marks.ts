import type { Form } from '../picture.ts';
import { constant, type SpecPart } from '../spec.ts';
import type { Theme } from '../theme.ts';

/** Links; while a node is pointed at, the others fade. */
export function edgeMarks(theme: Theme, directed: boolean, opacity: number): SpecPart[] {
  const faded = { signal: `over?(datum.a==over.id||datum.b==over.id?0.95:0.08):${opacity}` };
  const line: SpecPart = {
    type: 'rule',
    name: 'edge',
    from: { data: 'edges' },
    encode: {
      enter: { strokeWidth: { field: 'w' } },
      update: {
        x: { scale: 'x', field: 'ax' },
        y: { scale: 'y', field: 'ay' },
        x2: { scale: 'x', field: 'bx' },
        y2: { scale: 'y', field: 'by' },
        stroke: { value: theme.bar },
        strokeOpacity: faded,
        tooltip: { signal: 'datum' },
      },
      hover: { stroke: { value: theme.accent } },
    },
  };
  if (!directed) return [line];
  return [
    line,
    {
      type: 'symbol',
      interactive: false,
      from: { data: 'edges' },
      encode: {
        enter: constant({ shape: 'triangle', size: 46, fill: theme.mute }),
        update: {
          x: { signal: "scale('x',datum.ax*0.38+datum.bx*0.62)" },
          y: { signal: "scale('y',datum.ay*0.38+datum.by*0.62)" },
          angle: { signal: 'atan2(datum.by-datum.ay,datum.bx-datum.ax)*57.29578+90' },
          opacity: faded,
        },
      },
    },
  ];
}

/** px of a node, as a vega expression. */
const radius = 'sqrt(datum.s*grow/3.1416)';

/** Nodes and their labels. */
export function nodeMarks(theme: Theme, form: Form): SpecPart[] {
  const at = { x: { scale: 'x', field: 'x' }, y: { scale: 'y', field: 'y' } };
  return [
    {
      type: 'symbol',
      name: 'node',
      from: { data: 'nodes' },
      encode: {
        enter: { fillOpacity: { value: 0.92 } },
        update: {
          ...at,
          size: { signal: 'datum.s*grow' },
          fill: [
            { test: 'datum.h', value: theme.alert },
            { scale: 'kind', field: 'g' },
          ],
          stroke: { signal: `over&&over.id==datum.id?'${theme.ink}':'${theme.paper}'` },
          strokeWidth: { value: 1.2 },
          tooltip: { signal: 'datum' },
        },
      },
    },
    // First a rim in the colour of the ground, so that links do not cross the letters.
    ...[constant({ fill: null, stroke: theme.faint, strokeWidth: 3 }), constant({ fill: theme.ink })].map(
      (style): SpecPart => ({
        type: 'text',
        interactive: false,
        from: { data: 'nodes' },
        encode: {
          enter: {
            ...constant({ baseline: 'middle' }),
            ...style,
          },
          update: {
            align: { signal: "datum.side==1?'left':datum.side==-1?'right':'center'" },
            dy: { signal: `abs(datum.side)==2?datum.side/2*(${radius}+7):0` },
            ...at,
            text: { field: 'label' },
            dx: { signal: `abs(datum.side)==1?datum.side*(${radius}+3):0` },
            opacity: form === 'html' ? { signal: 'datum.l||(over&&over.id==datum.id)?1:0' } : { signal: 'datum.l' },
          },
        },
      }),
    ),
  ];
}
