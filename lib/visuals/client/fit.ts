import type { ChartPayload } from '../payload.ts';
import type { EdgeLabels } from '../picture.ts';
import { fitLabels, type Measure } from '../text-fit.ts';
import { PAGE_TEXT_FONT } from '../theme.ts';

/** Where a chart's plot lies in its element, in px, and the labels as they are cut to it. */
export interface Fit {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly width: number;
  readonly height: number;
  /** By data set: the labels of its rows. */
  readonly labels: ReadonlyMap<EdgeLabels, readonly string[]>;
  readonly slanted: boolean;
  /** Share of their planned length that bars beside the plot have. */
  readonly barScale: number;
}

const NARROWEST_PLOT_PX = 110;
/** Labels take at most this share of the width. */
const LABEL_SHARE = 0.36;
const SHORTEST_LABEL_PX = 50;
const LOWEST_PX = 280;
/** px of a window that heading, notes, tools and status take. */
const AROUND_PX = 230;
const LARGEST_CELL_PX = 72;
const TALLEST_CELL_PX = 44;
const NARROW_PX = 700;
/** Where columns are wide enough, their labels slant; else they stand upright. */
const SLANT_FROM_PX = 18;

type Room = { readonly width: number; readonly windowHeight: number };

/** Fits a chart to the width of its element and the height of its window. */
export function fitChart(payload: ChartPayload, room: Room, measure: Measure): Fit {
  const { margin, plot, sizing } = payload;
  const labels = new Map<EdgeLabels, readonly string[]>();
  const cut = (side: EdgeLabels['side'], share: number, otherwise: number) => {
    const edge = payload.labels?.find((each) => each.side === side);
    if (!edge) return otherwise;
    const font = `${edge.fontInPx}px ${PAGE_TEXT_FONT}`;
    const texts = (payload.data[edge.data]?.[edge.full] ?? []).map(String);
    const cutTexts = fitLabels(measure, font, texts, Math.min(edge.mostInPx, share));
    labels.set(edge, cutTexts);
    return Math.ceil(cutTexts.reduce((widest, text) => Math.max(widest, measure(font, text)), 12));
  };
  const edgeOf = (side: EdgeLabels['side']) => payload.labels?.find((each) => each.side === side);
  const leftEdge = edgeOf('left');
  const barScale = sizing.kind === 'cells' && room.width < NARROW_PX ? 0.3 : 1;
  const right = sizing.kind === 'cells' ? Math.round(margin.right - 70 * (1 - barScale)) : margin.right;
  const forLabels = Math.min(room.width * LABEL_SHARE, room.width - right - NARROWEST_PLOT_PX);
  const left = leftEdge
    ? cut('left', Math.max(SHORTEST_LABEL_PX, forLabels - leftEdge.gapInPx), 0) + leftEdge.gapInPx
    : margin.left;
  const widest = Math.max(NARROWEST_PLOT_PX, Math.floor(room.width - left - right));
  const highest = Math.max(LOWEST_PX, room.windowHeight - AROUND_PX - margin.top - margin.bottom);
  const fixed = { left, right, top: margin.top, bottom: margin.bottom, labels, slanted: false, barScale };
  switch (sizing.kind) {
    case 'height':
      return { ...fixed, width: widest, height: plot.height };
    case 'shape': {
      const ratio = plot.height / plot.width;
      const width = Math.floor(Math.min(widest, highest / ratio));
      return { ...fixed, width, height: Math.round(width * ratio) };
    }
    case 'window':
      return { ...fixed, width: widest, height: Math.round(Math.min(highest, Math.max(LOWEST_PX, widest * 0.8))) };
    case 'cells': {
      const { columns, rows, cellInPx } = sizing;
      const cellX = Math.min(LARGEST_CELL_PX, widest / columns);
      const roomy = Math.min(cellX, highest / rows, TALLEST_CELL_PX);
      const slanted = cellX >= SLANT_FROM_PX;
      const bottomEdge = edgeOf('bottom');
      const bottom = bottomEdge
        ? Math.ceil(cut('bottom', bottomEdge.mostInPx, 0) * (slanted ? 0.87 : 1)) + bottomEdge.gapInPx
        : margin.bottom;
      const height = Math.round(rows * Math.max(cellInPx, roomy));
      return { ...fixed, bottom, slanted, width: Math.round(cellX * columns), height };
    }
  }
}
