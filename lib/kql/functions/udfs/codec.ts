import { createHash } from 'node:crypto';
import { domainToASCII, domainToUnicode } from 'node:url';
import { deflateSync, gunzipSync, gzipSync, inflateSync } from 'node:zlib';
import { formatJson, isObject, type Json, parseJson } from '../../json.ts';

const MAX_DECOMPRESSED_BYTES = 16 * 2 ** 20;

/** Percent signs and two digits for all but letters, digits and `-_.!*()`, in lower case as .NET writes them. */
export function urlEncode(text: string): string {
  return encodeURIComponent(text.toWellFormed())
    .replace(/['~]/g, (character) => `%${character.charCodeAt(0).toString(16)}`)
    .replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
}

/** Lone percent signs and bytes that are no UTF-8 stay as they are. */
export function urlDecode(text: string): string {
  return text.replace(/(?:%[0-9a-fA-F]{2})+/g, (run) => {
    try {
      return decodeURIComponent(run);
    } catch {
      return run;
    }
  });
}

export function base64Encode(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

export function base64EncodeArray(json: string): string | null {
  const bytes = parseJson(json);
  return Array.isArray(bytes) ? Buffer.from(bytes.map(Number)).toString('base64') : null;
}

function bytesOf(text: string): Buffer | null {
  const compact = text.replace(/\s/g, '');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(compact) || compact.length % 4 !== 0) return null;
  return Buffer.from(compact, 'base64');
}

/** Null if it is not base64, or its bytes are not UTF-8. */
export function base64Decode(text: string): string | null {
  const bytes = bytesOf(text);
  if (!bytes) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

export function base64ToArray(text: string): string | null {
  const bytes = bytesOf(text);
  return bytes ? JSON.stringify([...bytes]) : null;
}

/** The sixteen bytes in .NET's order: the first three groups are little-endian. */
export function base64ToGuid(text: string): string | null {
  const bytes = bytesOf(text);
  if (bytes?.length !== 16) return null;
  const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
  const hex = order.map((index) => bytes[index]!.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function compressed(work: () => Buffer): string | null {
  try {
    return work().toString('utf8');
  } catch {
    return null;
  }
}

export function gunzip(text: string): string | null {
  return compressed(() => gunzipSync(Buffer.from(text, 'base64'), { maxOutputLength: MAX_DECOMPRESSED_BYTES }));
}

export function unzlib(text: string): string | null {
  return compressed(() => inflateSync(Buffer.from(text, 'base64'), { maxOutputLength: MAX_DECOMPRESSED_BYTES }));
}

export function gzip(text: string): string {
  return gzipSync(text).toString('base64');
}

export function zlib(text: string): string {
  return deflateSync(text).toString('base64');
}

export function codePoints(text: string): string {
  return JSON.stringify(Array.from(text, (character) => character.codePointAt(0)));
}

/** From numbers and arrays of numbers. */
export function fromCodePoints(json: string): string {
  const list = parseJson(json);
  const points = (Array.isArray(list) ? list.flat(1) : []).map(Number);
  return points.map((point) => (point >= 0 && point <= 0x10ffff ? String.fromCodePoint(point) : '\uFFFD')).join('');
}

export function sha1(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}

export function fromPunycode(text: string): string {
  return domainToUnicode(text) || text;
}

export function toPunycode(text: string): string {
  return domainToASCII(text) || text;
}

/** The names of bags in order, so that equal bags give equal texts. */
export function toJsonText(json: string): string {
  const value = parseJson(json);
  return value === undefined ? json : formatJson(sorted(value));
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}
