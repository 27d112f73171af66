import { TrailhoundError } from '../errors.ts';
import { fontPaths } from './fonts.ts';
import type { Measure } from './text-fit.ts';
import { CODE_FONT, TEXT_FONT } from './theme.ts';

/** What draws: loaded on first use, for it is large. */
export interface DrawingKit {
  readonly vega: typeof import('vega');
  readonly measure: Measure;
}

let kit: Promise<DrawingKit> | undefined;

async function load(): Promise<DrawingKit> {
  const canvas = await import('canvas');
  for (const { family, path } of fontPaths()) {
    if (!canvas.GlobalFonts.registerFromPath(path, family)) {
      throw new TrailhoundError('internal', `the font ${family} cannot be read from ${path}`);
    }
  }
  const vega = await import('vega');
  const context = canvas.createCanvas(8, 8).getContext('2d');
  const measure: Measure = (font, text) => {
    if (context.font !== font) context.font = font;
    return context.measureText(text).width;
  };
  for (const family of [TEXT_FONT, CODE_FONT]) {
    // Without a font, text disappears without an error.
    if (!(measure(`12px ${family}`, 'x') > 0))
      throw new TrailhoundError('internal', `the font ${family} draws nothing`);
  }
  return { vega, measure };
}

/** Vega, the canvas and the fonts. The fonts are registered before vega first measures a text. */
export function drawingKit(): Promise<DrawingKit> {
  kit ??= load();
  return kit;
}
