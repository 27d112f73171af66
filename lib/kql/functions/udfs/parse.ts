import { parseJson, textOfJson } from '../../json.ts';

const URL_PARTS =
  /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):\/\/)?(?:([^:@/?#]*)(?::([^@/?#]*))?@)?(\[[^\]]+\]|[^:/?#]*)(?::(\d+))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s;

function queryOf(text: string): Record<string, string> {
  const pairs: Record<string, string> = Object.create(null);
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const at = pair.indexOf('=');
    pairs[at < 0 ? pair : pair.slice(0, at)] = at < 0 ? '' : pair.slice(at + 1);
  }
  return pairs;
}

export function parseUrl(text: string): string | null {
  const match = URL_PARTS.exec(text);
  if (!match) return null;
  const [, scheme = '', user = '', password = '', host = '', port = '', path = '', query, fragment = ''] = match;
  return JSON.stringify({
    Scheme: scheme,
    Host: host,
    Port: port,
    Path: path,
    Username: user,
    Password: password,
    'Query Parameters': query === undefined ? {} : queryOf(query),
    Fragment: fragment,
  });
}

export function parseUrlQuery(text: string): string {
  return JSON.stringify({ 'Query Parameters': queryOf(text.replace(/^[^?]*\?/, '')) });
}

export function parsePath(text: string): string {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1] ?? '';
  const path = scheme === '' ? text : text.slice(scheme.length + '://'.length);
  const pieces = path.split(/[\\/]/);
  const last = pieces.at(-1) ?? '';
  const stream = /^([^:]+):([^:]+)$/.exec(last);
  const file = stream ? stream[1]! : last;
  const root = /^[A-Za-z]:/.exec(path)?.[0] ?? '';
  return JSON.stringify({
    Scheme: scheme,
    RootPath: root,
    DirectoryPath: path.slice(0, path.length - last.length).replace(/(?<=.)[\\/]$/, ''),
    DirectoryName: pieces.at(-2) ?? '',
    Filename: file,
    Extension: /\.([^.]+)$/.exec(file)?.[1] ?? '',
    AlternateDataStreamName: stream ? stream[2]! : '',
  });
}

/** The arguments of a Windows command line, by the rules of `CommandLineToArgvW`. */
export function parseCommandLine(text: string, _kind: string): string | null {
  const found: string[] = [];
  let current = '';
  let started = false;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (character === '\\') {
      let slashes = 1;
      while (text[at + 1] === '\\') {
        slashes++;
        at++;
      }
      started = true;
      if (text[at + 1] !== '"') current += '\\'.repeat(slashes);
      else {
        current += '\\'.repeat(slashes >> 1);
        if (slashes % 2 === 1) {
          current += '"';
          at++;
        }
      }
    } else if (character === '"') {
      quoted = !quoted;
      started = true;
    } else if (!quoted && (character === ' ' || character === '\t')) {
      if (started) found.push(current);
      current = '';
      started = false;
    } else {
      current += character;
      started = true;
    }
  }
  if (started) found.push(current);
  return found.length === 0 ? null : JSON.stringify(found);
}

/** The fields of one CSV record. */
export function parseCsv(text: string): string {
  const fields: string[] = [];
  let current = '';
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (quoted) {
      if (character !== '"') current += character;
      else if (text[at + 1] === '"') {
        current += '"';
        at++;
      } else quoted = false;
    } else if (character === '"' && current === '') quoted = true;
    else if (character === ',') {
      fields.push(current);
      current = '';
    } else if (character === '\n' || character === '\r') break;
    else current += character;
  }
  fields.push(current);
  return JSON.stringify(fields);
}

/** A version as a number that sorts as versions do: four parts of eight digits. */
export function parseVersion(text: string): string | null {
  const parts = text.trim().split('.');
  if (parts.length === 0 || parts.length > 4 || parts.some((part) => !/^\d{1,8}$/.test(part))) return null;
  const digits = [0, 1, 2, 3].map((index) => (parts[index] ?? '0').padStart(8, '0')).join('');
  return String(BigInt(digits));
}

const BROWSERS: readonly (readonly [pattern: RegExp, family: string])[] = [
  [/Edg(?:e|A|iOS)?\/([\d.]+)/, 'Edge'],
  [/OPR\/([\d.]+)/, 'Opera'],
  [/Firefox\/([\d.]+)/, 'Firefox'],
  [/Chrome\/([\d.]+)/, 'Chrome'],
  [/Version\/([\d.]+).*Safari/, 'Safari'],
  [/MSIE ([\d.]+)/, 'IE'],
  [/Trident\/.*rv:([\d.]+)/, 'IE'],
  [/curl\/([\d.]+)/, 'curl'],
  [/[Pp]ython-requests\/([\d.]+)/, 'Python Requests'],
];

const SYSTEMS: readonly (readonly [pattern: RegExp, family: string])[] = [
  [/Windows NT ([\d.]+)/, 'Windows'],
  [/Android ([\d.]+)/, 'Android'],
  [/(?:iPhone|CPU) OS ([\d_]+)/, 'iOS'],
  [/Mac OS X ([\d_.]+)/, 'Mac OS X'],
  [/Linux/, 'Linux'],
];

/** A rough reading of a user agent: families and version numbers; the service's own list is not public. */
export function parseUserAgent(text: string, wanted: string): string {
  const kinds = [parseJson(wanted) ?? []].flat().map((kind) => textOfJson(kind).toLowerCase());
  const family = (rules: typeof BROWSERS) => {
    for (const [pattern, name] of rules) {
      const match = pattern.exec(text);
      if (!match) continue;
      const [major = '', minor = '', patch = ''] = (match[1] ?? '').split(/[._]/);
      return { Family: name, MajorVersion: major, MinorVersion: minor, Patch: patch };
    }
    return { Family: 'Other', MajorVersion: '', MinorVersion: '', Patch: '' };
  };
  const found: Record<string, unknown> = {};
  if (kinds.includes('browser')) found['Browser'] = family(BROWSERS);
  if (kinds.includes('os')) found['OperatingSystem'] = family(SYSTEMS);
  if (kinds.includes('device'))
    found['Device'] = { Family: /iPhone|iPad/.exec(text)?.[0] ?? 'Other', Brand: '', Model: '' };
  return JSON.stringify(found);
}
