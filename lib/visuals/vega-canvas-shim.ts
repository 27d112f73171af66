/**
 * Stands in for `vega-canvas` in the bundle (esbuild: `alias: { 'vega-canvas': … }`): the original loads the canvas by
 * a top-level `await`, which a CommonJS bundle cannot hold. Loaded only together with vega, on first use.
 */
import { createCanvas, Image } from 'canvas';

export function nodeCanvas(width: number, height: number): unknown {
  return createCanvas(width, height);
}

export const domCanvas = (): null => null;
export const canvas = nodeCanvas;
export const image = (): unknown => Image;
