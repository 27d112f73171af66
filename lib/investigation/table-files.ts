import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TrailhoundError } from '../errors.ts';
import type { BlobStore } from '../storage/blob-store.ts';
import type { ParquetTable } from '../tables/index.ts';
import type { StoredTable } from './step-result.ts';

/**
 * Brings a stored table's parts to this machine's disk. Where blobs are mirrored, the mirror itself serves; else the
 * part is downloaded once per content. Either way its hash is checked: what a step reads is what the step before wrote.
 */
export async function fetchTable(blobs: BlobStore, cacheFolder: string, table: StoredTable): Promise<ParquetTable> {
  const parts: { path: string; rowCount: number }[] = [];
  for (const { blob, rowCount, sha256 } of table.parts) {
    parts.push({ path: await fetchPart(blobs, cacheFolder, blob, sha256), rowCount });
  }
  return { schema: table.schema, parts };
}

async function fetchPart(blobs: BlobStore, cacheFolder: string, blob: string, sha256: string): Promise<string> {
  const cached = join(cacheFolder, 'parts', `${sha256}.parquet`);
  for (const path of [blobs.pathOf(blob), cached]) if (await hasHash(path, sha256)) return path;
  const content = await blobs.get(blob);
  if (!content) throw new TrailhoundError('not-found', `the table part ${blob} is missing from storage`);
  if (sha256Of(content) !== sha256)
    throw new TrailhoundError('bad-data', `the table part ${blob} is not what was stored`);
  await mkdir(join(cacheFolder, 'parts'), { recursive: true });
  const partial = `${cached}.${randomUUID()}.partial`;
  await writeFile(partial, content);
  await rename(partial, cached);
  return cached;
}

async function hasHash(path: string, sha256: string): Promise<boolean> {
  try {
    return sha256Of(await readFile(path)) === sha256;
  } catch {
    return false;
  }
}

/** The SHA-256 of bytes, in hexadecimal digits: what a stored part is known and checked by. */
export function sha256Of(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
