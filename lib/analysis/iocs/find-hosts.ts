import { domainToASCII } from 'node:url';
import { type Found, isDigitCode, isWordCode } from './ioc.ts';
import { ipv4Of } from './ipv4.ts';
import { isFileOrCode } from './names-that-are-not-hosts.ts';
import { isRegistrable } from './suffix.ts';

const MAX_RUN = 512;
const VERSION_BEFORE = /(?:version|ver|build|release|rev)["'\s:=/(]{0,3}$/i;
const LABELS = /^(?:[\p{L}\p{N}_](?:[\p{L}\p{N}_-]{0,61}[\p{L}\p{N}_])?\.)+(?:\p{L}{2,63}|xn--[a-z0-9-]{1,59})$/u;

/**
 * Host names, IPv4 addresses and e-mail addresses: every run of host characters around a dot is judged once, so the
 * work is linear. Names must end in a public suffix; file names, code and version numbers are not hosts.
 */
export function findHosts(text: string, wanted: ReadonlySet<string>, found: Found): void {
  let consumed = 0;
  for (let dot = text.indexOf('.'); dot >= 0; dot = text.indexOf('.', consumed)) {
    let start = dot;
    while (start > consumed && isHostCode(text.charCodeAt(start - 1))) start--;
    let end = dot + 1;
    while (end < text.length && isHostCode(text.charCodeAt(end))) end++;
    consumed = end;
    while (start < end && isEdge(text.charCodeAt(start))) start++;
    while (end > start && isEdge(text.charCodeAt(end - 1))) end--;
    if (end - start >= 4 && end - start <= MAX_RUN) judgeRun(text, start, end, wanted, found);
  }
}

function isHostCode(code: number): boolean {
  return isWordCode(code) || code === 45 || code === 46;
}

/** Dots and hyphens at the edges are punctuation. */
function isEdge(code: number): boolean {
  return code === 46 || code === 45;
}

function judgeRun(text: string, start: number, end: number, wanted: ReadonlySet<string>, found: Found): void {
  if (isDigitCode(text.charCodeAt(end - 1))) {
    if (wanted.has('ipv4')) addAddresses(text, start, end, found);
    return;
  }
  const before = text[start - 1] ?? '';
  const after = text[end] ?? '';
  if (after === '@' || after === '\\' || text.startsWith('://', end)) {
    if (after !== '\\' || text.slice(start - 2, start) !== '\\\\') return;
  }
  if (before === '%' && /^[0-9a-f]{2}/i.test(text.slice(start, start + 2))) return;
  const name = text.slice(start, end);
  if (before === '@') {
    addEmail(text, start, name, wanted, found);
    return;
  }
  if (!wanted.has('dns') || !isHostName(name)) return;
  const isUnc = before === '\\' && text[start - 2] === '\\';
  if (!isUnc && (before === '\\' || (before === '/' && text[start - 2] !== '/'))) return;
  if (isFileOrCode(name, before, after)) return;
  found.push({ type: 'dns', value: canonical(name), start, end });
}

function isHostName(name: string): boolean {
  return name.length <= 253 && LABELS.test(name) && isRegistrable(name.toLowerCase());
}

function canonical(name: string): string {
  const lower = name.toLowerCase();
  return domainToASCII(lower) || lower;
}

/** One address, or a range of two with a hyphen between. */
function addAddresses(text: string, start: number, end: number, found: Found): void {
  const before = text[start - 1] ?? '';
  const after = text[end] ?? '';
  const isFolder = before === '\\' && text[start - 2] !== '\\';
  if (isFolder || (before === '/' && after === '/' && isInUnixPath(text, start))) return;
  if (before === '/' && text[start - 2] !== '/' && /[\w.]/.test(text[start - 2] ?? '') && after !== '/') {
    // As in a browser's product token, `Chrome/120.0.0.0`.
    if (/[A-Za-z]/.test(text[start - 2]!)) return;
  }
  if (VERSION_BEFORE.test(text.slice(Math.max(0, start - 16), start))) return;
  let from = start;
  for (const piece of text.slice(start, end).split('-')) {
    const address = ipv4Of(piece);
    if (address === null) return;
    found.push({ type: 'ipv4', value: address, start: from, end: from + piece.length });
    from += piece.length + 1;
  }
}

/** Whether a slash at `start - 1` goes on with a path that began at a root, outside of any URL. */
function isInUnixPath(text: string, start: number): boolean {
  let at = start - 1;
  while (at > 0 && !/[\s"'=<>|]/.test(text[at - 1]!)) at--;
  return text[at] === '/' && !text.slice(at, start).includes('://');
}

function addEmail(text: string, domainStart: number, domain: string, wanted: ReadonlySet<string>, found: Found): void {
  if (!isHostName(domain)) return;
  let start = domainStart - 1;
  const lowest = Math.max(0, start - 64);
  while (start > lowest && /[\p{L}\p{N}._%+'!#$&*=?^`{|}~-]/u.test(text[start - 1]!)) start--;
  while (start < domainStart - 1 && /[.'=&?|{}$^`]/.test(text[start]!)) start++;
  const end = domainStart + domain.length;
  const local = text.slice(start, domainStart - 1);
  const isAuthority = text.slice(Math.max(0, start - 3), start) === '://' || text[start - 1] === ':';
  if (wanted.has('email') && local !== '' && !isAuthority && !local.endsWith('.')) {
    found.push({ type: 'email', value: `${local}@${canonical(domain)}`, start, end });
  }
  if (wanted.has('dns')) found.push({ type: 'dns', value: canonical(domain), start: domainStart, end });
}
