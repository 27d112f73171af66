import type { LegendEntry } from '../legend.ts';
import type { Details, EdgeLabels, Form, Level, Picture, Plot, TipField } from '../picture.ts';
import { constant, type DrawingData, type Json, type SpecPart } from '../spec.ts';
import type { Theme } from '../theme.ts';
import { TIME_AXIS_FORMAT } from '../time-steps.ts';
import { OVERVIEW_PX, overviewMarks } from './overview.ts';
import type { PlacedReferences } from './references.ts';
import { referenceMarks } from './references.ts';

const AXIS_PX = 46;
const OVERVIEW_AXIS_PX = 42;
const OVERVIEW_GAP_PX = 14;

/** One of the plots that stand over each other on one time axis. */
export interface Panel {
  readonly heightInPx: number;
  readonly scales?: (theme: Theme) => readonly Json[];
  readonly axes?: (theme: Theme) => readonly Json[];
  /** Behind and beside the plot; not clipped. */
  readonly outside?: (theme: Theme, form: Form) => readonly SpecPart[];
  /** Inside the plot; clipped to it. */
  readonly inside: (theme: Theme, form: Form) => readonly SpecPart[];
}

export interface TimeParts {
  readonly title: string;
  readonly notes: readonly string[];
  readonly widthInPx: number;
  readonly left: number;
  /** The same in a page, where it differs. */
  readonly pageLeft?: number;
  readonly right: number;
  /** px above the plot for a legend. */
  readonly top?: number;
  readonly extent: readonly [number, number];
  readonly panels: readonly Panel[];
  readonly panelGapInPx?: number;
  readonly references: PlacedReferences;
  /** Counts by time, for the strip below: columns t, u, n. */
  readonly all: DrawingData;
  readonly overviewTitle?: string;
  /** Whether the PNG has the strip, too. */
  readonly overviewInPng: boolean;
  readonly data: Readonly<Record<string, DrawingData>>;
  readonly isEmpty: boolean;
  readonly signals?: readonly Json[];
  readonly scales?: (theme: Theme) => readonly Json[];
  /** Above the plot, in it: what no legend in words can say. */
  readonly legends?: (theme: Theme) => readonly SpecPart[];
  readonly legend?: readonly LegendEntry[];
  readonly labels?: readonly EdgeLabels[];
  readonly tips: Readonly<Record<string, readonly TipField[]>>;
  readonly categories?: readonly string[];
  readonly details?: Details | undefined;
  readonly levels?: () => readonly Level[];
}

const REFERENCE_TIPS: readonly TipField[] = [
  { label: 'Reference', field: 'label', as: 'text' },
  { label: 'Time', field: 't', as: 'time' },
];

/** A picture along time: panels on one axis that zooms, reference lines over all of them, the overview below. */
export function timePicture(parts: TimeParts): Picture {
  const gap = parts.panelGapInPx ?? 14;
  const height = parts.panels.reduce((sum, panel) => sum + panel.heightInPx + gap, -gap);
  const overviewTop = height + AXIS_PX + OVERVIEW_GAP_PX;
  const plot = (theme: Theme, form: Form): Plot => {
    const overview = form === 'html' || parts.overviewInPng;
    let top = 0;
    const panels = parts.panels.map((panel, index): SpecPart => {
      const y = top;
      top += panel.heightInPx + gap;
      const last = index === parts.panels.length - 1;
      return {
        type: 'group',
        encode: { enter: constant({ y, height: panel.heightInPx }), update: { width: { signal: 'width' } } },
        signals: [{ name: 'height', value: panel.heightInPx }],
        scales: panel.scales?.(theme) ?? [],
        axes: [timeAxis(last), ...(panel.axes?.(theme) ?? [])],
        marks: [
          ...(panel.outside?.(theme, form) ?? []),
          {
            type: 'group',
            clip: true,
            encode: { enter: { height: { value: panel.heightInPx } }, update: { width: { signal: 'width' } } },
            marks: [...panel.inside(theme, form)],
          },
        ],
      };
    });
    return {
      margin: {
        left: form === 'html' ? (parts.pageLeft ?? parts.left) : parts.left,
        right: parts.right,
        top: (parts.top ?? 0) + 10 + parts.references.heightInPx,
        bottom: overview ? AXIS_PX + OVERVIEW_GAP_PX + OVERVIEW_PX + OVERVIEW_AXIS_PX : AXIS_PX,
      },
      widthInPx: parts.widthInPx,
      heightInPx: height,
      signals: [{ name: 'xDomain', value: parts.extent }, ...(parts.signals ?? [])],
      scales: [
        { name: 'x', type: 'utc', domain: { signal: 'xDomain' }, range: [0, { signal: 'width' }] },
        ...(parts.scales?.(theme) ?? []),
      ],
      marks: [
        ...panels,
        ...Object.values(referenceMarks(theme, height)),
        ...(parts.legends?.(theme) ?? []),
        ...(overview ? [overviewMarks(theme, overviewTop, parts.extent, form === 'html', parts.overviewTitle)] : []),
      ],
    };
  };
  return {
    title: parts.title,
    notes: parts.notes,
    isEmpty: parts.isEmpty,
    data: { ...parts.data, all: parts.all, references: parts.references.data },
    plot,
    tips: { ...parts.tips, reference: REFERENCE_TIPS },
    ...(parts.details && { details: parts.details }),
    ...(parts.categories && { categories: parts.categories }),
    ...(parts.levels && { levels: parts.levels }),
    ...(parts.legend && { legend: parts.legend }),
    ...(parts.labels && { labels: parts.labels }),
    zoom: 'x',
    xIs: 'time',
    extent: { x: parts.extent },
    minSpan: 2,
    overview: { top: overviewTop, height: OVERVIEW_PX },
  };
}

/** The time axis; only the lowest panel's has labels. */
function timeAxis(labelled: boolean): SpecPart {
  return {
    scale: 'x',
    orient: 'bottom',
    grid: true,
    tickCount: { signal: 'max(2,min(10,floor(width/110)))' },
    format: TIME_AXIS_FORMAT,
    domain: false,
    labelOverlap: true,
    labels: labelled,
    ticks: labelled,
    ...(labelled ? { title: 'Time (UTC)' } : {}),
  };
}
