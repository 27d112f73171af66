import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import type { HttpClient } from '../azure/http-client.ts';
import { textOf } from '../azure/http-client.ts';
import type { SettingsOf } from '../config/provider-schema.ts';
import { TrailhoundError } from '../errors.ts';
import { type Table, tableFromRows } from '../tables/index.ts';
import type { Connections } from './connections.ts';
import { type FileResources, fileProvider, loadFiles } from './file-provider.ts';
import { filterTable } from './filter-table.ts';
import type { QueryProvider } from './provider.ts';
import { resultOf } from './result.ts';
import { asArray, asObject, asText } from './wire-access.ts';

/** The public catalogue of the Open Threat Research Forge. */
const CATALOGUE = 'https://raw.githubusercontent.com/OTRF/Security-Datasets/master/';
const LISTING = 'https://api.github.com/repos/OTRF/Security-Datasets/git/trees/master?recursive=1';
const METADATA = /^datasets\/.*\/_metadata\/[^/]+\.ya?ml$/;
const MOST_BYTES = 1024 * 1024 * 1024;
const MOST_ENTRIES = 2000;
const LISTED_AT_ONCE = 8;

interface Dataset {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly platform: string;
  readonly techniques: readonly string[];
  readonly tactics: readonly string[];
  readonly files: readonly string[];
}

/**
 * OTRF Security-Datasets: recorded attacks. The table `Catalogue` lists them; `{id}/{table}` is a table of one of them,
 * as `SDWIN-190518202151/Sysmon`. Files come from a local copy, or are downloaded once.
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
  let catalogue: Promise<readonly Dataset[]> | undefined;
  const browse = (signal: AbortSignal | undefined) => {
    catalogue ??= options.folder
      ? readLocalCatalogue(options.folder)
      : downloadCatalogue(http, options.catalogueUrl, signal);
    catalogue.catch(() => {
      catalogue = undefined;
    });
    return catalogue;
  };
  const opened = new Map<string, QueryProvider>();
  const open = async (id: string, signal: AbortSignal | undefined): Promise<QueryProvider> => {
    const known = opened.get(id);
    if (known) return known;
    const dataset = (await browse(signal)).find((each) => each.id.toLowerCase() === id.toLowerCase());
    if (!dataset)
      throw new TrailhoundError('not-found', `Security-Datasets has no dataset "${id}"`, {
        hint: 'The table Catalogue lists them.',
      });
    const provider = fileProvider(
      name,
      async (aborted) => {
        const folder = join(files.cacheFolder, 'security-datasets', dataset.id);
        const paths = await Promise.all(
          dataset.files.map((file) => obtain(file, options.folder, folder, http, aborted)),
        );
        return loadFiles(paths, files, aborted);
      },
      files,
    );
    opened.set(id, provider);
    return provider;
  };
  return {
    name,
    async query(request, { signal } = {}) {
      const [id, table] = (request.table ?? '').split('/', 2);
      if (!id) throw new TrailhoundError('usage', 'name a table: Catalogue, or one of a dataset as id/table');
      if (id.toLowerCase() === 'catalogue') {
        const { table, warnings } = filterTable(tableOf(await browse(signal)), request, undefined);
        return resultOf(table, request, warnings);
      }
      const provider = await open(id, signal);
      if (!table) {
        const names = (await provider.tables()).map((each) => `${id}/${each.name}`);
        throw new TrailhoundError('usage', `name a table of the dataset ${id}`, {
          hint: `It has: ${names.join(', ')}`,
        });
      }
      return provider.query({ ...request, table }, signal ? { signal } : {});
    },
    async tables({ signal } = {}) {
      const datasets = await browse(signal);
      const { columns } = tableOf([]);
      const schema = columns.map((column) => ({ name: column.name, type: column.type }));
      return [
        { name: 'Catalogue', schema, rowCount: datasets.length },
        ...datasets.map(({ id }) => ({ name: id, schema: [] })),
      ];
    },
  };
}

function tableOf(datasets: readonly Dataset[]): Table {
  return tableFromRows(
    [
      { name: 'Id', type: 'string' },
      { name: 'Title', type: 'string' },
      { name: 'Description', type: 'string' },
      { name: 'Platform', type: 'string' },
      { name: 'Techniques', type: 'dynamic' },
      { name: 'Tactics', type: 'dynamic' },
      { name: 'Files', type: 'dynamic' },
    ],
    datasets.map(({ id, title, description, platform, techniques, tactics, files }) => [
      id,
      title,
      description,
      platform,
      JSON.stringify(techniques),
      JSON.stringify(tactics),
      JSON.stringify(files),
    ]),
  );
}

function readDataset(yaml: string): Dataset | undefined {
  let document: Record<string, unknown>;
  try {
    document = asObject(parse(yaml, { maxAliasCount: 20 }));
  } catch {
    return undefined;
  }
  const id = asText(document['id']);
  if (!/^[A-Za-z0-9_-]{1,80}$/.test(id)) return undefined;
  const mappings = asArray(document['attack_mappings']).map(asObject);
  const techniques = mappings.map((mapping) => {
    const sub = asText(mapping['sub-technique']);
    return asText(mapping['technique']) + (sub ? `.${sub}` : '');
  });
  return {
    id,
    title: asText(document['title']),
    description: asText(document['description']),
    platform: asArray(document['platform']).map(asText).join(', '),
    techniques: [...new Set(techniques)].filter((technique) => technique !== ''),
    tactics: [...new Set(mappings.flatMap((mapping) => asArray(mapping['tactics']).map(asText)))],
    files: asArray(document['files'])
      .map((file) => asText(asObject(file)['link']))
      .filter((link) => link !== ''),
  };
}

/** A copy of the repository, or a folder of its metadata and archives. */
async function readLocalCatalogue(folder: string): Promise<Dataset[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => {
    throw new TrailhoundError('not-found', `there is no folder ${folder}`);
  });
  const yamls = entries.filter(
    (entry) => entry.isFile() && /metadata/.test(entry.parentPath) && /\.ya?ml$/.test(entry.name),
  );
  const read = await Promise.all(
    yamls
      .slice(0, MOST_ENTRIES)
      .map(async (entry) => readDataset(await readFile(join(entry.parentPath, entry.name), 'utf8'))),
  );
  return read.filter((dataset) => dataset !== undefined).sort((a, b) => (a.id < b.id ? -1 : 1));
}

async function downloadCatalogue(
  http: HttpClient,
  catalogueUrl: string | undefined,
  signal: AbortSignal | undefined,
): Promise<Dataset[]> {
  const url = catalogueUrl
    ? new URL('git/trees/master?recursive=1', `${catalogueUrl.replace(/\/?$/, '/')}`).href
    : LISTING;
  const listing = asObject(await http.json({ method: 'GET', url, signal }));
  const paths = asArray(listing['tree'])
    .map((entry) => asText(asObject(entry)['path']))
    .filter((path) => METADATA.test(path))
    .slice(0, MOST_ENTRIES);
  const found: Dataset[] = [];
  for (let at = 0; at < paths.length; at += LISTED_AT_ONCE) {
    const texts = await Promise.all(
      paths
        .slice(at, at + LISTED_AT_ONCE)
        .map(async (path) => textOf(await http.send({ method: 'GET', url: path, maxBytes: 1_000_000, signal }))),
    );
    found.push(...texts.map(readDataset).filter((dataset) => dataset !== undefined));
  }
  return found.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** A dataset's file: of the local copy if it is there, else downloaded once. */
async function obtain(
  link: string,
  copy: string | undefined,
  folder: string,
  http: HttpClient,
  signal: AbortSignal | undefined,
): Promise<string> {
  const path = URL.canParse(link) ? new URL(link).pathname.replace(/^\/OTRF\/Security-Datasets\/[^/]+\//i, '') : link;
  const name = basename(path);
  if (name === '' || name === '..' || name === '.')
    throw new TrailhoundError('bad-data', `the catalogue names a file that is none: ${link.slice(0, 200)}`);
  const candidates = [
    ...(copy ? [join(copy, name), join(copy, ...path.split('/').filter((part) => part !== '' && part !== '..'))] : []),
    join(folder, name),
  ];
  for (const candidate of candidates) if ((await stat(candidate).catch(() => undefined))?.isFile()) return candidate;
  if (copy) throw new TrailhoundError('not-found', `${copy} has no file ${name}`, { hint: `Download ${link}` });
  const answer = await http.send({
    method: 'GET',
    url: path.replace(/^\/+/, ''),
    maxBytes: MOST_BYTES,
    timeoutInMs: 600_000,
    signal,
  });
  await mkdir(folder, { recursive: true });
  const target = join(folder, name);
  // Renamed when it is whole: a cut-off download is never taken for the file.
  await writeFile(`${target}.part`, answer.body);
  await rename(`${target}.part`, target);
  return target;
}
