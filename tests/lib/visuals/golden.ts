import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createCanvas, loadImage } from 'canvas';
import { expect } from 'vitest';
import { packageRoot } from '../../../lib/paths.ts';

const folder = join(packageRoot(), 'tests', 'golden', 'visuals');
const update = process.env['UPDATE_GOLDEN'] === '1';

/** Pictures are equal to the pixel only where the same build of the canvas draws them. */
export const drawsGoldenPixels = process.platform === 'linux' && process.arch === 'x64';

async function pixelsOf(png: Uint8Array): Promise<{ width: number; height: number; pixels: Uint8ClampedArray }> {
  const image = await loadImage(Buffer.from(png));
  const canvas = createCanvas(image.width, image.height);
  const context = canvas.getContext('2d');
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, image.width, image.height);
  return { width: image.width, height: image.height, pixels: data };
}

/** Compares the decoded pixels with those of the stored picture. `UPDATE_GOLDEN=1` stores it anew. */
export async function expectGoldenPicture(name: string, png: Uint8Array): Promise<void> {
  const path = join(folder, `${name}.png`);
  if (update) await writeFile(path, png);
  const [actual, golden] = await Promise.all([pixelsOf(png), pixelsOf(await readFile(path))]);
  expect([actual.width, actual.height]).toEqual([golden.width, golden.height]);
  let different = 0;
  for (let at = 0; at < golden.pixels.length; at++) if (golden.pixels[at] !== actual.pixels[at]) different++;
  expect(different, `${name}: colour values that differ`).toBe(0);
}

/** A page without its script and style, which are the same in all pages and change with their sources. */
export function pageWithoutRuntime(html: string): string {
  return html
    .replace(/'sha256-[^']+'/g, "'sha256-…'")
    .replace(/<style>[\s\S]*?<\/style>/, '<style>…</style>')
    .replace(/<script>[\s\S]*?<\/script>/, '<script>…</script>');
}

/** Compares a page, byte by byte but for its runtime, with the stored one. */
export async function expectGoldenPage(name: string, html: string): Promise<void> {
  const path = join(folder, `${name}.html`);
  const page = pageWithoutRuntime(html);
  if (update) await writeFile(path, page);
  expect(page === (await readFile(path, 'utf8')), `${name}.html is as stored`).toBe(true);
}
