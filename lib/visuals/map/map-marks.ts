import { constant, type SpecPart } from '../spec.ts';
import { letterColour, type Theme } from '../theme.ts';

const placed = {
  x: { signal: "scale('x',0)" },
  y: { signal: "scale('y',0)" },
  scaleX: { signal: 'k' },
  scaleY: { signal: 'k' },
};

/** A path in map units that moves with the zoom. */
export function outline(data: string, style: Record<string, string | number | null>): SpecPart {
  return {
    type: 'path',
    interactive: false,
    from: { data },
    encode: { enter: { ...constant(style), path: { field: 'path' } }, update: placed },
  };
}

/** Journeys along great circles, with their ends. */
export function routeMarks(theme: Theme): SpecPart[] {
  const colour = { signal: `datum.bad?'${theme.alert}':'${theme.mute}'` };
  const end = (x: string, y: string): SpecPart => ({
    type: 'symbol',
    interactive: false,
    from: { data: 'routes' },
    encode: {
      enter: { fill: colour },
      update: { size: { signal: '22*dot' }, x: { scale: 'x', field: x }, y: { scale: 'y', field: y } },
    },
  });
  return [
    {
      type: 'path',
      name: 'route',
      from: { data: 'routes' },
      encode: {
        enter: {
          path: { field: 'path' },
          fill: { value: null },
          stroke: colour,
          strokeWidth: { signal: 'datum.bad?1.8:1' },
          strokeOpacity: { signal: 'datum.bad?0.75:0.5' },
        },
        update: { ...placed, tooltip: { signal: 'datum' } },
      },
    },
    end('ax', 'ay'),
    end('bx', 'by'),
  ];
}

/** Places, and in those that join several, their number. */
export function placeMarks(theme: Theme): SpecPart[] {
  const at = { x: { signal: "scale('x',datum.x)+datum.dx*dot" }, y: { signal: "scale('y',datum.y)+datum.dy*dot" } };
  return [
    {
      type: 'symbol',
      name: 'place',
      from: { data: 'places' },
      encode: {
        enter: {
          shape: { scale: 'shape', field: 'm' },
          // Letters need a ground of one colour.
          fillOpacity: { signal: "datum.label===''?0.72:1" },
          strokeWidth: { value: 1 },
        },
        update: {
          ...at,
          size: { signal: 'max(14,datum.s*dot*dot)' },
          fill: [
            { test: 'datum.h', value: theme.alert },
            { scale: 'colour', field: 'g' },
          ],
          stroke: { value: theme.paper },
          tooltip: { signal: 'datum' },
        },
        hover: { stroke: { value: theme.ink } },
      },
    },
    {
      type: 'text',
      interactive: false,
      from: { data: 'places' },
      encode: {
        enter: {
          ...constant({ align: 'center', baseline: 'middle', fontSize: 9, fontWeight: 600 }),
          fill: [
            { test: 'datum.h', value: letterColour(theme.alert) },
            { scale: 'letters', field: 'g' },
          ],
          text: { field: 'label' },
        },
        update: { ...at, opacity: { signal: 'datum.s*dot*dot<70?0:1' } },
      },
    },
  ];
}
