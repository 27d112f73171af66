import { readFileSync, statSync } from 'node:fs';
import { TrailhoundError } from '../errors.ts';

const MAX_BYTES = 1_000_000;

/**
 * The text of a settings file; undefined if there is none.
 *
 * @param name its name in errors
 * @throws usage: it is no file, cannot be read, or is no UTF-8 text · limit: it is too large
 */
export function readSettingsFile(path: string, name: string): string | undefined {
  const refuse = (what: string, hint?: string) => new TrailhoundError('usage', `${name} ${what}`, { hint });
  let bytes: Buffer;
  try {
    const info = statSync(path, { throwIfNoEntry: false });
    if (!info) return undefined;
    if (info.isDirectory()) throw refuse('is a folder', 'Name the file in it, as trailhound.yaml.');
    if (info.size > MAX_BYTES) throw tooLarge(name);
    bytes = readFileSync(path);
  } catch (error) {
    if (error instanceof TrailhoundError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    // Between a look and the reading, an editor may have put another file in its place.
    if (code === 'ENOENT') return undefined;
    throw refuse(
      `cannot be read (${code ?? 'unknown'})`,
      code === 'EACCES' ? `Allow it: chmod u+r ${name}` : undefined,
    );
  }
  if (bytes.length > MAX_BYTES) throw tooLarge(name);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw refuse('is no text in UTF-8', 'Save it in UTF-8.');
  }
}

/** As `readSettingsFile`, for text that is at hand. */
export function checkSize(text: string, name: string): void {
  if (text.length > MAX_BYTES) throw tooLarge(name);
}

function tooLarge(name: string): TrailhoundError {
  return new TrailhoundError('limit', `${name} is larger than ${MAX_BYTES} bytes`);
}
