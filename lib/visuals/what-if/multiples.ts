import type { TopLevelSpec } from 'vega-lite';
import { drawingKit } from '../drawing-kit.ts';
import { formatCount } from '../format.ts';
import { numberLabel } from '../number-axis.ts';
import { renderPng } from '../render-png.ts';
import type { SpecPart } from '../spec.ts';
import { fitLabels } from '../text-fit.ts';
import { TEXT_FONT, THEMES, type ThemeName } from '../theme.ts';
import type { WhatIfPlan } from './frame-picture.ts';

const HEADER_PX = 34;
const GAP_PX = 22;

/** One small plot for each case, all on one scale, by vega-lite. */
export async function multiplesPng(plan: WhatIfPlan, options: { scale: number; theme: ThemeName }): Promise<Buffer> {
  const [{ measure }, { compile }] = await Promise.all([drawingKit(), import('vega-lite')]);
  const theme = THEMES[options.theme];
  const labels = fitLabels(measure, `11px ${TEXT_FONT}`, plan.bars, 150);
  const labelPx = labels.reduce((widest, label) => Math.max(widest, measure(`11px ${TEXT_FONT}`, label)), 30) + 18;
  const columns = Math.min(plan.columns, plan.frames.length);
  const rows = Math.ceil(plan.frames.length / columns);
  const plotWidth = Math.max(120, (plan.widthInPx - labelPx) / columns - GAP_PX);
  const plotHeight = Math.max(60, plan.bars.length * 16);
  // Positions are numbers and labels a lookup: two values may look the same, and no expression is made of data.
  const spec: TopLevelSpec = {
    data: {
      values: plan.frames.flatMap(({ values }, frame) => values.map((value, bar) => ({ f: frame, y: bar, v: value }))),
    },
    title: { text: plan.title, subtitle: [...plan.notes] },
    facet: {
      field: 'f',
      type: 'ordinal',
      title: null,
      header: { labelAnchor: 'start', labelExpr: "data('heads')[datum.value].label" },
    },
    columns,
    spacing: GAP_PX,
    spec: {
      width: plotWidth,
      height: plotHeight,
      mark: { type: 'bar', color: theme.accent, cornerRadiusEnd: 2 },
      encoding: {
        x: {
          field: 'v',
          type: 'quantitative',
          title: plan.valueTitle,
          axis: { labelExpr: numberLabel('datum.value'), tickCount: 4 },
        },
        y: {
          field: 'y',
          type: 'ordinal',
          title: null,
          axis: { labelExpr: "data('labels')[datum.value].label", labelLimit: 0, labelOverlap: false },
        },
      },
    },
    config: {
      font: TEXT_FONT,
      background: theme.paper,
      view: { stroke: null, fill: theme.faint },
      axis: {
        labelColor: theme.mute,
        titleColor: theme.mute,
        gridColor: theme.grid,
        domain: false,
        ticks: false,
        titleFontWeight: 500,
      },
      axisY: { labelColor: theme.ink, grid: false, labelPadding: 6 },
      header: { labelColor: theme.ink, labelFontWeight: 600, labelFontSize: 12 },
      title: {
        anchor: 'start',
        fontSize: 17,
        fontWeight: 600,
        color: theme.ink,
        subtitleColor: theme.mute,
        subtitleFontSize: 12,
        subtitlePadding: 6,
        offset: 16,
      },
    },
    padding: 22,
  };
  const widthInPx = plan.widthInPx + 60;
  const heightInPx = rows * (plotHeight + HEADER_PX + GAP_PX) + 160;
  const compiled = compile(spec).spec;
  const lookups = [
    { name: 'labels', values: labels.map((label) => ({ label })) },
    { name: 'heads', values: plan.frames.map(({ label, total }) => ({ label: `${label}   (${formatCount(total)})` })) },
  ];
  const complete = { ...compiled, data: [...lookups, ...(compiled.data ?? [])] };
  return renderPng(complete as unknown as SpecPart, {}, { scale: options.scale, widthInPx, heightInPx });
}
