import { gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import { type DecodeBudget, noteUnpackedTooFar, unpackedSizeLimit } from './limits.ts';

export interface ArchiveMember {
  readonly name: string;
  readonly bytes: Buffer;
}

type Inflate = (bytes: Buffer, options: { maxOutputLength: number }) => Buffer;

/** Unpacks within the bounds; null if the data is damaged or a bound was met (then the budget says which). */
function inflateWithin(inflate: Inflate, packed: Buffer, budget: DecodeBudget): Buffer | null {
  try {
    return inflate(packed, { maxOutputLength: unpackedSizeLimit(packed.length, budget) });
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') noteUnpackedTooFar(packed.length, budget);
    return null;
  }
}

export function unpackGzip(packed: Buffer, budget: DecodeBudget): Buffer | null {
  return inflateWithin(gunzipSync, packed, budget);
}

/** Raw deflate, as .NET's DeflateStream writes it, or zlib. Only data that ends properly counts. */
export function unpackDeflate(packed: Buffer, budget: DecodeBudget): Buffer | null {
  const isZlib = (packed[0]! & 0x0f) === 8 && ((packed[0]! << 8) | packed[1]!) % 31 === 0;
  return (isZlib ? inflateWithin(inflateSync, packed, budget) : null) ?? inflateWithin(inflateRawSync, packed, budget);
}

const END_OF_DIRECTORY = 0x0605_4b50;
const DIRECTORY_ENTRY = 0x0201_4b50;
const LOCAL_HEADER = 0x0403_4b50;
const ENCRYPTED = 1;
const STORED = 0;
const DEFLATED = 8;

/**
 * The files of a zip archive, by its central directory, and where that is cut off by the local headers. Members that
 * are encrypted, packed by another method or damaged are left out and noted. Format: PKWARE APPNOTE 6.3.
 */
export function unpackZip(bytes: Buffer, budget: DecodeBudget): ArchiveMember[] {
  const members: ArchiveMember[] = [];
  for (const entry of zipEntries(bytes)) {
    if (members.length >= budget.limits.maxMembers) {
      budget.met.add('members');
      break;
    }
    const content = unpackZipEntry(bytes, entry, budget);
    if (content === null) {
      budget.met.add('damaged-archive');
      continue;
    }
    budget.bytesLeft -= content.length;
    members.push({ name: entry.name, bytes: content });
  }
  return members;
}

interface ZipEntry {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly packedSize: number;
  /** Position of the packed data. */
  readonly start: number;
}

function unpackZipEntry(bytes: Buffer, entry: ZipEntry, budget: DecodeBudget): Buffer | null {
  if (entry.flags & ENCRYPTED) return null;
  const packed = bytes.subarray(entry.start, entry.start + entry.packedSize);
  if (entry.method === STORED) return packed.length <= budget.bytesLeft ? packed : null;
  return entry.method === DEFLATED ? inflateWithin(inflateRawSync, packed, budget) : null;
}

function* zipEntries(bytes: Buffer): Generator<ZipEntry> {
  const end = findEndOfDirectory(bytes);
  if (end < 0) {
    yield* localEntries(bytes);
    return;
  }
  let position = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left--) {
    if (position + 46 > bytes.length || bytes.readUInt32LE(position) !== DIRECTORY_ENTRY) return;
    const nameLength = bytes.readUInt16LE(position + 28);
    const local = bytes.readUInt32LE(position + 42);
    const name = bytes.toString('utf8', position + 46, position + 46 + nameLength);
    if (local + 30 <= bytes.length && bytes.readUInt32LE(local) === LOCAL_HEADER) {
      yield {
        name,
        flags: bytes.readUInt16LE(position + 8),
        method: bytes.readUInt16LE(position + 10),
        packedSize: bytes.readUInt32LE(position + 20),
        start: local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28),
      };
    }
    position += 46 + nameLength + bytes.readUInt16LE(position + 30) + bytes.readUInt16LE(position + 32);
  }
}

function findEndOfDirectory(bytes: Buffer): number {
  const lowest = Math.max(0, bytes.length - 22 - 65_535);
  for (let at = bytes.length - 22; at >= lowest; at--) if (bytes.readUInt32LE(at) === END_OF_DIRECTORY) return at;
  return -1;
}

function* localEntries(bytes: Buffer): Generator<ZipEntry> {
  let position = 0;
  while (position + 30 <= bytes.length && bytes.readUInt32LE(position) === LOCAL_HEADER) {
    const nameLength = bytes.readUInt16LE(position + 26);
    const start = position + 30 + nameLength + bytes.readUInt16LE(position + 28);
    const packedSize = bytes.readUInt32LE(position + 18);
    yield {
      name: bytes.toString('utf8', position + 30, position + 30 + nameLength),
      flags: bytes.readUInt16LE(position + 6),
      method: bytes.readUInt16LE(position + 8),
      packedSize,
      start,
    };
    // A size that follows the data (flag 8) is not known here: the chain of headers ends.
    if (packedSize === 0) return;
    position = start + packedSize;
  }
}

const TAR_BLOCK = 512;

/** The entries of a tar archive; directories have no bytes. Format: POSIX ustar with GNU's long names. */
export function unpackTar(bytes: Buffer, budget: DecodeBudget): ArchiveMember[] {
  const members: ArchiveMember[] = [];
  let longName: string | undefined;
  let position = 0;
  while (position + TAR_BLOCK <= bytes.length && bytes[position] !== 0) {
    const size = tarNumber(bytes, position + 124);
    if (size === null) {
      budget.met.add('damaged-archive');
      break;
    }
    const start = position + TAR_BLOCK;
    const kind = String.fromCharCode(bytes[position + 156]!);
    const content = bytes.subarray(start, Math.min(bytes.length, start + size));
    if (kind === 'L') longName = textUntilZero(content, 0, content.length);
    else if (kind !== 'x' && kind !== 'g') {
      if (members.length >= budget.limits.maxMembers) {
        budget.met.add('members');
        break;
      }
      members.push({ name: longName ?? tarName(bytes, position), bytes: content });
      longName = undefined;
    }
    position = start + Math.ceil(size / TAR_BLOCK) * TAR_BLOCK;
  }
  return members;
}

function tarName(bytes: Buffer, header: number): string {
  const name = textUntilZero(bytes, header, header + 100);
  const isUstar = bytes.toString('latin1', header + 257, header + 263) === 'ustar\0';
  const prefix = isUstar ? textUntilZero(bytes, header + 345, header + 500) : '';
  return prefix ? `${prefix}/${name}` : name;
}

function tarNumber(bytes: Buffer, at: number): number | null {
  const text = textUntilZero(bytes, at, at + 12).trim();
  return /^[0-7]{1,11}$/.test(text) ? Number.parseInt(text, 8) : text === '' ? 0 : null;
}

function textUntilZero(bytes: Buffer, from: number, to: number): string {
  const zero = bytes.indexOf(0, from);
  return bytes.toString('utf8', from, zero < 0 || zero > to ? to : zero);
}
