import { TrailhoundError } from '../../errors.ts';
import { isAuditdLine, readAuditd } from './auditd.ts';
import { findCef } from './cef.ts';
import { csvReader } from './csv.ts';
import { decoderFor, type Encoding, encodingOf } from './encoding.ts';
import { jsonDocumentReader } from './json-document.ts';
import { readJsonLines } from './json-lines.ts';
import { readPlainText } from './plain-text.ts';
import type { RecordReader } from './record-block.ts';
import { isSyslogLine, readSyslog } from './syslog.ts';
import { readW3c } from './w3c.ts';
import { readXml } from './xml.ts';
import { readZeek } from './zeek.ts';

/** What a file was found to be. */
export interface DetectedFormat {
  readonly name: string;
  readonly read: RecordReader;
}

/** The start of a file, by which its format is told. */
export interface FileHead {
  /** The first 64 KiB as text; invalid bytes replaced, a byte order mark removed. */
  readonly text: string;
  /** True if `text` is the whole file. */
  readonly whole: boolean;
  /** Lower-case ending of the name without archive endings, as `csv`; empty if there is none. */
  readonly ending: string;
}

/** Formats by their first bytes, in this order; a later one is only tried if no earlier one fits. */
export type FormatTest = (head: FileHead) => DetectedFormat | undefined;

export const JSON_LINES: DetectedFormat = { name: 'json-lines', read: readJsonLines };

/** Arrays of records that tools wrap in an object: CloudTrail, Graph, Azure Monitor exports, Log Analytics. */
const WRAPPED_ARRAY = /^\s*\{\s*"(Records|value|records|events|results|hits|logEvents)"\s*:\s*\[/;

export const detectJson: FormatTest = ({ text, whole }) => {
  const start = text.trimStart();
  if (start.startsWith('[')) {
    return looksLikeBracketedText(start) ? undefined : { name: 'json-array', read: jsonDocumentReader(1) };
  }
  if (!start.startsWith('{')) return undefined;
  if (WRAPPED_ARRAY.test(text)) return { name: 'json-wrapped-array', read: jsonDocumentReader(2) };
  const end = start.indexOf('\n');
  const first = end < 0 ? start : start.slice(0, end);
  if (end < 0 && !whole) return JSON_LINES;
  return isObject(first) || !continuesOverLines(start, first)
    ? JSON_LINES
    : { name: 'json-documents', read: jsonDocumentReader(0) };
};

function isObject(line: string): boolean {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/** A first line that is no whole object: a document over several lines, unless the second line starts a new one. */
function continuesOverLines(text: string, first: string): boolean {
  if (/\}\s*\{/.test(first)) return true;
  const second = text.slice(first.length).trimStart();
  return !second.startsWith('{');
}

/** `[error] …` is a log line; an array starts with a value or ends at once. */
function looksLikeBracketedText(start: string): boolean {
  return !/^\[\s*([[{"\]\d-]|true|false|null)/.test(start);
}

const DELIMITERS = [',', '\t', ';', '|'] as const;

export const detectCsv: FormatTest = ({ text, whole, ending }) => {
  const lines = text.split(/\r?\n/);
  if (!whole) lines.pop();
  const header = lines[0] ?? '';
  const counts = DELIMITERS.map((delimiter) => header.split(delimiter).length - 1);
  const most = Math.max(...counts);
  const delimiter = DELIMITERS[counts.indexOf(most)]!;
  const name = delimiter === '\t' ? 'tsv' : 'csv';
  if (ending === 'csv' || ending === 'tsv') {
    const chosen = most > 0 ? delimiter : ending === 'tsv' ? '\t' : ',';
    return { name, read: csvReader(chosen) };
  }
  if (most < 2 || !looksLikeHeader(header.split(delimiter))) return undefined;
  const second = lines[1]?.split(delimiter).length ?? 0;
  return second - 1 >= most / 2 ? { name, read: csvReader(delimiter) } : undefined;
};

function looksLikeHeader(names: readonly string[]): boolean {
  return names.every((name) => /^\s*"?[\p{L}_@$(#][^"]{0,120}"?\s*$|^\s*$/u.test(name));
}

const detectZeek: FormatTest = ({ text }) =>
  /^#separator /.test(text) || /^#fields\t/m.test(text.slice(0, 4096)) ? { name: 'zeek', read: readZeek } : undefined;

const detectW3c: FormatTest = ({ text }) =>
  /^#(Software|Version|Date|Fields|Start-Date|Remark):/.test(text) && /^#Fields:/m.test(text)
    ? { name: 'w3c', read: readW3c }
    : undefined;

const detectXml: FormatTest = ({ text }) =>
  /^\s*<(\?xml|!--|!DOCTYPE|[A-Za-z_])/.test(text) && !/^\s*<html/i.test(text)
    ? { name: 'xml', read: readXml }
    : undefined;

/** A format of lines, if most of the first ones are of it. */
const lineFormat =
  (format: DetectedFormat, isOne: (line: string) => boolean): FormatTest =>
  ({ text }) => {
    const lines = text.split(/\r?\n/, 50).filter((line) => line.trim() !== '');
    return lines.length > 0 && lines.filter(isOne).length * 2 > lines.length ? format : undefined;
  };

const TESTS: readonly FormatTest[] = [
  detectJson,
  detectZeek,
  detectW3c,
  detectXml,
  lineFormat({ name: 'auditd', read: readAuditd }, isAuditdLine),
  lineFormat({ name: 'cef', read: readSyslog }, (line) => findCef(line) >= 0),
  lineFormat({ name: 'syslog', read: readSyslog }, isSyslogLine),
  detectCsv,
];

/** A format with the decoder of the file's character encoding. */
export interface ReadableFormat extends DetectedFormat {
  readonly encoding: Encoding;
  /** Turns the file's bytes into UTF-8. */
  decode(bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
}

/** True for the first bytes of a Parquet file. */
export function isParquet(head: Buffer): boolean {
  return head.toString('latin1', 0, 4) === 'PAR1';
}

/** Files that hold no text, by their first bytes, with what to do about them. */
const BINARY: readonly { readonly name: string; readonly start: string; readonly hint: string }[] = [
  {
    name: 'a binary Windows event log (.evtx)',
    start: 'ElfFile\0',
    hint: 'Convert it: wevtutil qe LOG.evtx /lf:true /f:RenderedXml > LOG.xml, or evtx_dump -o jsonl LOG.evtx > LOG.jsonl',
  },
  { name: 'a packet capture', start: '\xd4\xc3\xb2\xa1', hint: 'Run Zeek over it and pass its logs: zeek -r FILE' },
  { name: 'a packet capture', start: '\xa1\xb2\xc3\xd4', hint: 'Run Zeek over it and pass its logs: zeek -r FILE' },
  { name: 'a packet capture', start: '\x0a\x0d\x0d\x0a', hint: 'Run Zeek over it and pass its logs: zeek -r FILE' },
  { name: 'an SQLite database', start: 'SQLite format 3\0', hint: 'Export its tables as CSV.' },
];

/**
 * The format of a file by its first bytes; its name only decides between texts that look alike. What is no log at all
 * is refused by name.
 */
export function detectFormat(head: Buffer, whole: boolean, fileName: string): ReadableFormat {
  const binary = BINARY.find(({ start }) => head.toString('latin1', 0, start.length) === start);
  if (binary) throw new TrailhoundError('unsupported', `${fileName} is ${binary.name}`, { hint: binary.hint });
  const encoding = encodingOf(head);
  const text = encoding.decodeHead(head);
  if (looksBinary(text)) {
    throw new TrailhoundError('unsupported', `${fileName} is a binary file of unknown kind`, {
      hint: 'Convert it to JSON lines or CSV.',
    });
  }
  const ending = /\.([a-z0-9]{1,8})$/i.exec(fileName)?.[1]?.toLowerCase() ?? '';
  for (const test of TESTS) {
    const format = test({ text, whole, ending });
    if (format) return { ...format, encoding, decode: decoderFor(encoding) };
  }
  return { name: 'text', read: readPlainText, encoding, decode: decoderFor(encoding) };
}

/** More than one control character in fifty is no text. NULs alone are a fault that text files do have. */
function looksBinary(text: string): boolean {
  let controls = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 32 && code !== 0 && code !== 9 && code !== 10 && code !== 13 && code !== 12 && code !== 27) controls++;
    else if (code === 0xfffd) controls += 0.5;
  }
  return controls > 8 && controls > text.length / 50;
}
