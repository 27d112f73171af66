import { formatCount, formatTime } from '../format.ts';
import type { Form, Picture, Plot } from '../picture.ts';
import { safeText } from '../safe-text.ts';
import { type DrawingData, drawingData } from '../spec.ts';
import { fitText, type Measure } from '../text-fit.ts';
import { CODE_FONT, TEXT_FONT, type Theme } from '../theme.ts';
import { accountColours } from './account-colours.ts';
import { foldTree, type ProcessTree, rowsToShow, type TreeLine } from './process-tree.ts';
import {
  headMarks,
  INDENT,
  LIFE_PX,
  legendHeight,
  legendMarks,
  MAP_PX,
  mapMarks,
  type Places,
  ROW,
  rowMarks,
} from './tree-marks.ts';

const DOT_X = 14;
const HEAD = 26;
const WHY_PX = 188;
const ACCOUNT_PX = 128;
const START_PX = 78;
const DEEPEST_INDENT = 22;

/** Where columns begin: what a table does not have takes no room. */
function placesOf(widthInPx: number, has: { why: boolean; account: boolean; time: boolean }): Places {
  const map = widthInPx - MAP_PX;
  const life = map - 25 - (has.time ? LIFE_PX : 0);
  const start = life - (has.time ? START_PX : 0);
  const account = start - (has.account ? ACCOUNT_PX + 10 : 0);
  return { map, life, start, account, why: account - (has.why ? WHY_PX + 8 : 0) };
}

function foldedText(line: Extract<TreeLine, { kind: 'folded' }>): string {
  const { children, processes, names } = line;
  const all = processes > children ? ` (${formatCount(processes)} processes)` : '';
  const listed = names
    .slice(0, 4)
    .map(([name, count]) => safeText(name, 40) + (count > 1 ? ` ×${formatCount(count)}` : ''));
  return `${formatCount(children)} more ${children === 1 ? 'child' : 'children'}${all}: ${listed.join(', ')}${names.length > 4 ? ', …' : ''}`;
}

/** The picture of a process tree: flagged paths unfolded, the rest counted in place, and a map of all rows. */
export function treePicture(
  tree: ProcessTree,
  options: { title: string; widthInPx: number; maxRows: number; colourTitle: string },
  measure: Measure,
): Picture {
  const { shown, flaggedShown } = rowsToShow(tree, options.maxRows);
  const lines = foldTree(tree, shown);
  const has = {
    why: tree.rows.reasons.some((reason) => reason !== '') && tree.flaggedCount > 0,
    account: tree.rows.accounts.some((account) => account !== ''),
    time: tree.extent[1] > 0,
  };
  const places = placesOf(options.widthInPx, has);
  const sameDay = formatTime(tree.extent[0]).slice(0, 10) === formatTime(tree.extent[1]).slice(0, 10);
  const indent = (depth: number) => DOT_X + Math.min(depth, DEEPEST_INDENT) * INDENT;

  const processes = lines.flatMap((line, index) => {
    if (line.kind === 'folded') return [];
    const { row } = line;
    const source = tree.sources[row]!;
    const x = indent(tree.depth[row]!);
    const deep = tree.depth[row]! > DEEPEST_INDENT ? `[${tree.depth[row]}] ` : '';
    const name = fitText(measure, `600 12px ${TEXT_FONT}`, deep + safeText(tree.names[row], 60), places.why - x - 60);
    const id = tree.processIds[row] ? `(${safeText(tree.processIds[row], 24)})` : '';
    const idX = x + 12 + measure(`600 12px ${TEXT_FONT}`, name) + 5;
    const commandX = idX + (id ? measure(`11px ${TEXT_FONT}`, id) + 9 : 3);
    const text = (value: string | undefined) => safeText(value ?? '', 400);
    const command = source < 0 ? `${formatCount(tree.below[row]!)} processes` : text(tree.rows.commandLines[source]);
    return [
      {
        y: index,
        x,
        name,
        id,
        idX,
        commandX,
        command: fitText(measure, `10px ${CODE_FONT}`, command, places.why - 14 - commandX),
        why: source < 0 ? '' : fitText(measure, `500 11px ${TEXT_FONT}`, text(tree.rows.reasons[source]), WHY_PX - 4),
        account:
          source < 0
            ? ''
            : fitText(measure, `11px ${TEXT_FONT}`, text(tree.rows.accounts[source]?.split('\\').pop()), ACCOUNT_PX),
        start: Number.isNaN(tree.starts[row]!)
          ? ''
          : sameDay
            ? formatTime(tree.starts[row]!).slice(11)
            : formatTime(tree.starts[row]!, 'minute').slice(5),
        flag: tree.flags[row]!,
        c: tree.colours.codes[row]!,
        t: tree.starts[row]! || 0,
        u: tree.ends[row]! || 0,
      },
    ];
  });
  const folded = lines.flatMap((line, index) => {
    if (line.kind === 'process') return [];
    const x = indent(line.depth);
    return [{ y: index, x, text: fitText(measure, `11px ${TEXT_FONT}`, foldedText(line), places.why - x - 26) }];
  });
  const leadsToFlag = new Uint8Array(tree.count);
  for (let row = tree.count - 1; row >= 0; row--) {
    if (tree.flags[row]! >= 2) leadsToFlag[row] = 1;
    if (leadsToFlag[row] && tree.parent[row]! >= 0) leadsToFlag[tree.parent[row]!] = 1;
  }
  const links = lines
    .flatMap((line, index) => {
      if (line.parentLine < 0) return [];
      const depth = line.kind === 'process' ? tree.depth[line.row]! : line.depth;
      if (depth > DEEPEST_INDENT) return [];
      return [
        {
          x: indent(depth - 1),
          y1: line.parentLine,
          y2: index,
          hot: line.kind === 'process' ? leadsToFlag[line.row]! : 0,
        },
      ];
    })
    .sort((a, b) => a.hot - b.hot);

  const shownCount = processes.length;
  const notes = [...tree.notes];
  if (shownCount < tree.count) {
    const what =
      tree.flaggedCount > 0
        ? `Shown: ${formatCount(flaggedShown)} flagged processes with all their ancestors (${formatCount(shownCount)} rows).`
        : `Shown: ${formatCount(shownCount)} rows, from the top.`;
    notes.push(
      `${what} The other ${formatCount(tree.count - shownCount)} are folded and counted in place; the page has them all.`,
    );
    if (flaggedShown < tree.flaggedCount)
      notes.push(
        `${formatCount(tree.flaggedCount - flaggedShown)} flagged processes, the less notable ones, are among the folded.`,
      );
  }
  const height = Math.max(lines.length, 1) * ROW;
  const data: Record<string, DrawingData> = {
    processes: drawingData(
      ['y', 'x', 'name', 'id', 'idX', 'commandX', 'command', 'why', 'account', 'start', 'flag', 'c', 't', 'u'],
      processes,
    ),
    folded: drawingData(['y', 'x', 'text'], folded),
    links: drawingData(['x', 'y1', 'y2', 'hot'], links),
    map: mapData(tree, height),
  };
  const heads = [
    { x: 4, text: 'Process (PID) and command line' },
    ...(has.why ? [{ x: places.why, text: 'Why flagged' }] : []),
    ...(has.account ? [{ x: places.account, text: 'Account' }] : []),
    ...(has.time
      ? [
          { x: places.start, text: 'Start (UTC)' },
          { x: places.life, text: tree.endsKnown ? 'Lifetime' : 'Seen alive' },
        ]
      : []),
    { x: places.map, text: `All ${formatCount(tree.count)}` },
  ];
  return {
    title: options.title,
    notes,
    isEmpty: tree.count === 0,
    data,
    tips: {},
    zoom: 'none',
    plot: (theme: Theme, _form: Form): Plot => ({
      margin: { left: 0, right: 0, top: HEAD, bottom: legendHeight(tree) },
      widthInPx: options.widthInPx,
      heightInPx: height,
      scales: [
        {
          name: 'colour',
          type: 'ordinal',
          domain: tree.colours.labels.map((_, code) => code),
          range: accountColours(theme, tree.colours.labels),
        },
        {
          name: 'time',
          type: 'linear',
          domain: [tree.extent[0], Math.max(tree.extent[1], tree.extent[0] + 1)],
          range: [places.life, places.life + LIFE_PX],
          zero: false,
          nice: false,
        },
      ],
      marks: [
        ...headMarks(theme, heads, options.widthInPx),
        ...rowMarks(theme, places, has),
        ...mapMarks(theme, places.map, height, Math.max(tree.count, 1), Math.max(...tree.depth, 1)),
        ...legendMarks(theme, tree, height + 22, options, measure),
      ],
    }),
  };
}

const MAX_MAP_ROWS = 3000;

/** The map's rows: for trees of many rows one of several, but flagged ones always. */
function mapData(tree: ProcessTree, height: number): DrawingData {
  const stride = Math.max(1, Math.ceil(tree.count / Math.min(MAX_MAP_ROWS, height * 2)));
  const rows = Array.from({ length: tree.count }, (_, row) => row).filter(
    (row) => row % stride === 0 || tree.flags[row]! > 0,
  );
  return { y: rows, d: rows.map((row) => tree.depth[row]!), flag: rows.map((row) => tree.flags[row]!) };
}
