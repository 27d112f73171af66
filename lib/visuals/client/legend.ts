import type { PageLegendEntry } from '../payload.ts';
import { make, type ThemeName } from './page.ts';

const SWATCH_PX = 14;
const LARGEST_SWATCH_PX = 48;

/** A mark of the legend: the shape that the chart draws, at its size. */
function swatch(entry: PageLegendEntry, theme: ThemeName, sizeScale: number): HTMLCanvasElement {
  const area = (entry.area ?? 78) * (entry.area === undefined ? 1 : sizeScale);
  const side = Math.min(LARGEST_SWATCH_PX, Math.max(SWATCH_PX, Math.ceil(Math.sqrt(area) * 1.2)));
  const canvas = make('canvas', 'swatch');
  const scale = devicePixelRatio || 1;
  canvas.width = side * scale;
  canvas.height = side * scale;
  canvas.style.width = `${side}px`;
  canvas.style.height = `${side}px`;
  const context = canvas.getContext('2d')!;
  context.setTransform(scale, 0, 0, scale, (side / 2) * scale, (side / 2) * scale);
  context.fillStyle = entry[theme];
  const { shape = 'circle' } = entry;
  if (shape === 'circle') {
    context.beginPath();
    context.arc(0, 0, Math.min(side / 2, Math.sqrt(area / Math.PI)), 0, 2 * Math.PI);
    context.fill();
  } else {
    const unit = Math.min(side / 2, Math.sqrt(area) / 2);
    context.scale(unit, unit);
    context.fill(new Path2D(shape));
  }
  return canvas;
}

export interface LegendOptions {
  readonly title?: string | undefined;
  /** Called when an entry is pressed whose category can be hidden. */
  readonly toggle?: ((category: number, isOn: boolean) => void) | undefined;
  readonly hidden: ReadonlySet<number>;
  /** How much larger than planned marks are drawn. */
  readonly sizeScale: number;
}

/** Fills an element with the legend of a chart; entries of categories are switches. */
export function drawLegend(
  parent: HTMLElement,
  entries: readonly PageLegendEntry[],
  theme: ThemeName,
  { title, toggle, hidden, sizeScale }: LegendOptions,
): void {
  const focused = [...parent.children].indexOf(document.activeElement as Element);
  parent.replaceChildren(
    ...(title ? [make('strong', '', title)] : []),
    ...entries.map((entry) => {
      if (entry.isHeading) return make('strong', '', entry.label);
      const content = [swatch(entry, theme, sizeScale), make('span', '', entry.label)];
      const { category } = entry;
      if (!toggle || category === undefined) return make('span', 'key', content);
      const element = make('button', 'key', content);
      element.type = 'button';
      element.title = 'Hide or show';
      element.setAttribute('aria-pressed', String(!hidden.has(category)));
      element.addEventListener('click', () => toggle(category, hidden.has(category)));
      return element;
    }),
  );
  (parent.children[focused] as HTMLElement | undefined)?.focus();
}
