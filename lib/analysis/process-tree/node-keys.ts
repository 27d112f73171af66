import { isoFromTicks } from '../../tables/index.ts';
import type { InferredParent, Links } from './link-parents.ts';
import { BASE_TICKS, type ProcessRows } from './process-rows.ts';

/** Keys are written as bytes for so many rows at a time and cut from one text: a tenth of the cost of putting each together. */
const ROWS_AT_A_TIME = 65_536;
const TICKS_PER_SECOND = 10_000_000;
const BASE_IN_MS = Number((BASE_TICKS - 621_355_968_000_000_000n) / 10_000n);

/** Identifies each node: its GUID, or `host|pid|start` (with `#row` where that is not unique), by node. */
export function nodeKeys(rows: ProcessRows, links: Links, nameOf: (node: number) => string): (string | undefined)[] {
  const keys = new Array<string | undefined>(rows.rowCount + links.inferred.length);
  const isLatin = rows.hosts.texts.every((host) => /^[\u0000-\u00ff]*$/.test(host));
  if (rows.guids === null && isLatin) writeKeys(rows, links, keys);
  else for (const row of links.starts) keys[row] = marked(rows, links, row, rows.guids?.[row] ?? describe(rows, row));
  const taken = new Set<string>();
  links.inferred.forEach((inferred, index) => {
    const node = rows.rowCount + index;
    const key = inferredKey(rows, inferred, nameOf(node));
    // Two inferred parents may differ in their folders only.
    keys[node] = taken.has(key) ? `${key}#${node}` : key;
    taken.add(key);
  });
  return keys;
}

function hostOf(rows: ProcessRows, row: number): string {
  const code = rows.hosts.codes[row]!;
  return code < 0 ? '' : rows.hosts.texts[code]!;
}

function describe(rows: ProcessRows, row: number): string {
  return `${hostOf(rows, row)}|${rows.pids[row]!}|${isoOf(rows.times[row]!)}`;
}

function isoOf(time: number): string {
  return Number.isNaN(time) ? '?' : isoFromTicks(BigInt(time) + BASE_TICKS);
}

function marked(rows: ProcessRows, links: Links, row: number, key: string): string {
  return links.tied[row] || Number.isNaN(rows.times[row]!) ? `${key}#${row}` : key;
}

function inferredKey(rows: ProcessRows, { childRow, generation }: InferredParent, name: string): string {
  const isParent = generation === 1;
  const guid = isParent ? (rows.parentGuids?.[childRow] ?? null) : null;
  if (guid !== null) return guid;
  const pid = (isParent ? rows.parentPids : rows.grandparents!.pids)[childRow]!;
  const time = (isParent ? rows.parentTimes : rows.grandparents!.times)?.[childRow] ?? Number.NaN;
  return `${hostOf(rows, childRow)}|${pid}|${isoOf(time)}|${name}`;
}

/** As `describe`, for all starts. */
function writeKeys(rows: ProcessRows, links: Links, keys: (string | undefined)[]): void {
  const hosts = rows.hosts.texts.map((host) => Buffer.from(host, 'latin1'));
  const longest = hosts.reduce((most, host) => Math.max(most, host.length), 0);
  const bytes = Buffer.allocUnsafe(Math.min(ROWS_AT_A_TIME, links.starts.length) * (longest + 56));
  const ends = new Int32Array(Math.min(ROWS_AT_A_TIME, links.starts.length));
  let second = Number.NaN;
  const secondText = Buffer.alloc(20);
  for (let from = 0; from < links.starts.length; from += ROWS_AT_A_TIME) {
    const batch = links.starts.subarray(from, from + ROWS_AT_A_TIME);
    let at = 0;
    for (let index = 0; index < batch.length; index++) {
      const row = batch[index]!;
      const host = rows.hosts.codes[row]!;
      if (host >= 0) {
        at = copy(hosts[host]!, bytes, at);
      }
      bytes[at++] = 124;
      at = writeNumber(bytes, at, rows.pids[row]!);
      bytes[at++] = 124;
      const time = rows.times[row]!;
      if (Number.isNaN(time)) bytes[at++] = 63;
      else {
        const own = Math.floor(time / TICKS_PER_SECOND);
        if (own !== second) {
          second = own;
          secondText.write(`${new Date(BASE_IN_MS + own * 1000).toISOString().slice(0, 19)}.`, 'latin1');
        }
        at = copy(secondText, bytes, at);
        at = writeFraction(bytes, at, time - own * TICKS_PER_SECOND);
      }
      ends[index] = at;
    }
    const text = bytes.toString('latin1', 0, at);
    for (let index = 0, start = 0; index < batch.length; index++) {
      keys[batch[index]!] = marked(rows, links, batch[index]!, text.substring(start, ends[index]!));
      start = ends[index]!;
    }
  }
}

/** For a few bytes, a loop is quicker than a call. */
function copy(source: Buffer, bytes: Buffer, at: number): number {
  for (let index = 0; index < source.length; index++) bytes[at + index] = source[index]!;
  return at + source.length;
}

function writeNumber(bytes: Buffer, at: number, number: number): number {
  if (!(number >= 0 && number < 1e9)) return at + bytes.write(String(number), at, 'latin1');
  let digits = 1;
  for (let limit = 10; number >= limit; limit *= 10) digits++;
  let rest = number | 0;
  for (let place = at + digits - 1; place >= at; place--) {
    bytes[place] = 48 + (rest % 10);
    rest = (rest / 10) | 0;
  }
  return at + digits;
}

/** Seven digits and `Z`. */
function writeFraction(bytes: Buffer, at: number, ticks: number): number {
  let rest = ticks | 0;
  for (let place = at + 6; place >= at; place--) {
    bytes[place] = 48 + (rest % 10);
    rest = (rest / 10) | 0;
  }
  bytes[at + 7] = 90;
  return at + 8;
}
