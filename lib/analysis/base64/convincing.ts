import { inflateRawSync } from 'node:zlib';
import { fileTypeOf } from './file-type.ts';
import { textOf } from './text-encoding.ts';

const SMALLEST_DEFLATED = 8;
const TRIED_OUTPUT_IN_BYTES = 65_536;

/** Whether bytes are more than chance: text, a known file, or deflated data that unpacks to either. */
export function isConvincing(bytes: Buffer): boolean {
  return fileTypeOf(bytes) !== null || textOf(bytes) !== null || isDeflated(bytes);
}

/** Raw deflate has no magic number: it has to be tried. What is no deflate mostly fails within its first bytes. */
export function isDeflated(bytes: Buffer): boolean {
  if (bytes.length < SMALLEST_DEFLATED) return false;
  const blockType = (bytes[0]! >> 1) & 3;
  // A stored block gives its length twice, once inverted.
  if (blockType === 3 || (blockType === 0 && (bytes.readUInt16LE(1) ^ bytes.readUInt16LE(3)) !== 0xffff)) return false;
  try {
    const plain = inflateRawSync(bytes, { maxOutputLength: TRIED_OUTPUT_IN_BYTES });
    return plain.length >= SMALLEST_DEFLATED && (textOf(plain) !== null || fileTypeOf(plain) !== null);
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' && bytes.length >= 64;
  }
}
