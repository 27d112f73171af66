import { readdir, stat } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { TrailhoundError } from '../errors.ts';

export interface FoundFile {
  readonly path: string;
  /** The path relative to the folder that was given. */
  readonly name: string;
  readonly size: number;
  readonly mtimeMs: number;
}

/** A file, or all files below a folder, in order of their names. */
export async function filesBelow(given: string): Promise<FoundFile[]> {
  const info = await stat(given).catch(() => {
    throw new TrailhoundError('not-found', `${given} does not exist`);
  });
  if (!info.isDirectory()) return [{ path: given, name: basename(given), size: info.size, mtimeMs: info.mtimeMs }];
  const entries = await readdir(given, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(
    paths.sort().map(async (path) => {
      const { size, mtimeMs } = await stat(path);
      return { path, name: relative(given, path), size, mtimeMs };
    }),
  );
}
