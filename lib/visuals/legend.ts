import { constant, type SpecPart } from './spec.ts';
import { fitText, type Measure } from './text-fit.ts';
import { TEXT_FONT, type Theme } from './theme.ts';

/** What a mark means. In a PNG legends stand above the plot; a page has them as text that wraps. */
export interface LegendEntry {
  readonly label: string;
  readonly colour: (theme: Theme) => string;
  /** A path in a square from −1 to 1, or `circle`. */
  readonly shape?: string;
  /** px². */
  readonly area?: number;
  /** Words before the entries that follow, without a mark. */
  readonly isHeading?: boolean;
  /** The category that a page hides and shows by this entry. */
  readonly category?: number;
}

/** Places the entries in lines of at most that width; each line is 18 px. */
function placeEntries(entries: readonly LegendEntry[], widthInPx: number, measure: Measure) {
  let x = 0;
  let y = 0;
  return entries.map((entry) => {
    const label = fitText(measure, `11px ${TEXT_FONT}`, entry.label, 200);
    const width = measure(`11px ${TEXT_FONT}`, label) * 1.08 + (entry.isHeading ? 24 : 30);
    if (x > 0 && x + width > widthInPx) {
      x = 0;
      y += 18;
    }
    const placed = { ...entry, label, x, y };
    x += width;
    return placed;
  });
}

/** px that `colourLegend` takes. */
export function legendHeight(entries: readonly LegendEntry[], widthInPx: number, measure: Measure): number {
  return entries.length === 0 ? 0 : placeEntries(entries, widthInPx, measure).at(-1)!.y + 22;
}

/** Dots with their labels, from `x`, `y` on to the right and down. */
export function colourLegend(
  theme: Theme,
  entries: readonly LegendEntry[],
  at: { x: number; y: number; widthInPx: number },
  measure: Measure,
): SpecPart[] {
  return placeEntries(entries, at.widthInPx, measure).flatMap((entry): SpecPart[] => [
    ...(entry.isHeading
      ? []
      : [
          {
            type: 'symbol',
            interactive: false,
            encode: {
              enter: constant({
                x: at.x + entry.x + 6,
                y: at.y + entry.y,
                size: entry.area ?? 78,
                shape: entry.shape ?? 'circle',
                fill: entry.colour(theme),
              }),
            },
          },
        ]),
    {
      type: 'text',
      interactive: false,
      encode: {
        enter: constant({
          x: at.x + entry.x + (entry.isHeading ? 0 : 15),
          y: at.y + entry.y,
          text: entry.label,
          baseline: 'middle',
          ...(entry.isHeading ? { fill: theme.mute, fontWeight: 600 } : {}),
        }),
      },
    },
  ]);
}
