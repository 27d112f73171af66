import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createInflateRaw, createZstdDecompress } from 'node:zlib';
import { TrailhoundError } from '../../../errors.ts';

/** A file in a zip archive. */
export interface ZipEntry {
  /** As it is in the archive; never used as a path. */
  readonly name: string;
  readonly compressedSize: number;
  readonly size: number;
  readonly method: number;
  readonly encrypted: boolean;
  readonly crc32: number;
  readonly headerOffset: number;
  /** From the archive's local time, taken as UTC, in milliseconds since 1970; undefined if there is none. */
  readonly modifiedInMs: number | undefined;
}

const END_RECORD = 0x06054b50;
const END_RECORD_64 = 0x06064b50;
const END_LOCATOR_64 = 0x07064b50;
const CENTRAL_HEADER = 0x02014b50;
const LOCAL_HEADER = 0x04034b50;
const LONGEST_END = 65_557;
const MAX_DIRECTORY_IN_BYTES = 256 * 2 ** 20;

/**
 * The files that a zip archive lists, from its central directory (APPNOTE 6.3.10, with zip64). A file whose end is cut
 * off has no directory: then the local headers are walked (see `walkLocalHeaders`).
 */
export async function zipEntries(path: string): Promise<{ entries: ZipEntry[]; cutOff: boolean }> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const directory = await findDirectory(file, size);
    if (!directory) return { entries: await walkLocalHeaders(file, size), cutOff: true };
    if (directory.size > MAX_DIRECTORY_IN_BYTES) throw new TrailhoundError('limit', `${path} lists too many files`);
    const bytes = await readAt(file, directory.offset, directory.size);
    return { entries: parseDirectory(bytes), cutOff: false };
  } finally {
    await file.close();
  }
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(Math.max(0, length));
  const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
  return buffer.subarray(0, bytesRead);
}

async function findDirectory(file: FileHandle, size: number): Promise<{ offset: number; size: number } | undefined> {
  const start = Math.max(0, size - LONGEST_END);
  const tail = await readAt(file, start, size - start);
  for (let at = tail.length - 22; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== END_RECORD) continue;
    const found = { size: tail.readUInt32LE(at + 12), offset: tail.readUInt32LE(at + 16) };
    const is64 = found.offset === 0xffffffff || found.size === 0xffffffff || tail.readUInt16LE(at + 10) === 0xffff;
    const directory = is64 ? ((await directory64(file, tail, at)) ?? found) : found;
    if (directory.offset + directory.size <= start + at) return directory;
  }
  return undefined;
}

async function directory64(file: FileHandle, tail: Buffer, at: number) {
  if (at < 20 || tail.readUInt32LE(at - 20) !== END_LOCATOR_64) return undefined;
  const record = await readAt(file, Number(tail.readBigUInt64LE(at - 12)), 56);
  if (record.length < 56 || record.readUInt32LE(0) !== END_RECORD_64) return undefined;
  return { size: Number(record.readBigUInt64LE(40)), offset: Number(record.readBigUInt64LE(48)) };
}

function parseDirectory(bytes: Buffer): ZipEntry[] {
  const entries: ZipEntry[] = [];
  for (let at = 0; at + 46 <= bytes.length && bytes.readUInt32LE(at) === CENTRAL_HEADER; ) {
    const nameLength = bytes.readUInt16LE(at + 28);
    const extraLength = bytes.readUInt16LE(at + 30);
    const sizes = {
      size: bytes.readUInt32LE(at + 24),
      compressedSize: bytes.readUInt32LE(at + 20),
      headerOffset: bytes.readUInt32LE(at + 42),
    };
    readExtra64(bytes.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength), sizes);
    entries.push({
      ...sizes,
      name: bytes.toString('utf8', at + 46, at + 46 + nameLength),
      method: bytes.readUInt16LE(at + 10),
      encrypted: (bytes.readUInt16LE(at + 8) & 1) === 1,
      crc32: bytes.readUInt32LE(at + 16),
      modifiedInMs: dosTime(bytes.readUInt16LE(at + 14), bytes.readUInt16LE(at + 12)),
    });
    at += 46 + nameLength + extraLength + bytes.readUInt16LE(at + 32);
  }
  return entries;
}

function dosTime(date: number, time: number): number | undefined {
  const month = (date >> 5) & 15;
  if (month < 1 || month > 12) return undefined;
  return Date.UTC(1980 + (date >> 9), month - 1, date & 31, time >> 11, (time >> 5) & 63, (time & 31) * 2);
}

function readExtra64(extra: Buffer, sizes: { size: number; compressedSize: number; headerOffset: number }): void {
  for (let at = 0; at + 4 <= extra.length; ) {
    const length = extra.readUInt16LE(at + 2);
    if (extra.readUInt16LE(at) === 1) {
      let from = at + 4;
      const end = Math.min(from + length, extra.length);
      for (const field of ['size', 'compressedSize', 'headerOffset'] as const) {
        if (sizes[field] !== 0xffffffff || from + 8 > end) continue;
        sizes[field] = Number(extra.readBigUInt64LE(from));
        from += 8;
      }
    }
    at += 4 + length;
  }
}

/** The files of an archive whose directory is missing, from the headers before each file. */
async function walkLocalHeaders(file: FileHandle, archiveSize: number): Promise<ZipEntry[]> {
  const entries: ZipEntry[] = [];
  for (let at = 0; at + 30 <= archiveSize; ) {
    const header = await readAt(file, at, 30);
    if (header.length < 30 || header.readUInt32LE(0) !== LOCAL_HEADER) break;
    const nameLength = header.readUInt16LE(26);
    const name = (await readAt(file, at + 30, nameLength)).toString('utf8');
    const streamed = (header.readUInt16LE(6) & 8) !== 0;
    const dataOffset = at + 30 + nameLength + header.readUInt16LE(28);
    const stated = header.readUInt32LE(18);
    // Without its size a streamed file can only be the last one that is read.
    const compressedSize =
      streamed && stated === 0 ? archiveSize - dataOffset : Math.min(stated, archiveSize - dataOffset);
    entries.push({
      name,
      compressedSize,
      size: header.readUInt32LE(22),
      method: header.readUInt16LE(8),
      encrypted: (header.readUInt16LE(6) & 1) === 1,
      crc32: header.readUInt32LE(14),
      modifiedInMs: dosTime(header.readUInt16LE(12), header.readUInt16LE(10)),
      headerOffset: at,
    });
    at = dataOffset + compressedSize;
  }
  return entries;
}

/** The bytes of one file of the archive. Compression methods: stored, deflate, zstd. */
export async function openZipEntry(path: string, entry: ZipEntry): Promise<Readable> {
  if (entry.encrypted) {
    throw new TrailhoundError('unsupported', `${entry.name} is encrypted`, {
      hint: 'Unpack the archive with its password and pass the folder.',
    });
  }
  const file = await open(path);
  let header: Buffer;
  try {
    header = await readAt(file, entry.headerOffset, 30);
  } finally {
    await file.close();
  }
  if (header.length < 30 || header.readUInt32LE(0) !== LOCAL_HEADER) {
    throw new TrailhoundError('bad-data', `${entry.name} is not where the archive says`);
  }
  const start = entry.headerOffset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  const raw = createReadStream(path, { start, end: start + entry.compressedSize - 1, highWaterMark: 1 << 20 });
  if (entry.method === 0) return raw;
  if (entry.method === 8) return pipeErrors(raw, createInflateRaw({ chunkSize: 1 << 20 }));
  if (entry.method === 93) return pipeErrors(raw, createZstdDecompress({ chunkSize: 1 << 20 }));
  raw.destroy();
  throw new TrailhoundError('unsupported', `${entry.name} is packed by method ${entry.method}`, {
    hint: 'Unpack the archive and pass the folder.',
  });
}

/** Joins two streams so that a failure of the first is one of the second. */
export function pipeErrors<T extends NodeJS.ReadWriteStream & Readable>(source: Readable, target: T): T {
  source.on('error', (error) => target.destroy(error));
  target.on('close', () => source.destroy());
  source.pipe(target);
  return target;
}
