import { classOf, findRuns, HEX, restlessness, STANDARD } from './alphabet.ts';
import { isConvincing, isDeflated } from './convincing.ts';
import { fileTypeOf } from './file-type.ts';
import type { EncodedPart } from './layer.ts';
import { textOf } from './text-encoding.ts';

/** Shortest run that is tried unannounced: below it, words decode to something printable too often. */
const MINIMUM_RUN = 16;
/** Shortest run of unknown binary that counts without an announcement. */
const MINIMUM_BINARY_RUN = 40;
const MINIMUM_HEX_RUN = 32;
/** Hex digits of MD5, SHA-1, SHA-256 and SHA-512. */
const DIGEST_LENGTHS = new Set([32, 40, 64, 128]);
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
  const search: Search = { text, consumed: 0, wrappedUntil: 0 };
  for (const run of findRuns(text, MINIMUM_RUN)) {
    if (run.start < search.consumed) continue;
    for (const part of partsOfRun(search, run.start, run.end)) {
      parts.push(part);
      search.consumed = part.end;
    }
  }
  addShort(text, SHORT_COMMAND, (bytes) => textOf(bytes)?.encoding === 'utf-16le', parts);
  addShort(text, SHORT_ARGUMENT, (bytes) => textOf(bytes) !== null, parts);
  return parts.sort((a, b) => a.start - b.start);
}

interface Search {
  readonly text: string;
  /** Everything before is decoded. */
  consumed: number;
  /** Lines before this were tried together already: each line is tried in one blob and by itself. */
  wrappedUntil: number;
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

function partsOfRun(search: Search, start: number, end: number): EncodedPart[] {
  const alphabet = alphabetOf(search.text, start, end);
  const part = alphabet === 'mixed' ? null : partOf(search, start, end, alphabet);
  if (part) return [part];
  return alphabet === 'standard' ? [] : partsBetweenDashes(search, start, end);
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
function partsBetweenDashes(search: Search, start: number, end: number): EncodedPart[] {
  const parts: EncodedPart[] = [];
  let from = start;
  for (let i = start; i <= end; i++) {
    if (i < end && classOf(search.text.charCodeAt(i)) & STANDARD) continue;
    const part = i - from >= MINIMUM_RUN ? partOf(search, from, i, 'standard') : null;
    if (part) parts.push(part);
    from = i + 1;
  }
  return parts;
}

/** The surest reading of a run: first those that give text or a known file, at last unknown binary. */
function partOf(search: Search, start: number, end: number, alphabet: 'standard' | 'url-safe'): EncodedPart | null {
  const { text } = search;
  const isAnnounced = ANNOUNCEMENT.test(text.slice(Math.max(0, start - LONGEST_ANNOUNCEMENT), start));
  const wrapped = alphabet === 'standard' && start >= search.wrappedUntil ? endOfWrapped(text, start, end) : end;
  const whole = wrapped > end ? acceptWrapped(text, start, wrapped, isAnnounced) : null;
  if (whole?.isSure) return whole.part;
  search.wrappedUntil = Math.max(search.wrappedUntil, wrapped);
  const own = accept(text, start, end, alphabet, isAnnounced);
  if (own?.isSure) return own.part;
  return (
    hexPart(text, start, end) ??
    (text[start - 1] === '=' ? reversedPart(text, start, end) : null) ??
    (alphabet === 'standard' ? partAfterSlash(text, start, end) : null) ??
    whole?.part ??
    own?.part ??
    null
  );
}

/** `path/segments/` may stand before base64 and look like a part of it. */
function partAfterSlash(text: string, start: number, end: number): EncodedPart | null {
  let slash = text.indexOf('/', start);
  for (let attempt = 0; attempt < MAX_PATH_ATTEMPTS && slash >= 0 && end - slash > MINIMUM_RUN; attempt++) {
    const accepted = accept(text, slash + 1, end, 'standard', false);
    if (accepted?.isSure) return accepted.part;
    slash = text.indexOf('/', slash + 1);
  }
  return null;
}

/** A wrapped blob, without its last line if that is rather a word of the text that follows. */
function acceptWrapped(text: string, start: number, end: number, isAnnounced: boolean): Accepted | null {
  const whole = accept(text, start, end, 'standard', isAnnounced);
  const lastLine = text.lastIndexOf('\n', end - 1) + 1;
  if (end - lastLine >= MINIMUM_LINE || text[end] === '=') return whole;
  const before = text[lastLine - 2] === '\r' ? lastLine - 2 : lastLine - 1;
  const shorter = accept(text, start, before, 'standard', isAnnounced);
  if (!shorter?.isSure) return whole;
  const digits = text.slice(start, before).replaceAll(/[\r\n]/g, '').length;
  const tail = whole?.part.bytes.subarray(shorter.part.bytes.length) ?? Buffer.alloc(0);
  const isOfBlob =
    digits % 4 !== 0 || (tail.length % 3 === 0 && (textOf(shorter.part.bytes) === null || textOf(tail) !== null));
  return isOfBlob ? whole : shorter;
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

interface Accepted {
  readonly part: EncodedPart;
  /** It gives text or a known file, or was announced. */
  readonly isSure: boolean;
}

function accept(
  text: string,
  start: number,
  end: number,
  alphabet: 'standard' | 'url-safe',
  isAnnounced: boolean,
): Accepted | null {
  const body = text.slice(start, end);
  const bytes = Buffer.from(body, 'base64');
  let after = end;
  while (text[after] === '=' && after < end + 2) after++;
  const method = alphabet === 'standard' ? 'base64' : 'base64url';
  const part: EncodedPart = { start, end: after, method, bytes };
  if (isAnnounced || fileTypeOf(bytes)) return { part, isSure: true };
  if (textOf(bytes)) return body.length >= 32 || restlessness(body) > 0.2 ? { part, isSure: true } : null;
  if (restlessness(body) >= 0.4 && hasAllKinds(body) && isDeflated(bytes)) return { part, isSure: true };
  const isBinary =
    body.length >= MINIMUM_BINARY_RUN && restlessness(body) >= 0.4 && hasAllKinds(body) && !isPathLike(body, alphabet);
  return isBinary ? { part, isSure: false } : null;
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
  const isDigest = DIGEST_LENGTHS.has(end - from);
  const isMeant = isDigest ? textOf(bytes) !== null || fileTypeOf(bytes) !== null : isConvincing(bytes);
  return isMeant ? { start: from, end, method: 'hex', bytes } : null;
}

/** Base64 written backwards begins with its padding. */
function reversedPart(text: string, start: number, end: number): EncodedPart | null {
  const bytes = Buffer.from([...text.slice(start, end)].reverse().join(''), 'base64');
  if (!isConvincing(bytes)) return null;
  const from = text[start - 2] === '=' ? start - 2 : start - 1;
  return { start: from, end, method: 'base64-reversed', bytes };
}
