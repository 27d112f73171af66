import { unpackDeflate, unpackGzip, unpackTar, unpackZip } from './archives.ts';
import { fileTypeOf } from './file-type.ts';
import { findBase64 } from './find-base64.ts';
import { findCharCodes } from './find-char-codes.ts';
import { findJoined } from './find-joined.ts';
import type { DecodeMethod, EncodedPart } from './layer.ts';
import { DEFAULT_DECODE_LIMITS, type DecodeBudget, type DecodeLimit, type DecodeLimits, newBudget } from './limits.ts';
import { type DecodedString, textOf } from './text-encoding.ts';
import { unmaskXor } from './xor.ts';

/** Something that was encoded in a text, or in something that was. */
export interface DecodedItem {
  /** `1`, `2`…; what is within item 2 is `2.1`, `2.2`… */
  readonly reference: string;
  /** The item that this was within; null in the text itself. */
  readonly parent: string | null;
  /** 1 in the text itself. */
  readonly depth: number;
  readonly method: DecodeMethod;
  /** The encoded characters; empty for what was packed in bytes. */
  readonly encoded: string;
  /** Of an archive's member. */
  readonly fileName: string | null;
  readonly fileType: string | null;
  readonly bytes: Buffer;
  /** Null: binary. */
  readonly string: DecodedString | null;
}

export interface DecodedText {
  /** Parents before what is within them; in the order of the text. */
  readonly items: readonly DecodedItem[];
  /** The text with each encoded part replaced by what it stands for, all layers deep. */
  readonly text: string;
  readonly limitsMet: readonly DecodeLimit[];
}

/**
 * Finds and decodes what is encoded in a text: base64 of both alphabets (wrapped, unpadded, reversed, cut into
 * literals), hex and character codes, with gzip, deflate, zip, tar and one-byte XOR below, layer by layer.
 * Null if there is nothing. Linear in the text and in what it unfolds to; bounded by `limits`.
 *
 * @example decodeText('powershell -enc ZABpAHIA')?.text // 'powershell -enc dir'
 */
export function decodeText(text: string, limits: DecodeLimits = DEFAULT_DECODE_LIMITS): DecodedText | null {
  if (text.length < 8) return null;
  const unfolding: Unfolding = { items: [], budget: newBudget(limits) };
  const replaced = unfoldText(text, null, 1, unfolding);
  const limitsMet = [...unfolding.budget.met].sort();
  return unfolding.items.length > 0 || limitsMet.length > 0
    ? { items: unfolding.items, text: replaced, limitsMet }
    : null;
}

interface Unfolding {
  readonly items: DecodedItem[];
  readonly budget: DecodeBudget;
}

interface Parent {
  readonly reference: string;
}

function unfoldText(text: string, parent: Parent | null, depth: number, unfolding: Unfolding): string {
  const { budget } = unfolding;
  if (text.length > budget.limits.maxTextLength) {
    budget.met.add('text-length');
    return text;
  }
  const parts = findParts(text);
  if (parts.length === 0) return text;
  if (depth > budget.limits.maxDepth) {
    budget.met.add('depth');
    return text;
  }
  let replaced = '';
  let from = 0;
  let number = 0;
  for (const { start, end, method, bytes } of parts) {
    const encoded = text.slice(start, end);
    const content = { method, encoded, bytes, fileName: null, around: text };
    const shown = unfoldBytes(content, parent, depth, ++number, unfolding);
    if (shown === null) break;
    replaced += text.slice(from, start) + shown;
    from = end;
  }
  return replaced + text.slice(from);
}

/** All encoded parts of a text, in order; where two overlap, the earlier and then the longer one. */
function findParts(text: string): EncodedPart[] {
  const parts = [...findJoined(text), ...findBase64(text), ...findCharCodes(text)];
  if (parts.length < 2) return parts;
  parts.sort((a, b) => a.start - b.start || b.end - a.end);
  let end = 0;
  return parts.filter((part) => {
    if (part.start < end) return false;
    end = part.end;
    return true;
  });
}

interface Content {
  readonly method: DecodeMethod;
  readonly encoded: string;
  readonly bytes: Buffer;
  readonly fileName: string | null;
  /** The text that the bytes came from: it may name an XOR key. */
  readonly around: string;
}

/** Adds the item and what is within it. Returns what to show in its place, or null if a bound was met. */
function unfoldBytes(content: Content, parent: Parent | null, depth: number, number: number, unfolding: Unfolding) {
  const { items, budget } = unfolding;
  const { bytes } = content;
  if (budget.itemsLeft <= 0 || bytes.length > budget.bytesLeft) {
    budget.met.add(budget.itemsLeft <= 0 ? 'items' : 'size');
    return null;
  }
  budget.itemsLeft--;
  budget.bytesLeft -= bytes.length;
  const fileType = fileTypeOf(bytes);
  const string = textOf(bytes);
  const reference = parent ? `${parent.reference}.${number}` : String(number);
  items.push({
    reference,
    parent: parent?.reference ?? null,
    depth,
    method: content.method,
    encoded: content.encoded,
    fileName: content.fileName,
    fileType,
    bytes,
    string,
  });
  if (string) return unfoldText(string.text, { reference }, depth + 1, unfolding);
  const shown = unfoldPacked(content, fileType, { reference }, depth + 1, unfolding);
  return shown ?? `[${fileType ?? 'binary'}, ${bytes.length} bytes]`;
}

function unfoldPacked(content: Content, fileType: string | null, parent: Parent, depth: number, unfolding: Unfolding) {
  const { budget } = unfolding;
  const inner = innerOf(content, fileType, budget);
  if (inner.length === 0) return null;
  if (depth > budget.limits.maxDepth) {
    budget.met.add('depth');
    return null;
  }
  const shown: string[] = [];
  for (const member of inner) {
    const text = unfoldBytes(
      { ...member, encoded: '', around: content.around },
      parent,
      depth,
      shown.length + 1,
      unfolding,
    );
    if (text === null) break;
    shown.push(member.fileName === null ? text : `[${member.fileName}] ${text}`);
  }
  return shown.length > 0 ? shown.join('\n') : null;
}

/** Recognised, but not opened here. */
const CLOSED_ARCHIVES = new Set(['zip (encrypted)', '7z', 'rar', 'xz', 'bz2', 'zstd', 'cab', 'wim']);

type Inner = Pick<Content, 'method' | 'bytes' | 'fileName'>;

function innerOf(content: Content, fileType: string | null, budget: DecodeBudget): Inner[] {
  const { bytes } = content;
  const single = (method: DecodeMethod, inner: Buffer | null): Inner[] =>
    inner && inner.length > 0 ? [{ method, bytes: inner, fileName: null }] : [];
  if (fileType === 'gz') {
    const unpacked = unpackGzip(bytes, budget);
    if (!unpacked && budget.met.size === 0) budget.met.add('damaged-archive');
    return single('gzip', unpacked);
  }
  if (fileType === 'zip')
    return unpackZip(bytes, budget).map(({ name, bytes }) => ({ method: 'zip', bytes, fileName: name }));
  if (fileType === 'tar')
    return unpackTar(bytes, budget).map(({ name, bytes }) => ({ method: 'tar', bytes, fileName: name }));
  if (fileType !== null && CLOSED_ARCHIVES.has(fileType)) budget.met.add('damaged-archive');
  if (fileType !== null || content.method === 'xor') return [];
  // Most binary is not deflated at all: what this trial meets is no bound of the text's own.
  const inflated = bytes.length >= 8 ? unpackDeflate(bytes, { ...budget, met: new Set() }) : null;
  if (inflated && inflated.length >= 8 && (textOf(inflated) || fileTypeOf(inflated)))
    return single('deflate', inflated);
  return single('xor', unmaskXor(bytes, content.around)?.bytes ?? null);
}
