import { TrailhoundError } from '../errors.ts';
import { drawingKit } from './drawing-kit.ts';
import { encodePng } from './png-encoder.ts';
import { type DrawingData, drawingRows, type SpecPart } from './spec.ts';

/** Above this, memory and time of a picture are out of proportion to what can be seen in it. */
export const MAX_PIXELS = 16_000_000;

const deny = async (): Promise<never> => {
  throw new TrailhoundError('internal', 'a picture tried to load something');
};
const lockedLoader = { options: {}, load: deny, http: deny, file: deny, sanitize: deny };

/** The scale that keeps a picture below `MAX_PIXELS`. A picture that is too large at half size is refused. */
export function cappedScale(widthInPx: number, heightInPx: number, scale: number): number {
  const largest = Math.sqrt(MAX_PIXELS / (widthInPx * heightInPx));
  if (largest < 0.5) {
    throw new TrailhoundError(
      'limit',
      `a picture of ${Math.round(widthInPx)} × ${Math.round(heightInPx)} is too large`,
      {
        hint: 'Show fewer rows or groups in the PNG; the HTML page has them all.',
      },
    );
  }
  return Math.min(scale, Math.floor(largest * 100) / 100);
}

/**
 * Draws a specification to PNG. Nothing can be loaded from it, and the canvas's native memory is released at once.
 * @param data rows for the specification's data sets, by name
 */
export async function renderPng(
  spec: SpecPart,
  data: Readonly<Record<string, DrawingData>>,
  options: { scale: number; widthInPx: number; heightInPx: number },
): Promise<Buffer> {
  const scale = cappedScale(options.widthInPx, options.heightInPx, options.scale);
  const { vega } = await drawingKit();
  const runtime = vega.parse(spec as unknown as Parameters<typeof vega.parse>[0]);
  const view = new vega.View(runtime, { renderer: 'none', loader: lockedLoader, logLevel: vega.Error });
  try {
    for (const [name, rows] of Object.entries(data)) view.data(name, drawingRows(rows));
    await view.runAsync();
    const canvas = (await view.toCanvas(scale)) as unknown as { width: number; height: number; data(): Buffer };
    const { width, height } = canvas;
    const png = await encodePng(canvas.data(), width, height);
    // The pixels are native memory that the garbage collector does not see.
    canvas.width = 1;
    canvas.height = 1;
    return png;
  } finally {
    view.finalize();
  }
}
