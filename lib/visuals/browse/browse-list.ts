import { z } from 'zod';
import { severityOf } from '../../outcome.ts';
import { getColumn, type Table, type TableSource } from '../../tables/index.ts';
import { cellText, firstColumn, isNumeric, numbersOf, requireColumn, timesInMs } from '../columns.ts';
import { chartPayload, type Drawn, pictureToPng } from '../draw-picture.ts';
import { formatCount, formatTime } from '../format.ts';
import { htmlPage } from '../page.ts';
import { safeText } from '../safe-text.ts';
import { severityRank } from '../severity.ts';
import { timelineOf, timelineOptions } from '../timeline/draw-timeline.ts';
import { browseOptions, firstRows, gridPayload } from './browse-table.ts';
import type { ListItem, ListPayload } from './grid-payload.ts';
import { tablePng } from './table-picture.ts';

const column = (what: string) => z.string().optional().describe(`Column of ${what}; by default recognised by its name`);

export const browseListOptions = z.object({
  ...browseOptions,
  titleColumn: column('an entry’s title'),
  levelColumn: column('how bad an entry is: a severity, a verdict or a score of 0 to 100'),
  timeColumn: column('its time'),
  textColumn: column('the line under the title'),
});
export type BrowseListParameters = z.output<typeof browseListOptions>;

interface ListKind {
  readonly noun: string;
  readonly title: string;
  readonly titles: readonly string[];
  readonly levels: readonly string[];
  readonly times: readonly string[];
  readonly texts: readonly string[];
  /** Rows of one title are one entry. */
  readonly grouped: boolean;
  readonly first: readonly string[];
}

const ALERTS: ListKind = {
  noun: 'alert',
  title: 'Alerts',
  titles: ['AlertDisplayName', 'DisplayName', 'AlertName', 'Title', 'RuleTitle'],
  levels: ['AlertSeverity', 'Severity', 'Level', 'Score'],
  times: ['StartTime', 'StartTimeUtc', 'TimeGenerated', 'Timestamp'],
  texts: ['Description', 'CompromisedEntity', 'Excerpt', 'Reason'],
  grouped: false,
  first: [
    'AlertName',
    'DisplayName',
    'AlertSeverity',
    'Severity',
    'TimeGenerated',
    'StartTime',
    'EndTime',
    'CompromisedEntity',
    'Tactics',
    'Techniques',
    'ProviderName',
    'ProductName',
    'Status',
    'Description',
  ],
};

const THREAT_INTEL: ListKind = {
  noun: 'observable',
  title: 'Threat intelligence',
  titles: ['Observable', 'Ioc', 'Indicator', 'Value'],
  levels: ['Verdict', 'Severity', 'Score'],
  times: [],
  texts: ['Detail', 'Details', 'Provider'],
  grouped: true,
  first: [
    'Observable',
    'Ioc',
    'IoCType',
    'IocType',
    'Provider',
    'Verdict',
    'Severity',
    'Score',
    'Status',
    'Result',
    'Detail',
    'Details',
    'Reference',
  ],
};

const FINDINGS: ListKind = {
  noun: 'finding',
  title: 'Findings',
  titles: ['Title', 'RuleTitle', 'Combination', 'Name', 'AlertName'],
  levels: ['Severity', 'Level', 'Score'],
  times: ['TimeGenerated', 'Time', 'Timestamp', 'StartTime'],
  texts: ['Reason', 'Excerpt', 'Description'],
  grouped: false,
  first: [
    'Title',
    'RuleTitle',
    'Severity',
    'Level',
    'Score',
    'Reason',
    'Techniques',
    'TimeGenerated',
    'Computer',
    'User',
    'Actor',
    'Target',
    'Excerpt',
  ],
};

const KINDS = { alerts: ALERTS, 'threat-intel': THREAT_INTEL, findings: FINDINGS } as const;
export type BrowseKind = keyof typeof KINDS;

const LEVEL_NAMES: Readonly<Record<string, string>> = { warning: 'suspicious', information: 'informational' };

interface Fields {
  readonly title: string | undefined;
  readonly level: string | undefined;
  readonly time: string | undefined;
  readonly text: string | undefined;
  readonly score: string | undefined;
}

function fieldsOf(source: TableSource, kind: ListKind, parameters: BrowseListParameters): Fields {
  const pick = (wanted: string | undefined, option: string, names: readonly string[]) =>
    wanted === undefined ? firstColumn(source.schema, names) : requireColumn(source.schema, wanted, option).name;
  return {
    title:
      pick(parameters.titleColumn, 'titleColumn', kind.titles) ??
      source.schema.find(({ type }) => type === 'string')?.name,
    level: pick(parameters.levelColumn, 'levelColumn', kind.levels),
    time: pick(parameters.timeColumn, 'timeColumn', kind.times),
    text: pick(parameters.textColumn, 'textColumn', kind.texts),
    score: firstColumn(source.schema, ['Score'], isNumeric),
  };
}

/** By row: a severity or verdict in words. */
function levelsOf(table: Table, name: string | undefined): string[] {
  if (name === undefined) return new Array<string>(table.rowCount).fill('unknown');
  const levels = getColumn(table, name);
  if (isNumeric(levels.type)) {
    return Array.from(numbersOf(levels, 'levelColumn'), (score) =>
      Number.isNaN(score) ? 'unknown' : severityOf(score),
    );
  }
  return Array.from({ length: table.rowCount }, (_, row) => {
    const word = cellText(levels, row).toLowerCase();
    return LEVEL_NAMES[word] ?? (severityRank(word) === 0 ? 'unknown' : word);
  });
}

function itemsOf(table: Table, fields: Fields, kind: ListKind): ListItem[] {
  const levels = levelsOf(table, fields.level);
  const text = (name: string | undefined, row: number) =>
    name === undefined ? '' : cellText(getColumn(table, name), row);
  const times = fields.time === undefined ? undefined : timesInMs(getColumn(table, fields.time));
  // The worst word first; among the same, the highest score.
  const points = fields.score === undefined ? undefined : numbersOf(getColumn(table, fields.score), 'Score');
  const scores = Array.from(
    { length: table.rowCount },
    (_, row) => severityRank(levels[row]!) + Math.max(0, Math.min(100, points?.[row] || 0)) / 1000,
  );
  const groups = new Map<string, number[]>();
  for (let row = 0; row < table.rowCount; row++) {
    const key = kind.grouped ? text(fields.title, row) : String(row);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  const entries = [...groups.values()].map((rows) => {
    rows.sort((a, b) => scores[b]! - scores[a]! || a - b);
    const [worst] = rows as [number];
    const time = times && !Number.isNaN(times[worst]!) ? `${formatTime(times[worst]!)} UTC` : '';
    const more = rows.length > 1 ? `${formatCount(rows.length)} answers` : '';
    return {
      rank: scores[worst]!,
      time: times?.[worst] ?? 0,
      item: {
        title: safeText(text(fields.title, worst) || `${kind.noun} ${worst + 1}`, 300),
        sub: [time, more, safeText(text(fields.text, worst), 240)].filter(Boolean).join(' · '),
        badge: levels[worst]!,
        level: levels[worst]!,
        rows,
      },
    };
  });
  return entries
    .sort((a, b) => b.rank - a.rank || (a.time || 0) - (b.time || 0) || a.item.rows[0]! - b.item.rows[0]!)
    .map(({ item }) => item);
}

/** A list with details: alerts (with their timeline above), threat intelligence by observable, findings by rank. */
export async function browseList(
  source: TableSource,
  which: BrowseKind,
  parameters: BrowseListParameters,
  fallbackName: string,
): Promise<Drawn[]> {
  const kind = KINDS[which];
  const name = parameters.name ?? fallbackName;
  const title = parameters.title ?? kind.title;
  const maxRows = Math.min(parameters.maxRows, 20_000);
  const fields = fieldsOf(source, kind, parameters);
  const table = await firstRows(source, maxRows);
  const { payload, notes } = await gridPayload(source, maxRows, undefined);
  const items = itemsOf(table, fields, kind);
  const counts = new Map<string, number>();
  for (const { level } of items) counts.set(level, (counts.get(level) ?? 0) + 1);
  const summary = [...counts].map(([level, count]) => `${formatCount(count)} ${level}`).join(', ');
  const lines = [
    `${formatCount(items.length)} ${items.length === 1 ? kind.noun : `${kind.noun}s`}: ${summary || 'none'}.`,
    ...notes.slice(1),
  ];
  const list: ListPayload = { items, table: payload, noun: kind.noun, first: kind.first };
  const isTimed = kind === ALERTS && fields.time !== undefined && items.length > 0;
  const timelineBy = (groupBy: string | undefined, more: object) =>
    timelineOf(
      [source],
      timelineOptions.parse({ title, timeColumn: fields.time, maxMarks: 10_000, groupBy, tooltipColumns: [], ...more }),
    );
  const inWords = source.schema.find(({ name, type }) => name === fields.level && !isNumeric(type))?.name;
  const drawn: Drawn[] = [];
  if (parameters.formats.includes('png')) {
    const content = isTimed
      ? await pictureToPng(await timelineBy(fields.title, { maxGroups: 12, order: 'first' }), parameters)
      : await tablePng(
          {
            title,
            notes: lines,
            payload: { ...payload, shown: tellingFirst(payload.shown, kind.first) },
            rows: items.flatMap(({ rows }) => rows),
            ordered: 'worst',
          },
          parameters,
        );
    drawn.push({ name, kind: 'png', content });
  }
  if (parameters.formats.includes('html')) {
    const content = isTimed
      ? await htmlPage({
          title,
          notes: lines,
          script: 'alerts',
          payload: {
            chart: await chartPayload(
              // The list has the titles; above it there is room for a few rows.
              await timelineBy(inWords ?? fields.title, {
                maxGroups: 6,
                order: inWords === undefined ? 'first' : 'severity',
                tooltipColumns: [fields.title, fields.text].filter((each) => each !== undefined),
              }),
            ),
            list,
            marks: marksOf(table, fields, items),
          },
        })
      : await htmlPage({ title, notes: lines, script: 'list', payload: list });
    drawn.push({ name, kind: 'html', content });
  }
  return drawn;
}

/** Columns in the order in which they tell most: what is known of the kind, then the others. */
const tellingFirst = (shown: readonly string[], first: readonly string[]): string[] => [
  ...first.filter((name) => shown.includes(name)),
  ...shown.filter((name) => !first.includes(name)),
];

/** The item of each mark of the timeline, whose marks are the rows that have a time, in their order. */
function marksOf(table: Table, fields: Fields, items: readonly ListItem[]): number[] {
  const itemOfRow = new Map(items.flatMap((item, index) => item.rows.map((row) => [row, index] as const)));
  const times = timesInMs(getColumn(table, fields.time!));
  return Array.from(times.keys())
    .filter((row) => !Number.isNaN(times[row]!))
    .map((row) => itemOfRow.get(row) ?? -1);
}
