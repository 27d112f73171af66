import { z } from 'zod';
import { TrailhoundError } from '../../errors.ts';
import { getColumn, type TableSource } from '../../tables/index.ts';
import {
  combinedCategories,
  isNumeric,
  numbersOf,
  requireColumn,
  tellingColumns,
  timeColumnOf,
  timesInMs,
} from '../columns.ts';
import { packDetails } from '../details.ts';
import { drawingKit } from '../drawing-kit.ts';
import { withEventNames } from '../event-names/event-names.ts';
import { countOf, formatRange, formatStep } from '../format.ts';
import { orderGroups } from '../groups.ts';
import type { LegendEntry } from '../legend.ts';
import { asList, columnList, pictureOptions } from '../options.ts';
import type { Picture } from '../picture.ts';
import { safeText } from '../safe-text.ts';
import { categoryColour, type Theme } from '../theme.ts';
import { roundStep } from '../time-steps.ts';
import { decimate, rowsInTime } from './decimate.ts';
import { referenceOptions, referencesOf } from './reference-options.ts';
import { placeReferences } from './references.ts';
import { countsOverTime, extentOf, padExtent } from './time-extent.ts';
import { timePicture } from './time-picture.ts';
import { decades, seriesMarks, valueAxis, valueLine } from './value-marks.ts';

const kind = z.enum(['bars', 'points', 'lines']);

export const timelineValuesOptions = z.object({
  ...pictureOptions,
  valueColumn: z.string().optional().describe('Numeric column to draw; by default the first'),
  timeColumn: z.string().optional().describe('Column of times; by default TimeGenerated, Timestamp…'),
  groupBy: columnList.optional().describe('One series, in its own colour, for each value'),
  kind: z
    .union([kind, z.array(kind).min(1)])
    .default('bars')
    .describe('bars, points or lines, or a list of them'),
  height: z.int().min(80).max(1200).default(280).describe('Height of the plot, in px before `scale`'),
  zero: z.boolean().default(true).describe('Whether the value axis begins at zero'),
  log: z.boolean().default(false).describe('Values on a symmetric log scale'),
  maxGroups: z.int().min(1).max(20).default(9).describe('Most series; the rest are one, in grey'),
  maxMarks: z
    .int()
    .min(100)
    .max(10_000)
    .default(4000)
    .describe('Above so many points, of each step in time the first, lowest, highest and last are drawn'),
  referenceValues: z
    .array(z.union([z.number(), z.object({ value: z.number(), label: z.string().default('') })]))
    .max(20)
    .optional()
    .describe('Horizontal lines: numbers, or {value, label}'),
  tooltipColumns: z.array(z.string()).max(20).optional().describe('Columns that a mark shows of its row'),
  ...referenceOptions,
});
export type TimelineValuesParameters = z.output<typeof timelineValuesOptions>;

const EDGE_PX = 5;
const VALUE_DEFAULTS = /count|total|sum|bytes|value|score|size|duration/i;

function valueColumnOf(source: TableSource, wanted: string | undefined): string {
  if (wanted !== undefined) return requireColumn(source.schema, wanted, 'valueColumn').name;
  const numeric = source.schema.filter(({ type }) => isNumeric(type));
  const found = numeric.find(({ name }) => VALUE_DEFAULTS.test(name)) ?? numeric[0];
  if (found) return found.name;
  throw new TrailhoundError('usage', 'valueColumn: this table has no numeric column', {
    hint: `There are: ${source.schema.map(({ name, type }) => `${name} (${type})`).join(', ')}`,
  });
}

/** A numeric column along time: bars, points, lines or any of them together, by group. */
export async function timelineValuesOf(
  sources: readonly TableSource[],
  parameters: TimelineValuesParameters,
): Promise<Picture> {
  const { measure } = await drawingKit();
  const { references, rest } = await referencesOf(
    sources.map((source) => withEventNames(source, [parameters.valueColumn])),
    parameters,
  );
  const source = rest[0]!;
  const timeColumn = timeColumnOf(source.schema, parameters.timeColumn);
  const valueColumn = valueColumnOf(source, parameters.valueColumn);
  const groupBy = asList(parameters.groupBy).map((name) => requireColumn(source.schema, name, 'groupBy').name);
  const table = await source.read([...new Set([timeColumn, valueColumn, ...groupBy])]);
  const times = timesInMs(getColumn(table, timeColumn));
  const values = numbersOf(getColumn(table, valueColumn), 'valueColumn');
  const drawable = (row: number) => !Number.isNaN(times[row]!) && Number.isFinite(values[row]!);
  const groups = orderGroups(
    combinedCategories(
      table,
      groupBy.map((name) => getColumn(table, name)),
    ),
    'count',
    parameters.maxGroups,
    drawable,
  );
  const rows = rowsInTime(times).filter((row) => groups.codes[row]! >= 0);
  const [from, to] = extentOf(times.map((time, row) => (groups.codes[row]! >= 0 ? time : Number.NaN))) ?? [0, 1];
  const { extent, inside, outside } = padExtent([from, to], references);
  const step = roundStep(Math.max(to - from, 1), parameters.width / 2);
  const isDecimated = rows.length > parameters.maxMarks;
  const drawn = isDecimated
    ? groups.labels.flatMap((_, group) => [
        ...decimate(
          rows.filter((row) => groups.codes[row] === group),
          times,
          values,
          step,
        ),
      ])
    : [...rows];

  const kinds = new Set(asList(parameters.kind));
  const notes = [
    `${countOf(rows.length, 'value')} of ${safeText(valueColumn, 60)}${groups.labels.length > 1 ? ` in ${groups.labels.length} series` : ''}, ${rows.length > 0 ? formatRange(from, to) : 'none'}.`,
  ];
  if (isDecimated)
    notes.push(
      `Of each ${formatStep(step)} the first, lowest, highest and last value of a series are drawn: no extreme is lost.`,
    );
  if (rows.length < table.rowCount)
    notes.push(`${countOf(table.rowCount - rows.length, 'row')} without a time or value not shown.`);
  if (outside > 0) notes.push(`${countOf(outside, 'reference')} far outside this time not shown.`);
  const lines = (parameters.referenceValues ?? []).map((line) =>
    typeof line === 'number' ? { value: line, label: '' } : line,
  );
  const shown = [
    ...drawn.map((row) => values[row]!),
    ...lines.map(({ value }) => value),
    ...(parameters.zero ? [0] : []),
  ];
  const low = shown.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const high = shown.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const entries: LegendEntry[] =
    groups.labels.length > 1
      ? groups.labels.map((label, group) => ({ label, colour: (theme) => seriesColour(theme, group, groups) }))
      : [];
  const placed = placeReferences(inside, extent, parameters.width, measure);
  const tooltips = tellingColumns(source.schema, parameters.tooltipColumns, [timeColumn, valueColumn]);
  return timePicture({
    title: parameters.title ?? `${safeText(valueColumn, 80)} over time`,
    notes,
    isEmpty: rows.length === 0,
    widthInPx: parameters.width,
    left: 76,
    right: 28,
    legend: entries,
    extent,
    panels: [
      {
        heightInPx: parameters.height,
        scales: () => [
          {
            name: 'y',
            type: parameters.log ? 'symlog' : 'linear',
            domain: low <= high ? [low, high] : [0, 1],
            // Points at the lowest and highest value are drawn whole.
            range: [parameters.height - (kinds.has('bars') ? 0 : EDGE_PX), EDGE_PX],
            nice: true,
            zero: false,
          },
        ],
        axes: (theme) => [valueAxis(theme, safeText(valueColumn, 40), parameters.log ? decades(low, high) : undefined)],
        inside: (theme) => [
          ...seriesMarks(theme, kinds, groups.labels.length, parameters.zero),
          ...lines.flatMap(({ value, label }) => valueLine(theme, value, safeText(label, 60))),
        ],
      },
    ],
    references: placed,
    all: countsOverTime(times, [from, to]),
    overviewInPng: false,
    scales: (theme) => [
      {
        name: 'series',
        type: 'ordinal',
        domain: groups.labels.map((_, group) => group),
        range: groups.labels.map((_, group) => seriesColour(theme, group, groups)),
      },
    ],
    data: {
      points: {
        t: drawn.map((row) => times[row]!),
        v: drawn.map((row) => values[row]!),
        g: drawn.map((row) => groups.codes[row]!),
        i: drawn.map((_, index) => index),
      },
    },
    tips: {
      bar: pointTips(valueColumn, groups.labels.length > 1),
      point: pointTips(valueColumn, groups.labels.length > 1),
    },
    categories: groups.labels,
    details: tooltips.length > 0 ? packDetails(await source.take(drawn, tooltips), tooltips) : undefined,
  });
}

const pointTips = (valueColumn: string, grouped: boolean) => [
  ...(grouped ? [{ label: 'Series', field: 'g', as: 'category' as const }] : []),
  { label: 'Time', field: 't', as: 'time' as const },
  { label: safeText(valueColumn, 40), field: 'v', as: 'number' as const },
];

function seriesColour(theme: Theme, group: number, groups: { labels: readonly string[]; othersCount: number }): string {
  return groups.othersCount > 0 && group === groups.labels.length - 1 ? theme.bar : categoryColour(theme, group);
}
