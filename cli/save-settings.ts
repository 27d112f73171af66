import { randomBytes } from 'node:crypto';
import { realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { readSettingsFile } from '../lib/config/read-file.ts';
import { TrailhoundError } from '../lib/errors.ts';
import type { Terminal } from './terminal.ts';

/** A new file is readable by its owner alone. */
const NEW_FILE_MODE = 0o600;

/**
 * Puts new text in the place of a settings file, whole or not at all: it is written beside it and renamed. A link stays
 * a link, and the file's permissions stay.
 *
 * @param before what was read of the file; undefined if there was none
 * @throws conflict: somebody else changed the file since · usage: it cannot be written
 */
export function saveSettings(file: string, before: string | undefined, text: string, terminal: Terminal): void {
  if (text === (before ?? '')) {
    terminal.stderr.write('nothing was changed\n');
    return;
  }
  if (readSettingsFile(file, file) !== before) {
    throw new TrailhoundError('conflict', `${file} was changed by somebody else meanwhile, and is left as it is`, {
      hint: 'Try again.',
    });
  }
  const target = before === undefined ? file : realpathSync(file);
  const beside = `${target}.${randomBytes(4).toString('hex')}.new`;
  try {
    const mode = before === undefined ? NEW_FILE_MODE : statSync(target).mode & 0o777;
    writeFileSync(beside, text, { mode, flag: 'wx' });
    renameSync(beside, target);
  } catch (error) {
    rmSync(beside, { force: true });
    const { code } = error as NodeJS.ErrnoException;
    throw new TrailhoundError('usage', `${file} cannot be written (${code ?? 'unknown'}), and is left as it is`);
  }
  terminal.stderr.write(`wrote ${file}\n`);
}
