import { randomUUID } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TrailhoundError } from '../lib/errors.ts';

/** Layout of the folder; a folder with a higher one was written by a newer Trailhound. */
const FOLDER_VERSION = 1;

/** The paths inside a state folder that this process alone may use. */
export interface StateFolder {
  readonly azurite: string;
  readonly durableFile: string;
  /** Gives the folder free for the next instance. */
  release(): void;
}

interface LockOwner {
  readonly processId: number;
  readonly startedAt: string;
  readonly token: string;
}

/**
 * Opens a state folder, creating it if need be, and locks it against a second instance. The lock of a process that is
 * gone is taken over.
 *
 * @throws {TrailhoundError} `conflict` when another instance uses it, `unsupported` when a newer version wrote it,
 * `unavailable` when it cannot be written
 */
export function openStateFolder(folder: string): StateFolder {
  try {
    mkdirSync(folder, { recursive: true });
    checkVersion(folder);
    const release = lock(join(folder, 'lock'));
    return { azurite: join(folder, 'azurite'), durableFile: join(folder, 'durable.sqlite'), release };
  } catch (thrown) {
    if (thrown instanceof TrailhoundError) throw thrown;
    throw new TrailhoundError('unavailable', `the state folder ${folder} cannot be written: ${messageOf(thrown)}`, {
      hint: 'Choose another one with --folder, or make this one writable.',
      cause: thrown,
    });
  }
}

const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

function checkVersion(folder: string): void {
  const file = join(folder, 'version');
  if (!existsSync(file)) {
    writeFileSync(file, `${FOLDER_VERSION}\n`);
    return;
  }
  const version = Number(readFileSync(file, 'utf8').trim());
  if (version === FOLDER_VERSION) return;
  throw new TrailhoundError(
    'unsupported',
    `the state folder ${folder} was written by a newer Trailhound (layout ${version}, this one knows ${FOLDER_VERSION})`,
    { hint: 'Use that version, or another folder. Nothing in it was changed.' },
  );
}

/** Tokens of the locks that this process holds: a lock with its number but another token is left from an earlier one. */
const heldTokens = new Set<string>();

function lock(file: string): () => void {
  const owner: LockOwner = { processId: process.pid, startedAt: new Date().toISOString(), token: randomUUID() };
  const draft = `${file}.${owner.token}`;
  writeFileSync(draft, JSON.stringify(owner));
  try {
    for (let attempt = 0; attempt < 3; attempt++) {
      if (tryLink(draft, file)) {
        heldTokens.add(owner.token);
        return () => {
          heldTokens.delete(owner.token);
          if (readOwner(file)?.token === owner.token) rmSync(file, { force: true });
        };
      }
      takeOver(file);
    }
    throw inUse(file, readOwner(file));
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Gives the file its second name at once and whole; false when there is one of that name. */
function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw thrown;
  }
}

/** Removes a lock whose process is gone. Should another starter have been faster, its new lock is put back. */
function takeOver(file: string): void {
  const owner = readOwner(file);
  if (owner && isAlive(owner)) throw inUse(file, owner);
  const moved = `${file}.${randomUUID()}`;
  try {
    renameSync(file, moved);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw thrown;
  }
  if (readOwner(moved)?.token !== owner?.token) tryLink(moved, file);
  rmSync(moved, { force: true });
}

function inUse(file: string, owner: LockOwner | undefined): TrailhoundError {
  const who = owner ? `process ${owner.processId}, since ${owner.startedAt}` : 'another process';
  return new TrailhoundError('conflict', `the state folder is in use by another instance (${who})`, {
    hint: `Stop that one, or choose another folder with --folder. If no such process runs, delete ${file}.`,
  });
}

function readOwner(file: string): LockOwner | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as LockOwner;
  } catch {
    return undefined;
  }
}

function isAlive({ processId, token }: LockOwner): boolean {
  if (processId === process.pid) return heldTokens.has(token);
  try {
    process.kill(processId, 0);
    return true;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM';
  }
}
