import { z } from 'zod';
import { TrailhoundError } from '../../errors.ts';
import { findColumn, getColumn, type TableSource } from '../../tables/index.ts';
import {
  type Categories,
  combinedCategories,
  firstColumn,
  numbersOf,
  requireColumn,
  tellingColumns,
  timeColumnOf,
  timesInMs,
} from '../columns.ts';
import { packDetails } from '../details.ts';
import { drawingKit } from '../drawing-kit.ts';
import { withEventNames } from '../event-names/event-names.ts';
import { asList, columnList, pictureOptions } from '../options.ts';
import type { Details, Picture } from '../picture.ts';
import { referenceOptions, referencesOf } from './reference-options.ts';
import { planTimeline, type TimelineEvents } from './timeline.ts';

export const timelineOptions = z.object({
  ...pictureOptions,
  timeColumn: z
    .string()
    .optional()
    .describe('Column of event times; by default TimeGenerated, Timestamp, UtcTime… or the first datetime'),
  groupBy: columnList.optional().describe('One row of the picture for each value of this column, or of these together'),
  tooltipColumns: z
    .array(z.string())
    .max(20)
    .optional()
    .describe('Columns that a mark shows of its event; by default those that tell most'),
  sizeColumn: z.string().optional().describe('Numeric column whose value is the area of marks'),
  order: z
    .enum(['count', 'name', 'first', 'severity'])
    .default('count')
    .describe(
      'Order of the groups: the largest first, by name, as they come in the table, or the worst severity first',
    ),
  maxGroups: z.int().min(2).max(200).default(30).describe('Most rows; the rest are summed in a last one'),
  maxMarks: z
    .int()
    .min(0)
    .max(10_000)
    .default(3000)
    .describe('Up to so many events are drawn one by one; more are counted in bins'),
  bin: z.string().optional().describe('Length of a bin, as 30s, 5m, 1h, 1d; by default a round one that fits'),
  overlay: z
    .string()
    .optional()
    .describe('Name of an input table that lies over the others: each event a line through all rows'),
  ...referenceOptions,
});
export type TimelineParameters = z.output<typeof timelineOptions>;

const GROUP_DEFAULTS = [
  'Activity',
  'ActionType',
  'EventID',
  'EventType',
  'Type',
  'AlertName',
  'Computer',
  'DeviceName',
];
const DURATION = /^(\d{1,6})\s*(ms|s|m|min|h|d)$/;
const UNIT_IN_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Milliseconds of a duration as people write it: `30s`, `5m`, `1h`. */
export function parseDuration(text: string, option: string): number {
  const match = DURATION.exec(text.trim());
  if (match && Number(match[1]) > 0) return Number(match[1]) * UNIT_IN_MS[match[2]!]!;
  throw new TrailhoundError('usage', `${option}: "${text}" is not a duration`, {
    hint: 'Write it as 500ms, 30s, 5m, 1h or 1d',
  });
}

interface Part {
  readonly source: TableSource;
  readonly times: Float64Array;
  readonly groups: Categories;
  readonly sizes: Float64Array | undefined;
  readonly timeColumn: string;
}

async function readPart(source: TableSource, several: boolean, parameters: TimelineParameters): Promise<Part> {
  const timeColumn = timeColumnOf(source.schema, parameters.timeColumn);
  const has = (name: string) => source.schema.some((column) => column.name === name);
  const wanted = asList(parameters.groupBy);
  let groupBy = several ? wanted.filter(has) : wanted.map((name) => requireColumn(source.schema, name, 'groupBy').name);
  if (wanted.length === 0 && !several) {
    const found = firstColumn(source.schema, GROUP_DEFAULTS);
    if (found) groupBy = [found];
  }
  const size =
    parameters.sizeColumn !== undefined && (!several || has(parameters.sizeColumn)) ? parameters.sizeColumn : undefined;
  if (size) requireColumn(source.schema, size, 'sizeColumn');
  const table = await source.read([...new Set([timeColumn, ...groupBy, ...(size ? [size] : [])])]);
  let groups = combinedCategories(
    table,
    groupBy.map((name) => getColumn(table, name)),
  );
  if (several) {
    const labels = groupBy.length === 0 ? [source.name] : groups.labels.map((label) => `${source.name}: ${label}`);
    groups = { codes: groups.codes, labels };
  }
  return {
    source,
    timeColumn,
    times: timesInMs(getColumn(table, timeColumn)),
    groups,
    sizes: size ? numbersOf(findColumn(table, size)!, 'sizeColumn') : undefined,
  };
}

function merge(parts: readonly Part[], overlay: string | undefined): TimelineEvents {
  const [first] = parts;
  if (parts.length === 1 && first) {
    return { timesInMs: first.times, groups: first.groups, ...(first.sizes && { sizes: first.sizes }) };
  }
  const count = parts.reduce((sum, { times }) => sum + times.length, 0);
  const timesInMs = new Float64Array(count);
  const codes = new Int32Array(count);
  const sizes = parts.some((part) => part.sizes) ? new Float64Array(count).fill(Number.NaN) : undefined;
  const labels: string[] = [];
  const overlayGroups = new Set<number>();
  let row = 0;
  for (const part of parts) {
    timesInMs.set(part.times, row);
    if (part.sizes) sizes?.set(part.sizes, row);
    for (let index = 0; index < part.times.length; index++)
      codes[row + index] = part.groups.codes[index]! + labels.length;
    if (part.source.name === overlay) {
      for (let code = 0; code < part.groups.labels.length; code++) overlayGroups.add(code + labels.length);
    }
    labels.push(...part.groups.labels);
    row += part.times.length;
  }
  return { timesInMs, groups: { codes, labels }, overlayGroups, ...(sizes && { sizes }) };
}

/** The details of the events that are drawn one by one, over all parts. */
async function detailsOf(
  parts: readonly Part[],
  singles: Uint32Array,
  parameters: TimelineParameters,
): Promise<Details> {
  const several = parts.length > 1;
  const details: { columns: string[]; texts: string[]; cells: number[][] } = { columns: [], texts: [''], cells: [] };
  let offset = 0;
  let done = 0;
  for (const { source, times, timeColumn } of parts) {
    const rows: number[] = [];
    while (done + rows.length < singles.length && singles[done + rows.length]! < offset + times.length) {
      rows.push(singles[done + rows.length]! - offset);
    }
    const names = several
      ? parameters.tooltipColumns?.filter((name) => source.schema.some((column) => column.name === name))
      : parameters.tooltipColumns;
    const columns = tellingColumns(source.schema, names, [timeColumn]);
    if (columns.length > 0 && rows.length > 0) {
      const packed = packDetails(await source.take(rows, columns), columns, 400_000 / parts.length);
      packed.columns.forEach((column, index) => {
        let place = details.columns.indexOf(column);
        if (place < 0) {
          place = details.columns.push(column) - 1;
          details.cells.push(new Array<number>(singles.length).fill(0));
        }
        packed.cells[index]!.forEach((text, row) => {
          details.cells[place]![done + row] = text + details.texts.length;
        });
      });
      details.texts.push(...packed.texts);
    }
    offset += times.length;
    done += rows.length;
  }
  return details;
}

/** The timeline of one or several tables. */
export async function timelineOf(sources: readonly TableSource[], parameters: TimelineParameters): Promise<Picture> {
  const { measure } = await drawingKit();
  const { references, rest } = await referencesOf(
    sources.map((source) => withEventNames(source, [parameters.sizeColumn])),
    parameters,
  );
  if (parameters.overlay !== undefined && !rest.some((source) => source.name === parameters.overlay)) {
    throw new TrailhoundError('usage', `overlay: there is no input table "${parameters.overlay}"`, {
      hint: `There are: ${rest.map((source) => source.name).join(', ')}`,
    });
  }
  const parts = await Promise.all(rest.map((source) => readPart(source, rest.length > 1, parameters)));
  const events = merge(parts, parameters.overlay);
  const plan = planTimeline(
    events,
    {
      title: parameters.title ?? 'Timeline of events',
      widthInPx: parameters.width,
      order: parameters.order,
      maxGroups: parameters.maxGroups,
      maxMarks: parameters.maxMarks,
      references,
      ...(parameters.bin !== undefined && { binInMs: parseDuration(parameters.bin, 'bin') }),
    },
    measure,
  );
  return plan.picture(await detailsOf(parts, plan.singles, parameters));
}
