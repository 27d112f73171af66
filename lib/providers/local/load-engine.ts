import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { openDatabase } from '../../tables/duckdb.ts';
import { defineConversions } from '../../tables/formats/conversions.ts';
import type { LoadCache } from './cache.ts';
import { isBesideLogs, type LoadedLeaf, loadFile } from './load-file.ts';
import type { DataFile } from './local-data.ts';
import { WINDOWS_MACROS } from './recognition/windows-plan.ts';

const MEMORY_IN_BYTES = 768 * 2 ** 20;
/** Queries side by side. Each has one thread: more in one query cost half as much again and gain nothing on batches. */
const LANES = Math.max(2, Math.min(4, availableParallelism()));

/** Loads files that the cache does not have yet, in one database that is opened when the first of them comes. */
export class LoadEngine {
  readonly #cache: LoadCache;
  readonly #signal: AbortSignal | undefined;
  #database: Promise<DuckDBInstance> | undefined;

  constructor(cache: LoadCache, signal: AbortSignal | undefined) {
    this.#cache = cache;
    this.#signal = signal;
  }

  async load(
    file: DataFile,
    fileCount: number,
    onRecords: (leaf: string, recordCount: number) => void,
  ): Promise<readonly LoadedLeaf[]> {
    const { path, isGiven } = file;
    // The name is part of what is loaded: tables of unknown records are named after their file.
    const name = basename(path);
    const content = await this.#cache.hashOf(path, this.#signal);
    const key = createHash('sha256')
      .update(JSON.stringify([content, name, isBesideLogs(name) && isGiven]))
      .digest('hex');
    const found = await this.#cache.find(key);
    if (found) return found;
    const temporaryFolder = await this.#cache.temporaryFolder();
    this.#database ??= open(temporaryFolder);
    const database = await this.#database;
    const connections: DuckDBConnection[] = [];
    // A single file has all threads to itself: its batches are loaded side by side.
    const lanes = fileCount > 1 ? 2 : LANES;
    try {
      for (let lane = 0; lane < lanes; lane++) connections.push(await database.connect());
      return await this.#cache.load(key, (folder) =>
        loadFile(connections, path, { folder, temporaryFolder, isGiven, signal: this.#signal, onRecords }),
      );
    } finally {
      for (const connection of connections) connection.closeSync();
    }
  }

  close(): void {
    void this.#database?.then((database) => database.closeSync()).catch(() => undefined);
  }
}

async function open(tempFolder: string): Promise<DuckDBInstance> {
  const database = await openDatabase({ memoryLimitInBytes: MEMORY_IN_BYTES, tempFolder });
  const connection = await database.connect();
  await defineConversions(connection, WINDOWS_MACROS);
  connection.closeSync();
  return database;
}
