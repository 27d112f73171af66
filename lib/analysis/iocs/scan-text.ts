import { type CustomPattern, findCustom } from './custom-patterns.ts';
import { findDigests, findGuids } from './find-hex.ts';
import { findHosts } from './find-hosts.ts';
import { findAttackIds, findCves } from './find-identifiers.ts';
import { findIpv6 } from './find-ipv6.ts';
import { findFileNames, findLinuxPaths, findRegistryKeys, findWindowsPaths } from './find-paths.ts';
import { findUrls, type UrlSpan } from './find-urls.ts';
import { findWallets } from './find-wallets.ts';
import { type Found, IOC_TYPES, type Ioc } from './ioc.ts';
import { refang } from './refang.ts';

/** Longer texts are looked at up to here, and the caller says so. */
export const MAX_SCANNED_CHARACTERS = 8 * 2 ** 20;

export interface ScanOptions {
  readonly types: ReadonlySet<string>;
  readonly patterns: readonly CustomPattern[];
}

const PATH_TYPES = ['windows_path', 'linux_path', 'registry_key'];
const ORDER = new Map<string, number>(IOC_TYPES.map((type, index) => [type, index]));

/**
 * The indicators in a text, each at its place, in order of place. Defanged ones are found and made whole. Linear.
 *
 * Overlaps: a URL's host and an e-mail's domain are indicators of their own; addresses and digests within URLs and
 * paths too; names within paths are not hosts; paths within URLs are not paths; the user in a URL is no e-mail address.
 */
export function scanText(original: string, options: ScanOptions): Ioc[] {
  const refanged = refang(
    original.length > MAX_SCANNED_CHARACTERS ? original.slice(0, MAX_SCANNED_CHARACTERS) : original,
  );
  const { text } = refanged;
  const { types } = options;
  const found: Found = [];
  const urls = text.includes('://') ? findUrls(text, types, found) : [];
  const inUrls = found.length;
  if (text.includes('.') && (types.has('dns') || types.has('ipv4') || types.has('email')))
    findHosts(text, types, found);
  if (types.has('ipv6')) findIpv6(text, found);
  findDigests(text, types, found);
  const paths: Found = [];
  if (text.includes('\\')) {
    findWindowsPaths(text, paths);
    findRegistryKeys(text, paths);
  }
  if (text.includes('/')) findLinuxPaths(text, paths);
  if (types.has('file_name')) findFileNames(text, found);
  if (types.has('cve')) findCves(text, found);
  if (types.has('mitre_attack')) findAttackIds(text, found);
  if (types.has('crypto_wallet')) findWallets(text, found);
  if (types.has('guid')) findGuids(text, found);
  findCustom(text, options.patterns, found);
  const kept = resolveOverlaps(text, found, inUrls, urls, paths, types);
  if (text === original) return kept;
  return kept.map((ioc) => ({ ...ioc, start: refanged.origin(ioc.start), end: refanged.origin(ioc.end) }));
}

/** The span among sorted, disjoint ones that holds a position, or undefined. */
function spanAt<Span extends { start: number; end: number }>(
  spans: readonly Span[],
  position: number,
): Span | undefined {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (spans[middle]!.end <= position) low = middle + 1;
    else high = middle;
  }
  const span = spans[low];
  return span && span.start <= position ? span : undefined;
}

function resolveOverlaps(
  text: string,
  found: readonly Ioc[],
  inUrls: number,
  urls: readonly UrlSpan[],
  paths: Found,
  types: ReadonlySet<string>,
): Ioc[] {
  const outer = outermost(urls);
  const kept: Ioc[] = [];
  const places = new Set<string>();
  const keep = (ioc: Ioc) => {
    const place = `${ioc.start} ${ioc.type} ${ioc.value}`;
    if (places.has(place)) return;
    places.add(place);
    kept.push(ioc);
  };
  const freePaths = paths
    .filter((path) => PATH_TYPES.includes(path.type) && !spanAt(outer, path.start))
    .sort((a, b) => a.start - b.start || b.end - a.end);
  const disjoint = outermost(freePaths);
  found.forEach((ioc, index) => {
    if (index >= inUrls) {
      const url = spanAt(outer, ioc.start);
      if (url && ioc.type === 'ipv6' && ioc.start < url.path) return;
      if (url && (ioc.type === 'email' || ioc.type === 'dns') && ioc.start < url.path) return;
      if (url && ioc.type === 'dns' && text[ioc.start - 1] === '/') return;
      if (ioc.type === 'ipv4' && text[ioc.start - 1] === ':' && isWithinIpv6(found, ioc)) return;
      const path = spanAt(disjoint, ioc.start);
      const isUncHost = path !== undefined && text.startsWith('\\\\', path.start) && ioc.start === path.start + 2;
      if (path && !isUncHost && (ioc.type === 'dns' || ioc.type === 'ipv4' || ioc.type === 'file_name')) return;
    }
    keep(ioc);
  });
  for (const path of disjoint) if (types.has(path.type)) keep(path);
  return kept.sort((a, b) => a.start - b.start || (ORDER.get(a.type) ?? 99) - (ORDER.get(b.type) ?? 99));
}

/** `::ffff:192.0.2.1` is one address. */
function isWithinIpv6(found: readonly Ioc[], inner: Ioc): boolean {
  return found.some((ioc) => ioc.type === 'ipv6' && ioc.start < inner.start && inner.end <= ioc.end);
}

/** Of spans sorted by start, those that do not lie within an earlier one. */
function outermost<Span extends { start: number; end: number }>(spans: readonly Span[]): Span[] {
  let end = -1;
  return spans.filter((span) => {
    if (span.start < end) return false;
    end = span.end;
    return true;
  });
}
