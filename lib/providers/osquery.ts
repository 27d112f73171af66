import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { SettingsOf } from '../config/provider-schema.ts';
import { TrailhoundError } from '../errors.ts';
import type { Warning } from '../outcome.ts';
import { type FileResources, fileProvider, loadFiles } from './file-provider.ts';
import type { LocalData } from './local/index.ts';
import type { QueryProvider } from './provider.ts';
import { asArray, asObject, asText } from './wire-access.ts';

const MOST_TABLES = 500;
const LONGEST_LINE = 16 * 2 ** 20;

/**
 * Logs of osqueryd (`*.log`, also gzipped): each query is a table named after it. An event's row and a snapshot's rows
 * are the table's columns, with `TimeGenerated`, `Computer` and `Action` before them.
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
  const logs = (await Promise.all(paths.map(logsUnder))).flat();
  if (logs.length === 0) throw new TrailhoundError('not-found', `there is no osquery log in ${paths.join(', ')}`);
  const identity = await Promise.all(
    logs.map(async (path) => [path, (await stat(path)).size, (await stat(path)).mtimeMs]),
  );
  const hash = createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 32);
  const folder = join(files.resultFolder, `osquery-${hash}`);
  await mkdir(folder, { recursive: true });
  const tables = new TableWriters(folder);
  const warnings: Warning[] = [];
  try {
    for (const path of logs) {
      const bad = await spread(path, tables, signal);
      if (bad > 0) warnings.push({ code: 'bad-rows', message: `${path}: ${bad} lines are no results of osquery` });
    }
    await tables.close();
    const data = await loadFiles([folder], files, signal);
    return { ...data, warnings: [...warnings, ...data.warnings] };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function logsUnder(path: string): Promise<string[]> {
  const info = await stat(path).catch(() => undefined);
  if (!info) throw new TrailhoundError('not-found', `${path} does not exist`);
  if (!info.isDirectory()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /\.(?:log|json|jsonl)(?:\.gz)?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
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

  async close(): Promise<void> {
    for (const stream of this.#streams.values()) stream.end();
    await Promise.all([...this.#streams.values()].map((stream) => finished(stream)));
  }
}

/** Spreads a log over its tables; gives the number of lines that are no results. */
async function spread(path: string, tables: TableWriters, signal: AbortSignal | undefined): Promise<number> {
  const file = createReadStream(path, signal ? { signal } : {});
  const input = path.endsWith('.gz') ? file.pipe(createGunzip()) : file;
  let bad = 0;
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() === '') continue;
    const result = line.length > LONGEST_LINE ? undefined : readLine(line);
    if (!result) {
      bad++;
      continue;
    }
    for (const row of result.rows) if (!(await tables.write(result.table, row))) bad++;
  }
  return bad;
}

function readLine(line: string): { table: string; rows: object[] } | undefined {
  let event: Record<string, unknown>;
  try {
    event = asObject(JSON.parse(line));
  } catch {
    return undefined;
  }
  const table = asText(event['name'])
    .replace(/^pack[_/]/, '')
    .replace(/[^A-Za-z0-9_]+/g, '_')
    .slice(0, 100);
  if (table === '') return undefined;
  const seconds = Number(event['unixTime']);
  const about = {
    TimeGenerated:
      Number.isFinite(seconds) && seconds > 0 && seconds < 1e11 ? new Date(seconds * 1000).toISOString() : null,
    Computer: asText(event['hostIdentifier']),
    Action: asText(event['action']),
  };
  const decorations = asObject(event['decorations']);
  const sources =
    event['snapshot'] !== undefined
      ? asArray(event['snapshot'])
      : event['columns'] === undefined
        ? []
        : [event['columns']];
  // An event without rows (a query that found nothing) is a result too, and has none.
  if (sources.length === 0 && event['snapshot'] === undefined) return undefined;
  return {
    table,
    rows: sources.map((source) => ({
      ...about,
      ...asObject(source),
      ...(Object.keys(decorations).length > 0 ? { Decorations: decorations } : {}),
    })),
  };
}
