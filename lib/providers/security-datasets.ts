import { createHash, randomUUID } from 'node:crypto';
import { mkdir, rename, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { HttpClient } from '../azure/http-client.ts';
import type { SettingsOf } from '../config/provider-schema.ts';
import { TrailhoundError, toErrorInfo } from '../errors.ts';
import type { Warning } from '../outcome.ts';
import { type Table, tableFromRows, ticksFromIso, writeParquet } from '../tables/index.ts';
import type { Connections } from './connections.ts';
import { type FileResources, loadFiles, NO_DATA, once, queryData, queryNamed, tablesOf } from './file-provider.ts';
import { filterTable } from './filter-table.ts';
import type { LocalData } from './local/index.ts';
import { parquetFileTable } from './parquet-files.ts';
import type { QueryProvider, QueryRequest } from './provider.ts';
import { resultOf } from './result.ts';
import {
  CATALOGUE,
  type Catalogue,
  type Dataset,
  type ListedFile,
  obtainCatalogue,
  readLocalCatalogue,
} from './security-datasets-catalogue.ts';
import { filterByAttack, searchDatasets, tacticName } from './security-datasets-search.ts';

const LISTING = 'Catalogue';
const MOST_BYTES = 512 * 1024 * 1024;

/**
 * OTRF Security-Datasets: recorded attacks. The table `Catalogue` lists them, and a text searches it (`a+b, c`);
 * `{id}/{table}` is a table of one of them, as `SDWIN-190518202151/Sysmon`. KQL may name several of these. Files come
 * from a local copy, or are downloaded once.
 *
 * Source: github.com/OTRF/Security-Datasets (datasets/atomic/_metadata, datasets/compound/_metadata)
 */
export function securityDatasets(
  name: string,
  options: SettingsOf<'security-datasets'>,
  connections: Connections,
  files: FileResources,
): QueryProvider {
  const http = connections.plainClient({
    service: 'Security-Datasets',
    baseUrl: options.catalogueUrl ?? CATALOGUE,
    followRedirects: true,
  });
  const browse = once(
    (signal): Promise<Catalogue> =>
      options.folder
        ? readLocalCatalogue(options.folder)
        : obtainCatalogue(http, options.catalogueUrl, files.cacheFolder, signal),
  );
  const opened = new Map<string, (signal: AbortSignal | undefined) => Promise<LocalData>>();

  const loadDataset = async (id: string, signal: AbortSignal | undefined): Promise<LocalData> => {
    const catalogue = await browse(signal);
    const dataset = catalogue.datasets.find((each) => each.id.toLowerCase() === id.toLowerCase());
    if (!dataset) {
      throw new TrailhoundError('not-found', `Security-Datasets has no dataset "${id.slice(0, 100)}"`, {
        hint: 'The table Catalogue lists them.',
      });
    }
    let read = opened.get(dataset.id);
    if (!read) {
      read = once(async (aborted) => {
        const place = { copy: options.folder, folder: join(files.cacheFolder, 'security-datasets', dataset.id) };
        const { paths, warnings } = await obtainAll(dataset, catalogue.files, place, http, aborted);
        const data = await loadFiles(paths, files, aborted);
        return { ...data, warnings: [...warnings, ...data.warnings] };
      });
      opened.set(dataset.id, read);
    }
    return read(signal);
  };

  /** A table by its whole name, as KQL has it. */
  const loadNamed = async (named: string, signal: AbortSignal | undefined) => {
    if (isListing(named)) {
      const { datasets, warnings } = await browse(signal);
      await mkdir(files.resultFolder, { recursive: true });
      const path = join(files.resultFolder, `${randomUUID()}.parquet`);
      await writeParquet(tableOf(datasets), path);
      return { table: await parquetFileTable(path), data: { ...NO_DATA, warnings } };
    }
    const [id = '', wanted = ''] = named.split('/', 2);
    const data = await loadDataset(id, signal);
    const table = data.tables.find((each) => each.name === wanted);
    if (table) return { table, data };
    throw new TrailhoundError('usage', `name a table of the dataset ${id}`, { hint: namesOf(id, data) });
  };

  const list = async (request: QueryRequest, signal: AbortSignal | undefined) => {
    const { datasets, warnings } = await browse(signal);
    const { Techniques: techniques, Tactics: tactics, ...where } = request.where ?? {};
    const found = request.text === undefined ? datasets : searchDatasets(datasets, request.text);
    const listed = tableOf(filterByAttack(found, { techniques, tactics }));
    const answer = filterTable(listed, { ...request, where, table: LISTING }, undefined);
    return resultOf(answer.table, request, [...warnings, ...answer.warnings]);
  };

  return {
    name,
    async query(request, { signal } = {}) {
      const { kql, text, table: named } = request;
      if (kql !== undefined) return queryNamed({ ...request, kql }, (each) => loadNamed(each, signal), files, signal);
      if (text !== undefined || isListing(named ?? '')) return list(request, signal);
      const [id, table] = (named ?? '').split('/', 2);
      if (!id) throw new TrailhoundError('usage', 'name a table: Catalogue, or one of a dataset as id/table');
      const data = await loadDataset(id, signal);
      if (!table) throw new TrailhoundError('usage', `name a table of the dataset ${id}`, { hint: namesOf(id, data) });
      return queryData(data, { ...request, table }, files, signal);
    },
    async tables({ signal } = {}) {
      const { datasets } = await browse(signal);
      const { columns } = tableOf([]);
      const schema = columns.map((column) => ({ name: column.name, type: column.type }));
      return [
        { name: LISTING, schema, rowCount: datasets.length },
        ...datasets.map(({ id }) => ({ name: id, schema: [] })),
      ];
    },
  };
}

function isListing(name: string): boolean {
  return name.toLowerCase() === LISTING.toLowerCase();
}

function namesOf(id: string, data: LocalData): string {
  return `It has: ${tablesOf(data)
    .map((each) => `${id}/${each.name}`)
    .join(', ')}`;
}

function tableOf(datasets: readonly Dataset[]): Table {
  return tableFromRows(
    [
      { name: 'Id', type: 'string' },
      { name: 'Title', type: 'string' },
      { name: 'Description', type: 'string' },
      { name: 'Kind', type: 'string' },
      { name: 'Platform', type: 'string' },
      { name: 'Created', type: 'datetime' },
      { name: 'Techniques', type: 'dynamic' },
      { name: 'Tactics', type: 'dynamic' },
      { name: 'TacticNames', type: 'dynamic' },
      { name: 'Tags', type: 'dynamic' },
      { name: 'Contributors', type: 'dynamic' },
      { name: 'Files', type: 'dynamic' },
    ],
    datasets.map((dataset) => [
      dataset.id,
      dataset.title,
      dataset.description,
      dataset.kind,
      dataset.platform,
      dataset.created === null ? null : ticksFromIso(dataset.created),
      JSON.stringify(dataset.techniques),
      JSON.stringify(dataset.tactics),
      JSON.stringify(dataset.tactics.map(tacticName)),
      JSON.stringify(dataset.tags),
      JSON.stringify(dataset.contributors),
      JSON.stringify(dataset.files),
    ]),
  );
}

interface Place {
  /** A local copy of the repository, or of some of its files. */
  readonly copy: string | undefined;
  /** Where downloads are kept. */
  readonly folder: string;
}

/** All files of a dataset that can be had; the others are named, unless it is all of them. */
async function obtainAll(
  dataset: Dataset,
  listed: Catalogue['files'],
  place: Place,
  http: HttpClient,
  signal: AbortSignal | undefined,
): Promise<{ paths: string[]; warnings: Warning[] }> {
  const paths = new Set<string>();
  const failures: unknown[] = [];
  for (const link of dataset.files) {
    try {
      const path = await obtain(link, listed, place, http, signal);
      // A copy without the repository's folders has one file for both.
      if (paths.has(path)) throw new TrailhoundError('not-found', `${path} stands for ${link} too: keep the folders`);
      paths.add(path);
    } catch (error) {
      if (signal?.aborted) throw error;
      failures.push(error);
    }
  }
  if (paths.size === 0) throw failures[0] ?? new TrailhoundError('bad-data', `the dataset ${dataset.id} names no file`);
  const warnings = failures.map((error) => ({ code: 'file-missing', message: toErrorInfo(error).message }));
  return { paths: [...paths], warnings };
}

/** A dataset's file: of the local copy if it is there, else downloaded once. */
async function obtain(
  link: string,
  listed: Catalogue['files'],
  { copy, folder }: Place,
  http: HttpClient,
  signal: AbortSignal | undefined,
): Promise<string> {
  const path = (
    URL.canParse(link) ? new URL(link).pathname.replace(/^\/OTRF\/Security-Datasets\/[^/]+\//i, '') : link
  ).replace(/^\/+/, '');
  const name = basename(path);
  if (name === '' || name === '..' || name === '.')
    throw new TrailhoundError('bad-data', `the catalogue names a file that is none: ${link.slice(0, 200)}`);
  // Files of one name lie in several folders: what the host and what the network saw.
  const target = join(folder, createHash('sha256').update(path).digest('hex').slice(0, 12), name);
  const parts = path.split('/').filter((part) => part !== '' && part !== '..');
  const candidates = [...(copy ? [join(copy, ...parts), join(copy, name)] : []), target];
  for (const candidate of candidates) if ((await stat(candidate).catch(() => undefined))?.isFile()) return candidate;
  if (copy) throw new TrailhoundError('not-found', `${copy} has no file ${name}`, { hint: `Download ${link}` });
  const known = Object.hasOwn(listed, path) ? listed[path] : undefined;
  if (known && known.sizeInBytes > MOST_BYTES)
    throw new TrailhoundError('limit', `${name} is larger than ${MOST_BYTES} bytes`);
  const answer = await http.send({ method: 'GET', url: path, maxBytes: MOST_BYTES, timeoutInMs: 600_000, signal });
  if (known) checkHash(answer.body, known, name);
  await mkdir(join(target, '..'), { recursive: true });
  // Renamed when it is whole: a cut-off download is never taken for the file.
  const part = `${target}.${randomUUID()}.part`;
  await writeFile(part, answer.body);
  await rename(part, target);
  return target;
}

/** Whether a download is what the listing of the repository names. */
function checkHash(body: Uint8Array, { sha1 }: ListedFile, name: string): void {
  const found = createHash('sha1').update(`blob ${body.length}\0`).update(body).digest('hex');
  if (found === sha1) return;
  throw new TrailhoundError('bad-data', `${name} is not the file that the catalogue names: its hash is another`, {
    hint: 'If the repository has changed, remove the kept catalogue: security-datasets/catalogue-*.json in the cache.',
  });
}
