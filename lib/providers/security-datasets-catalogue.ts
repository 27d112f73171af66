import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { type HttpClient, textOf } from '../azure/http-client.ts';
import { TrailhoundError, toErrorInfo } from '../errors.ts';
import type { Warning } from '../outcome.ts';
import { asArray, asObject, asText } from './wire-access.ts';

/** A recorded attack of the catalogue. */
export interface Dataset {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly kind: string;
  readonly platform: string;
  readonly contributors: readonly string[];
  /** ISO date. */
  readonly created: string | null;
  readonly techniques: readonly string[];
  readonly tactics: readonly string[];
  readonly tags: readonly string[];
  /** Addresses of its archives. */
  readonly files: readonly string[];
}

/** What is known of a file before it is downloaded. */
export interface ListedFile {
  readonly sizeInBytes: number;
  /** Git's hash of a blob. */
  readonly sha1: string;
}

export interface Catalogue {
  readonly datasets: readonly Dataset[];
  /** By path below the repository. */
  readonly files: Readonly<Record<string, ListedFile>>;
  readonly warnings: readonly Warning[];
}

/** The public catalogue of the Open Threat Research Forge. */
export const CATALOGUE = 'https://raw.githubusercontent.com/OTRF/Security-Datasets/master/';
const LISTING = 'https://api.github.com/repos/OTRF/Security-Datasets/git/trees/master?recursive=1';
const METADATA = /^datasets\/.*\/_metadata\/[^/]+\.ya?ml$/;
const MOST_ENTRIES = 2000;
const LISTED_AT_ONCE = 8;
const FRESH_FOR_IN_MS = 30 * 86_400_000;

/** The catalogue of a copy of the repository, or of a folder of its metadata and archives. */
export async function readLocalCatalogue(folder: string): Promise<Catalogue> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => {
    throw new TrailhoundError('not-found', `there is no folder ${folder}`);
  });
  const paths = entries
    .filter((entry) => entry.isFile() && /metadata/.test(entry.parentPath) && /\.ya?ml$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const texts = await Promise.all(
    paths.slice(0, MOST_ENTRIES).map(async (path) => ({ path, text: await readFile(path, 'utf8') })),
  );
  return catalogueOf(texts, {}, tooMany(paths.length));
}

/**
 * The catalogue of the repository, kept on disk for thirty days. Where it cannot be had, the one that was kept is taken,
 * however old, and a warning says so.
 */
export async function obtainCatalogue(
  http: HttpClient,
  catalogueUrl: string | undefined,
  cacheFolder: string,
  signal: AbortSignal | undefined,
): Promise<Catalogue> {
  const key = createHash('sha256')
    .update(catalogueUrl ?? LISTING)
    .digest('hex')
    .slice(0, 16);
  const path = join(cacheFolder, 'security-datasets', `catalogue-${key}.json`);
  const kept = await readKept(path);
  if (kept && Date.now() - kept.atInMs < FRESH_FOR_IN_MS) return kept.catalogue;
  try {
    const catalogue = await downloadCatalogue(http, catalogueUrl, signal);
    // One that lacks entries is asked for again.
    if (catalogue.warnings.length === 0) {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(`${path}.part`, JSON.stringify(catalogue));
      await rename(`${path}.part`, path);
    }
    return catalogue;
  } catch (error) {
    if (!kept || signal?.aborted) throw error;
    const since = new Date(kept.atInMs).toISOString().slice(0, 10);
    const message = `the catalogue is that of ${since}: ${toErrorInfo(error).message}`;
    return { ...kept.catalogue, warnings: [{ code: 'old-catalogue', message }] };
  }
}

async function readKept(path: string): Promise<{ catalogue: Catalogue; atInMs: number } | undefined> {
  try {
    const { mtimeMs } = await stat(path);
    return { catalogue: JSON.parse(await readFile(path, 'utf8')) as Catalogue, atInMs: mtimeMs };
  } catch {
    return undefined;
  }
}

async function downloadCatalogue(
  http: HttpClient,
  catalogueUrl: string | undefined,
  signal: AbortSignal | undefined,
): Promise<Catalogue> {
  const url = catalogueUrl
    ? new URL('git/trees/master?recursive=1', `${catalogueUrl.replace(/\/?$/, '/')}`).href
    : LISTING;
  const listing = asObject(await http.json({ method: 'GET', url, signal }));
  const files: Record<string, ListedFile> = {};
  const found: string[] = [];
  for (const entry of asArray(listing['tree'])) {
    const { path: at, sha, size } = asObject(entry);
    const path = asText(at);
    if (METADATA.test(path)) found.push(path);
    if (typeof sha === 'string' && typeof size === 'number') files[path] = { sizeInBytes: size, sha1: sha };
  }
  const paths = found.slice(0, MOST_ENTRIES);
  const texts: { path: string; text: string }[] = [];
  for (let at = 0; at < paths.length; at += LISTED_AT_ONCE) {
    const some = paths.slice(at, at + LISTED_AT_ONCE).map(async (path) => ({
      path,
      text: textOf(await http.send({ method: 'GET', url: path, maxBytes: 1_000_000, signal })),
    }));
    texts.push(...(await Promise.all(some)));
  }
  const cut = [{ code: 'partial-result', message: 'the listing of the repository is cut: entries are missing' }];
  return catalogueOf(texts, files, [...tooMany(found.length), ...(listing['truncated'] === true ? cut : [])]);
}

function tooMany(count: number): Warning[] {
  if (count <= MOST_ENTRIES) return [];
  return [{ code: 'row-limit', message: `only the first ${MOST_ENTRIES} of ${count} entries were read` }];
}

function catalogueOf(
  texts: readonly { readonly path: string; readonly text: string }[],
  files: Readonly<Record<string, ListedFile>>,
  warnings: readonly Warning[],
): Catalogue {
  const read = texts.map(({ path, text }) => ({ path, dataset: readDataset(text) }));
  const unreadable = read.filter(({ dataset }) => !dataset).map(({ path }) => path.split('/').at(-1));
  const message = `${unreadable.length} entries cannot be read: ${unreadable.slice(0, 20).join(', ')}`;
  const datasets = read.flatMap(({ dataset }) => dataset ?? []).sort((a, b) => (a.id < b.id ? -1 : 1));
  return {
    datasets,
    files,
    warnings: unreadable.length === 0 ? warnings : [...warnings, { code: 'bad-rows', message }],
  };
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
    return asText(mapping['technique']).trim() + (sub ? `.${sub.trim().padStart(3, '0')}` : '');
  });
  const created = /^(\d{4})[/-](\d{1,2})[/-](\d{1,2})/.exec(asText(document['creation_date']));
  return {
    id,
    title: asText(document['title']),
    description: asText(document['description']),
    kind: asText(document['type']),
    platform: textsOf(document['platform']).join(', '),
    contributors: textsOf(document['contributors']),
    created: created ? `${created[1]}-${created[2]!.padStart(2, '0')}-${created[3]!.padStart(2, '0')}` : null,
    techniques: [...new Set(techniques)].filter((technique) => technique !== ''),
    tactics: [...new Set(mappings.flatMap((mapping) => textsOf(mapping['tactics'])))],
    tags: textsOf(document['tags']),
    files: asArray(document['files'])
      .map((file) => asText(asObject(file)['link']))
      .filter((link) => link !== ''),
  };
}

/** A list of texts; one alone is one too. */
function textsOf(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value])
    .map(asText)
    .map((text) => text.trim())
    .filter((text) => text !== '');
}
