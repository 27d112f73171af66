import { resolve } from 'node:path';
import { type LocalData, loadLocalData } from '../lib/providers/local/index.ts';
import { isoFromTicks } from '../lib/tables/index.ts';
import { safeText } from '../lib/visuals/safe-text.ts';
import { defineCommand, sharedOptions } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { cacheFolder } from './open-host.ts';
import { type Terminal, write, writeJson } from './terminal.ts';
import { textTable } from './text-table.ts';

const BAD_LINES_SHOWN = 20;

export const tablesCommand = defineCommand({
  name: 'tables',
  summary: 'Show what is recognised in files of logs',
  description: 'Tables with rows, columns, time range and source files, and every line that could not be read.',
  arguments: [],
  options: {
    data: { ...sharedOptions.data, required: true },
    folder: sharedOptions.folder,
    json: sharedOptions.json,
  },
  examples: ['trailhound tables --data ./logs', 'trailhound tables --data events.zip --json'],
  async run({ options: { data, folder, json } }, terminal) {
    const live = liveLine(terminal);
    const loaded = await loadLocalData(
      data.map((path) => resolve(terminal.cwd, path)),
      {
        cacheFolder: cacheFolder(resolve(terminal.cwd, folder)),
        signal: terminal.signal,
        onProgress: ({ file, fileIndex, fileCount, recordCount }) =>
          live(
            `reading ${fileIndex + 1} of ${fileCount}: ${safeText(file, 60)}, ${recordCount.toLocaleString('en-US')} records`,
          ),
      },
    );
    live('');
    const document = tablesDocument(loaded);
    if (json) await writeJson(terminal, document);
    else await write(terminal.stdout, tablesText(document));
    return EXIT.ok;
  },
});

/** What `trailhound tables --json` prints. */
export function tablesDocument({ tables, badLines, badCount, rowsIn, sources, warnings }: LocalData) {
  return {
    tables: tables.map(({ name, rowCount, schema, timeRange, sources: files, view, unfit }) => ({
      name,
      rows: rowCount,
      columns: schema,
      timeRange: timeRange && {
        column: timeRange.column,
        start: isoFromTicks(timeRange.min),
        end: isoFromTicks(timeRange.max),
      },
      sources: files.map((source) => ({ file: source.file, rows: source.rowCount })),
      view,
      unfit,
    })),
    rowsIn,
    badCount,
    badLines,
    sources,
    warnings,
  };
}

function tablesText({ tables, rowsIn, badCount, badLines, warnings }: ReturnType<typeof tablesDocument>): string {
  const rows = tables.map(({ name, rows: count, columns, timeRange, sources, view }) => [
    view ? `${name} (view)` : name,
    count.toLocaleString('en-US'),
    String(columns.length),
    timeRange ? `${timeRange.start.slice(0, 19)} to ${timeRange.end.slice(0, 19)}` : '',
    sources.length === 1 ? sources[0]!.file : `${sources.length} files`,
  ]);
  const lines = [
    textTable(['table', 'rows', 'columns', 'time range (UTC)', 'from'], rows),
    `${rowsIn.toLocaleString('en-US')} rows read, ${badCount.toLocaleString('en-US')} bad lines`,
    ...badLines
      .slice(0, BAD_LINES_SHOWN)
      .map(({ file, line, reason }) => `  ${safeText(file)}:${line} ${safeText(reason)}`),
    ...(badCount > Math.min(badLines.length, BAD_LINES_SHOWN) ? ['  … more under --json'] : []),
    ...warnings.map(({ code, message }) => `warning ${code}: ${safeText(message)}`),
  ];
  return `${lines.join('\n')}\n`;
}

/** One line on a live terminal that each call replaces. */
function liveLine({ isLive, stderr }: Terminal): (text: string) => void {
  return (text) => {
    if (isLive) stderr.write(`\r\x1b[2K${text}`);
  };
}
