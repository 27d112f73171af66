import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { blobNames, type Runtime, type StoredTable } from '../lib/investigation/index.ts';
import { sha256Of } from '../lib/investigation/table-files.ts';
import { readTableFile } from '../lib/tables/formats/read-table-file.ts';
import { schemaOf, writeParquet } from '../lib/tables/index.ts';
import type { SentTables } from './investigation-request.ts';

/**
 * Stores the tables that came with a request, each in a place that its content decides: so a repeated request changes
 * nothing, and another one under the same id cannot change what the first was started with.
 *
 * @returns name → SHA-256 of the stored table
 */
export async function storeSentTables(runtime: Runtime, id: string, sent: SentTables): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  if (Object.keys(sent).length === 0) return hashes;
  const folder = join(runtime.cacheFolder, 'sent', randomUUID());
  await mkdir(folder, { recursive: true });
  try {
    for (const [name, { format, content }] of Object.entries(sent)) {
      const file = join(folder, `sent.${format}`);
      await writeFile(file, format === 'parquet' ? Buffer.from(content, 'base64') : content);
      const table = await readTableFile(file);
      const parquet = join(folder, 'part-0.parquet');
      await writeParquet(table, parquet);
      const bytes = await readFile(parquet);
      const sha256 = sha256Of(bytes);
      const blob = blobNames.inputTable(id, sha256);
      await runtime.blobs.put(blob, bytes);
      const part = { blob, rowCount: table.rowCount, sizeInBytes: bytes.length, sha256 };
      const stored: StoredTable = { name, schema: schemaOf(table), parts: [part] };
      await runtime.blobs.put(blobNames.inputTableRef(id, sha256), JSON.stringify(stored));
      hashes[name] = sha256;
    }
    return hashes;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
