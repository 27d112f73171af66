import type { Found } from './ioc.ts';

const MAX_PATH = 1024;
const WINDOWS_START =
  /(?<![A-Za-z0-9])[A-Za-z]:\\(?!["'\s])|(?<!\\)\\\\(?:[?.]\\|[A-Za-z0-9_$-][A-Za-z0-9_.$-]{0,62}\\)(?=[A-Za-z0-9_$.])|%[A-Za-z][A-Za-z0-9_()]{1,40}%\\|\\Device\\HarddiskVolume\d{1,3}\\|\\SystemRoot\\/gi;
const REGISTRY_START =
  /(?<![A-Za-z0-9_])(?:HKEY_(?:LOCAL_MACHINE|CURRENT_USER|CLASSES_ROOT|USERS|CURRENT_CONFIG)|HKLM|HKCU|HKCR|HKU|HKCC):?\\(?=\S)|\\REGISTRY\\(?:MACHINE|USER|A)\\/gi;
const LINUX_START = /(?<=^|[\s"'=:,;(<>|&`])(?:~|\.{1,2})?\/(?=[\w.@~-])/g;

/** Top-level folders of Unix systems: below them two segments make a path, elsewhere three do. */
const UNIX_ROOTS = new Set(
  (
    'bin boot dev etc home lib lib32 lib64 media mnt opt proc root run sbin snap srv sys tmp usr var ' +
    'Users Applications Library System Volumes private cores'
  ).split(' '),
);

/** Windows paths with a drive, a share, a device or an environment variable before them. */
export function findWindowsPaths(text: string, found: Found): void {
  eachStart(text, WINDOWS_START, (start, from) => {
    const end = endOfBackslashPath(text, start, from, /["<>|?*\r\n\t\0]/);
    const value = text.slice(start, end);
    if (end - from >= 1 && !/^[A-Za-z]:\\\\?$/.test(value)) found.push({ type: 'windows_path', value, start, end });
    return end;
  });
}

/** Registry keys by any name of their hive. */
export function findRegistryKeys(text: string, found: Found): void {
  eachStart(text, REGISTRY_START, (start, from) => {
    const end = endOfBackslashPath(text, start, from, /["<>|\r\n\t\0]/);
    found.push({ type: 'registry_key', value: text.slice(start, end), start, end });
    return end;
  });
}

function eachStart(text: string, pattern: RegExp, take: (start: number, from: number) => number): void {
  let consumed = 0;
  for (const match of text.matchAll(pattern)) {
    if (match.index < consumed) continue;
    consumed = take(match.index, match.index + match[0].length);
  }
}

/**
 * Where a path ends: at the quote that began it; else at white space, unless what follows goes on with the path
 * (`C:\Program Files\App\x.exe -a`: a backslash comes before the next option, drive or ending).
 */
function endOfBackslashPath(text: string, start: number, from: number, illegal: RegExp): number {
  const limit = Math.min(text.length, start + MAX_PATH);
  const quote = text[start - 1];
  if (quote === '"' || quote === "'") {
    const close = text.indexOf(quote, from);
    if (close >= 0 && close <= limit && !/[<>|\r\n]/.test(text.slice(from, close))) return trimmed(text, from, close);
  }
  let end = from;
  while (end < limit) {
    const character = text[end]!;
    if (character === ' ') {
      if (!goesOn(text, from, end, limit)) break;
    } else if (illegal.test(character) || character === "'" || character === ';' || character === ',') break;
    else if (character === ')' && !text.slice(from, end).includes('(')) break;
    else if (character === ':') {
      // An alternate data stream belongs to the path; a second drive does not.
      if (!/^:[A-Za-z_$][\w.$-]{2,}/.test(text.slice(end, end + 8))) break;
    }
    end++;
  }
  return trimmed(text, from, end);
}

const FILE_ENDING = /\.[A-Za-z0-9]{1,5}$/;
const CONTINUATION = /^ {1,2}[^\s"'<>|:;,/\\-][^"'<>|:;,/\\\r\n\t]{0,60}\\/;

function goesOn(text: string, from: number, space: number, limit: number): boolean {
  const name = text.slice(text.lastIndexOf('\\', space) + 1, space);
  if (FILE_ENDING.test(name) || space <= from) return false;
  const match = CONTINUATION.exec(text.slice(space, Math.min(limit, space + 64)));
  return match !== null && !/\s[-/]/.test(match[0]);
}

function trimmed(text: string, from: number, end: number): number {
  while (end > from && /[\s.,;)]/.test(text[end - 1]!)) end--;
  return end;
}

/** Absolute Unix paths, and those from `~`, `.` and `..`; switches such as `/nologo` are not paths. */
export function findLinuxPaths(text: string, found: Found): void {
  eachStart(text, LINUX_START, (start, from) => {
    const limit = Math.min(text.length, start + MAX_PATH);
    let end = from;
    while (end < limit && !/[\s"'<>|;,&`\0\\:*?(){}$]/.test(text[end]!)) end++;
    while (end > from && /[.,:;)]/.test(text[end - 1]!)) end--;
    const value = text.slice(start, end);
    if (isUnixPath(value)) found.push({ type: 'linux_path', value, start, end });
    return Math.max(end, from);
  });
}

function isUnixPath(path: string): boolean {
  const segments = path.split('/');
  if (segments[0] !== '') return segments.length >= 2 && segments[1] !== '';
  const names = segments.slice(1).filter((segment) => segment !== '');
  return UNIX_ROOTS.has(names[0] ?? '') ? names.length >= 2 : names.length >= 3 && !/^\d+$/.test(names[0]!);
}

const FILE_NAME =
  /(?<![\w\\/.-])[\w][\w.-]{0,80}\.(?:exe|dll|sys|ps1|psm1|vbs|vbe|js|jse|wsf|hta|bat|cmd|scr|pif|cpl|msi|lnk|jar|sh|py|pl|elf|zip|rar|7z|iso|img|docm?|xlsm?|pptm?|rtf|pdf|chm|one)(?![\w.-])/gi;

/** Bare names of programs, scripts, documents and archives. */
export function findFileNames(text: string, found: Found): void {
  for (const match of text.matchAll(FILE_NAME)) {
    found.push({ type: 'file_name', value: match[0], start: match.index, end: match.index + match[0].length });
  }
}
