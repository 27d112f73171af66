import { createHash, randomUUID } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { ContainerClient } from '@azure/storage-blob';
import type { SettingsOf } from '../config/provider-schema.ts';
import { TrailhoundError } from '../errors.ts';
import { redact } from '../redaction.ts';
import { type Table, tableFromRows, ticksFromMs, writeParquet } from '../tables/index.ts';
import { writeTableFile } from '../tables/write-table-file.ts';
import type { Connections } from './connections.ts';
import { type FileResources, loadFiles, NO_DATA, once, queryData, queryNamed } from './file-provider.ts';
import { filterTable } from './filter-table.ts';
import type { LocalData, LocalTable } from './local/index.ts';
import { parquetFileTable } from './parquet-files.ts';
import type { QueryProvider } from './provider.ts';
import { type Answer, resultOf } from './result.ts';

const LISTING = 'Blobs';
const MOST_LISTED = 100_000;
const MOST_BYTES = 4 * 1024 ** 3;
/** The client's own pauses are as long as minutes. */
const RETRY = { retryOptions: { maxTries: 4, retryDelayInMs: 500, maxRetryDelayInMs: 15_000 } };
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.parquet': 'application/vnd.apache.parquet',
  '.csv': 'text/csv',
  '.tsv': 'text/tab-separated-values',
  '.jsonl': 'application/x-ndjson',
  '.ndjson': 'application/x-ndjson',
};

/** Blobs as tables, and tables as blobs. */
export interface BlobStorageProvider extends QueryProvider {
  /**
   * Stores a table below the provider's prefix, in the format that the name's ending says (`.parquet`, `.csv`,
   * `.jsonl`…); an existing blob of that name is replaced. Gives the blob's whole name.
   */
  put(name: string, table: Table, options?: { signal?: AbortSignal }): Promise<string>;
}

/**
 * Blob Storage: the table `Blobs` lists a container; a blob's name (CSV, JSON, JSONL, Parquet, also zipped) is a table.
 * A file that holds several tables gives them as `name#table`. KQL may name several.
 */
export function blobStorage(
  name: string,
  options: SettingsOf<'blob-storage'>,
  connections: Connections,
  files: FileResources,
): BlobStorageProvider {
  const prefix = options.prefix ?? '';
  let container: Promise<ContainerClient> | undefined;
  const open = () => {
    container ??= openContainer(options, connections);
    return container;
  };
  const opened = new Map<string, (signal: AbortSignal | undefined) => Promise<LocalData>>();

  const list = async (signal: AbortSignal | undefined): Promise<Answer> => {
    const rows: [string, bigint, bigint | null, string | null, string | null][] = [];
    const client = await open();
    try {
      for await (const { name: blob, properties } of client.listBlobsFlat({
        prefix,
        ...(signal ? { abortSignal: signal } : {}),
      })) {
        const { contentLength = 0, lastModified, contentType = null, etag = null } = properties;
        rows.push([
          blob,
          BigInt(contentLength),
          lastModified ? ticksFromMs(lastModified.getTime()) : null,
          contentType,
          etag,
        ]);
        if (rows.length > MOST_LISTED) break;
      }
    } catch (error) {
      throw storageError(error, options.container);
    }
    const isCut = rows.length > MOST_LISTED;
    const table = tableFromRows(
      [
        { name: 'Name', type: 'string' },
        { name: 'SizeInBytes', type: 'long' },
        { name: 'LastModified', type: 'datetime' },
        { name: 'ContentType', type: 'string' },
        { name: 'ETag', type: 'string' },
      ],
      isCut ? rows.slice(0, MOST_LISTED) : rows,
    );
    const message = `only the first ${MOST_LISTED} blobs were listed: name a prefix`;
    return { table, warnings: isCut ? [{ code: 'row-limit', message }] : [] };
  };

  const load = (blob: string, signal: AbortSignal | undefined): Promise<LocalData> => {
    let read = opened.get(blob);
    if (!read) {
      read = once(async (aborted) => loadFiles([await download(await open(), blob, files, aborted)], files, aborted));
      opened.set(blob, read);
    }
    return read(signal);
  };

  const tableOf = async (named: string, signal: AbortSignal | undefined) => {
    const [blob = '', part] = named.split('#', 2);
    const data = await load(blob, signal);
    return { data, table: tableOfBlob(blob, part, data) };
  };

  /** The listing as a table that KQL reads. */
  const listing = async (signal: AbortSignal | undefined) => {
    await mkdir(files.resultFolder, { recursive: true });
    const path = join(files.resultFolder, `${randomUUID()}.parquet`);
    const { table, warnings } = await list(signal);
    await writeParquet(table, path);
    return { table: await parquetFileTable(path), data: { ...NO_DATA, warnings } };
  };

  return {
    name,
    async query(request, { signal } = {}) {
      const { kql, table: named } = request;
      if (kql !== undefined) {
        const loadNamed = (each: string) => (each === LISTING ? listing(signal) : tableOf(each, signal));
        return queryNamed({ ...request, kql }, loadNamed, files, signal);
      }
      if (named === undefined) throw new TrailhoundError('usage', 'name a table: Blobs, or the name of a blob');
      if (named === LISTING) {
        const listed = await list(signal);
        const { table, warnings } = filterTable(listed.table, request, 'LastModified');
        return resultOf(table, request, [...listed.warnings, ...warnings]);
      }
      const { data, table } = await tableOf(named, signal);
      return queryData(data, { ...request, table: table.name }, files, signal);
    },
    async tables({ signal } = {}) {
      const { columns, rowCount } = (await list(signal)).table;
      const schema = columns.map((column) => ({ name: column.name, type: column.type }));
      const blobs = columns[0]!.values as readonly string[];
      return [{ name: LISTING, schema, rowCount }, ...blobs.map((blob) => ({ name: blob, schema: [] }))];
    },
    async put(blob, table, { signal } = {}) {
      const whole = prefix + checkedName(blob);
      await mkdir(files.resultFolder, { recursive: true });
      const path = join(files.resultFolder, `${randomUUID()}${extname(blob)}`);
      await writeTableFile(table, path);
      try {
        await (await open()).getBlockBlobClient(whole).uploadFile(path, {
          blobHTTPHeaders: {
            blobContentType: CONTENT_TYPES[extname(blob).toLowerCase()] ?? 'application/octet-stream',
          },
          ...(signal ? { abortSignal: signal } : {}),
        });
      } catch (error) {
        throw storageError(error, options.container);
      } finally {
        await rm(path, { force: true });
      }
      return whole;
    },
  };
}

/** The one table of a blob, or the one that is named. */
function tableOfBlob(blob: string, part: string | undefined, { tables, sources }: LocalData): LocalTable {
  const table =
    part === undefined ? (tables.length === 1 ? tables[0] : undefined) : tables.find(({ name }) => name === part);
  if (table) return table;
  if (tables.length === 0) {
    const reason = sources.flatMap(({ loss }) => loss ?? [])[0];
    throw new TrailhoundError('bad-data', `${blob} holds no table${reason ? `: ${reason}` : ''}`, {
      hint: 'Blobs are read as CSV, JSON, JSONL, Parquet and the other formats of local data.',
    });
  }
  throw new TrailhoundError('usage', `${blob} holds ${tables.length} tables`, {
    hint: `Name one: ${tables.map((each) => `${blob}#${each.name}`).join(', ')}`,
  });
}

/** A blob's name without what would lead elsewhere. */
function checkedName(blob: string): string {
  const isName =
    blob.length <= 900 &&
    blob.split('/').every((part) => /^[^\u0000-\u001f\\?#]{1,254}$/.test(part) && !/^\.+$/.test(part));
  if (isName) return blob;
  throw new TrailhoundError('usage', `${JSON.stringify(blob.slice(0, 80))} cannot be the name of a blob`, {
    hint: 'Name it as exports/hits.parquet.',
  });
}

async function openContainer(options: SettingsOf<'blob-storage'>, connections: Connections): Promise<ContainerClient> {
  const { BlobServiceClient } = await import('@azure/storage-blob');
  if (options.connectionString) {
    const text = await connections.secrets.read(options.connectionString);
    return BlobServiceClient.fromConnectionString(text, RETRY).getContainerClient(options.container);
  }
  if (!options.accountUrl)
    throw new TrailhoundError('usage', 'a provider of type blob-storage needs accountUrl or connectionString');
  return new BlobServiceClient(options.accountUrl, connections.credential(options), RETRY).getContainerClient(
    options.container,
  );
}

/** The blob as a file, kept under its ETag. */
async function download(
  container: ContainerClient,
  blob: string,
  files: FileResources,
  signal: AbortSignal | undefined,
): Promise<string> {
  const client = container.getBlockBlobClient(blob);
  const aborted = signal ? { abortSignal: signal } : {};
  try {
    const { contentLength = 0, etag = '' } = await client.getProperties(aborted);
    if (contentLength > MOST_BYTES) throw new TrailhoundError('limit', `${blob} is larger than ${MOST_BYTES} bytes`);
    const folder = join(files.cacheFolder, 'blobs', keyOf(`${client.url}\n${etag}`));
    await mkdir(folder, { recursive: true });
    // The name decides how it is read and what its table is called; anything else in it is only a name.
    const base =
      blob
        .split('/')
        .at(-1)!
        .replace(/[^A-Za-z0-9._-]/g, '_')
        .replace(/^\.+/, '') || `blob${extname(blob)}`;
    const path = join(folder, base);
    await client.downloadToFile(`${path}.part`, 0, undefined, { ...aborted, conditions: { ifMatch: etag } });
    await rename(`${path}.part`, path);
    return path;
  } catch (error) {
    throw error instanceof TrailhoundError ? error : storageError(error, blob);
  }
}

function keyOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

function storageError(error: unknown, what: string): TrailhoundError {
  if (error instanceof TrailhoundError) return error;
  const {
    statusCode,
    code,
    message = String(error),
    name,
  } = error as { statusCode?: number; code?: string; message?: string; name?: string };
  if (name === 'AbortError') return new TrailhoundError('cancelled', 'the request to Blob Storage was cancelled');
  const reason = redact(`${code ?? ''} ${message.split('\n')[0]}`.trim().slice(0, 300));
  if (statusCode === 404) return new TrailhoundError('not-found', `Blob Storage has no "${what}": ${reason}`);
  if (statusCode === 401 || statusCode === 403) {
    return new TrailhoundError('unauthorized', `Blob Storage refuses "${what}": ${reason}`, {
      hint: 'Grant the identity "Storage Blob Data Reader" (to store: "Storage Blob Data Contributor") on the account.',
    });
  }
  const kind =
    statusCode === 429 ? 'throttled' : statusCode !== undefined && statusCode < 500 ? 'remote' : 'unavailable';
  return new TrailhoundError(kind, `Blob Storage: ${reason}`);
}
