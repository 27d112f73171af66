import { createReadStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { toErrorInfo } from '../../errors.ts';
import { copyBounded, type UnpackBudget, unpackBudget } from './archives/bounded.ts';
import { type Packing, packingOf, packingOfHead } from './archives/packing.ts';
import { tarEntries } from './archives/tar.ts';
import { openZipEntry, pipeErrors, zipEntries } from './archives/zip.ts';
import { headOf } from './leaf-head.ts';

/** One file of records: on disk, or within archives. */
export interface LeafFile {
  /** The path as given or found, with `!` before each name within an archive: `logs.zip!security.json`. */
  readonly name: string;
  /** The last part of the name, without endings of compression. */
  readonly baseName: string;
  /** In milliseconds since 1970. */
  readonly modifiedInMs: number;
  /** Where it lies on disk as it is; absent within archives. */
  readonly path?: string;
  open(): Promise<Readable>;
  /** The size that an archive states, to tell whether all of it came. */
  readonly expectedSize?: number;
  readonly budget: UnpackBudget;
}

/** A file that is not read, and why. */
export interface SkippedFile {
  readonly name: string;
  readonly reason: string;
}

export type Found = { readonly leaf: LeafFile } | { readonly skipped: SkippedFile } | { readonly loss: SkippedFile };

export interface ArchiveLimits {
  /** Archives within archives. */
  readonly depth: number;
  readonly entries: number;
}

export const ARCHIVE_LIMITS: ArchiveLimits = { depth: 4, entries: 100_000 };

/** The files of records in a file on disk, archives opened, in their order. What cannot be read is told, not thrown. */
export async function* leafFiles(
  path: string,
  name: string,
  temporaryFolder: string,
  limits: ArchiveLimits = ARCHIVE_LIMITS,
): AsyncGenerator<Found> {
  const { mtimeMs, size } = await stat(path);
  const budget = unpackBudget(size);
  yield* walk(
    { path, name, baseName: basename(path), modifiedInMs: mtimeMs, depth: 0, budget },
    temporaryFolder,
    limits,
    {
      entries: 0,
    },
  );
}

interface Place {
  readonly path: string;
  readonly name: string;
  readonly baseName: string;
  readonly modifiedInMs: number;
  readonly depth: number;
  readonly budget: UnpackBudget;
}

async function* walk(
  place: Place,
  temporaryFolder: string,
  limits: ArchiveLimits,
  count: { entries: number },
): AsyncGenerator<Found> {
  const { path, name, baseName, modifiedInMs, depth } = place;
  let packing: Packing;
  try {
    packing = await packingOf(path, name);
  } catch (error) {
    yield { skipped: { name, reason: toErrorInfo(error).message } };
    return;
  }
  if (packing === 'none') {
    yield {
      leaf: {
        name,
        baseName,
        modifiedInMs,
        path,
        // What lies on disk as it is needs no bound but its size.
        budget: { remaining: Number.POSITIVE_INFINITY },
        open: async () => createReadStream(path, { highWaterMark: 1 << 20 }),
      },
    };
    return;
  }
  if (depth >= limits.depth) {
    yield { skipped: { name, reason: `archives lie within archives more than ${limits.depth} deep` } };
    return;
  }
  const inner = async function* (entry: LeafFile): AsyncGenerator<Found> {
    if (++count.entries > limits.entries) {
      if (count.entries === limits.entries + 1) {
        yield { loss: { name, reason: `files beyond the ${limits.entries}th were left out` } };
      }
      return;
    }
    const packed = await isPacked(entry);
    if (packed === undefined) yield { skipped: { name: entry.name, reason: await openingProblem(entry) } };
    else if (!packed) yield { leaf: entry };
    else yield* unpackAndWalk(entry, temporaryFolder, limits, count, depth);
  };
  try {
    if (packing === 'zip') yield* walkZip(place, inner);
    else if (packing === 'tar') yield* walkTar(place, inner);
    else yield* inner(compressed(place, packing));
  } catch (error) {
    yield { loss: { name, reason: toErrorInfo(error).message } };
  }
}

function compressed({ path, name, baseName, modifiedInMs, budget }: Place, packing: 'gzip' | 'zstd'): LeafFile {
  const decompress = packing === 'gzip' ? createGunzip : createZstdDecompress;
  return {
    name,
    modifiedInMs,
    budget,
    baseName: baseName.replace(/\.(gz|gzip|zst|zstd)$/i, '').replace(/\.tgz$/i, '.tar'),
    open: async () =>
      pipeErrors(createReadStream(path, { highWaterMark: 1 << 18 }), decompress({ chunkSize: 1 << 20 })),
  };
}

async function* walkZip(
  { path, name, modifiedInMs, budget }: Place,
  inner: (entry: LeafFile) => AsyncGenerator<Found>,
) {
  const { entries, cutOff } = await zipEntries(path);
  if (cutOff) yield { loss: { name, reason: 'the archive is cut off: what could still be read was kept' } };
  for (const entry of entries) {
    if (isNoise(entry.name)) continue;
    const entryName = `${name}!${entry.name}`;
    yield* inner({
      name: entryName,
      modifiedInMs: entry.modifiedInMs ?? modifiedInMs,
      budget,
      baseName: basename(entry.name.replaceAll('\\', '/')),
      open: () => openZipEntry(path, entry),
      ...(cutOff ? {} : { expectedSize: entry.size }),
    });
  }
}

async function* walkTar(
  { path, name, modifiedInMs, budget }: Place,
  inner: (entry: LeafFile) => AsyncGenerator<Found>,
) {
  for await (const entry of tarEntries(path)) {
    if (isNoise(entry.name)) continue;
    yield* inner({
      name: `${name}!${entry.name}`,
      modifiedInMs: entry.modifiedInMs ?? modifiedInMs,
      budget,
      baseName: basename(entry.name),
      open: async () =>
        createReadStream(path, { start: entry.offset, end: entry.offset + entry.size - 1, highWaterMark: 1 << 20 }),
      expectedSize: entry.size,
    });
  }
}

/** Folders, and what macOS and Windows put beside files. */
function isNoise(name: string): boolean {
  return name.endsWith('/') || /(^|\/)(__MACOSX\/|\._|\.DS_Store$|Thumbs\.db$)/.test(name);
}

/** An archive within an archive is unpacked to disk, bounded, for it needs to be read from its end. */
async function* unpackAndWalk(
  entry: LeafFile,
  temporaryFolder: string,
  limits: ArchiveLimits,
  count: { entries: number },
  depth: number,
): AsyncGenerator<Found> {
  const folder = await mkdtemp(join(temporaryFolder, 'unpacked-'));
  try {
    const path = join(folder, 'archive');
    await copyBounded(await entry.open(), path, entry.budget);
    yield* walk(
      {
        path,
        name: entry.name,
        baseName: entry.baseName,
        modifiedInMs: entry.modifiedInMs,
        depth: depth + 1,
        budget: entry.budget,
      },
      temporaryFolder,
      limits,
      count,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Whether a file within an archive is itself one; undefined if it cannot be opened. */
async function isPacked(entry: LeafFile): Promise<boolean | undefined> {
  try {
    return packingOfHead(await headOf(entry, 512), entry.name) !== 'none';
  } catch {
    return undefined;
  }
}

async function openingProblem(entry: LeafFile): Promise<string> {
  try {
    packingOfHead(await headOf(entry, 512), entry.name);
    return 'it cannot be read';
  } catch (error) {
    return toErrorInfo(error).message;
  }
}
