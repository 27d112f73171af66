import { safeText } from '../safe-text.ts';
import type { DrawingData, SpecPart } from '../spec.ts';
import { constant } from '../spec.ts';
import type { Measure } from '../text-fit.ts';
import { TEXT_FONT, type Theme } from '../theme.ts';

/** A moment to mark across the whole picture: the alert, the first logon. */
export interface Reference {
  readonly timeInMs: number;
  readonly label: string;
}

const LABEL_ROW_PX = 15;

export interface PlacedReferences {
  readonly data: DrawingData;
  /** px above the plot that the labels need. */
  readonly heightInPx: number;
}

/** Gives each label the lowest row in which it does not cover another. */
export function placeReferences(
  references: readonly Reference[],
  extent: readonly [number, number],
  widthInPx: number,
  measure: Measure,
): PlacedReferences {
  const sorted = [...references].sort((a, b) => a.timeInMs - b.timeInMs || (a.label < b.label ? -1 : 1));
  const ends: number[] = [];
  const levels = sorted.map(({ timeInMs, label }) => {
    const x = ((timeInMs - extent[0]) / (extent[1] - extent[0])) * widthInPx;
    let level = ends.findIndex((end) => end <= x);
    if (level < 0) level = ends.length;
    ends[level] = x + measure(`600 11px ${TEXT_FONT}`, safeText(label, 60)) + 14;
    return level;
  });
  return {
    data: {
      t: sorted.map(({ timeInMs }) => timeInMs),
      label: sorted.map(({ label }) => safeText(label, 60)),
      level: levels,
    },
    heightInPx: sorted.length > 0 ? ends.length * LABEL_ROW_PX + 4 : 0,
  };
}

/** Dashed lines over the plot, and their labels above it. Expects data `references` and scale `x`. */
export function referenceMarks(theme: Theme, heightInPx: number): { lines: SpecPart; labels: SpecPart } {
  return {
    lines: {
      type: 'rule',
      interactive: false,
      from: { data: 'references' },
      encode: {
        enter: constant({ stroke: theme.alert, strokeWidth: 1.5, strokeDash: [5, 3] }),
        update: {
          x: { scale: 'x', field: 't' },
          y: { signal: `-4-datum.level*${LABEL_ROW_PX}` },
          y2: { value: heightInPx },
          opacity: { signal: "inrange(scale('x',datum.t),[0,width])?1:0" },
        },
      },
    },
    labels: {
      type: 'text',
      name: 'reference',
      from: { data: 'references' },
      encode: {
        enter: {
          ...constant({ fill: theme.alertText, fontWeight: 600, dx: 5, baseline: 'bottom' }),
          text: { field: 'label' },
        },
        update: {
          x: { scale: 'x', field: 't' },
          y: { signal: `-3-datum.level*${LABEL_ROW_PX}` },
          opacity: { signal: "inrange(scale('x',datum.t),[0,width])?1:0" },
          tooltip: { signal: 'datum' },
        },
      },
    },
  };
}
