import { createCanvas, loadImage } from 'canvas';
import { expect, it } from 'vitest';
import { encodePng } from '../../../lib/visuals/png-encoder.ts';
import { cappedScale, MAX_PIXELS } from '../../../lib/visuals/render-png.ts';
import { seeded } from './sample-tables.ts';

it('encodes pixels that another decoder reads back unchanged', async () => {
  const [width, height] = [37, 23];
  const random = seeded(1);
  const rgba = Uint8Array.from({ length: width * height * 4 }, (_, at) =>
    at % 4 === 3 ? 255 : Math.floor(random() * 256),
  );
  const image = await loadImage(await encodePng(rgba, width, height));
  const context = createCanvas(width, height).getContext('2d');
  context.drawImage(image, 0, 0);
  expect(Buffer.from(context.getImageData(0, 0, width, height).data).equals(Buffer.from(rgba))).toBe(true);
});

it('lowers the scale of pictures that would be too large, and refuses what is far too large', () => {
  expect(cappedScale(1000, 500, 2)).toBe(2);
  const scale = cappedScale(4000, 3000, 2);
  expect(scale * scale * 4000 * 3000).toBeLessThanOrEqual(MAX_PIXELS);
  expect(() => cappedScale(20_000, 20_000, 2)).toThrow(/too large/);
});
