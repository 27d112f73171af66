import { z } from 'zod';
import { TrailhoundError } from '../../errors.ts';
import { getColumn, type Table, type TableSchema, type TableSource } from '../../tables/index.ts';
import { categoriesOf, combinedCategories, firstColumn, numbersOf, requireColumn } from '../columns.ts';
import { drawingKit } from '../drawing-kit.ts';
import { withEventNames } from '../event-names/event-names.ts';
import { countOf, formatCount } from '../format.ts';
import { asList, columnList, pictureOptions } from '../options.ts';
import type { Picture } from '../picture.ts';
import { safeText } from '../safe-text.ts';
import { type Matrix, type Measurement, matrixOf, type SizeMode } from './matrix.ts';
import { HEAT_FROM } from './matrix-layout.ts';
import { matrixPicture } from './matrix-picture.ts';

const order = z.enum(['total', 'ascending', 'descending', 'first']).default('total');

export const matrixOptions = z.object({
  ...pictureOptions,
  x: columnList.optional().describe('Column across; by default one that is known to tell much, as Computer'),
  y: columnList.optional().describe('Column down; by default one that is known to tell much, as Account'),
  valueColumn: z
    .string()
    .optional()
    .describe(
      'Column that is summed (or, with `distinct`, whose distinct values are counted); by default rows are counted',
    ),
  distinct: z.boolean().default(false).describe('Counts distinct values of `valueColumn` instead of summing it'),
  log: z.boolean().default(false).describe('Sizes on a log scale'),
  inverse: z.boolean().default(false).describe('Rare is large: sizes as 1 / value'),
  fixed: z.boolean().default(false).describe('Marks where x and y meet, all of one size'),
  orderX: order.describe('Order of columns'),
  orderY: order.describe('Order of rows, from the top'),
  maxColumns: z.int().min(2).max(200).default(40).describe('Most columns; the rest are summed in a last one'),
  maxRows: z.int().min(2).max(200).default(40).describe('Most rows; the rest are summed in a last one'),
  xTitle: z.string().max(80).optional().describe('Title across; by default the name of the column'),
  yTitle: z.string().max(80).optional().describe('Title down; by default the name of the column'),
  fontSize: z.number().min(5).max(24).optional().describe('Size of labels, in px'),
  cellSize: z.int().min(6).max(80).optional().describe('Size of a cell, in px'),
});
export type MatrixParameters = z.output<typeof matrixOptions>;

const X_DEFAULTS = ['Computer', 'DeviceName', 'AppDisplayName', 'DestinationIp', 'RemoteIP', 'Activity', 'EventID'];
const Y_DEFAULTS = [
  'Account',
  'UserPrincipalName',
  'TargetUserName',
  'SubjectUserName',
  'AccountName',
  'User',
  'NewProcessName',
  'Image',
  'FileName',
  'SourceIp',
  'IPAddress',
];

function axesOf(schema: TableSchema, parameters: MatrixParameters): { x: readonly string[]; y: readonly string[] } {
  const named = (value: string | string[] | undefined, option: string) =>
    value === undefined ? undefined : asList(value).map((name) => requireColumn(schema, name, option).name);
  const x = named(parameters.x, 'x');
  const y = named(parameters.y, 'y');
  const texts = schema.filter(({ type }) => type === 'string').map(({ name }) => name);
  const pick = (known: readonly string[], not: readonly string[]) => {
    const free = schema.filter(({ name }) => !not.includes(name));
    const found = firstColumn(free, known) ?? texts.find((name) => !not.includes(name));
    return found === undefined ? undefined : [found];
  };
  const across = x ?? pick(X_DEFAULTS, y ?? []);
  const down = y ?? pick(Y_DEFAULTS, across ?? []);
  if (across && down) return { x: across, y: down };
  throw new TrailhoundError('usage', 'a matrix needs two columns: x and y', {
    hint: `There are: ${schema.map(({ name }) => name).join(', ')}`,
  });
}

function measurementOf(parameters: MatrixParameters): Measurement {
  if (parameters.valueColumn === undefined) {
    if (!parameters.distinct) return 'count';
    throw new TrailhoundError('usage', 'distinct: which column’s distinct values?', {
      hint: 'Name it with valueColumn',
    });
  }
  return parameters.distinct ? 'distinct' : 'sum';
}

function modeOf({ fixed, inverse, log }: MatrixParameters): SizeMode {
  if (fixed) return 'fixed';
  if (inverse) return log ? 'inverse-log' : 'inverse';
  return log ? 'log' : 'linear';
}

const categories = (table: Table, names: readonly string[]) =>
  names.length === 1
    ? categoriesOf(getColumn(table, names[0]!), 'omit')
    : combinedCategories(
        table,
        names.map((name) => getColumn(table, name)),
      );

const MODE_NOTES: Readonly<Record<SizeMode, string>> = {
  linear: 'area = ',
  log: 'area = log of ',
  inverse: 'area = 1 / ',
  'inverse-log': 'area = log of 1 / ',
  fixed: 'a mark where there is any ',
};

function notesOf(matrix: Matrix, mode: SizeMode, value: string, nouns: { x: string; y: string }): string[] {
  const heat = Math.max(matrix.x.labels.length, matrix.y.labels.length) > HEAT_FROM;
  const how = heat ? `Colour = ${value} (log)` : `Circle ${MODE_NOTES[mode]}${value}`;
  const notes = [
    `${countOf(matrix.rows, 'row')}, ${countOf(matrix.distinctY, 'value')} of ${nouns.y} and ${formatCount(matrix.distinctX)} of ${nouns.x}. ${mode === 'fixed' && !heat ? 'A mark where both meet' : how}.`,
  ];
  if (matrix.x.others > 0 || matrix.y.others > 0) {
    const rule = mode.startsWith('inverse') ? 'those with the rarest cells' : 'the largest';
    notes.push(
      `Shown one by one: ${rule}. All others are summed in the shaded last row and column, so that totals are whole.`,
    );
  }
  notes[0] += ' Bars: totals, of square-root length.';
  return notes;
}

/** The matrix of two columns of a table. */
export async function matrixPictureOf(input: TableSource, parameters: MatrixParameters): Promise<Picture> {
  const source = withEventNames(input, parameters.distinct ? [] : [parameters.valueColumn]);
  const { measure } = await drawingKit();
  const axes = axesOf(source.schema, parameters);
  const measurement = measurementOf(parameters);
  const value = parameters.valueColumn;
  if (value !== undefined) requireColumn(source.schema, value, 'valueColumn');
  const table = await source.read([...new Set([...axes.x, ...axes.y, ...(value === undefined ? [] : [value])])]);
  const mode = modeOf(parameters);
  const nouns = { x: safeText(axes.x.join(' / '), 60), y: safeText(axes.y.join(' / '), 60) };
  const matrix = matrixOf(
    {
      x: categories(table, axes.x),
      y: categories(table, axes.y),
      measurement,
      ...(measurement === 'sum' && { values: numbersOf(getColumn(table, value!), 'valueColumn') }),
      ...(measurement === 'distinct' && { distinct: categoriesOf(getColumn(table, value!), 'omit').codes }),
    },
    {
      mode,
      maxColumns: parameters.maxColumns,
      maxRows: parameters.maxRows,
      orderX: parameters.orderX,
      orderY: parameters.orderY,
    },
  );
  const valueTitle = {
    count: 'Rows',
    sum: `Sum of ${safeText(value, 40)}`,
    distinct: `Distinct ${safeText(value, 40)}`,
  }[measurement];
  return matrixPicture(
    matrix,
    {
      title: parameters.title ?? `${nouns.y} by ${nouns.x}`,
      notes: notesOf(
        matrix,
        mode,
        { count: 'row count', sum: `sum of ${safeText(value, 40)}`, distinct: `distinct ${safeText(value, 40)}` }[
          measurement
        ],
        nouns,
      ),
      mode,
      valueTitle,
      xTitle: parameters.xTitle ?? nouns.x,
      yTitle: parameters.yTitle ?? nouns.y,
      fontSize: parameters.fontSize,
      cellInPx: parameters.cellSize,
    },
    measure,
  );
}
