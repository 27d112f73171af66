import { z } from 'zod';
import { TrailhoundError } from '../../errors.ts';
import { getColumn, type Table, type TableSource } from '../../tables/index.ts';
import { categoriesOf, firstColumn, isNumeric, numbersOf, requireColumn } from '../columns.ts';
import { chartPayload, type Drawn, pictureToPng } from '../draw-picture.ts';
import { withEventNames } from '../event-names/event-names.ts';
import { countOf, formatCount, formatShort } from '../format.ts';
import { compareNatural, orderGroups } from '../groups.ts';
import { pictureOptions } from '../options.ts';
import { htmlPage } from '../page.ts';
import { safeText } from '../safe-text.ts';
import { framePicture, type WhatIfPlan } from './frame-picture.ts';
import { multiplesPng } from './multiples.ts';

export const whatIfOptions = z.object({
  ...pictureOptions,
  x: z.string().optional().describe('Column of the bars; by default one that is known to tell much, as Computer'),
  valueColumn: z.string().optional().describe('Numeric column that is summed; by default rows are counted'),
  parameter: z.string().optional().describe('Column whose values are the cases, one frame each: a month, a scenario'),
  thresholdColumn: z
    .string()
    .optional()
    .describe(
      'Numeric column: a frame shows the rows at or above a threshold. What if the threshold were 2 instead of 3?',
    ),
  thresholds: z
    .array(z.number())
    .min(2)
    .max(24)
    .optional()
    .describe('The thresholds; by default up to ten round ones over the range of the column'),
  maxBars: z.int().min(2).max(60).default(16).describe('Most bars; the rest are summed in a last one'),
  columns: z.int().min(1).max(6).default(3).describe('Small multiples in a row of the PNG'),
});
export type WhatIfParameters = z.output<typeof whatIfOptions>;

const X_DEFAULTS = ['Computer', 'DeviceName', 'Account', 'UserPrincipalName', 'Activity', 'EventID', 'Severity'];
const SCORES = ['Score', 'RiskScore', 'Rarity', 'ConfidenceScore'];
const MAX_FRAMES = 24;

interface Frames {
  readonly labels: readonly string[];
  /** Whether a row belongs to a frame. */
  readonly includes: (row: number, frame: number) => boolean;
  readonly title: string;
  readonly left: number;
}

/** Thresholds on round numbers from the smallest to the largest value. */
function roundThresholds(values: Float64Array): number[] {
  const known = values.filter((value) => !Number.isNaN(value)).sort();
  const [low, high] = [known[0] ?? 0, known.at(-1) ?? 1];
  const raw = (high - low) / 9 || 1;
  const magnitude = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * magnitude).find((each) => each >= raw) ?? raw;
  const thresholds: number[] = [];
  // The first is at or below the smallest value: it leaves everything in.
  for (let at = Math.floor(low / step); at * step <= high && thresholds.length < 10; at++)
    thresholds.push(Number((at * step).toPrecision(12)));
  return thresholds.length > 0 ? thresholds : [low];
}

function framesOf(table: Table, parameters: WhatIfParameters, thresholdColumn: string | undefined): Frames {
  if (parameters.parameter !== undefined) {
    const { codes, labels } = categoriesOf(getColumn(table, parameters.parameter));
    const order = labels.map((_, code) => code).sort((a, b) => compareNatural(labels[a]!, labels[b]!));
    const kept = order.slice(0, MAX_FRAMES);
    return {
      labels: kept.map((code) => safeText(labels[code], 60)),
      includes: (row, frame) => codes[row] === kept[frame],
      title: safeText(parameters.parameter, 60),
      left: order.length - kept.length,
    };
  }
  if (thresholdColumn === undefined) {
    throw new TrailhoundError(
      'usage',
      'what varies? Give parameter (a column of cases) or thresholdColumn (a numeric column)',
      {
        hint: `There are: ${table.columns.map(({ name }) => name).join(', ')}`,
      },
    );
  }
  const values = numbersOf(getColumn(table, thresholdColumn), 'thresholdColumn');
  const thresholds = [...(parameters.thresholds ?? roundThresholds(values))].sort((a, b) => a - b);
  return {
    labels: thresholds.map((threshold) => `≥ ${formatShort(threshold)}`),
    includes: (row, frame) => values[row]! >= thresholds[frame]!,
    title: safeText(thresholdColumn, 60),
    left: 0,
  };
}

async function planOf(input: TableSource, parameters: WhatIfParameters): Promise<WhatIfPlan> {
  const source = withEventNames(input, [parameters.valueColumn, parameters.thresholdColumn]);
  const { schema } = source;
  const named = (name: string | undefined, option: string) =>
    name === undefined ? undefined : requireColumn(schema, name, option).name;
  const parameter = named(parameters.parameter, 'parameter');
  const value = named(parameters.valueColumn, 'valueColumn');
  const thresholdColumn =
    named(parameters.thresholdColumn, 'thresholdColumn') ??
    (parameter === undefined ? firstColumn(schema, SCORES, isNumeric) : undefined);
  const free = schema.filter(({ name }) => name !== parameter && name !== thresholdColumn);
  const x =
    named(parameters.x, 'x') ?? firstColumn(free, X_DEFAULTS) ?? free.find(({ type }) => type === 'string')?.name;
  if (x === undefined) throw new TrailhoundError('usage', 'x: there is no column for the bars');
  const table = await source.read([
    ...new Set([x, parameter, value, thresholdColumn].filter((name) => name !== undefined)),
  ]);
  const frames = framesOf(table, parameters, thresholdColumn);
  const groups = orderGroups(categoriesOf(getColumn(table, x)), 'count', parameters.maxBars, () => true, 'values');
  const values = value === undefined ? undefined : numbersOf(getColumn(table, value), 'valueColumn');
  const sums = frames.labels.map((_, frame) => {
    const bars = new Array<number>(groups.labels.length).fill(0);
    for (let row = 0; row < table.rowCount; row++) {
      if (frames.includes(row, frame)) bars[groups.codes[row]!]! += values ? values[row]! || 0 : 1;
    }
    return bars;
  });
  const valueTitle = value === undefined ? 'Rows' : `Sum of ${safeText(value, 40)}`;
  const notes = [
    `${countOf(table.rowCount, 'row')} with ${valuesOf(groups.labels.length, groups.othersCount)} of ${safeText(x, 40)}, in ${countOf(frames.labels.length, 'case')} of ${frames.title}. All on one scale.`,
  ];
  if (frames.left > 0) notes.push(`${formatCount(frames.left)} more cases not shown.`);
  return {
    title: parameters.title ?? `What if ${frames.title} changes`,
    notes,
    bars: groups.labels,
    frames: frames.labels.map((label, frame) => ({
      label,
      values: sums[frame]!,
      total: sums[frame]!.reduce((a, b) => a + b, 0),
    })),
    parameterTitle: frames.title,
    valueTitle,
    widthInPx: parameters.width,
    columns: parameters.columns,
  };
}

const valuesOf = (labels: number, others: number) => countOf(others > 0 ? labels - 1 + others : labels, 'value');

/** How bars change with a parameter: small multiples as PNG, a page with a slider; both are computed here. */
export async function drawWhatIf(
  source: TableSource,
  parameters: WhatIfParameters,
  fallbackName: string,
): Promise<Drawn[]> {
  const name = parameters.name ?? fallbackName;
  const plan = await planOf(source, parameters);
  const drawn: Drawn[] = [];
  if (parameters.formats.includes('png'))
    drawn.push({
      name,
      kind: 'png',
      content:
        plan.bars.length > 0
          ? await multiplesPng(plan, parameters)
          : await pictureToPng(await framePicture(plan), parameters),
    });
  if (parameters.formats.includes('html')) {
    const picture = await framePicture(plan);
    const payload = {
      chart: await chartPayload(picture),
      frames: plan.frames.map(({ label, values, total }) => ({ label, values, total })),
      parameterTitle: plan.parameterTitle,
      valueTitle: plan.valueTitle,
    };
    drawn.push({
      name,
      kind: 'html',
      content: await htmlPage({ title: plan.title, notes: plan.notes, script: 'slider', payload }),
    });
  }
  return drawn;
}
