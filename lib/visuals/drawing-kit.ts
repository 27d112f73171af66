import { TrailhoundError } from '../errors.ts';
import { fontPaths } from './fonts.ts';
import { CODE_FONT, TEXT_FONT } from './theme.ts';

/** Width of a text in px, as it will be drawn. `font` is CSS: `600 12px Inter`. */
export type Measure = (font: string, text: string) => number;

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

/** The text, cut with `…` so that it is at most that wide. */
export function fitText(measure: Measure, font: string, text: string, widthInPx: number): string {
  if (widthInPx < 12) return '';
  if (measure(font, text) <= widthInPx) return text;
  let fits = 0;
  let over = Math.min(text.length, Math.ceil(widthInPx / 2));
  while (fits < over) {
    const middle = (fits + over + 1) >> 1;
    if (measure(font, `${text.slice(0, middle)}…`) <= widthInPx) fits = middle;
    else over = middle - 1;
  }
  return `${text
    .slice(0, fits)
    .toWellFormed()
    .replace(/\uFFFD$/, '')}…`;
}

/** The text, cut in its middle with `…`: paths and names differ at their ends as much as at their starts. */
export function fitLabel(measure: Measure, font: string, text: string, widthInPx: number): string {
  if (measure(font, text) <= widthInPx) return text;
  const characters = [...text];
  let fits = 0;
  let over = characters.length - 1;
  const cut = (kept: number) =>
    `${characters.slice(0, Math.ceil(kept * 0.45)).join('')}…${characters.slice(characters.length - Math.floor(kept * 0.55)).join('')}`;
  while (fits < over) {
    const middle = (fits + over + 1) >> 1;
    if (measure(font, cut(middle)) <= widthInPx) fits = middle;
    else over = middle - 1;
  }
  return cut(fits);
}

/** The text in lines that are at most that wide, broken at spaces; at most `maxLines`, the last one cut. */
export function wrapText(measure: Measure, font: string, text: string, widthInPx: number, maxLines = 3): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line ? `${line} ${word}` : word;
    if (line && measure(font, longer) > widthInPx) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  lines.push(line);
  const kept = lines.slice(0, maxLines);
  if (lines.length > maxLines) kept[maxLines - 1] = `${kept[maxLines - 1]} ${lines.slice(maxLines).join(' ')}`;
  return kept.map((each) => fitText(measure, font, each, widthInPx));
}
