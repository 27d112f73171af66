import { createHash } from 'node:crypto';
import { RestError, type TableClient } from '@azure/data-tables';
import { storageError } from './blob-store.ts';
import type { LookupCache } from './lookup-cache.ts';

/** A property of an entity holds 32,768 characters; an answer is cut into that many. */
const CHUNK_CHARACTERS = 32_000;
const MAX_CHUNKS = 14;

/**
 * A cache of outside answers in Table storage. An answer over 448,000 characters is not kept (it would not fit into
 * one entity), which costs another request and nothing else.
 */
export function tableCache(table: TableClient, clockInMs: () => number): LookupCache {
  let created: Promise<unknown> | undefined;
  const ready = () => {
    created ??= table.createTable().catch((error) => {
      if (error instanceof RestError && error.statusCode === 409) return;
      created = undefined;
      throw storageError(error, 'creating the cache');
    });
    return created;
  };
  const rowKey = (key: string) => createHash('sha256').update(key).digest('hex');
  return {
    async get(provider, key) {
      await ready();
      try {
        const entity = (await table.getEntity(provider, rowKey(key))) as Record<string, unknown>;
        const chunks = Array.from({ length: Number(entity['chunks']) }, (_, index) => String(entity[`text${index}`]));
        return { text: chunks.join(''), storedAtInMs: Number(entity['storedAtInMs']) };
      } catch (error) {
        if (error instanceof RestError && error.statusCode === 404) return null;
        throw storageError(error, 'reading the cache');
      }
    },
    async put(provider, key, text) {
      await ready();
      const chunks: string[] = [];
      for (let at = 0; at < text.length || at === 0; at += CHUNK_CHARACTERS)
        chunks.push(text.slice(at, at + CHUNK_CHARACTERS));
      if (chunks.length > MAX_CHUNKS) return;
      const texts = Object.fromEntries(chunks.map((chunk, index) => [`text${index}`, chunk]));
      const entity = {
        partitionKey: provider,
        rowKey: rowKey(key),
        chunks: chunks.length,
        storedAtInMs: String(clockInMs()),
      };
      await table.upsertEntity({ ...entity, ...texts }, 'Replace');
    },
  };
}
