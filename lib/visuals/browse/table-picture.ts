import { type DrawOptions, pictureToPng } from '../draw-picture.ts';
import { drawingKit } from '../drawing-kit.ts';
import { formatCount, shortTime } from '../format.ts';
import { safeText } from '../safe-text.ts';
import { constant, type SpecPart } from '../spec.ts';
import { fitText } from '../text-fit.ts';
import { TEXT_FONT } from '../theme.ts';
import type { GridColumn, GridPayload } from './grid-payload.ts';

const ROWS = 30;
const ROW_PX = 22;
const FONT = `11px ${TEXT_FONT}`;
const WIDEST = 300;

function cellText(column: GridColumn, row: number): string {
  if (column.kind === 'time') return shortTime(column.texts[column.codes[row]!] ?? '');
  if (column.kind !== 'number') return safeText(column.texts[column.codes[row]!] ?? '', 300);
  const value = column.values[row];
  if (value === null || value === undefined) return '';
  return column.names?.[value] ?? formatCount(value);
}

/** The first rows of a table as a picture, with as many of the shown columns as fit. */
export async function tablePng(
  plan: {
    title: string;
    notes: readonly string[];
    payload: GridPayload;
    /** Rows in their order, and a word for the first of them; by default as they stand. */
    rows?: readonly number[];
    ordered?: string;
  },
  options: Pick<DrawOptions, 'scale' | 'theme'> & { width: number },
): Promise<Buffer> {
  const { measure } = await drawingKit();
  const { payload } = plan;
  const rows = Math.min(ROWS, payload.rowCount);
  const rowAt = (index: number) => plan.rows?.[index] ?? index;
  const cells: { x: number; y: number; text: string; align: string }[] = [];
  const heads: { x: number; text: string }[] = [];
  let x = 0;
  let shown = 0;
  for (const name of payload.shown) {
    const column = payload.columns.find((each) => each.name === name)!;
    const texts = Array.from({ length: rows }, (_, row) => cellText(column, rowAt(row)));
    const widest = texts.reduce((most, text) => Math.max(most, measure(FONT, text)), measure(`600 ${FONT}`, name));
    const width = Math.min(WIDEST, Math.ceil(widest) + 6);
    if (x + width > options.width && shown > 0) break;
    const isNumber = column.kind === 'number';
    heads.push({ x, text: fitText(measure, `600 ${FONT}`, name, width) });
    texts.forEach((text, y) => {
      cells.push({
        x: isNumber ? x + width : x,
        y,
        text: fitText(measure, FONT, text, width),
        align: isNumber ? 'right' : 'left',
      });
    });
    x += width + 16;
    shown++;
  }
  const notes = [...plan.notes];
  if (rows < payload.rowCount || shown < payload.columns.length) {
    notes.push(
      `Here: the ${plan.ordered ?? 'first'} ${formatCount(rows)} rows, ${formatCount(shown)} of ${formatCount(payload.columns.length)} columns.`,
    );
  }
  if (payload.columns.some(({ kind, name }) => kind === 'time' && heads.some(({ text }) => text === name)))
    notes.push('Times are in UTC.');
  const width = Math.max(x, 320);
  return pictureToPng(
    {
      title: plan.title,
      notes,
      isEmpty: rows === 0,
      zoom: 'none',
      tips: {},
      data: {
        cells: {
          x: cells.map((cell) => cell.x),
          y: cells.map((cell) => cell.y),
          text: cells.map((cell) => cell.text),
          align: cells.map((cell) => cell.align),
        },
        lines: { y: Array.from({ length: rows }, (_, row) => row) },
      },
      plot: (theme) => ({
        margin: { left: 4, right: 4, top: 26, bottom: 8 },
        widthInPx: width,
        heightInPx: Math.max(1, rows) * ROW_PX,
        scales: [],
        marks: [
          ...heads.map(
            ({ x: at, text }): SpecPart => ({
              type: 'text',
              encode: { enter: constant({ x: at, y: -10, text, fontWeight: 600, fill: theme.mute }) },
            }),
          ),
          { type: 'rule', encode: { enter: constant({ x: -4, x2: width, y: -3, stroke: theme.line }) } },
          {
            type: 'rect',
            from: { data: 'lines' },
            encode: {
              enter: {
                ...constant({ x: -4, x2: width, height: ROW_PX }),
                y: { signal: `datum.y*${ROW_PX}` },
                fill: { signal: `datum.y%2?'${theme.faint}':'${theme.paper}'` },
              },
            },
          },
          {
            type: 'text',
            from: { data: 'cells' },
            encode: {
              enter: {
                ...constant({ baseline: 'middle' }),
                x: { field: 'x' },
                y: { signal: `(datum.y+0.5)*${ROW_PX}` },
                text: { field: 'text' },
                align: { field: 'align' },
              },
            },
          },
        ],
      }),
    },
    options,
  );
}
