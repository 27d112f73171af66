import { join } from 'node:path';
import type { BlobStore } from '../../lib/storage/blob-store.ts';

/** Blobs in memory, for tests of what is stored and read again. */
export function memoryBlobs(): BlobStore & { readonly blobs: ReadonlyMap<string, Buffer> } {
  const blobs = new Map<string, Buffer>();
  return {
    blobs,
    async put(name, content, { onlyIfAbsent = false } = {}) {
      if (onlyIfAbsent && blobs.has(name)) return 'exists';
      blobs.set(name, Buffer.from(content));
      return 'written';
    },
    get: async (name) => blobs.get(name) ?? null,
    exists: async (name) => blobs.has(name),
    list: async (prefix, limit = 10_000) =>
      [...blobs.keys()]
        .filter((name) => name.startsWith(prefix))
        .sort()
        .slice(0, limit),
    pathOf: (name) => join('/nowhere', name),
  };
}
