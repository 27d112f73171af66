import { randomUUID } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { type ContainerClient, RestError } from '@azure/storage-blob';
import { TrailhoundError } from '../errors.ts';

/** Where investigations' blobs lie. Names are relative to the container, with `/` between parts. */
export interface BlobStore {
  /** Writes a blob. With `onlyIfAbsent`, an existing one stays as it is; the answer tells which came first. */
  put(name: string, content: Uint8Array | string, options?: { onlyIfAbsent?: boolean }): Promise<'written' | 'exists'>;
  /** The content, or null if there is no such blob. */
  get(name: string): Promise<Buffer | null>;
  exists(name: string): Promise<boolean>;
  /** Names that start with a prefix, in order, at most `limit` (default 10,000). */
  list(prefix: string, limit?: number): Promise<string[]>;
  /** The path by which a person finds the blob: a mirrored file where there is a mirror, else the name. */
  pathOf(name: string): string;
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  json: 'application/json',
  md: 'text/markdown; charset=utf-8',
  png: 'image/png',
  csv: 'text/csv; charset=utf-8',
  parquet: 'application/vnd.apache.parquet',
};

/** The content type by a name's ending; what is not known is opaque bytes. */
export function contentTypeOf(name: string): string {
  return CONTENT_TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
}

/**
 * Blobs in a container of Azure Storage (or Azurite).
 *
 * @param mirrorFolder if given, each blob is also a file there, written before the blob: what is in storage is on disk.
 */
export function azureBlobStore(container: ContainerClient, mirrorFolder?: string): BlobStore {
  const created = lazy(() => container.createIfNotExists());
  const blob = async (name: string) => {
    checkName(name);
    await created();
    return container.getBlockBlobClient(name);
  };
  return {
    async put(name, content, { onlyIfAbsent = false } = {}) {
      const client = await blob(name);
      const bytes =
        typeof content === 'string'
          ? Buffer.from(content)
          : Buffer.from(content.buffer, content.byteOffset, content.byteLength);
      if (onlyIfAbsent && (await client.exists())) return 'exists';
      if (mirrorFolder) await writeMirror(mirrorPath(mirrorFolder, name), bytes);
      try {
        await client.uploadData(bytes, {
          blobHTTPHeaders: { blobContentType: contentTypeOf(name) },
          ...(onlyIfAbsent ? { conditions: { ifNoneMatch: '*' } } : {}),
        });
        return 'written';
      } catch (error) {
        if (onlyIfAbsent && error instanceof RestError && (error.statusCode === 409 || error.statusCode === 412))
          return 'exists';
        throw storageError(error, `writing ${name}`);
      }
    },
    async get(name) {
      try {
        return await (await blob(name)).downloadToBuffer();
      } catch (error) {
        if (error instanceof RestError && error.statusCode === 404) return null;
        throw storageError(error, `reading ${name}`);
      }
    },
    async exists(name) {
      return (await blob(name)).exists();
    },
    async list(prefix, limit = 10_000) {
      await created();
      const names: string[] = [];
      for await (const item of container.listBlobsFlat({ prefix })) {
        names.push(item.name);
        if (names.length >= limit) break;
      }
      return names;
    },
    pathOf: (name) => (mirrorFolder ? mirrorPath(mirrorFolder, name) : name),
  };
}

/** The part of a store below a folder, as a store of its own: names go in and come out without the folder. */
export function blobsUnder(store: BlobStore, folder: string): BlobStore {
  const within = (name: string) => `${folder}/${name}`;
  return {
    put: (name, content, options) => store.put(within(name), content, options),
    get: (name) => store.get(within(name)),
    exists: (name) => store.exists(within(name)),
    list: async (prefix, limit) =>
      (await store.list(within(prefix), limit)).map((name) => name.slice(folder.length + 1)),
    pathOf: (name) => store.pathOf(within(name)),
  };
}

/** Blob names that this project makes: so no part of one can climb out of a mirror's folder. */
function checkName(name: string): void {
  if (!/^[\w.-]+(\/[\w.-]+)*$/.test(name) || name.split('/').some((part) => part === '.' || part === '..')) {
    throw new TrailhoundError('usage', `"${name.slice(0, 200)}" is not a name of a blob`);
  }
}

function mirrorPath(folder: string, name: string): string {
  const root = resolve(folder);
  const path = resolve(join(root, name));
  if (!path.startsWith(root + sep))
    throw new TrailhoundError('usage', `"${name.slice(0, 200)}" is not a name of a blob`);
  return path;
}

async function writeMirror(path: string, bytes: Buffer): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const partial = `${path}.${randomUUID()}.partial`;
  await writeFile(partial, bytes);
  await rename(partial, path);
}

function lazy<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}

/** A storage failure as one of our errors; the service's text may hold a signature, so only its code is kept. */
export function storageError(error: unknown, what: string): TrailhoundError {
  if (error instanceof TrailhoundError) return error;
  const code = (error as { code?: unknown }).code;
  const status = (error as { statusCode?: unknown }).statusCode;
  const detail = [status, code].filter(Boolean).join(' ') || 'no answer';
  const kind = status === 401 || status === 403 ? 'unauthorized' : 'unavailable';
  return new TrailhoundError(kind, `storage failed while ${what}: ${detail}`, {
    hint:
      kind === 'unauthorized'
        ? 'Grant the identity Storage Blob Data Owner and Storage Table Data Contributor.'
        : undefined,
    cause: error,
  });
}
