import { constant, type SpecPart } from '../spec.ts';
import type { Theme } from '../theme.ts';
import { TIME_AXIS_FORMAT } from '../time-steps.ts';

export const OVERVIEW_PX = 48;
/** In narrower strips the whole title would be cut. */
const TITLE_FROM_PX = 360;

/**
 * The strip of all events under a time plot, with the brushed range. Expects data `all` (columns t, u, n), the signal
 * `xDomain` and, in a page, a script that moves it.
 */
export function overviewMarks(
  theme: Theme,
  topInPx: number,
  extent: readonly [number, number],
  brush: boolean,
  title = 'All events (square-root height)',
): SpecPart {
  return {
    type: 'group',
    name: 'overview',
    encode: {
      enter: {
        ...constant({ y: topInPx, height: OVERVIEW_PX, fill: theme.faint }),
        cursor: { value: brush ? 'crosshair' : 'default' },
      },
      update: { width: { signal: 'width' } },
    },
    scales: [
      { name: 'whole', type: 'utc', domain: extent, range: [0, { signal: 'width' }] },
      { name: 'height', type: 'sqrt', domain: { data: 'all', field: 'n' }, range: [OVERVIEW_PX, 4], zero: true },
    ],
    axes: [
      {
        scale: 'whole',
        orient: 'bottom',
        tickCount: { signal: 'max(2,min(8,floor(width/110)))' },
        format: TIME_AXIS_FORMAT,
        domain: false,
        labelOverlap: true,
        title: brush
          ? { signal: `width>${TITLE_FROM_PX}?'${title}. Drag here to select a range.':'Drag here to select'` }
          : title,
      },
    ],
    marks: [
      {
        type: 'rect',
        interactive: false,
        from: { data: 'all' },
        encode: {
          enter: { fill: { value: theme.bar } },
          update: {
            x: { scale: 'whole', field: 't' },
            x2: { signal: "max(scale('whole',datum.u),scale('whole',datum.t)+1)" },
            y: { scale: 'height', field: 'n' },
            y2: { value: OVERVIEW_PX },
          },
        },
      },
      ...(brush
        ? [
            {
              type: 'rect',
              interactive: false,
              encode: {
                enter: constant({ y: 0, y2: OVERVIEW_PX, fill: theme.accent, fillOpacity: 0.16, stroke: theme.accent }),
                update: {
                  opacity: { signal: `xDomain[1]-xDomain[0]<${extent[1] - extent[0]}?1:0` },
                  x: { signal: "scale('whole',xDomain[0])" },
                  x2: { signal: "scale('whole',xDomain[1])" },
                },
              },
            },
          ]
        : []),
    ],
  };
}
