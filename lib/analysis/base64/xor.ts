import { fileTypeOf } from './file-type.ts';
import { textOf } from './text-encoding.ts';

/** Words that a hidden payload holds with near certainty. */
const KNOWN_WORDS = [
  'http://',
  'https://',
  'powershell',
  'cmd.exe',
  'DOS mode',
  'This program',
  'New-Object',
  '#!/bin/',
];
const MAX_SIZE_IN_BYTES = 4 * 2 ** 20;

/** The differences of neighbouring bytes do not depend on the key: known words show through. */
const PATTERNS = KNOWN_WORDS.flatMap((word) => [Buffer.from(word, 'latin1'), Buffer.from(word, 'utf16le')]).map(
  (plain) => ({ first: plain[0]!, differences: differencesOf(plain) }),
);

function differencesOf(bytes: Buffer): Buffer {
  const differences = Buffer.allocUnsafe(Math.max(0, bytes.length - 1));
  for (let i = 0; i < differences.length; i++) differences[i] = bytes[i]! ^ bytes[i + 1]!;
  return differences;
}

export interface Unmasked {
  readonly key: number;
  readonly bytes: Buffer;
}

/**
 * Undoes a one-byte XOR, if the result is text or a known file. The key comes from the code around the data
 * (`-bxor 0x35`), else from a known word within: one linear search for its differences, no trying of keys.
 */
export function unmaskXor(bytes: Buffer, context: string): Unmasked | null {
  if (bytes.length < 8 || bytes.length > MAX_SIZE_IN_BYTES) return null;
  for (const key of keysNamed(context)) {
    const plain = applyKey(bytes, key);
    if (fileTypeOf(plain) || textOf(plain)) return { key, bytes: plain };
  }
  const differences = differencesOf(bytes);
  for (const { first, differences: pattern } of PATTERNS) {
    const at = differences.indexOf(pattern);
    if (at < 0) continue;
    const key = bytes[at]! ^ first;
    if (key === 0) continue;
    const plain = applyKey(bytes, key);
    if (fileTypeOf(plain) || textOf(plain)) return { key, bytes: plain };
  }
  return null;
}

function keysNamed(context: string): number[] {
  const keys: number[] = [];
  for (const match of context.matchAll(/(?:\bbxor|\bxor|\^)\s{0,4}(0x[0-9a-f]{1,2}|\d{1,3})\b/gi)) {
    const key = Number(match[1]);
    if (key > 0 && key < 256 && !keys.includes(key) && keys.length < 8) keys.push(key);
  }
  return keys;
}

function applyKey(bytes: Buffer, key: number): Buffer {
  const plain = Buffer.allocUnsafe(bytes.length);
  for (let i = 0; i < plain.length; i++) plain[i] = bytes[i]! ^ key;
  return plain;
}
