import type { Categories } from './columns.ts';
import { formatCount } from './format.ts';
import { safeText } from './safe-text.ts';
import { severityRank } from './severity.ts';

export type GroupOrder = 'count' | 'name' | 'first' | 'severity';

/** Groups in the order in which they are drawn; what has no place is summed in a last group that says so. */
export interface OrderedGroups {
  /** By row: the position of its group; -1 for rows that are not drawn. */
  readonly codes: Int32Array;
  /** Cleaned. */
  readonly labels: readonly string[];
  readonly totals: readonly number[];
  /** Number of groups that the last one sums, or 0. */
  readonly othersCount: number;
}

/** Orders groups, keeps the largest and sums the rest in `N other groups`. Rows that `drawn` denies do not count. */
export function orderGroups(
  { codes, labels }: Categories,
  order: GroupOrder,
  maxGroups: number,
  drawn: (row: number) => boolean,
  noun = 'groups',
): OrderedGroups {
  const totals = new Float64Array(labels.length);
  for (let row = 0; row < codes.length; row++) if (codes[row]! >= 0 && drawn(row)) totals[codes[row]!]!++;
  const byCount = (a: number, b: number) => totals[b]! - totals[a]! || a - b;
  const present = labels.map((_, code) => code).filter((code) => totals[code]! > 0);
  const largest = [...present].sort(byCount);
  const kept = largest.length > maxGroups ? largest.slice(0, maxGroups - 1) : largest;
  const others = largest.slice(kept.length);
  if (order === 'name') kept.sort((a, b) => compareNatural(labels[a]!, labels[b]!));
  else if (order === 'first') kept.sort((a, b) => a - b);
  else if (order === 'severity') kept.sort((a, b) => severityRank(labels[b]!) - severityRank(labels[a]!) || a - b);
  const place = new Int32Array(labels.length).fill(-1);
  kept.forEach((code, index) => {
    place[code] = index;
  });
  for (const code of others) place[code] = kept.length;
  const placed = new Int32Array(codes.length).fill(-1);
  for (let row = 0; row < codes.length; row++) if (codes[row]! >= 0 && drawn(row)) placed[row] = place[codes[row]!]!;
  return {
    codes: placed,
    labels: [
      ...kept.map((code) => safeText(labels[code], 80)),
      ...(others.length > 0 ? [`${formatCount(others.length)} other ${noun}`] : []),
    ],
    totals: [
      ...kept.map((code) => totals[code]!),
      ...(others.length > 0 ? [others.reduce((sum, code) => sum + totals[code]!, 0)] : []),
    ],
    othersCount: others.length,
  };
}

/** By code units, but digits as numbers; the same on every machine and locale. */
export function compareNatural(a: string, b: string): number {
  const pattern = /(\d+)/;
  const left = a.split(pattern);
  const right = b.split(pattern);
  for (let part = 0; part < Math.min(left.length, right.length); part++) {
    const [x, y] = [left[part]!, right[part]!];
    if (x === y) continue;
    if (part % 2 === 1) {
      const [m, n] = [x.replace(/^0+/, ''), y.replace(/^0+/, '')];
      if (m.length !== n.length) return m.length - n.length;
      if (m !== n) return m < n ? -1 : 1;
      continue;
    }
    return x < y ? -1 : 1;
  }
  return left.length - right.length || (a < b ? -1 : a > b ? 1 : 0);
}
