import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LoadedLeaf } from './load-file.ts';

const DAY_IN_MS = 86_400_000;

/** Raised whenever the same file would be loaded into other tables. */
export const LOADER_VERSION = 2;

/** SHA-256 of a file's content. */
export async function contentHash(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    signal?.throwIfAborted();
    hash.update(chunk as Buffer);
  }
  return hash.digest('hex');
}

/** The tables that files were loaded into, by content: a file that was loaded once is there at once. */
export class LoadCache {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = join(folder, 'local-data');
  }

  /** A folder for temporary files, on the same disk. What a process that was killed left there goes after a day. */
  async temporaryFolder(): Promise<string> {
    const folder = join(this.#folder, 'tmp');
    await mkdir(folder, { recursive: true });
    const left = (await readdir(this.#folder)).filter((name) => name.endsWith('.partial'));
    const temporary = (await readdir(folder)).map((name) => join('tmp', name));
    for (const name of [...left, ...temporary]) {
      const path = join(this.#folder, name);
      const info = await stat(path).catch(() => undefined);
      if (info && info.mtimeMs < Date.now() - DAY_IN_MS) await rm(path, { recursive: true, force: true });
    }
    return folder;
  }

  entryFolder(hash: string): string {
    return join(this.#folder, `${hash.slice(0, 32)}-${LOADER_VERSION}`);
  }

  /** What was loaded before; undefined if nothing was, if some of it is missing, or if it is worth another try. */
  async find(hash: string): Promise<readonly LoadedLeaf[] | undefined> {
    try {
      const leaves = fromJson(
        await readFile(join(this.entryFolder(hash), 'loaded.json'), 'utf8'),
        this.entryFolder(hash),
      );
      await Promise.all(
        leaves.flatMap((leaf) => leaf.tables.flatMap((table) => table.parts.map(({ path }) => access(path)))),
      );
      return leaves.some((leaf) => leaf.isTransient) ? undefined : leaves;
    } catch {
      return undefined;
    }
  }

  /** Runs the loading into a folder of its own, which takes its place when it is complete. */
  async load(hash: string, work: (folder: string) => Promise<readonly LoadedLeaf[]>): Promise<readonly LoadedLeaf[]> {
    const folder = this.entryFolder(hash);
    const partial = `${folder}.${process.pid}-${Date.now()}.partial`;
    await mkdir(partial, { recursive: true });
    try {
      const leaves = await work(partial);
      await writeFile(join(partial, 'loaded.json'), toJson(leaves, partial));
      // Another process may have been faster; its tables may be in use already.
      const other = await this.find(hash);
      if (other) {
        await rm(partial, { recursive: true, force: true });
        return other;
      }
      await rm(folder, { recursive: true, force: true });
      await rename(partial, folder);
      return fromJson(await readFile(join(folder, 'loaded.json'), 'utf8'), folder);
    } catch (error) {
      await rm(partial, { recursive: true, force: true });
      throw error;
    }
  }

  /** The hash of a file's content, remembered as long as the file's size and times are the same. */
  async hashOf(path: string, signal?: AbortSignal): Promise<string> {
    const { size, mtimeMs, ctimeMs, ino } = await stat(path);
    const key = createHash('sha256')
      .update(JSON.stringify([path, size, mtimeMs, ctimeMs, ino]))
      .digest('hex')
      .slice(0, 32);
    const known = join(this.#folder, 'hashes', key);
    try {
      return await readFile(known, 'utf8');
    } catch {
      const hash = await contentHash(path, signal);
      await mkdir(join(this.#folder, 'hashes'), { recursive: true });
      await writeFile(known, hash);
      return hash;
    }
  }
}

interface StoredTime {
  readonly min: string;
  readonly max: string;
}

function toJson(leaves: readonly LoadedLeaf[], folder: string): string {
  return JSON.stringify(
    leaves.map((leaf) => ({
      ...leaf,
      tables: leaf.tables.map((table) => ({
        ...table,
        parts: table.parts.map((part) => ({ ...part, path: part.path.slice(folder.length + 1) })),
        timeRange: table.timeRange && { min: String(table.timeRange.min), max: String(table.timeRange.max) },
        unfit: [...table.unfit],
      })),
    })),
  );
}

function fromJson(text: string, folder: string): LoadedLeaf[] {
  type Stored = Omit<LoadedLeaf, 'tables'> & {
    tables: (Omit<LoadedLeaf['tables'][number], 'timeRange' | 'unfit'> & {
      timeRange: StoredTime | null;
      unfit: [string, number][];
    })[];
  };
  return (JSON.parse(text) as Stored[]).map((leaf) => ({
    ...leaf,
    tables: leaf.tables.map((table) => ({
      ...table,
      parts: table.parts.map((part) => ({ ...part, path: join(folder, part.path) })),
      timeRange: table.timeRange && { min: BigInt(table.timeRange.min), max: BigInt(table.timeRange.max) },
      unfit: new Map(table.unfit),
    })),
  }));
}
