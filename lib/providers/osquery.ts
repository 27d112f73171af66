import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import type { SettingsOf } from '../config/provider-schema.ts';
import { TrailhoundError } from '../errors.ts';
import type { Warning } from '../outcome.ts';
import { textLines } from '../tables/formats/lines.ts';
import { READER_LIMITS } from '../tables/formats/record-block.ts';
import { type FileResources, fileProvider, loadFiles } from './file-provider.ts';
import { type StreamEnd, untilDamage } from './local/archives/bounded.ts';
import type { LocalData } from './local/index.ts';
import { type LeafFile, leafFiles } from './local/leaf-files.ts';
import { LineLog } from './local/line-log.ts';
import type { QueryProvider } from './provider.ts';
import { filesBelow } from './walk-files.ts';
import { asArray, asObject, asText } from './wire-access.ts';
import { parseWireJson } from './wire-json.ts';

const MOST_TABLES = 500;
const LOG = /\.(?:log|json|jsonl)(?:\.\d+)?(?:\.log)?(?:\.(?:gz|zst))?$/i;
/** A line of the status log as glog writes it. */
const STATUS_LINE = /^[IWEF]\d{4} \d\d:\d\d:\d\d/;

/**
 * Logs of osqueryd (`*.log`, also gzipped): each query is a table named after it. The rows of events, batches and
 * snapshots are the table's columns, with `TimeGenerated`, `Computer` and `Action` before them. Status logs hold none.
 * Source: osquery.readthedocs.io/en/stable/deployment/logging
 */
export function osquery(name: string, options: SettingsOf<'osquery'>, files: FileResources): QueryProvider {
  return fileProvider(name, (signal) => load(options.paths, files, signal), files);
}

async function load(
  paths: readonly string[],
  files: FileResources,
  signal: AbortSignal | undefined,
): Promise<LocalData> {
  const found = (await Promise.all(paths.map(filesBelow))).flat();
  const logs = found.filter(({ path }) => paths.includes(path) || LOG.test(path));
  if (logs.length === 0) throw new TrailhoundError('not-found', `there is no osquery log in ${paths.join(', ')}`);
  const identity = JSON.stringify(logs.map(({ path, size, mtimeMs }) => [path, size, mtimeMs]));
  const hash = createHash('sha256').update(identity).digest('hex').slice(0, 32);
  const folder = join(files.resultFolder, `osquery-${hash}-${process.pid}`);
  const staged = join(folder, 'tables');
  const scratch = join(folder, 'scratch');
  await mkdir(staged, { recursive: true });
  await mkdir(scratch);
  const tables = new TableWriters(staged);
  const warnings: Warning[] = [];
  try {
    for (const { path, name } of logs) {
      for await (const each of leafFiles(path, name, scratch)) {
        signal?.throwIfAborted();
        if ('loss' in each) warnings.push({ code: 'data-not-read', message: `${each.loss.name}: ${each.loss.reason}` });
        if (!('leaf' in each)) continue;
        const bad = await spread(each.leaf, tables, warnings);
        if (bad > 0)
          warnings.push({ code: 'bad-rows', message: `${each.leaf.name}: ${bad} lines are no results of osquery` });
      }
    }
    await tables.close();
    if (tables.count === 0)
      throw new TrailhoundError('not-found', `there are no results of osquery in ${paths.join(', ')}`);
    const data = await loadFiles([staged], files, signal);
    return { ...data, warnings: [...warnings, ...data.warnings] };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** One file of lines for each table. */
class TableWriters {
  readonly #folder: string;
  readonly #streams = new Map<string, WriteStream>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** False if there are too many tables. */
  async write(table: string, row: object): Promise<boolean> {
    let stream = this.#streams.get(table);
    if (!stream) {
      if (this.#streams.size >= MOST_TABLES) return false;
      stream = createWriteStream(join(this.#folder, `${table}.jsonl`));
      this.#streams.set(table, stream);
    }
    if (!stream.write(`${JSON.stringify(row)}\n`)) await once(stream, 'drain');
    return true;
  }

  get count(): number {
    return this.#streams.size;
  }

  async close(): Promise<void> {
    for (const stream of this.#streams.values()) stream.end();
    await Promise.all([...this.#streams.values()].map((stream) => finished(stream)));
  }
}

/** Spreads a log over its tables; gives the number of lines that are no results. */
async function spread(leaf: LeafFile, tables: TableWriters, warnings: Warning[]): Promise<number> {
  const log = new LineLog();
  const end: StreamEnd = { bytes: 0 };
  const { budget, expectedSize } = leaf;
  const bytes = untilDamage(await leaf.open(), end, { budget, expectedSize });
  let bad = 0;
  for await (const { lines } of textLines(bytes, log, READER_LIMITS)) {
    for (const line of lines) {
      if (line.trim() === '' || STATUS_LINE.test(line)) continue;
      const results = readLine(line);
      if (!results) bad++;
      else for (const { table, row } of results) if (!(await tables.write(table, row))) bad++;
    }
  }
  if (end.loss !== undefined) warnings.push({ code: 'data-not-read', message: `${leaf.name}: ${end.loss}` });
  return bad + log.badCount;
}

interface ResultRow {
  readonly table: string;
  readonly row: object;
}

/** The rows of a line: of an event, a batch or a snapshot; none of a status; undefined if it is none of these. */
function readLine(line: string): ResultRow[] | undefined {
  let event: Record<string, unknown>;
  try {
    // Numbers that a double would change stay text, as all values are by default.
    event = asObject(parseWireJson(Buffer.from(line)));
  } catch {
    return undefined;
  }
  if (event['severity'] !== undefined && event['message'] !== undefined && event['name'] === undefined) return [];
  const table = asText(event['name'])
    .replace(/^pack[_/]/, '')
    .replace(/[^A-Za-z0-9_]+/g, '_')
    .slice(0, 100);
  const sources = sourcesOf(event);
  if (table === '' || !sources) return undefined;
  const seconds = Number(event['unixTime']);
  const about = {
    TimeGenerated:
      Number.isFinite(seconds) && seconds > 0 && seconds < 1e11 ? new Date(seconds * 1000).toISOString() : null,
    Computer: asText(event['hostIdentifier']),
  };
  const decorations = asObject(event['decorations']);
  const after = Object.keys(decorations).length > 0 ? { Decorations: decorations } : {};
  return sources.map(({ action, row }) => {
    const taken = new Set(['timegenerated', 'computer', 'action', 'decorations']);
    // A query's own column of such a name (as `action` of file_events) stands beside ours.
    const own = Object.entries(asObject(row)).map(([name, value]) => [
      taken.has(name.toLowerCase()) ? `${name}_` : name,
      value,
    ]);
    return { table, row: { ...about, Action: action, ...Object.fromEntries(own), ...after } };
  });
}

/** What an event is about, by the three forms of logs; undefined if it has none of them. */
function sourcesOf(event: Record<string, unknown>): { action: string; row: unknown }[] | undefined {
  const action = asText(event['action']);
  if (event['snapshot'] !== undefined)
    return asArray(event['snapshot']).map((row) => ({ action: action || 'snapshot', row }));
  if (event['diffResults'] !== undefined) {
    const { added, removed } = asObject(event['diffResults']);
    return [
      ...asArray(removed).map((row) => ({ action: 'removed', row })),
      ...asArray(added).map((row) => ({ action: 'added', row })),
    ];
  }
  return event['columns'] === undefined ? undefined : [{ action, row: event['columns'] }];
}
