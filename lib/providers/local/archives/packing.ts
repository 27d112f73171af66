import { open } from 'node:fs/promises';
import { TrailhoundError } from '../../../errors.ts';

/** How a file is packed. */
export type Packing = 'zip' | 'gzip' | 'zstd' | 'tar' | 'none';

const UNSUPPORTED_PACKINGS: readonly { readonly name: string; readonly start: readonly number[] }[] = [
  { name: '7z', start: [0x37, 0x7a, 0xbc, 0xaf] },
  { name: 'RAR', start: [0x52, 0x61, 0x72, 0x21] },
  { name: 'xz', start: [0xfd, 0x37, 0x7a, 0x58] },
  { name: 'bzip2', start: [0x42, 0x5a, 0x68] },
];

/** How a file on disk is packed, by its first bytes; what cannot be unpacked here is refused by name. */
export async function packingOf(path: string, name: string): Promise<Packing> {
  const file = await open(path);
  try {
    const head = Buffer.alloc(512);
    const { bytesRead } = await file.read(head, 0, 512, 0);
    return packingOfHead(head.subarray(0, bytesRead), name);
  } finally {
    await file.close();
  }
}

/** The same from a file's first 512 bytes. */
export function packingOfHead(head: Buffer, name: string): Packing {
  if (head.length >= 4 && head.readUInt32BE(0) === 0x504b0304) return 'zip';
  if (head.length >= 4 && head.readUInt32BE(0) === 0x504b0506) return 'zip';
  if (head.length >= 2 && head.readUInt16BE(0) === 0x1f8b) return 'gzip';
  if (head.length >= 4 && head.readUInt32LE(0) === 0xfd2fb528) return 'zstd';
  if (head.length >= 263 && head.toString('latin1', 257, 262) === 'ustar') return 'tar';
  const other = UNSUPPORTED_PACKINGS.find(({ start }) => start.every((byte, index) => head[index] === byte));
  if (other) {
    throw new TrailhoundError('unsupported', `${name} is packed as ${other.name}, which is not read here`, {
      hint: 'Unpack it and pass the folder.',
    });
  }
  return 'none';
}
