import { z } from 'zod';
import { getColumn, type TableSource } from '../../tables/index.ts';
import { combinedCategories, firstColumn, requireColumn, tellingColumns, timeColumnOf, timesInMs } from '../columns.ts';
import { packDetails } from '../details.ts';
import { drawingKit } from '../drawing-kit.ts';
import { withEventNames } from '../event-names/event-names.ts';
import { countOf, formatCount, formatDuration, formatRange } from '../format.ts';
import { orderGroups } from '../groups.ts';
import { asList, columnList, pictureOptions } from '../options.ts';
import type { Picture, TipField } from '../picture.ts';
import { drawingData } from '../spec.ts';
import { fitLabels } from '../text-fit.ts';
import { categoryColour, TEXT_FONT } from '../theme.ts';
import { rowMarks, spanMarks } from './duration-marks.ts';
import { referenceOptions, referencesOf } from './reference-options.ts';
import { placeReferences } from './references.ts';
import { ROW_LABELS } from './row-labels.ts';
import { countsOverTime, extentOf, padExtent } from './time-extent.ts';
import { timePicture } from './time-picture.ts';

export const timelineDurationOptions = z.object({
  ...pictureOptions,
  groupBy: columnList.optional().describe('Columns whose values together are one span, as [Computer, Account]'),
  timeColumn: z.string().optional().describe('Start of an event; by default TimeGenerated, Timestamp…'),
  endColumn: z
    .string()
    .optional()
    .describe('End of an event; by default EndTime, EndTimeUtc, LastSeen, if the table has one'),
  order: z.enum(['start', 'duration', 'count', 'name']).default('start').describe('Order of the spans'),
  maxGroups: z.int().min(2).max(200).default(40).describe('Most spans; the rest share a last one'),
  maxMarks: z
    .int()
    .min(0)
    .max(10_000)
    .default(3000)
    .describe('Up to so many events have a mark of their own; of more, those at the same pixel share one'),
  tooltipColumns: z.array(z.string()).max(20).optional().describe('Columns that a mark shows of its event'),
  ...referenceOptions,
});
export type TimelineDurationParameters = z.output<typeof timelineDurationOptions>;

const GROUP_DEFAULTS = ['AlertName', 'Computer', 'DeviceName', 'Account', 'UserPrincipalName', 'Activity', 'EventID'];
const END_COLUMNS = ['EndTime', 'EndTimeUtc', 'LastSeen', 'LastActivityTime', 'ProcessEndTime'];
/** Spans from the first to the last event of each group, with the events in them. */
export async function timelineDurationOf(
  sources: readonly TableSource[],
  parameters: TimelineDurationParameters,
): Promise<Picture> {
  const { measure } = await drawingKit();
  const { references, rest } = await referencesOf(
    sources.map((source) => withEventNames(source)),
    parameters,
  );
  const source = rest[0]!;
  const timeColumn = timeColumnOf(source.schema, parameters.timeColumn);
  const endColumn =
    parameters.endColumn === undefined
      ? firstColumn(source.schema, END_COLUMNS, (type) => type === 'datetime')
      : timeColumnOf(source.schema, parameters.endColumn, 'endColumn');
  const named = asList(parameters.groupBy).map((name) => requireColumn(source.schema, name, 'groupBy').name);
  const found = firstColumn(source.schema, GROUP_DEFAULTS);
  const groupBy = named.length > 0 ? named : found ? [found] : [];
  const table = await source.read([...new Set([timeColumn, ...groupBy, ...(endColumn ? [endColumn] : [])])]);
  const starts = timesInMs(getColumn(table, timeColumn));
  const ends = endColumn ? timesInMs(getColumn(table, endColumn)) : starts;
  const endOf = (row: number) => (ends[row]! >= starts[row]! ? ends[row]! : starts[row]!);
  const groups = orderGroups(
    combinedCategories(
      table,
      groupBy.map((name) => getColumn(table, name)),
    ),
    parameters.order === 'name' ? 'name' : 'count',
    parameters.maxGroups,
    (row) => !Number.isNaN(starts[row]!),
    'spans',
  );
  const first = new Float64Array(groups.labels.length).fill(Number.POSITIVE_INFINITY);
  const last = new Float64Array(groups.labels.length).fill(Number.NEGATIVE_INFINITY);
  for (let row = 0; row < starts.length; row++) {
    const group = groups.codes[row]!;
    if (group < 0) continue;
    if (starts[row]! < first[group]!) first[group] = starts[row]!;
    if (endOf(row) > last[group]!) last[group] = endOf(row);
  }
  const order = groups.labels.map((_, group) => group);
  const restGroup = groups.othersCount > 0 ? groups.labels.length - 1 : -1;
  const rank: Record<string, (group: number) => number> = {
    start: (group) => first[group]!,
    duration: (group) => first[group]! - last[group]!,
  };
  const by = rank[parameters.order];
  if (by) order.sort((a, b) => Number(a === restGroup) - Number(b === restGroup) || by(a) - by(b) || a - b);
  const place = new Int32Array(order.length);
  order.forEach((group, index) => {
    place[group] = index;
  });

  const span = extentOf(first, last);
  const { extent, inside, outside } = padExtent(span ?? [0, 1], references);
  const all = Array.from({ length: starts.length }, (_, row) => row).filter((row) => groups.codes[row]! >= 0);
  const drawn =
    all.length <= parameters.maxMarks ? all : oneForEachPixel(all, groups.codes, starts, extent, parameters.width);
  const labels = fitLabels(
    measure,
    `12px ${TEXT_FONT}`,
    order.map((group) => groups.labels[group]!),
    ROW_LABELS.mostInPx,
  );
  const durations = order.map(
    (group) => `${formatDuration(last[group]! - first[group]!)} · ${formatCount(groups.totals[group]!)}`,
  );
  const row = order.length > 15 ? 24 : 32;
  const height = Math.max(1, order.length) * row;
  const notes = [
    `${countOf(all.length, 'event')} in ${countOf(groups.labels.length - (restGroup >= 0 ? 1 : 0) + groups.othersCount, 'span')}${span ? `, ${formatRange(...span)}` : ''}. At the right: duration · events.`,
  ];
  if (drawn.length < all.length) notes.push('Events of a span at the same pixel share a mark.');
  if (groups.othersCount > 0) notes.push(`${formatCount(groups.othersCount)} smaller spans share the last row.`);
  if (all.length < starts.length)
    notes.push(`${countOf(starts.length - all.length, 'event')} without a time not shown.`);
  if (outside > 0) notes.push(`${countOf(outside, 'reference')} far outside this time not shown.`);
  const tooltips = tellingColumns(source.schema, parameters.tooltipColumns, [timeColumn]);
  const widest = (texts: readonly string[], font: string) =>
    texts.reduce((most, text) => Math.max(most, measure(font, text)), 20);
  const tips: Record<string, readonly TipField[]> = {
    span: [
      { label: 'Span', field: 'g', as: 'category' },
      { label: 'From', field: 't', as: 'time' },
      { label: 'To', field: 'u', as: 'time' },
      { label: 'Duration', field: 'd', as: 'duration' },
      { label: 'Events', field: 'n', as: 'number' },
    ],
    event: [
      { label: 'Span', field: 'g', as: 'category' },
      { label: 'Time', field: 't', as: 'time' },
    ],
  };
  return timePicture({
    title: parameters.title ?? 'Timeline of durations',
    notes,
    isEmpty: all.length === 0,
    widthInPx: parameters.width,
    left: Math.ceil(widest(labels, `12px ${TEXT_FONT}`) * 1.06) + 14,
    right: Math.ceil(widest(durations, `11px ${TEXT_FONT}`) * 1.06) + 16,
    extent,
    panels: [
      { heightInPx: height, outside: (theme) => rowMarks(theme, row), inside: (theme) => spanMarks(theme, row) },
    ],
    references: placeReferences(inside, extent, parameters.width, measure),
    all: countsOverTime(starts, span ?? [0, 1]),
    overviewInPng: false,
    scales: (theme) => [
      {
        name: 'group',
        type: 'ordinal',
        domain: order.map((_, index) => index),
        range: order.map((_, index) => categoryColour(theme, index)),
      },
    ],
    data: {
      rows: {
        g: labels.map((_, index) => index),
        label: labels,
        full: order.map((group) => groups.labels[group]!),
        total: durations,
      },
      spans: drawingData(
        ['g', 't', 'u', 'd', 'n'],
        order.map((group, index) => ({
          g: index,
          t: first[group]!,
          u: last[group]!,
          d: last[group]! - first[group]!,
          n: groups.totals[group]!,
        })),
      ),
      events: {
        g: drawn.map((event) => place[groups.codes[event]!]!),
        t: drawn.map((event) => starts[event]!),
        i: drawn.map((_, index) => index),
      },
    },
    labels: [ROW_LABELS],
    tips,
    categories: order.map((group) => groups.labels[group]!),
    details: tooltips.length > 0 ? packDetails(await source.take(drawn, tooltips), tooltips) : undefined,
  });
}

function oneForEachPixel(
  rows: readonly number[],
  codes: Int32Array,
  starts: Float64Array,
  [from, to]: readonly [number, number],
  widthInPx: number,
): number[] {
  const seen = new Set<number>();
  return rows.filter((row) => {
    const pixel = codes[row]! * 10_000 + Math.floor(((starts[row]! - from) / (to - from)) * widthInPx);
    if (seen.has(pixel)) return false;
    seen.add(pixel);
    return true;
  });
}
