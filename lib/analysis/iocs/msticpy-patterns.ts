import { isHexCode } from './ioc.ts';

/** A match: where the whole pattern matched, and what it gives. */
export interface PatternMatch {
  readonly start: number;
  readonly end: number;
  readonly value: string;
  /** Of URLs. */
  readonly host?: string;
}

/** Finds one type's matches from a position on, without overlaps, from left to right. */
export type Finder = (text: string, from: number) => PatternMatch[];

function byRegex(pattern: RegExp): Finder {
  return (text, from) => {
    const own = new RegExp(pattern);
    own.lastIndex = from;
    const matches: PatternMatch[] = [];
    for (let match = own.exec(text); match; match = own.exec(text)) {
      matches.push({ start: match.index, end: own.lastIndex, value: match[0] });
      if (match[0] === '') own.lastIndex++;
    }
    return matches;
  };
}

const LABEL = '[a-z0-9]+(?:-[a-z0-9]+)*';
const DNS = `(?:(?=[a-z0-9-]{1,63}\\.)${LABEL}\\.){1,126}[a-z]{2,63}`;
const DNS_DEFANGED = `(?:(?=[a-z0-9-]{1,63}\\[?\\.\\]?)${LABEL}\\[?\\.\\]?){1,126}[a-z]{2,63}`;

/** The type's own pattern, or where that backtracks without bound, a scanner that gives the same matches. */
export function msticpyFinders(isDefanged: boolean): readonly (readonly [string, Finder])[] {
  const dns = isDefanged ? DNS_DEFANGED : DNS;
  return [
    ['ipv4', byRegex(isDefanged ? /(?:[0-9]{1,3}\[?\.\]?){3}[0-9]{1,3}/gu : /(?:[0-9]{1,3}\.){3}[0-9]{1,3}/gu)],
    ['ipv6', byRegex(/(?<![:.\p{L}\p{N}_])(?:[A-F0-9]{0,4}:){2,7}[A-F0-9]{0,4}(?![:.\p{L}\p{N}_])/giu)],
    ['dns', byRegex(new RegExp(dns, 'giu'))],
    ['url', (text, from) => findUrls(text, from, isDefanged)],
    ['email', (text, from) => findEmails(text, from, new RegExp(dns, 'iuy'), isDefanged)],
    ['windows_path', findWindowsPaths],
    ['linux_path', findLinuxPaths],
    ['md5_hash', (text, from) => findHashes(text, from, 32)],
    ['sha1_hash', (text, from) => findHashes(text, from, 40)],
    ['sha256_hash', (text, from) => findHashes(text, from, 64)],
  ];
}

const PLAIN_PROTOCOLS = ['https', 'http', 'sftps', 'sftp', 'ftps', 'ftp', 'telnet', 'ldap', 'file'];
const DEFANGED_PROTOCOLS = [...PLAIN_PROTOCOLS, 'hxxps', 'hxxp', 'sfxps', 'sfxp', 'fxps', 'fxp'];

function findUrls(text: string, from: number, isDefanged: boolean): PatternMatch[] {
  const protocols = isDefanged ? DEFANGED_PROTOCOLS : PLAIN_PROTOCOLS;
  const matches: PatternMatch[] = [];
  let lowest = from;
  for (let at = text.indexOf('://', from); at >= 0; at = text.indexOf('://', Math.max(at + 1, lowest))) {
    const before = text.slice(Math.max(lowest, at - 6), at).toLowerCase();
    // The leftmost match is the longest protocol that ends here.
    const protocol = protocols
      .filter((name) => before.endsWith(name))
      .reduce((longest, name) => (name.length > longest.length ? name : longest), '');
    if (protocol === '') continue;
    const start = at - protocol.length;
    const { end, host } = endOfUrl(text, at + 3, isDefanged);
    matches.push({ start, end, value: text.slice(start, end), host });
    lowest = end;
  }
  return matches;
}

const HOST_CHARACTERS = /(?:[a-z0-9\-._~!$&'()*+,;=]|%[0-9A-F]{2})*/iy;
const HOST_CHARACTERS_DEFANGED = /(?:[a-z0-9\-._~!$&'()*+,;=[\]]|%[0-9A-F]{2})*/iy;
const USER_CHARACTERS = /(?:[a-z0-9\-._~!$&'()*+,;=:]|%[0-9A-F]{2})*@/iy;
const QUERY_CHARACTERS = /(?:[a-z0-9\-._~!$&'()*+,;=:/?@]|%[0-9A-F]{2})*/iy;

function endOfUrl(text: string, from: number, isDefanged: boolean): { end: number; host: string } {
  let at = from;
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match) at += match[0].length;
    return match !== null;
  };
  take(USER_CHARACTERS);
  const hostStart = at;
  take(isDefanged ? HOST_CHARACTERS_DEFANGED : HOST_CHARACTERS);
  const host = text.slice(hostStart, at);
  if (text[at] === ':') take(/:\d*/y);
  if (text[at] === '/') take(/[^?#"<>\s]*/y);
  if (text[at] === '?') {
    at++;
    take(QUERY_CHARACTERS);
  }
  if (text[at] === '#') {
    at++;
    take(QUERY_CHARACTERS);
  }
  return { end: at, host };
}

const USER_CODES = new Uint8Array(128);
for (const character of "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.!#$%&'*+/=?^_`{|}~-") {
  USER_CODES[character.charCodeAt(0)] = 1;
}

function findEmails(text: string, from: number, domain: RegExp, isDefanged: boolean): PatternMatch[] {
  const matches: PatternMatch[] = [];
  const at = isDefanged ? /@|\[at\]/gi : /@/g;
  at.lastIndex = from;
  let lowest = from;
  for (let sign = at.exec(text); sign; sign = at.exec(text)) {
    let start = sign.index;
    while (start > lowest && USER_CODES[text.charCodeAt(start - 1)]) start--;
    domain.lastIndex = sign.index + sign[0].length;
    const match = start < sign.index ? domain.exec(text) : null;
    if (!match) continue;
    lowest = domain.lastIndex;
    matches.push({ start, end: lowest, value: text.slice(start, lowest) });
    at.lastIndex = lowest;
  }
  return matches;
}

function findHashes(text: string, from: number, length: number): PatternMatch[] {
  const matches: PatternMatch[] = [];
  let lowest = from;
  let at = from;
  while (at < text.length) {
    if (!isHexCode(text.charCodeAt(at))) {
      at++;
      continue;
    }
    const start = at;
    while (at < text.length && isHexCode(text.charCodeAt(at))) at++;
    if (at - start !== length) continue;
    // A boundary is a line's edge, or one character that the match takes for itself.
    const isAtLineStart = start === 0 || text[start - 1] === '\n';
    if (!isAtLineStart && start - 1 < lowest) continue;
    const end = at === text.length || text[at] === '\n' ? at : at + 1;
    matches.push({ start, end, value: text.slice(start, at) });
    lowest = end;
    at = end;
  }
  return matches;
}

const isFolderCode = classTest('/:*?"\'<>|\r\n', false);
const isFileCode = classTest('\\/*?"<>|\r\n ', false);
const isUncCode = classTest('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.$-', true);
const isUnixFolderCode = classTest('\\/:*?<>|\r\n', false);
const isUnixFileCode = classTest('/\0<>|\r\n ', false);

function classTest(characters: string, isIn: boolean): (code: number) => boolean {
  const codes = new Uint8Array(128);
  for (const character of characters) codes[character.charCodeAt(0)] = 1;
  return (code) => (code < 128 ? codes[code] === 1 : false) === isIn;
}

/**
 * `root \ (folder \)* file`. Folders may hold backslashes, so all that matters is the last backslash, within a run of
 * folder characters, that a file character follows: `best[i]` is the furthest such end of a folder that begins at `i`.
 */
function findWindowsPaths(text: string, from: number): PatternMatch[] {
  if (text.indexOf('\\', from) < 0) return [];
  const { length } = text;
  const best = new Int32Array(length + 1).fill(-1);
  // Where a file can begin, going backwards: the furthest fitting backslash at or after i within i's run.
  let furthest = -1;
  for (let i = length - 1; i >= from; i--) {
    const code = text.charCodeAt(i);
    if (!isFolderCode(code)) furthest = -1;
    else if (furthest < 0 && code === 92 && i + 1 < length && isFileCode(text.charCodeAt(i + 1))) furthest = i;
    best[i] = furthest;
  }
  const end = (slash: number): number => {
    const start = slash + 1;
    // A folder is at least one character and its backslash.
    const last = start < length ? best[start]! : -1;
    const fileStart = last > start ? last + 1 : start;
    if (fileStart >= length || !isFileCode(text.charCodeAt(fileStart))) return -1;
    let at = fileStart;
    while (at < length && isFileCode(text.charCodeAt(at))) at++;
    return at;
  };
  const matches: PatternMatch[] = [];
  let at = from;
  while (at < length) {
    const stop = windowsEnd(text, at, end);
    if (stop < 0) at++;
    else {
      matches.push({ start: at, end: stop, value: text.slice(at, stop) });
      at = stop;
    }
  }
  return matches;
}

/** The end of the match that begins at `at`, by the first of the alternative roots that has one; -1: none. */
function windowsEnd(text: string, at: number, end: (slash: number) => number): number {
  const code = text.charCodeAt(at) | 32;
  if (code >= 97 && code <= 122 && text[at + 1] === ':' && text[at + 2] === '\\') {
    const stop = end(at + 2);
    if (stop >= 0) return stop;
  }
  if (text[at] === '\\') {
    if (text[at + 1] === '\\') {
      let server = at + 2;
      while (server < text.length && isUncCode(text.charCodeAt(server))) server++;
      if (server > at + 2 && text[server] === '\\') {
        const stop = end(server);
        if (stop >= 0) return stop;
      }
    }
    return end(at);
  }
  if (text[at] !== '.' || text[at - 1] === '.') return -1;
  return dotsEnd(text, at, '\\', end);
}

/** `[.]+` before a separator. Only the first dot of a run can begin the leftmost match, and all dots belong to it. */
function dotsEnd(text: string, at: number, separator: string, end: (slash: number) => number): number {
  let dots = at;
  while (text[dots] === '.') dots++;
  return text[dots] === separator ? end(dots) : -1;
}

/** `root / (folder /)* file`; `best[i]` is the furthest end of folders that begin at `i` with a file after it. */
function findLinuxPaths(text: string, from: number): PatternMatch[] {
  if (text.indexOf('/', from) < 0) return [];
  const { length } = text;
  const best = new Int32Array(length + 2).fill(-1);
  let runEnd = length;
  for (let i = length - 1; i >= from; i--) {
    const code = text.charCodeAt(i);
    if (!isUnixFolderCode(code)) runEnd = i;
    const next = runEnd > i && text[runEnd] === '/' ? best[runEnd + 1]! : -1;
    best[i] = next >= 0 ? next : isUnixFileCode(code) ? i : -1;
  }
  const end = (slash: number): number => {
    const fileStart = best[slash + 1]!;
    if (fileStart < 0) return -1;
    let at = fileStart;
    while (at < length && isUnixFileCode(text.charCodeAt(at))) at++;
    return at;
  };
  const matches: PatternMatch[] = [];
  let at = from;
  while (at < length) {
    let stop = -1;
    let next = at + 1;
    if (text[at] === '/') {
      let last = at;
      while (text[last + 1] === '/') last++;
      stop = end(last);
      next = last + 1;
    } else if (text[at] === '.' && text[at - 1] !== '.') stop = dotsEnd(text, at, '/', end);
    if (stop < 0) at = next;
    else {
      matches.push({ start: at, end: stop, value: text.slice(at, stop) });
      at = stop;
    }
  }
  return matches;
}
