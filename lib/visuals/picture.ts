import type { LegendEntry } from './legend.ts';
import type { DrawingData, Json } from './spec.ts';
import type { Theme } from './theme.ts';

/** A picture is drawn twice from one plan: as PNG, with its title in it, and in a page, which has the title itself. */
export type Form = 'png' | 'html';

/** How a tooltip shows one field of a mark's row. */
export interface TipField {
  readonly label: string;
  readonly field: string;
  /** `category`: a position in the picture's `categories`. */
  readonly as: 'text' | 'number' | 'time' | 'duration' | 'category';
}

/** Cells that tooltips and the detail pane show, as positions in one list of distinct texts. */
export interface Details {
  readonly columns: readonly string[];
  readonly texts: readonly string[];
  /** One list per column. */
  readonly cells: readonly (readonly number[])[];
  /** The first so many columns are in the tooltip; all are shown of a mark that is clicked. By default all in both. */
  readonly tipColumns?: number;
}

/** What a reader of the page may do with the plot: zoom along x (time), along both, or not. */
export type Zoom = 'x' | 'xy' | 'none';

/** Marks and scales of a picture, without its title. */
export interface Plot {
  /** px left of the plot (labels), right of it (totals), above it (legend, reference labels) and below it (axis). */
  readonly margin: { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number };
  readonly widthInPx: number;
  readonly heightInPx: number;
  readonly signals?: readonly Json[];
  readonly data?: readonly string[];
  readonly scales: readonly Json[];
  readonly axes?: readonly Json[];
  readonly legends?: readonly Json[];
  readonly marks: readonly Json[];
}

/** Labels beside a plot, by row of a data set. A page cuts them to the room that its window has. */
export interface EdgeLabels {
  readonly side: 'left' | 'bottom';
  readonly data: string;
  /** The field of the whole label, and the one that is drawn. */
  readonly full: string;
  readonly drawn: string;
  readonly fontInPx: number;
  readonly mostInPx: number;
  /** px of the margin beside the label. */
  readonly gapInPx: number;
}

/**
 * How a page fits the plot to its window, besides its width: the planned height, the planned shape, as much height as
 * the window has, or cells in columns and rows, of the planned size where there is room.
 */
export type Sizing =
  | { readonly kind: 'height' | 'shape' | 'window' }
  | { readonly kind: 'cells'; readonly columns: number; readonly rows: number; readonly cellInPx: number };

/** A finer version of the cells, shown when the reader zooms in. */
export interface Level {
  readonly stepInMs: number;
  /** Columns `g`, `t` (ms), `n`; ascending by `t`. `t` is delta-coded. */
  readonly cells: DrawingData;
}

/** Data that replaces a picture's own from a magnification on. */
export interface ZoomLevel {
  readonly zoom: number;
  readonly data: Readonly<Record<string, DrawingData>>;
}

/** Data sets whose categories the page can hide one by one; `field` holds the category. */
export interface Toggles {
  readonly field: string;
  readonly data: readonly string[];
}

/** A picture before it is drawn: everything cleaned, counted and placed. */
export interface Picture {
  readonly title: string;
  /** What is shown, how it was aggregated, and what is not shown. */
  readonly notes: readonly string[];
  readonly data: Readonly<Record<string, DrawingData>>;
  /** Nothing to draw: a sentence stands in the place of axes that would mean nothing. */
  readonly isEmpty?: boolean;
  plot(theme: Theme, form: Form): Plot;
  /** Above the plot. */
  readonly legend?: readonly LegendEntry[];
  /** In a page only, where a PNG has none or draws its own. */
  readonly pageLegend?: readonly LegendEntry[];
  readonly legendTitle?: string;
  readonly labels?: readonly EdgeLabels[];
  /** By default the planned height. */
  readonly sizing?: Sizing;
  /** Nodes whose labels (field `l`: shown) a page places anew where there is room. */
  readonly placedLabels?: string;
  /** What values along x are, for words about the zoomed range. */
  readonly xIs?: 'time' | 'number';
  /** Fields by mark name. Marks have `interactive` tooltips only if they are here. */
  readonly tips: Readonly<Record<string, readonly TipField[]>>;
  /** Cleaned names of groups, by the number that marks carry. */
  readonly categories?: readonly string[];
  /** Of marks that have a field `i`, a row of these. */
  readonly details?: Details;
  readonly zoom: Zoom;
  /** The whole range of the zoomable axes, in the units of the signals `xDomain` and `yDomain`. */
  readonly extent?: { readonly x: readonly [number, number]; readonly y?: readonly [number, number] };
  /** The strip under a time plot on which a range can be brushed: px below the plot's top. */
  readonly overview?: { readonly top: number; readonly height: number };
  /** Made only for pages. */
  readonly levels?: () => readonly Level[];
  readonly zoomLevels?: () => readonly ZoomLevel[];
  readonly toggles?: Toggles;
  /** Keys and gestures, for the page. */
  readonly help?: string;
  readonly minSpan?: number;
}
