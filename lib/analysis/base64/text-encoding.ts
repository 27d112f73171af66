import { isUtf8 } from 'node:buffer';

export type TextEncoding = 'utf-8' | 'utf-16le' | 'utf-16be';

export interface DecodedString {
  readonly encoding: TextEncoding;
  readonly text: string;
}

const SAMPLE_BYTES = 4096;

/** The bytes as text, or null if they are not convincingly text: then they are binary. */
export function textOf(bytes: Buffer): DecodedString | null {
  if (bytes.length === 0) return null;
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return wide(bytes.subarray(2), 'utf-16le');
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return wide(bytes.subarray(2), 'utf-16be');
  const zeros = countZeros(bytes);
  if (zeros.odd >= 0.3 && zeros.odd > zeros.even) return wide(bytes, 'utf-16le');
  if (zeros.even >= 0.3) return wide(bytes, 'utf-16be');
  const narrow = utf8(bytes);
  return (
    narrow ?? (bytes.length >= 16 && bytes.length % 2 === 0 && isOneScript(bytes) ? wide(bytes, 'utf-16le') : null)
  );
}

function utf8(bytes: Buffer): DecodedString | null {
  if (!isUtf8(bytes)) return null;
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const text = (hasMark ? bytes.subarray(3) : bytes).toString('utf8');
  return isPrintable(text) ? { encoding: 'utf-8', text } : null;
}

function wide(bytes: Buffer, encoding: 'utf-16le' | 'utf-16be'): DecodedString | null {
  if (bytes.length < 4 || bytes.length % 2 !== 0) return null;
  const text = (encoding === 'utf-16le' ? bytes : Buffer.from(bytes).swap16()).toString('utf16le');
  return text.isWellFormed() && isPrintable(text) ? { encoding, text } : null;
}

/** Shares of zero bytes at odd and at even positions. */
function countZeros(bytes: Buffer): { odd: number; even: number } {
  const sampled = Math.min(bytes.length, SAMPLE_BYTES);
  let odd = 0;
  let even = 0;
  for (let i = 0; i < sampled; i++) {
    if (bytes[i] !== 0) continue;
    if (i & 1) odd++;
    else even++;
  }
  return { odd: odd / Math.max(1, sampled >> 1), even: even / Math.max(1, (sampled + 1) >> 1) };
}

/** Whether the bytes, read as UTF-16LE, keep to ASCII and one block of another script: Cyrillic, Greek, Arabic… */
function isOneScript(bytes: Buffer): boolean {
  const sampled = Math.min(bytes.length, SAMPLE_BYTES) & ~1;
  let block = 0;
  let inBlock = 0;
  for (let i = 1; i < sampled; i += 2) {
    const high = bytes[i]!;
    if (high === 0) continue;
    if (block === 0) block = high;
    if (high !== block || high >= 0x10) return false;
    inBlock++;
  }
  return inBlock > 0;
}

/** At most one control character or unassigned look-alike in forty; tabs and line ends are none. */
export function isPrintable(text: string): boolean {
  const sampled = Math.min(text.length, SAMPLE_BYTES);
  let odd = 0;
  for (let i = 0; i < sampled; i++) {
    const code = text.charCodeAt(i);
    if (code >= 32 && code < 127) continue;
    if (code === 9 || code === 10 || code === 13) continue;
    if (code === 0) odd += 2;
    else if (code < 32 || (code >= 127 && code < 160) || code >= 0xfff0 || (code >= 0xe000 && code < 0xf900)) odd++;
  }
  return odd * 40 <= sampled;
}
