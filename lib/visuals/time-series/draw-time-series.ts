import { z } from 'zod';
import { TrailhoundError } from '../../errors.ts';
import { findColumn, getColumn, type Table, type TableSource } from '../../tables/index.ts';
import { categoriesOf, firstColumn, isNumeric, numbersOf, requireColumn, timeColumnOf, timesInMs } from '../columns.ts';
import { drawingKit } from '../drawing-kit.ts';
import { withEventNames } from '../event-names/event-names.ts';
import { countOf, formatCount, formatRange, formatStep } from '../format.ts';
import { orderGroups } from '../groups.ts';
import { pictureOptions } from '../options.ts';
import type { Form, Picture } from '../picture.ts';
import { safeText } from '../safe-text.ts';
import type { DrawingData } from '../spec.ts';
import type { Theme } from '../theme.ts';
import { roundStep } from '../time-steps.ts';
import { decimate, rowsInTime } from '../timeline/decimate.ts';
import { referenceOptions, referencesOf } from '../timeline/reference-options.ts';
import { placeReferences } from '../timeline/references.ts';
import { countsOverTime, extentOf, padExtent } from '../timeline/time-extent.ts';
import { type Panel, timePicture } from '../timeline/time-picture.ts';
import {
  anomalyLegend,
  componentPanel,
  labelMargin,
  observedPanel,
  PAGE_MARGIN,
  panelLabel,
  pointTips,
  scorePanel,
} from './series-panels.ts';

export const timeSeriesOptions = z.object({
  ...pictureOptions,
  valueColumn: z
    .string()
    .optional()
    .describe('Observed values; by default Total, the column that ends in it, or the first numeric one'),
  timeColumn: z.string().optional().describe('Column of times; by default TimeGenerated, Timestamp…'),
  groupBy: z.string().optional().describe('One series, in a plot of its own, for each value of this column'),
  baselineColumn: z.string().default('baseline').describe('Expected values'),
  trendColumn: z.string().default('trend').describe('Trend'),
  seasonalColumn: z.string().default('seasonal').describe('Seasonal part'),
  residualColumn: z.string().default('residual').describe('What trend and season leave over'),
  scoreColumn: z.string().default('score').describe('Anomaly score'),
  anomalyColumn: z.string().default('anomalies').describe('1 for a spike, -1 for a dip'),
  threshold: z
    .number()
    .positive()
    .optional()
    .describe('Flags scores of at least this as spikes, instead of the column of anomalies'),
  thresholdLow: z
    .number()
    .positive()
    .optional()
    .describe('Flags scores of at most minus this as dips; by default `threshold`'),
  dips: z.boolean().default(true).describe('Whether dips are marked'),
  components: z.boolean().default(true).describe('Whether trend, seasonal part and score have plots of their own'),
  maxSeries: z.int().min(1).max(20).default(6).describe('Most series; the ones with most anomalies are drawn'),
  height: z.int().min(80).max(800).default(180).describe('Height of the plot of observed values, in px'),
  ...referenceOptions,
});
export type TimeSeriesParameters = z.output<typeof timeSeriesOptions>;

const MAX_POINTS = 4000;
const DEFAULT_THRESHOLD = 3;

interface Columns {
  readonly time: string;
  readonly value: string;
  readonly baseline: string | undefined;
  readonly trend: string | undefined;
  readonly seasonal: string | undefined;
  readonly residual: string | undefined;
  readonly score: string | undefined;
  readonly anomalies: string | undefined;
  readonly group: string | undefined;
}

const NAMED = ['baseline', 'trend', 'seasonal', 'residual', 'score', 'anomaly'] as const;

/** Which column is what: those named must be there, MSTICPy's default names may be missing. */
function columnsOf(source: TableSource, parameters: TimeSeriesParameters): Columns {
  const { schema } = source;
  const optional = (name: string, option: (typeof NAMED)[number]) => {
    const found = firstColumn(schema, [name]);
    const isDefault = timeSeriesOptions.shape[`${option}Column`].def.defaultValue === name;
    if (found === undefined && !isDefault) requireColumn(schema, name, `${option}Column`);
    return found;
  };
  const parts = {
    baseline: optional(parameters.baselineColumn, 'baseline'),
    trend: optional(parameters.trendColumn, 'trend'),
    seasonal: optional(parameters.seasonalColumn, 'seasonal'),
    residual: optional(parameters.residualColumn, 'residual'),
    score: optional(parameters.scoreColumn, 'score'),
    anomalies: optional(parameters.anomalyColumn, 'anomaly'),
  };
  const taken = new Set<string | undefined>([...Object.values(parts), 'weights']);
  const free = schema.filter(({ name, type }) => isNumeric(type) && !taken.has(name));
  const value =
    parameters.valueColumn === undefined
      ? (free.find(({ name }) => /^total/i.test(name)) ??
        free.find(({ name }) => /total|count|sum|bytes/i.test(name)) ??
        free[0])
      : requireColumn(schema, parameters.valueColumn, 'valueColumn');
  if (!value) {
    throw new TrailhoundError('usage', 'valueColumn: this table has no numeric column to draw', {
      hint: `There are: ${schema.map(({ name, type }) => `${name} (${type})`).join(', ')}`,
    });
  }
  return {
    time: timeColumnOf(schema, parameters.timeColumn),
    value: value.name,
    group: parameters.groupBy === undefined ? undefined : requireColumn(schema, parameters.groupBy, 'groupBy').name,
    ...parts,
  };
}

/** 1 spike, -1 dip, 0 neither. */
function flagsOf(table: Table, columns: Columns, parameters: TimeSeriesParameters): Int8Array {
  const flags = new Int8Array(table.rowCount);
  const score = columns.score === undefined ? undefined : numbersOf(getColumn(table, columns.score), 'scoreColumn');
  if (parameters.threshold !== undefined && !score) {
    throw new TrailhoundError('usage', 'threshold: there is no column of scores', { hint: 'Name it with scoreColumn' });
  }
  const anomalies = columns.anomalies === undefined ? undefined : findColumn(table, columns.anomalies);
  const high = parameters.threshold ?? DEFAULT_THRESHOLD;
  const low = parameters.thresholdLow ?? high;
  if (anomalies && parameters.threshold === undefined) {
    const given = numbersOf(anomalies, 'anomalyColumn');
    for (let row = 0; row < flags.length; row++) flags[row] = given[row]! > 0 ? 1 : given[row]! < 0 ? -1 : 0;
  } else if (score) {
    for (let row = 0; row < flags.length; row++) flags[row] = score[row]! >= high ? 1 : score[row]! <= -low ? -1 : 0;
  }
  if (!parameters.dips) for (let row = 0; row < flags.length; row++) if (flags[row]! < 0) flags[row] = 0;
  return flags;
}

/** Root of the mean square of the residuals around their mean, by series. */
function deviationOf(residuals: Float64Array, rows: Uint32Array): number {
  const known = rows.filter((row) => !Number.isNaN(residuals[row]!));
  const mean = known.reduce((sum, row) => sum + residuals[row]!, 0) / Math.max(1, known.length);
  return Math.sqrt(known.reduce((sum, row) => sum + (residuals[row]! - mean) ** 2, 0) / Math.max(1, known.length));
}

/** Observed and expected values along time, anomalies, and the parts that the series was taken apart into. */
export async function timeSeriesOf(
  sources: readonly TableSource[],
  parameters: TimeSeriesParameters,
): Promise<Picture> {
  const { measure } = await drawingKit();
  const { references, rest } = await referencesOf(
    sources.map((source) => withEventNames(source, [parameters.valueColumn])),
    parameters,
  );
  const source = rest[0]!;
  const columns = columnsOf(source, parameters);
  const table = await source.read([...new Set(Object.values(columns).filter((name) => name !== undefined))]);
  const times = timesInMs(getColumn(table, columns.time));
  const numbers = (name: string | undefined, option: string) =>
    name === undefined ? undefined : numbersOf(getColumn(table, name), option);
  const values = numbersOf(getColumn(table, columns.value), 'valueColumn');
  const parts = {
    b: numbers(columns.baseline, 'baselineColumn'),
    tr: numbers(columns.trend, 'trendColumn'),
    se: numbers(columns.seasonal, 'seasonalColumn'),
    sc: numbers(columns.score, 'scoreColumn'),
  };
  const residuals = numbers(columns.residual, 'residualColumn');
  const flags = flagsOf(table, columns, parameters);
  const grouping =
    columns.group === undefined
      ? { codes: new Int32Array(table.rowCount), labels: [''] }
      : categoriesOf(getColumn(table, columns.group));
  const groups = orderGroups(grouping, 'count', 1000, (row) => !Number.isNaN(times[row]!));
  const anomaliesOf = new Float64Array(groups.labels.length);
  for (let row = 0; row < flags.length; row++)
    if (flags[row] !== 0 && groups.codes[row]! >= 0) anomaliesOf[groups.codes[row]!]!++;
  const series = groups.labels
    .map((_, group) => group)
    .sort((a, b) => anomaliesOf[b]! - anomaliesOf[a]! || a - b)
    .slice(0, parameters.maxSeries);

  const sorted = rowsInTime(times);
  const span = extentOf(times);
  const { extent, inside, outside } = padExtent(span ?? [0, 1], references);
  const step = roundStep(Math.max((span?.[1] ?? 1) - (span?.[0] ?? 0), 1), parameters.width / 2);
  const threshold = parameters.threshold ?? DEFAULT_THRESHOLD;
  const data: Record<string, DrawingData> = {};
  let isDecimated = false;
  let band = '';
  series.forEach((group, index) => {
    const own = sorted.filter((row) => groups.codes[row] === group);
    const few = own.length <= MAX_POINTS;
    isDecimated ||= !few;
    const drawn = few
      ? [...own]
      : [...new Set([...decimate(own, times, values, step), ...own.filter((row) => flags[row] !== 0)])].sort(
          (a, b) => times[a]! - times[b]! || a - b,
        );
    const width = residuals && parts.b ? deviationOf(residuals, own) * threshold : 0;
    if (width > 0) band = ` Band: baseline ± ${threshold} standard deviations of the residual.`;
    const column = (from: Float64Array | undefined) => drawn.map((row) => from?.[row] ?? Number.NaN);
    const baseline = column(parts.b);
    data[`series${index}`] = {
      t: drawn.map((row) => times[row]!),
      v: column(values),
      b: baseline,
      lo: baseline.map((value) => value - width),
      hi: baseline.map((value) => value + width),
      tr: column(parts.tr),
      se: column(parts.se),
      sc: column(parts.sc),
      f: drawn.map((row) => flags[row]!),
    };
  });
  const total = flags.reduce((sum, flag) => sum + Math.abs(flag), 0);
  const spikes = flags.reduce((sum, flag) => sum + (flag > 0 ? 1 : 0), 0);
  const rule =
    parameters.threshold !== undefined || columns.anomalies === undefined ? ` (score of ${threshold} or more)` : '';
  const notes = [
    `${countOf(table.rowCount, 'value')} of ${safeText(columns.value, 60)}${span ? `, ${formatRange(...span)}` : ''}. ${countOf(spikes, 'spike')} and ${countOf(total - spikes, 'dip')}${rule}.${band}`,
  ];
  if (isDecimated)
    notes.push(`Of each ${formatStep(step)} the first, lowest, highest and last value and all anomalies are drawn.`);
  if (groups.labels.length > series.length)
    notes.push(`${formatCount(groups.labels.length - series.length)} more series, with fewer anomalies, not shown.`);
  const untimed = groups.codes.reduce((count, group) => count + (group < 0 ? 1 : 0), 0);
  if (untimed > 0) notes.push(`${countOf(untimed, 'row')} without a time not shown.`);
  if (outside > 0) notes.push(`${countOf(outside, 'reference')} far outside this time not shown.`);

  const single = series.length === 1 && parameters.components;
  const title = safeText(columns.value, 40);
  const named = series.flatMap((group, index): { label: string; panel: Panel }[] => {
    const name = `series${index}`;
    const own = data[name]!;
    const look = { height: parameters.height, band: band !== '', baseline: parts.b !== undefined };
    return [
      { label: series.length > 1 ? groups.labels[group]! : 'Observed', panel: observedPanel(name, own, look) },
      ...(single && parts.tr ? [{ label: 'Trend', panel: componentPanel(name, 'tr', 56, own) }] : []),
      ...(single && parts.se ? [{ label: 'Seasonal', panel: componentPanel(name, 'se', 64, own) }] : []),
      ...(single && parts.sc
        ? [{ label: 'Score', panel: scorePanel(name, own, threshold, parameters.thresholdLow ?? threshold) }]
        : []),
    ];
  });
  const left = labelMargin(
    named.map(({ label }) => label),
    measure,
  );
  const panels = named.map(({ label, panel }): Panel => {
    const name = (theme: Theme, form: Form) => panelLabel(theme, form, label, panel.heightInPx, left);
    return {
      ...panel,
      outside: (theme, form) => (form === 'png' ? name(theme, form) : []),
      inside: (theme, form) => [...panel.inside(theme, form), ...(form === 'html' ? name(theme, form) : [])],
    };
  });
  const placed = placeReferences(inside, extent, parameters.width, measure);
  return timePicture({
    title: parameters.title ?? `${title}: values and anomalies`,
    notes,
    isEmpty: series.length === 0,
    widthInPx: parameters.width,
    left,
    pageLeft: PAGE_MARGIN,
    right: 26,
    extent,
    panels,
    panelGapInPx: 18,
    references: placed,
    all: parts.sc ? strongestScores(times, parts.sc, span ?? [0, 1]) : countsOverTime(times, span ?? [0, 1]),
    overviewTitle: parts.sc ? 'Largest |score| (square-root height)' : 'Values (square-root height)',
    overviewInPng: false,
    data,
    legend: anomalyLegend({ baseline: parts.b !== undefined, dips: total > spikes }),
    tips: Object.fromEntries(series.map((_, index) => [`point-series${index}`, pointTips(title)])),
  });
}

/** The largest size of a score in each bin of time, for the overview. */
function strongestScores(
  times: Float64Array,
  scores: Float64Array,
  [from, to]: readonly [number, number],
): DrawingData {
  const step = roundStep(Math.max(to - from, 1), 400);
  const start = Math.floor(from / step) * step;
  const most = new Array<number>(Math.floor((to - start) / step) + 1).fill(0);
  for (let row = 0; row < times.length; row++) {
    const bin = Math.floor((times[row]! - start) / step);
    if (bin >= 0 && bin < most.length) most[bin] = Math.max(most[bin]!, Math.abs(scores[row]!) || 0);
  }
  return { t: most.map((_, bin) => start + bin * step), u: most.map((_, bin) => start + (bin + 1) * step), n: most };
}
