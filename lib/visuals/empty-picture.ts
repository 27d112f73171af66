import type { Picture } from './picture.ts';
import { constant } from './spec.ts';

const WIDTH_PX = 640;
const HEIGHT_PX = 72;

/** The picture, or where it has nothing to draw, its title and notes over a ground that says so. */
export function pictureOrNothing(picture: Picture): Picture {
  if (!picture.isEmpty) return picture;
  const { title, notes } = picture;
  return {
    title,
    notes,
    data: {},
    tips: {},
    zoom: 'none',
    plot: (theme) => ({
      margin: { left: 0, right: 0, top: 4, bottom: 4 },
      widthInPx: WIDTH_PX,
      heightInPx: HEIGHT_PX,
      scales: [],
      marks: [
        {
          type: 'rect',
          interactive: false,
          encode: {
            enter: constant({ height: HEIGHT_PX, fill: theme.faint, cornerRadius: 6 }),
            update: { width: { signal: 'width' } },
          },
        },
        {
          type: 'text',
          interactive: false,
          encode: {
            enter: constant({
              y: HEIGHT_PX / 2,
              text: 'Nothing to show.',
              align: 'center',
              baseline: 'middle',
              fontSize: 13,
              fill: theme.mute,
            }),
            update: { x: { signal: 'width/2' } },
          },
        },
      ],
    }),
  };
}
