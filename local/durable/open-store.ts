import { TrailhoundError } from '../../lib/errors.ts';
import { SCHEMA_VERSION } from './sqlite-schema.ts';
import { SqliteStore } from './sqlite-store.ts';

const VERSION_KEY = 'schema-version';

/**
 * Opens the durable state.
 *
 * @throws {TrailhoundError} `bad-data` when the file is damaged, `unsupported` when a newer version wrote it,
 * `unavailable` when it cannot be opened or written
 */
export function openStore(file: string): SqliteStore {
  let store: SqliteStore | undefined;
  try {
    store = new SqliteStore(file);
    const version = Number(store.getValue(VERSION_KEY) ?? SCHEMA_VERSION);
    if (version > SCHEMA_VERSION) throw newer(file, version);
    store.setValue(VERSION_KEY, String(SCHEMA_VERSION));
    store.check();
    return store;
  } catch (thrown) {
    store?.close();
    throw thrown instanceof TrailhoundError ? thrown : explain(file, thrown);
  }
}

const newer = (file: string, version: number): TrailhoundError =>
  new TrailhoundError(
    'unsupported',
    `${file} was written by a newer Trailhound (schema ${version}, this one knows ${SCHEMA_VERSION})`,
    { hint: 'Use that version, or another folder. Nothing in it was changed.' },
  );

/** SQLite's own words, put into what to do. */
function explain(file: string, thrown: unknown): TrailhoundError {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  if (/malformed|not a database|corrupt/i.test(message)) {
    return new TrailhoundError('bad-data', `${file} is damaged: ${message}`, {
      hint: 'It was left as it is. Move it away to begin anew (what is in the blobs stays), or repair it with "sqlite3 FILE .recover".',
      cause: thrown,
    });
  }
  return new TrailhoundError('unavailable', `${file} cannot be opened: ${message}`, {
    hint: 'Make room on the disk, and the folder writable.',
    cause: thrown,
  });
}
