import { z } from 'zod';
import { TrailhoundError } from '../../errors.ts';
import { getColumn, selectRows, type Table, type TableSource } from '../../tables/index.ts';
import { categoriesOf, isNumeric, numbersOf, requireColumn } from '../columns.ts';
import { packDetails } from '../details.ts';
import { type Drawn, type DrawOptions, pictureToPng } from '../draw-picture.ts';
import { drawingKit } from '../drawing-kit.ts';
import { formatShort } from '../format.ts';
import { pictureOptions } from '../options.ts';
import { htmlPage } from '../page.ts';
import type { Details } from '../picture.ts';
import { safeText } from '../safe-text.ts';
import { THEMES } from '../theme.ts';
import { accountColours } from './account-colours.ts';
import { withDetections } from './detections.ts';
import { type ColumnChoice, readProcessRows } from './process-rows.ts';
import { makeProcessTree, type ProcessTree } from './process-tree.ts';
import type { TreePayload } from './tree-payload.ts';
import { treePicture } from './tree-picture.ts';

const column = (what: string) => z.string().optional().describe(`Column of ${what}; by default recognised by its name`);

export const processTreeOptions = z.object({
  ...pictureOptions,
  width: pictureOptions.width.default(1380),
  keyColumn: column("a process's key"),
  parentKeyColumn: column("its parent's key"),
  nameColumn: column('its name or path'),
  processIdColumn: column('its process id'),
  parentIdColumn: column("its parent's process id"),
  commandLineColumn: column('its command line'),
  accountColumn: column('the account it ran as'),
  hostColumn: column('its host'),
  timeColumn: column('its start'),
  endColumn: column('its end'),
  flagColumn: column('how bad it looks: a severity, a score of 0 to 100, or true'),
  reasonColumn: column('why it is flagged'),
  colourBy: z.string().optional().describe('Column whose value colours the dots; by default the account'),
  processIdFormat: z
    .enum(['auto', 'decimal', 'hex'])
    .default('auto')
    .describe('How process ids are written; auto: as in the data'),
  maxRows: z
    .int()
    .min(10)
    .max(400)
    .default(120)
    .describe('Most rows in the PNG; the rest are folded and counted. The page has all'),
  tooltipColumns: z
    .array(z.string())
    .max(30)
    .optional()
    .describe('Columns shown of a selected process; by default all'),
  detections: z
    .string()
    .optional()
    .describe(
      'Name of an input table of detections (detect.sigma) that flag processes; a second table that looks like it is taken',
    ),
  detectionsOf: z
    .string()
    .optional()
    .describe('Name of the table from which the tree was built, if the detections are of several'),
  table: z
    .boolean()
    .default(false)
    .describe('Puts a table of the processes below the tree of the page; they share the selection'),
});
export type ProcessTreeParameters = z.output<typeof processTreeOptions>;

const HTML_MAX_DETAIL_COLUMNS = 30;
const KEY_COLUMNS = new Set(['NodeKey', 'ParentKey', 'Path', 'proc_key', 'parent_key', 'source_index', 'path']);

function choiceOf(parameters: ProcessTreeParameters): ColumnChoice {
  return {
    key: parameters.keyColumn,
    parentKey: parameters.parentKeyColumn,
    name: parameters.nameColumn,
    processId: parameters.processIdColumn,
    parentId: parameters.parentIdColumn,
    commandLine: parameters.commandLineColumn,
    account: parameters.accountColumn,
    host: parameters.hostColumn,
    time: parameters.timeColumn,
    end: parameters.endColumn,
    flag: parameters.flagColumn,
    reason: parameters.reasonColumn,
  };
}

/** Categories of the colour column: numbers of many values become five equal ranges. */
function colourCategories(table: Table, name: string | undefined) {
  if (name === undefined) return { codes: new Int32Array(table.rowCount).fill(-1), labels: [] };
  const values = getColumn(table, name);
  const categories = categoriesOf(values);
  if (!isNumeric(values.type) || categories.labels.length <= 10) return categories;
  const numbers = numbersOf(values, 'colourBy');
  const known = numbers.filter((value) => !Number.isNaN(value));
  const least = known.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const most = known.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const width = (most - least) / 5;
  return {
    codes: Int32Array.from(numbers, (value) =>
      Number.isNaN(value) ? -1 : Math.min(4, Math.floor((value - least) / width)),
    ),
    labels: Array.from(
      { length: 5 },
      (_, index) => `${formatShort(least + index * width)} to ${formatShort(least + (index + 1) * width)}`,
    ),
  };
}

function payloadOf(tree: ProcessTree, details: Details, colourTitle: string, withTable: boolean): TreePayload {
  const texts: string[] = [''];
  const byText = new Map([['', 0]]);
  const index = (text: string | undefined, cut: number) => {
    const safe = safeText(text ?? '', cut);
    let at = byText.get(safe);
    if (at === undefined) {
      at = texts.push(safe) - 1;
      byText.set(safe, at);
    }
    return at;
  };
  const bySource = (values: readonly string[], cut: number) =>
    Array.from(tree.sources, (row) => (row < 0 ? 0 : index(values[row], cut)));
  const relative = (times: Float64Array) =>
    Array.from(times, (time) => (Number.isNaN(time) || time < tree.extent[0] ? -1 : Math.round(time - tree.extent[0])));
  const commandCut = tree.count > 20_000 ? 200 : tree.count > 5000 ? 600 : 2000;
  return {
    depth: [...tree.depth],
    below: [...tree.below],
    names: tree.names.map((name) => index(name, 120)),
    processIds: tree.processIds.map((id) => index(id, 40)),
    commandLines: bySource(tree.rows.commandLines, commandCut),
    accounts: bySource(tree.rows.accounts, 120),
    reasons: bySource(tree.rows.reasons, 400),
    flags: [...tree.flags],
    starts: relative(tree.starts),
    ends: relative(tree.ends),
    extent: tree.extent,
    endsKnown: tree.endsKnown,
    colours: [...tree.colours.codes],
    legend: tree.colours.labels.map((label, code) => ({
      label: safeText(label, 80),
      light: accountColours(THEMES.light, tree.colours.labels)[code]!,
      dark: accountColours(THEMES.dark, tree.colours.labels)[code]!,
    })),
    legendTitle: safeText(colourTitle, 60),
    texts,
    details,
    table: withTable,
  };
}

/** Details by row of the tree, from the table's rows. */
function detailsOf(tree: ProcessTree, table: Table, columns: readonly string[]): Details {
  const rows = Array.from(tree.sources).filter((row) => row >= 0);
  const packed = packDetails(selectRows(table, rows), columns, 1_500_000);
  return {
    columns: packed.columns,
    texts: ['', ...packed.texts],
    cells: packed.cells.map((cells) => {
      let next = 0;
      return Array.from(tree.sources, (row) => (row < 0 ? 0 : cells[next++]! + 1));
    }),
  };
}

/** The input table of detections: the one named, or a second one that looks like it. */
function detectionsAmong(sources: readonly TableSource[], wanted: string | undefined): TableSource | undefined {
  const has = (source: TableSource, name: string) => source.schema.some((column) => column.name === name);
  const found =
    wanted === undefined
      ? sources.slice(1).find((source) => has(source, 'SourceRow') && has(source, 'RuleTitle'))
      : sources.find((source) => source.name === wanted);
  const others = sources.filter((source) => source !== found);
  if ((wanted !== undefined && !found) || others.length !== 1) {
    throw new TrailhoundError('usage', 'give the processes and, at most, one table of detections', {
      hint: `Input tables: ${sources.map(({ name }) => name).join(', ')}`,
    });
  }
  if (found && !has(others[0]!, 'SourceRow')) {
    throw new TrailhoundError('usage', 'detections name rows, but the processes have no column SourceRow', {
      hint: 'Build the tree with build.process-tree',
    });
  }
  return found;
}

/** The process tree of a table, as picture and page. */
export async function drawProcessTree(
  sources: readonly TableSource[],
  parameters: ProcessTreeParameters,
  fallbackName: string,
): Promise<Drawn[]> {
  const { measure } = await drawingKit();
  const name = parameters.name ?? fallbackName;
  const detections = detectionsAmong(sources, parameters.detections);
  const source = sources.find((each) => each !== detections)!;
  // Keys link rows; they say nothing to a reader, and each is a text of its own.
  const telling = source.schema.map((each) => each.name).filter((each) => !KEY_COLUMNS.has(each));
  const tooltips = (parameters.tooltipColumns ?? telling.slice(0, HTML_MAX_DETAIL_COLUMNS)).map(
    (each) => requireColumn(source.schema, each, 'tooltipColumns').name,
  );
  const colourBy = parameters.colourBy && requireColumn(source.schema, parameters.colourBy, 'colourBy').name;
  const html = parameters.formats.includes('html');
  const read = await readProcessRows(source, choiceOf(parameters), [
    ...(html ? tooltips : []),
    ...(colourBy ? [colourBy] : []),
    ...(detections ? ['SourceRow'] : []),
  ]);
  const { table, columns } = read;
  const rows = detections ? await withDetections(read.rows, table, detections, parameters.detectionsOf) : read.rows;
  const colourColumn = colourBy ?? columns.account;
  const tree = makeProcessTree(rows, colourCategories(table, colourColumn), parameters.processIdFormat);
  const hosts = new Set(rows.hosts);
  const title =
    parameters.title ?? (hosts.size === 1 && rows.hosts[0] ? `Process tree: ${rows.hosts[0]}` : 'Process tree');
  const options = { title, widthInPx: parameters.width, maxRows: parameters.maxRows, colourTitle: colourColumn ?? '' };
  const drawn: Drawn[] = [];
  const drawOptions: DrawOptions = parameters;
  if (parameters.formats.includes('png')) {
    drawn.push({ name, kind: 'png', content: await pictureToPng(treePicture(tree, options, measure), drawOptions) });
  }
  if (html) {
    const payload = payloadOf(tree, detailsOf(tree, table, tooltips), options.colourTitle, parameters.table);
    drawn.push({ name, kind: 'html', content: await htmlPage({ title, notes: tree.notes, script: 'tree', payload }) });
  }
  return drawn;
}
