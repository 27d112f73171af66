import { formatShort } from '../format.ts';
import { constant, type SpecPart } from '../spec.ts';
import type { Theme } from '../theme.ts';

const WIDTH = 160;

/** A bar of the ramp with its values on a log scale, at the right above a plot; `bottom` is px above the plot's top. */
export function logColourLegend(theme: Theme, title: string, largest: number, bottom: number): SpecPart {
  const decades = Math.floor(Math.log10(largest));
  const stride = Math.max(1, Math.ceil(decades / 3));
  const ticks: number[] = [];
  for (let power = 0; power <= decades; power += stride) ticks.push(10 ** power);
  const nearEnd = Math.log(largest / ticks.at(-1)!) / Math.log(largest);
  if (largest > 1 && nearEnd > 0.16) ticks.push(largest);
  const text = (value: string, x: number, y: number, style: Record<string, string | number>): SpecPart => ({
    type: 'text',
    interactive: false,
    encode: { enter: constant({ x, y, text: value, ...style }) },
  });
  return {
    type: 'group',
    interactive: false,
    encode: { update: { x: { signal: `width-${WIDTH}` }, y: { value: -bottom - 40 } } },
    marks: [
      text(title, 0, 0, { fill: theme.mute, fontWeight: 600, baseline: 'top' }),
      {
        type: 'rect',
        interactive: false,
        encode: {
          enter: {
            ...constant({ x: 0, y: 16, width: WIDTH, height: 9 }),
            fill: {
              value: {
                gradient: 'linear',
                x1: 0,
                x2: 1,
                y1: 0,
                y2: 0,
                stops: theme.ramp.map((color, index) => ({ offset: index / (theme.ramp.length - 1), color })),
              },
            },
          },
        },
      },
      ...ticks.map((tick) =>
        text(formatShort(tick), (largest > 1 ? Math.log(tick) / Math.log(largest) : 0) * WIDTH, 28, {
          fill: theme.mute,
          fontSize: 10,
          baseline: 'top',
          align: tick === 1 ? 'left' : tick === largest ? 'right' : 'center',
        }),
      ),
    ],
  };
}
