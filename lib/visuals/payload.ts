import type { Details, EdgeLabels, Level, Sizing, TipField, Toggles, Zoom, ZoomLevel } from './picture.ts';
import type { DrawingData, SpecPart } from './spec.ts';

/** An entry of a page's legend. */
export interface PageLegendEntry {
  readonly label: string;
  readonly light: string;
  readonly dark: string;
  readonly shape?: string;
  readonly area?: number;
  readonly isHeading?: boolean;
  readonly category?: number;
}

/** What the page of a chart gets. */
export interface ChartPayload {
  readonly specs: { readonly light: SpecPart; readonly dark: SpecPart };
  readonly data: Readonly<Record<string, DrawingData>>;
  readonly tips: Readonly<Record<string, readonly TipField[]>>;
  readonly categories?: readonly string[];
  readonly details?: Details;
  readonly zoom: Zoom;
  readonly extent?: { readonly x: readonly [number, number]; readonly y?: readonly [number, number] };
  readonly minSpan?: number;
  readonly overview?: { readonly top: number; readonly height: number };
  readonly levels?: readonly Level[];
  readonly zoomLevels?: readonly ZoomLevel[];
  readonly toggles?: Toggles;
  /** The planned sizes, in px; the page fits them to its window. */
  readonly margin: { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number };
  readonly plot: { readonly width: number; readonly height: number };
  readonly sizing: Sizing;
  readonly labels?: readonly EdgeLabels[];
  readonly placedLabels?: string;
  readonly xIs?: 'time' | 'number';
  readonly legend?: readonly PageLegendEntry[];
  readonly legendTitle?: string;
  readonly help?: string;
}
