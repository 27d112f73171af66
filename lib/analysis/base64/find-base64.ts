import { classOf, findRuns, HEX, restlessness, STANDARD } from './alphabet.ts';
import { fileTypeOf } from './file-type.ts';
import type { EncodedPart } from './layer.ts';
import { textOf } from './text-encoding.ts';

/** Shortest run that is tried unannounced: below it, words decode to something printable too often. */
export const MINIMUM_RUN = 16;
/** Shortest run of unknown binary that counts without an announcement. */
const MINIMUM_BINARY_RUN = 40;
const MINIMUM_HEX_RUN = 32;
/** Wrapped blobs break their lines at 64 or 76 characters, hand-made ones earlier. */
const MINIMUM_LINE = 20;
const LONGEST_ANNOUNCEMENT = 48;
const MAX_PATH_ATTEMPTS = 8;

/** What stands right before base64: PowerShell's -EncodedCommand in any abbreviation, or a decoding function. */
const ANNOUNCEMENT =
  /(?:(?:^|[\s"'])[-/\u2013\u2014\u2015](?:e|ec|en|enc[a-z]{0,11})[\s:]\s{0,8}["']?|frombase64string\s{0,4}\(\s{0,4}\\?["']?|b64decode\(\s{0,4}b?["']?|(?:atob|base64_decode)\(\s{0,4}["']?|;\s?base64,)$/i;

/** Short base64 is looked for only after the words that announce it. */
const SHORT_COMMAND =
  /(?:^|[\s"'])[-/\u2013\u2014\u2015](?:e|ec|en|enc[a-z]{0,11})[\s:]\s{0,8}["']?([A-Za-z0-9+/]{4,15}={0,2})(?![A-Za-z0-9+/=])/gi;
const SHORT_ARGUMENT = /frombase64string\s{0,4}\(\s{0,4}["']([A-Za-z0-9+/]{4,15}={0,2})["']/gi;

/** The base64 (of both alphabets, wrapped, unpadded, reversed) and hex in a text, in order, without overlaps. */
export function findBase64(text: string): EncodedPart[] {
  const parts: EncodedPart[] = [];
  let consumed = 0;
  for (const run of findRuns(text, MINIMUM_RUN)) {
    if (run.start < consumed) continue;
    for (const part of partsOfRun(text, run.start, run.end)) {
      parts.push(part);
      consumed = part.end;
    }
  }
  addShort(text, SHORT_COMMAND, (bytes) => textOf(bytes)?.encoding === 'utf-16le', parts);
  addShort(text, SHORT_ARGUMENT, (bytes) => textOf(bytes) !== null, parts);
  return parts.sort((a, b) => a.start - b.start);
}

function addShort(text: string, pattern: RegExp, isMeant: (bytes: Buffer) => boolean, parts: EncodedPart[]): void {
  if (!/base64|[-/\u2013-\u2015]e/i.test(text)) return;
  for (const match of text.matchAll(pattern)) {
    const end = match.index + match[0].lastIndexOf(match[1]!) + match[1]!.length;
    const start = end - match[1]!.length;
    const bytes = Buffer.from(match[1]!, 'base64');
    if (isMeant(bytes) && !parts.some((part) => part.start < end && start < part.end)) {
      parts.push({ start, end, method: 'base64', bytes });
    }
  }
}

function partsOfRun(text: string, start: number, end: number): EncodedPart[] {
  const alphabet = alphabetOf(text, start, end);
  if (alphabet !== 'mixed') {
    const part = partOf(text, start, end, alphabet);
    if (part) return [part];
    if (alphabet === 'standard') return partsAfterSlashes(text, start, end);
  }
  return partsBetweenDashes(text, start, end);
}

function alphabetOf(text: string, start: number, end: number): 'standard' | 'url-safe' | 'mixed' {
  let standard = false;
  let urlSafe = false;
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code === 43 || code === 47) standard = true;
    else if (code === 45 || code === 95) urlSafe = true;
  }
  return urlSafe ? (standard ? 'mixed' : 'url-safe') : 'standard';
}

/** A run with dashes that is no URL-safe base64 as a whole may be words or options around standard base64. */
function partsBetweenDashes(text: string, start: number, end: number): EncodedPart[] {
  const parts: EncodedPart[] = [];
  let from = start;
  for (let i = start; i <= end; i++) {
    if (i < end && classOf(text.charCodeAt(i)) & STANDARD) continue;
    if (i - from >= MINIMUM_RUN && !(from === start && i === end)) {
      const part = partOf(text, from, i, 'standard');
      parts.push(...(part ? [part] : partsAfterSlashes(text, from, i)));
    }
    from = i + 1;
  }
  return parts;
}

/** `path/segments/` may stand before base64 and look like a part of it. */
function partsAfterSlashes(text: string, start: number, end: number): EncodedPart[] {
  let slash = text.indexOf('/', start);
  for (let attempt = 0; attempt < MAX_PATH_ATTEMPTS && slash >= 0 && end - slash > MINIMUM_RUN; attempt++) {
    const part = partOf(text, slash + 1, end, 'standard');
    if (part) return [part];
    slash = text.indexOf('/', slash + 1);
  }
  return [];
}

function partOf(text: string, start: number, end: number, alphabet: 'standard' | 'url-safe'): EncodedPart | null {
  const wrapped = alphabet === 'standard' ? endOfWrapped(text, start, end) : end;
  const isAnnounced = ANNOUNCEMENT.test(text.slice(Math.max(0, start - LONGEST_ANNOUNCEMENT), start));
  if (wrapped > end) {
    const whole = accept(text, start, wrapped, alphabet, isAnnounced);
    if (whole) return whole;
  }
  return (
    accept(text, start, end, alphabet, isAnnounced) ??
    hexPart(text, start, end) ??
    (text[start - 1] === '=' ? reversedPart(text, start, end) : null)
  );
}

/** The end of the last line of a wrapped blob that begins with this run. */
function endOfWrapped(text: string, start: number, end: number): number {
  let lineStart = start;
  let at = end;
  for (;;) {
    if (at - lineStart < MINIMUM_LINE) return at;
    let next = at;
    if (text[next] === '\r') next++;
    if (text[next] !== '\n') return at;
    next++;
    let lineEnd = next;
    while (lineEnd < text.length && classOf(text.charCodeAt(lineEnd)) & STANDARD) lineEnd++;
    if (lineEnd === next) return at;
    // A last line must end the blob: a word that goes on with other text is not of it.
    const after = text[lineEnd];
    if (after !== undefined && after !== '=' && !/[\s"'<)\]}-]/.test(after)) return at;
    lineStart = next;
    at = lineEnd;
  }
}

function accept(
  text: string,
  start: number,
  end: number,
  alphabet: 'standard' | 'url-safe',
  isAnnounced: boolean,
): EncodedPart | null {
  const body = text.slice(start, end);
  const bytes = Buffer.from(body, 'base64');
  let after = end;
  while (text[after] === '=' && after < end + 2) after++;
  const method = alphabet === 'standard' ? 'base64' : 'base64url';
  const part: EncodedPart = { start, end: after, method, bytes };
  if (fileTypeOf(bytes)) return part;
  if (textOf(bytes)) return isAnnounced || restlessness(body) > 0.2 ? part : null;
  if (isAnnounced) return part;
  const isBinary =
    body.length >= MINIMUM_BINARY_RUN && restlessness(body) >= 0.4 && hasAllKinds(body) && !isPathLike(body, alphabet);
  return isBinary ? part : null;
}

function hasAllKinds(body: string): boolean {
  return /[A-Z]/.test(body) && /[a-z]/.test(body) && /[0-9]/.test(body);
}

/** Slashes come once in 64 characters of base64, dashes and underscores likewise; in paths and names more often. */
function isPathLike(body: string, alphabet: 'standard' | 'url-safe'): boolean {
  const separators = body.split(alphabet === 'standard' ? '/' : /[-_]/).length - 1;
  return separators > 2 + body.length / (alphabet === 'standard' ? 20 : 12);
}

/** Hex digits that stand for text or a known file: digests do not. */
function hexPart(text: string, start: number, end: number): EncodedPart | null {
  const from = text[start] === '0' && /x/i.test(text[start + 1] ?? '') ? start + 2 : start;
  if (end - from < MINIMUM_HEX_RUN || (end - from) % 2 !== 0) return null;
  for (let i = from; i < end; i++) if (!(classOf(text.charCodeAt(i)) & HEX)) return null;
  const bytes = Buffer.from(text.slice(from, end), 'hex');
  return fileTypeOf(bytes) || textOf(bytes) ? { start: from, end, method: 'hex', bytes } : null;
}

/** Base64 written backwards begins with its padding. */
function reversedPart(text: string, start: number, end: number): EncodedPart | null {
  const bytes = Buffer.from([...text.slice(start, end)].reverse().join(''), 'base64');
  if (!fileTypeOf(bytes) && !textOf(bytes)) return null;
  const from = text[start - 2] === '=' ? start - 2 : start - 1;
  return { start: from, end, method: 'base64-reversed', bytes };
}
