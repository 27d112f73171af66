import { createHash } from 'node:crypto';
import { mkdir, rename } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { ContainerClient } from '@azure/storage-blob';
import type { SettingsOf } from '../config/provider-schema.ts';
import { TrailhoundError } from '../errors.ts';
import { redact } from '../redaction.ts';
import { type Table, tableFromRows, ticksFromMs, writeParquet } from '../tables/index.ts';
import type { Connections } from './connections.ts';
import { type FileResources, fileProvider, loadFiles } from './file-provider.ts';
import { filterTable } from './filter-table.ts';
import type { QueryProvider } from './provider.ts';
import { resultOf } from './result.ts';

const MOST_LISTED = 100_000;
const MOST_BYTES = 4 * 1024 ** 3;

/** Blobs as tables, and tables as blobs. */
export interface BlobStorageProvider extends QueryProvider {
  /** Stores a table as Parquet; an existing blob of that name is replaced. */
  put(name: string, table: Table, options?: { signal?: AbortSignal }): Promise<void>;
}

/**
 * Blob Storage: the table `Blobs` lists a container; a blob's name (CSV, JSON, JSONL, Parquet, also zipped) is a table.
 * A file that holds several tables gives them as `name#table`.
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
  const opened = new Map<string, QueryProvider>();

  const list = async (signal: AbortSignal | undefined): Promise<Table> => {
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
        if (rows.length >= MOST_LISTED) break;
      }
    } catch (error) {
      throw storageError(error, options.container);
    }
    return tableFromRows(
      [
        { name: 'Name', type: 'string' },
        { name: 'SizeInBytes', type: 'long' },
        { name: 'LastModified', type: 'datetime' },
        { name: 'ContentType', type: 'string' },
        { name: 'ETag', type: 'string' },
      ],
      rows,
    );
  };

  const openBlob = (blob: string): QueryProvider => {
    const known = opened.get(blob);
    if (known) return known;
    const provider = fileProvider(
      name,
      async (signal) => loadFiles([await download(await open(), blob, files, signal)], files, signal),
      files,
    );
    opened.set(blob, provider);
    return provider;
  };

  return {
    name,
    async query(request, { signal } = {}) {
      if (request.table === undefined) throw new TrailhoundError('usage', 'name a table: Blobs, or the name of a blob');
      if (request.table === 'Blobs') {
        const listed = await list(signal);
        const warnings =
          listed.rowCount >= MOST_LISTED
            ? [{ code: 'row-limit', message: `only the first ${MOST_LISTED} blobs were listed` }]
            : [];
        return resultOf(filterTable(listed, request, 'LastModified').table, request, warnings);
      }
      const [blob = '', part] = request.table.split('#', 2);
      const provider = openBlob(blob);
      const names = (await provider.tables(signal ? { signal } : {})).map((each) => each.name);
      const table = part ?? (names.length === 1 ? names[0] : undefined);
      if (table === undefined) {
        throw new TrailhoundError('usage', `${blob} holds ${names.length} tables`, {
          hint: `Name one: ${names.map((each) => `${blob}#${each}`).join(', ')}`,
        });
      }
      return provider.query({ ...request, table }, signal ? { signal } : {});
    },
    async tables({ signal } = {}) {
      const { columns, rowCount } = await list(signal);
      const schema = columns.map((column) => ({ name: column.name, type: column.type }));
      const blobs = columns[0]!.values as readonly string[];
      return [{ name: 'Blobs', schema, rowCount }, ...blobs.map((blob) => ({ name: blob, schema: [] }))];
    },
    async put(blob, table, { signal } = {}) {
      await mkdir(files.resultFolder, { recursive: true });
      const path = join(files.resultFolder, `${keyOf(blob)}.parquet`);
      await writeParquet(table, path);
      try {
        await (await open()).getBlockBlobClient(prefix + blob).uploadFile(path, {
          blobHTTPHeaders: { blobContentType: 'application/vnd.apache.parquet' },
          ...(signal ? { abortSignal: signal } : {}),
        });
      } catch (error) {
        throw storageError(error, options.container);
      }
    },
  };
}

async function openContainer(options: SettingsOf<'blob-storage'>, connections: Connections): Promise<ContainerClient> {
  const { BlobServiceClient } = await import('@azure/storage-blob');
  if (options.connectionString) {
    const text = await connections.secrets.read(options.connectionString);
    return BlobServiceClient.fromConnectionString(text).getContainerClient(options.container);
  }
  if (!options.accountUrl)
    throw new TrailhoundError('usage', 'a provider of type blob-storage needs accountUrl or connectionString');
  return new BlobServiceClient(options.accountUrl, connections.credential(options)).getContainerClient(
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
