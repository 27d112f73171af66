import { hash } from 'node:crypto';
import { unpackGzip, unpackTar, unpackZip } from './archives.ts';
import { DEFAULT_DECODE_LIMITS, newBudget } from './limits.ts';

/** One row of MSTICPy's `unpack` (3.0.2): its names and order, in camel case. */
export interface MsticpyItem {
  /** Prefix, depth and fragment number, as MSTICPy's tuple. */
  readonly reference: readonly [string, string, string];
  readonly originalString: string;
  readonly fileName: string;
  readonly fileType: string | null;
  readonly inputBytes: Buffer;
  readonly decodedString: string | null;
  readonly encodingType: 'utf-8' | 'utf-16' | 'binary';
  readonly md5: string;
  readonly sha1: string;
  readonly sha256: string;
  readonly printableBytes: string;
}

export interface MsticpyResult {
  readonly items: readonly MsticpyItem[];
  readonly text: string;
}

export interface MsticpyUnpackOptions {
  /** Try UTF-16 before UTF-8. Default false, as there. */
  readonly utf16?: boolean;
  /**
   * Texts known not to decode. MSTICPy keeps one set for the life of its process; here it lives as long as the caller
   * wants: one per table gives what a fresh process gives.
   */
  readonly undecodable?: Set<string>;
}

/** In ignore-case mode Python lets long s and the Kelvin sign stand for letters; they never decode. */
const CANDIDATE = /[A-Za-z0-9+/\n\r\u017f\u212a\u0130\u0131]{30,}={0,2}/g;
const MAX_RECURSION = 20;
const MAX_FRAGMENTS = 50;

const PE_PREFIX = `TVqQAAMAAAAEAAAA//8AALgAAAAAAAAAQ${'A'.repeat(47)}`;
const TYPE_PREFIXES: readonly (readonly [string, string])[] = [
  [`${PE_PREFIX}+AAAAA4fug`, 'exe'],
  [`${PE_PREFIX}8AAAAA4fug`, 'dll'],
  [`${PE_PREFIX}6AAAAA4fug`, 'sys'],
  ['UEsDBBQAAAAIA', 'zip'],
  ['UEsDBBQAAQAIA', 'zip (pwd protected)'],
  ['H4sI', 'gz'],
  ['N3q8ryccAAR', '7z'],
  ['UmFyIRoHAM', 'rar'],
  ['JVBERi0xLjcNC', 'pdf'],
  ['0M8R4KGxGuE', 'msi'],
  ['TVNXSU0AAADQ', 'wim'],
];
const TAR_WITHIN = /DAxMDA3NzcAMDAwMDAwM/i;

/**
 * Decodes as MSTICPy 3.0.2 does, with its limits of recursion and its indices. It differs in one thing: an archive
 * that cannot be opened counts as an item of its own instead of ending the run.
 */
export function unpackLikeMsticpy(text: string, options: MsticpyUnpackOptions = {}): MsticpyResult {
  const state = { utf16: options.utf16 ?? false, undecodable: options.undecodable ?? new Set<string>() };
  return unpackLevel(text, MAX_RECURSION, 1, '', state);
}

interface State {
  readonly utf16: boolean;
  readonly undecodable: Set<string>;
}

function unpackLevel(text: string, recursionsLeft: number, depth: number, prefix: string, state: State): MsticpyResult {
  const items: MsticpyItem[] = [];
  const pattern = new RegExp(CANDIDATE);
  let current = text;
  let position = 0;
  let fragment = 0;
  let decodedLast = false;
  for (;;) {
    pattern.lastIndex = position;
    const match = position > current.length ? null : pattern.exec(current);
    if (!match) break;
    const candidate = match[0];
    const end = match.index + candidate.length;
    if (state.undecodable.has(candidate)) {
      position = end;
      continue;
    }
    fragment++;
    const records = decodeCandidate(candidate, state.utf16);
    const shown = records ? show(records, prefix, depth, fragment) : candidate;
    decodedLast = records !== null && shown !== candidate;
    if (records && decodedLast) {
      const reference = [prefix, `${depth}.`, String(fragment)] as const;
      for (const { name: _name, ...record } of records) items.push({ reference, originalString: candidate, ...record });
      current = current.replaceAll(candidate, () => shown);
      position += shown.length;
    } else {
      state.undecodable.add(candidate);
      position = end;
    }
    if (fragment > MAX_FRAGMENTS) break;
  }
  if (recursionsLeft === 0 || !decodedLast) return { items, text: current };
  const nextPrefix = prefix ? `${prefix}.${fragment}.` : `${fragment}.`;
  const next = unpackLevel(current, recursionsLeft - 1, depth + 1, nextPrefix, state);
  return { items: [...items, ...next.items], text: next.text };
}

type Decoded = Omit<MsticpyItem, 'reference' | 'originalString'> & { readonly name: string };

function decodeCandidate(candidate: string, utf16: boolean): Decoded[] | null {
  const bytes = decodeStrictly(candidate);
  if (bytes === null || bytes.length === 0) return null;
  const type = typeByPrefix(candidate);
  const members = type === null ? [] : membersOf(bytes, type);
  if (members.length === 0) return [describe(`[${type ?? 'None'}]`, 'unknown', type, bytes, utf16)];
  return members.map(([name, content]) => describe(`[${type}] Filename: ${name}`, name, type, content, utf16));
}

/** Python's `b64decode`: what is not of the alphabet is skipped, padding is needed. */
function decodeStrictly(candidate: string): Buffer | null {
  if (/[^\x20-\x7e\n\r]/.test(candidate)) return null;
  const body = candidate.replaceAll(/[\n\r]/g, '');
  const digits = body.replaceAll('=', '').length;
  const padding = body.length - digits;
  const isWhole = digits % 4 === 0 || (digits % 4 === 2 && padding === 2) || (digits % 4 === 3 && padding >= 1);
  return isWhole ? Buffer.from(body, 'base64') : null;
}

function typeByPrefix(candidate: string): string | null {
  const start = candidate.slice(0, 160).replaceAll(/[\n\r]/g, '');
  for (const [prefix, type] of TYPE_PREFIXES) if (start.startsWith(prefix)) return type;
  return TAR_WITHIN.test(start) ? 'tar' : null;
}

/** By name, the last of equal names in the place of the first, as in a Python dictionary. */
function membersOf(bytes: Buffer, type: string): [string, Buffer][] {
  const budget = newBudget({ ...DEFAULT_DECODE_LIMITS, maxMembers: 10_000 });
  const members = new Map<string, Buffer>();
  if (type === 'gz') {
    const content = unpackGzip(bytes, budget);
    if (content) members.set('gzip_file', content);
  } else if (type === 'zip' || type === 'tar') {
    for (const member of (type === 'zip' ? unpackZip : unpackTar)(bytes, budget))
      members.set(member.name, member.bytes);
  }
  return [...members];
}

function describe(name: string, fileName: string, fileType: string | null, bytes: Buffer, utf16: boolean): Decoded {
  const wide = utf16 ? decodeUtf16(bytes) : null;
  const decodedString = wide ?? decodeWith('utf-8', bytes);
  return {
    name,
    fileName,
    fileType,
    inputBytes: bytes,
    decodedString,
    encodingType: wide !== null ? 'utf-16' : decodedString !== null ? 'utf-8' : 'binary',
    md5: hash('md5', bytes, 'hex'),
    sha1: hash('sha1', bytes, 'hex'),
    sha256: hash('sha256', bytes, 'hex'),
    printableBytes: bytes.toString('hex').replaceAll(/(..)(?!$)/g, '$1 '),
  };
}

function decodeUtf16(bytes: Buffer): string | null {
  if (bytes.length % 2 !== 0) return null;
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return decodeWith('utf-16be', bytes.subarray(2));
  return decodeWith('utf-16le', bytes[0] === 0xff && bytes[1] === 0xfe ? bytes.subarray(2) : bytes);
}

function decodeWith(encoding: string, bytes: Buffer): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

function show(records: readonly Decoded[], prefix: string, depth: number, fragment: number): string {
  const [only] = records;
  if (records.length === 1 && only) return showOne(only, prefix, depth, String(fragment));
  const children = records.map((record, at) => showOne(record, prefix, depth + 1, `${prefix}${fragment}.${at + 1}`));
  const head = `<decoded value='multiple binary' type='multiple' index='${prefix}${fragment}' depth='${depth}'>`;
  return `${head}${children.join('')}</decoded>`;
}

function showOne(record: Decoded, prefix: string, depth: number, index: string): string {
  const place = `index='${prefix}${index}' depth='${depth}'`;
  return record.encodingType === 'binary'
    ? `<decoded value='binary'  name='${record.name}' type='${record.fileType ?? 'None'}' ${place}>${record.printableBytes}</decoded>`
    : `<decoded type='string' name='${record.name}' ${place}>${record.decodedString}</decoded>`;
}
