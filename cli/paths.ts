import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { TrailhoundError } from '../lib/errors.ts';
import type { Terminal } from './terminal.ts';

/** The absolute path of a file or folder that must be there. */
export function existingPath(path: string, { cwd }: Pick<Terminal, 'cwd'>): string {
  const absolute = resolve(cwd, path);
  if (existsSync(absolute)) return absolute;
  throw new TrailhoundError('not-found', `there is no file or folder ${path}`);
}

/** The absolute path of a file to be written, whose folder must be there: told before the work, not after it. */
export function outputPath(path: string, { cwd }: Pick<Terminal, 'cwd'>): string {
  const absolute = resolve(cwd, path);
  if (existsSync(dirname(absolute))) return absolute;
  throw new TrailhoundError('not-found', `there is no folder ${dirname(path)} to write ${path} to`);
}

/** Writes a file, with an error that says what is wrong with it. */
export async function writeOutputFile(path: string, content: string | Uint8Array): Promise<void> {
  try {
    await writeFile(path, content);
  } catch (error) {
    throw new TrailhoundError('unavailable', `${path} cannot be written: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
