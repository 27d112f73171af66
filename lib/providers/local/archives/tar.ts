import { open } from 'node:fs/promises';

/** A regular file in a tar archive. */
export interface TarEntry {
  /** As it is in the archive; never used as a path. */
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  /** In milliseconds since 1970; undefined if there is none. */
  readonly modifiedInMs: number | undefined;
}

const BLOCK = 512;
const MAX_NAME = 64 * 1024;

/** The regular files of an uncompressed tar archive (POSIX ustar and pax, GNU long names), in their order. */
export async function* tarEntries(path: string): AsyncGenerator<TarEntry> {
  const file = await open(path);
  try {
    const { size: archiveSize } = await file.stat();
    const header = Buffer.alloc(BLOCK);
    let longName: string | undefined;
    let at = 0;
    while (at + BLOCK <= archiveSize) {
      await file.read(header, 0, BLOCK, at);
      if (header.every((byte) => byte === 0)) break;
      const size = sizeOf(header);
      if (size === undefined || size < 0) break;
      const offset = at + BLOCK;
      const type = String.fromCharCode(header[156]!);
      if (type === 'L' || type === 'x') {
        const text = Buffer.alloc(Math.min(size, MAX_NAME));
        await file.read(text, 0, text.length, offset);
        longName = type === 'L' ? cString(text) : (/\d+ path=([^\n]*)\n/.exec(text.toString('utf8'))?.[1] ?? longName);
      } else if (type === '0' || type === '\0') {
        const prefix = header.toString('latin1', 257, 262) === 'ustar' ? cString(header.subarray(345, 500)) : '';
        const short = cString(header.subarray(0, 100));
        const name = longName ?? (prefix ? `${prefix}/${short}` : short);
        const seconds = Number.parseInt(cString(header.subarray(136, 148)).trim(), 8);
        const modifiedInMs = Number.isFinite(seconds) ? seconds * 1000 : undefined;
        yield { name, offset, size: Math.min(size, archiveSize - offset), modifiedInMs };
        longName = undefined;
      }
      at = offset + Math.ceil(size / BLOCK) * BLOCK;
    }
  } finally {
    await file.close();
  }
}

function cString(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString('utf8', 0, end < 0 ? bytes.length : end);
}

/** Octal text, or base 256 for large files. */
function sizeOf(header: Buffer): number | undefined {
  if (header[124]! & 0x80) {
    const value = header.readBigUInt64BE(128);
    return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : undefined;
  }
  const text = cString(header.subarray(124, 136)).trim();
  return /^[0-7]*$/.test(text) ? Number.parseInt(text || '0', 8) : undefined;
}
