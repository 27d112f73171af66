import type { Details, Level, TipField, Toggles, Zoom, ZoomLevel } from './picture.ts';
import type { DrawingData, SpecPart } from './spec.ts';

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
  /** px from the canvas's corner to the plot's. */
  readonly origin: { readonly x: number; readonly y: number };
  readonly plot: { readonly width: number; readonly height: number };
  /** px left and right of the plot together; the plot takes what is left of the page's width. */
  readonly sides: number;
  readonly help?: string;
}
