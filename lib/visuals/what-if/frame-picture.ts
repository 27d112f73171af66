import { drawingKit } from '../drawing-kit.ts';
import { formatShort } from '../format.ts';
import { NUMBER_LABELS } from '../number-axis.ts';
import type { Picture } from '../picture.ts';
import { constant, type DrawingData } from '../spec.ts';
import { fitLabels } from '../text-fit.ts';
import { TEXT_FONT } from '../theme.ts';

export interface WhatIfPlan {
  readonly title: string;
  readonly notes: readonly string[];
  readonly bars: readonly string[];
  readonly frames: readonly { readonly label: string; readonly values: readonly number[]; readonly total: number }[];
  readonly parameterTitle: string;
  readonly valueTitle: string;
  readonly widthInPx: number;
  readonly columns: number;
}

const BAR_PX = 26;
const LABEL_PX = 240;

/** Bars of one case, on the scale of all cases; the page's slider changes their data. */
export async function framePicture(plan: WhatIfPlan): Promise<Picture> {
  const { measure } = await drawingKit();
  const labels = fitLabels(measure, `12px ${TEXT_FONT}`, plan.bars, LABEL_PX);
  const largest = Math.max(1, ...plan.frames.flatMap(({ values }) => values));
  const first = plan.frames[0];
  const data: Record<string, DrawingData> = {
    bars: {
      y: labels.map((_, bar) => bar),
      label: labels,
      full: plan.bars,
      v: plan.bars.map((_, bar) => first?.values[bar] ?? 0),
      most: plan.bars.map((_, bar) => Math.max(0, ...plan.frames.map(({ values }) => values[bar]!))),
      text: plan.bars.map((_, bar) => formatShort(first?.values[bar] ?? 0)),
    },
  };
  const left =
    Math.ceil(labels.reduce((widest, label) => Math.max(widest, measure(`12px ${TEXT_FONT}`, label)), 30) * 1.06) + 16;
  const height = Math.max(1, labels.length) * BAR_PX;
  const y = { signal: `datum.y*${BAR_PX}+4` };
  const zero = { scale: 'x', value: 0 };
  return {
    title: plan.title,
    notes: plan.notes,
    isEmpty: plan.bars.length === 0,
    data,
    zoom: 'x',
    xIs: 'number',
    extent: { x: [0, largest] },
    minSpan: largest / 1000,
    labels: [
      {
        side: 'left',
        data: 'bars',
        full: 'full',
        drawn: 'label',
        fontInPx: 12,
        mostInPx: LABEL_PX,
        gapInPx: 16,
      },
    ],
    tips: {
      bar: [
        { label: 'Value', field: 'full', as: 'text' },
        { label: plan.valueTitle, field: 'v', as: 'number' },
        { label: 'Most in any case', field: 'most', as: 'number' },
      ],
    },
    plot: (theme) => ({
      margin: { left, right: 70, top: 8, bottom: 46 },
      widthInPx: Math.min(plan.widthInPx, 900),
      heightInPx: height,
      signals: [{ name: 'xDomain', value: [0, largest] }],
      scales: [{ name: 'x', type: 'linear', domain: { signal: 'xDomain' }, range: [0, { signal: 'width' }] }],
      axes: [
        {
          scale: 'x',
          orient: 'bottom',
          grid: true,
          domain: false,
          ticks: false,
          encode: NUMBER_LABELS,
          tickCount: { signal: 'clamp(floor(width/70),2,6)' },
          title: plan.valueTitle,
        },
      ],
      marks: [
        {
          type: 'group',
          clip: true,
          encode: { update: { width: { signal: 'width' }, height: { value: height } } },
          marks: [
            {
              type: 'rect',
              interactive: false,
              from: { data: 'bars' },
              encode: {
                enter: { ...constant({ height: BAR_PX - 8, fill: theme.faintStrong }), y },
                update: { x: zero, x2: { scale: 'x', field: 'most' } },
              },
            },
            {
              type: 'rect',
              name: 'bar',
              from: { data: 'bars' },
              encode: {
                enter: { ...constant({ height: BAR_PX - 8, cornerRadius: 2 }), y },
                update: {
                  x: zero,
                  x2: { scale: 'x', field: 'v' },
                  fill: { value: theme.accent },
                  tooltip: { signal: 'datum' },
                },
                hover: { fill: { value: theme.warn } },
              },
            },
          ],
        },
        {
          type: 'text',
          interactive: false,
          from: { data: 'bars' },
          encode: {
            enter: {
              ...constant({ x: -10, align: 'right', baseline: 'middle', fontSize: 12 }),
              y: { signal: `(datum.y+0.5)*${BAR_PX}` },
            },
            update: { text: { field: 'label' } },
          },
        },
        {
          type: 'text',
          interactive: false,
          from: { data: 'bars' },
          encode: {
            enter: {
              ...constant({ baseline: 'middle', dx: 6, fill: theme.mute }),
              y: { signal: `(datum.y+0.5)*${BAR_PX}` },
            },
            update: { x: { signal: "clamp(scale('x',max(0,datum.v)),0,width)" }, text: { field: 'text' } },
          },
        },
      ],
    }),
  };
}
