import { formatCount } from '../format.ts';
import { safeText } from '../safe-text.ts';
import { constant, type SpecPart } from '../spec.ts';
import { fitText, type Measure } from '../text-fit.ts';
import { CODE_FONT, TEXT_FONT, type Theme } from '../theme.ts';
import { accountColours } from './account-colours.ts';
import type { ProcessTree } from './process-tree.ts';

export const ROW = 22;
export const INDENT = 18;
export const LIFE_PX = 110;
export const MAP_PX = 50;

/** Where the columns of a tree begin, in px. */
export interface Places {
  readonly why: number;
  readonly account: number;
  readonly start: number;
  readonly life: number;
  readonly map: number;
}

/** px that the legend takes below the rows. */
export const legendHeight = (tree: ProcessTree) => (tree.colours.labels.length > 1 ? 52 : 8);
const middle = { signal: `datum.y*${ROW}+${ROW / 2}` };

/** The heads of the columns, and a line under them. */
export function headMarks(theme: Theme, heads: readonly { x: number; text: string }[], width: number): SpecPart[] {
  return [
    ...heads.map(({ x, text }) => ({
      type: 'text',
      interactive: false,
      encode: { enter: constant({ x, y: -12, text, fontWeight: 600, fill: theme.mute }) },
    })),
    { type: 'rule', encode: { enter: constant({ x: 0, x2: width, y: -4, stroke: theme.line }) } },
  ];
}

/** Rows: ground by flag, links to parents, dots, texts, lifetimes. Expects data `processes`, `folded`, `links`. */
export function rowMarks(
  theme: Theme,
  places: Places,
  has: { why: boolean; account: boolean; time: boolean },
): SpecPart[] {
  const byFlag = (three: string, two: string, one: string, none: string) => ({
    signal: `datum.flag==3?'${three}':datum.flag==2?'${two}':datum.flag==1?'${one}':${none}`,
  });
  const text = (field: string, x: SpecPart, more: SpecPart): SpecPart => ({
    type: 'text',
    from: { data: 'processes' },
    encode: {
      enter: {
        y: middle,
        x,
        text: { field },
        ...constant({ baseline: 'middle', fontSize: 11, fill: theme.ink }),
        ...more,
      },
    },
  });
  const row = { y: { signal: `datum.y*${ROW}` }, height: { value: ROW } };
  return [
    {
      type: 'rect',
      from: { data: 'processes' },
      encode: {
        enter: {
          ...row,
          ...constant({ x: 0, width: places.map - 12 }),
          fill: byFlag(
            theme.alertFill,
            theme.warnFill,
            theme.faintStrong,
            `datum.y%2?'${theme.faint}':'${theme.paper}'`,
          ),
        },
      },
    },
    {
      type: 'rect',
      from: { data: 'processes' },
      encode: {
        enter: {
          ...row,
          ...constant({ x: 0, width: 3 }),
          fill: byFlag(theme.alert, theme.warn, theme.accent, "'transparent'"),
        },
      },
    },
    {
      type: 'path',
      from: { data: 'links' },
      encode: {
        enter: {
          path: {
            signal: `'M'+datum.x+','+(datum.y1*${ROW}+${ROW / 2}+6)+'V'+(datum.y2*${ROW}+${ROW / 2})+'h${INDENT - 6}'`,
          },
          stroke: { signal: `datum.hot?'${theme.alert}':'${theme.line}'` },
          strokeOpacity: { signal: 'datum.hot?0.55:1' },
          strokeWidth: { signal: 'datum.hot?1.6:1' },
          fill: { value: null },
        },
      },
    },
    {
      type: 'symbol',
      from: { data: 'processes' },
      encode: {
        enter: {
          x: { field: 'x' },
          y: middle,
          size: { value: 78 },
          fill: [
            { test: 'datum.c<0', value: theme.line },
            { scale: 'colour', field: 'c' },
          ],
          stroke: { signal: `datum.flag>1?'${theme.alert}':'${theme.paper}'` },
          strokeWidth: { signal: 'datum.flag>1?1.6:1' },
        },
      },
    },
    text('name', { signal: 'datum.x+12' }, constant({ fontSize: 12, fontWeight: 600 })),
    text('id', { field: 'idX' }, constant({ fill: theme.mute })),
    text(
      'command',
      { field: 'commandX' },
      {
        font: { value: CODE_FONT },
        fontSize: { value: 10 },
        fill: { signal: `datum.flag?'${theme.ink}':'${theme.mute}'` },
      },
    ),
    ...(has.why
      ? [
          text(
            'why',
            { value: places.why },
            { fontWeight: { value: 500 }, fill: byFlag(theme.alertText, theme.warnText, theme.ink, `'${theme.ink}'`) },
          ),
        ]
      : []),
    ...(has.account ? [text('account', { value: places.account }, {})] : []),
    ...(has.time
      ? [
          text('start', { value: places.start }, constant({ fill: theme.mute })),
          {
            type: 'rect',
            from: { data: 'processes' },
            encode: {
              enter: {
                x: { scale: 'time', field: 't' },
                x2: { signal: "max(scale('time',datum.u),scale('time',datum.t)+2)" },
                y: { signal: `datum.y*${ROW}+8` },
                height: { value: ROW - 16 },
                cornerRadius: { value: 1.5 },
                opacity: { signal: 'datum.t>0?1:0' },
                fill: byFlag(theme.alert, theme.warn, theme.accent, `'${theme.bar}'`),
              },
            },
          },
        ]
      : []),
    {
      type: 'symbol',
      from: { data: 'folded' },
      encode: {
        enter: {
          x: { field: 'x' },
          y: middle,
          ...constant({ shape: 'triangle-right', size: 40, fill: theme.mute, fillOpacity: 0.7 }),
        },
      },
    },
    {
      type: 'text',
      from: { data: 'folded' },
      encode: {
        enter: {
          x: { signal: 'datum.x+12' },
          y: middle,
          text: { field: 'text' },
          ...constant({ baseline: 'middle', fill: theme.mute }),
        },
      },
    },
  ];
}

/** The map of all rows at the right. Expects data `map`. */
export function mapMarks(theme: Theme, x: number, height: number, rows: number, deepest: number): SpecPart[] {
  const y = { signal: `datum.y/${rows}*${height}` };
  const step = (MAP_PX - 6) / (deepest + 1);
  return [
    { type: 'rect', encode: { enter: constant({ x, width: MAP_PX, y: 0, y2: height, fill: theme.faint }) } },
    {
      type: 'rect',
      from: { data: 'map' },
      encode: {
        enter: {
          x: { signal: `${x}+2+datum.d*${step}` },
          width: { value: Math.max(3, step) },
          y,
          height: { value: Math.max(0.7, height / rows) },
          fill: { signal: `datum.flag>1?'${theme.alert}':'${theme.bar}'` },
        },
      },
    },
    {
      type: 'rect',
      from: { data: 'map' },
      encode: {
        enter: {
          x: { value: x - 6 },
          width: { signal: 'datum.flag>1?5:0' },
          y,
          height: { value: 2 },
          fill: { signal: `datum.flag==3?'${theme.alert}':'${theme.warn}'` },
        },
      },
    },
  ];
}

const FONT = `11px ${TEXT_FONT}`;

/** The colours of dots, in one line, which says how many more there are. */
export function legendMarks(
  theme: Theme,
  tree: ProcessTree,
  y: number,
  options: { widthInPx: number; colourTitle: string },
  measure: Measure,
): SpecPart[] {
  const { labels } = tree.colours;
  if (labels.length < 2) return [];
  const colours = accountColours(theme, labels);
  const marks: SpecPart[] = [
    {
      type: 'text',
      encode: {
        enter: constant({
          x: 4,
          y,
          text: safeText(options.colourTitle, 60),
          fontWeight: 600,
          fill: theme.mute,
          baseline: 'middle',
        }),
      },
    },
  ];
  const texts = labels.map((label) => fitText(measure, FONT, safeText(label, 60), 220));
  const widths = texts.map((text) => measure(FONT, text) + 34);
  const more = (count: number) => `and ${formatCount(count)} more`;
  let x = 4;
  for (const [code, text] of texts.entries()) {
    const left = labels.length - code;
    const room = options.widthInPx - (left > 1 ? measure(FONT, more(left)) : 0);
    if (x + widths[code]! > room) {
      const rest = constant({ x: x + 4, y: y + 18, text: more(left), baseline: 'middle', fill: theme.mute });
      marks.push({ type: 'text', encode: { enter: rest } });
      break;
    }
    marks.push(
      { type: 'symbol', encode: { enter: constant({ x: x + 6, y: y + 18, size: 78, fill: colours[code]! }) } },
      { type: 'text', encode: { enter: constant({ x: x + 16, y: y + 18, text, baseline: 'middle' }) } },
    );
    x += widths[code]!;
  }
  return marks;
}
