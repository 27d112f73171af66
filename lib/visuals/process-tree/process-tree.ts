import type { Categories } from '../columns.ts';
import { countOf, formatCount, formatRange } from '../format.ts';
import { compareNatural, orderGroups } from '../groups.ts';
import { type ProcessRows, processNumber } from './process-rows.ts';
import { layOutTree } from './tree-layout.ts';

export type ProcessIdFormat = 'auto' | 'decimal' | 'hex';

/** A tree ready to be drawn; the rows of several hosts stand under a row for each host. All arrays are by row. */
export interface ProcessTree {
  readonly count: number;
  readonly processCount: number;
  readonly flaggedCount: number;
  /** Row in the input table, or -1 for a host. */
  readonly sources: Int32Array;
  readonly depth: Int32Array;
  readonly parent: Int32Array;
  readonly below: Int32Array;
  /** Last part of the path; a host's name. */
  readonly names: readonly string[];
  readonly processIds: readonly string[];
  readonly flags: Uint8Array;
  readonly starts: Float64Array;
  /** End, or where it was not seen, the start of the last descendant: so long it was there at least. */
  readonly ends: Float64Array;
  readonly endsKnown: boolean;
  readonly extent: readonly [number, number];
  readonly colours: { readonly codes: Int32Array; readonly labels: readonly string[] };
  readonly rows: ProcessRows;
  readonly notes: readonly string[];
}

const baseName = (path: string) => path.slice(Math.max(path.lastIndexOf('\\'), path.lastIndexOf('/')) + 1) || path;

/** A process id as asked for; what is no number stays as it is. */
export function formatProcessId(text: string, format: ProcessIdFormat): string {
  const number = format === 'auto' ? undefined : processNumber(text);
  if (number === undefined) return text;
  return format === 'hex' ? `0x${number.toString(16)}` : String(number);
}

/** Adds a node for each host, if there are several: their processes have nothing in common. */
function withHosts(
  rows: ProcessRows,
  order: Int32Array,
): { parents: Int32Array; nodes: Int32Array; hostNames: string[] } {
  const names = new Map<string, { index: number; name: string }>();
  for (let row = 0; row < rows.count; row++) {
    const key = rows.hosts[row]!.toLowerCase();
    if (!names.has(key)) names.set(key, { index: names.size, name: rows.hosts[row] || '(unknown host)' });
  }
  const several = names.size > 1;
  const weights = new Float64Array(names.size);
  for (let row = 0; row < rows.count; row++) {
    weights[names.get(rows.hosts[row]!.toLowerCase())!.index]! += [0, 0.001, 1, 10][rows.flags[row]!]!;
  }
  // Hosts on which the worst happened come first.
  const ranked = [...names.values()].sort(
    (x, y) => weights[y.index]! - weights[x.index]! || compareNatural(x.name, y.name),
  );
  const hostNames = several ? ranked.map(({ name }) => name) : [];
  ranked.forEach((host, index) => {
    host.index = index;
  });
  const place = new Int32Array(rows.count);
  order.forEach((row, index) => {
    place[row] = index + hostNames.length;
  });
  const parents = new Int32Array(rows.count + hostNames.length).fill(-1);
  const nodes = new Int32Array(parents.length).fill(-1);
  order.forEach((row, index) => {
    const node = index + hostNames.length;
    nodes[node] = row;
    const parent = rows.parents[row]!;
    parents[node] = parent >= 0 ? place[parent]! : several ? names.get(rows.hosts[row]!.toLowerCase())!.index : -1;
  });
  return { parents, nodes, hostNames };
}

/** Orders processes as a tree: siblings by their start, hosts apart. */
export function makeProcessTree(rows: ProcessRows, colours: Categories, idFormat: ProcessIdFormat): ProcessTree {
  const inTime = Int32Array.from({ length: rows.count }, (_, row) => row).sort(
    (a, b) => (rows.starts[a]! || 0) - (rows.starts[b]! || 0) || a - b,
  );
  const { parents, nodes, hostNames } = withHosts(rows, inTime);
  const layout = layOutTree(parents);
  const count = layout.order.length;
  const sources = Int32Array.from(layout.order, (node) => nodes[node]!);
  const pick = <T>(values: ArrayLike<T>, none: T) => Array.from(sources, (row) => (row < 0 ? none : values[row]!));
  const starts = Float64Array.from(pick(rows.starts, Number.NaN));
  const known = Float64Array.from(pick(rows.ends, Number.NaN));
  const latest = Float64Array.from(starts);
  for (let row = count - 1; row >= 0; row--) {
    const parent = layout.parent[row]!;
    if (parent >= 0 && !(latest[row]! <= latest[parent]!)) latest[parent] = latest[row]!;
  }
  const times = starts.filter((time) => !Number.isNaN(time) && time > 0);
  const from = times.reduce((least, time) => Math.min(least, time), Number.POSITIVE_INFINITY);
  const to = known.reduce(
    (most, time) => (time > most ? time : most),
    times.reduce((most, time) => Math.max(most, time), Number.NEGATIVE_INFINITY),
  );
  const extent: [number, number] = from <= to ? [from, to] : [0, 0];
  const groups = orderGroups(colours, 'count', 10, () => true, 'values');
  const flags = Uint8Array.from(pick(rows.flags, 0));
  const flaggedCount = flags.reduce((sum, flag) => sum + (flag > 0 ? 1 : 0), 0);
  const hosts =
    hostNames.length > 0 ? ` on ${formatCount(hostNames.length)} hosts` : rows.hosts[0] ? ` on ${rows.hosts[0]}` : '';
  const when = from <= to ? `, ${formatRange(extent[0], extent[1])}` : '';
  return {
    count,
    processCount: rows.count,
    flaggedCount,
    sources,
    depth: layout.depth,
    parent: layout.parent,
    below: layout.below,
    names: Array.from(layout.order, (node) =>
      nodes[node]! < 0 ? hostNames[node]! : baseName(rows.names[nodes[node]!]!),
    ),
    processIds: Array.from(sources, (row) => (row < 0 ? '' : formatProcessId(rows.processIds[row]!, idFormat))),
    flags,
    starts,
    ends: known.map((end, row) => (end >= starts[row]! ? end : Number.isNaN(starts[row]!) ? Number.NaN : latest[row]!)),
    endsKnown: known.some((end) => !Number.isNaN(end)),
    extent,
    colours: { codes: Int32Array.from(pick(groups.codes, -1)), labels: groups.labels },
    rows,
    notes: [`${countOf(rows.count, 'process', 'processes')}${hosts}${when}. ${formatCount(flaggedCount)} flagged.`],
  };
}

/** One line of a picture: a process, or the count of those folded away under a parent. */
export type TreeLine =
  | { readonly kind: 'process'; readonly row: number; readonly parentLine: number }
  | {
      readonly kind: 'folded';
      readonly depth: number;
      readonly parentLine: number;
      readonly children: number;
      readonly processes: number;
      readonly names: readonly (readonly [string, number])[];
    };

/** The least level that is unfolded: low flags are, only where there are no others. */
export function shownLevel(flags: ArrayLike<number>): number {
  for (let row = 0; row < flags.length; row++) if (flags[row]! >= 2) return 2;
  return 1;
}

/** The rows to show: flagged ones, the worst first, with all their ancestors, as long as there is room; then others. */
export function rowsToShow(tree: ProcessTree, maxRows: number): { shown: Uint8Array; flaggedShown: number } {
  const shown = new Uint8Array(tree.count);
  let used = 0;
  let flaggedShown = 0;
  const add = (row: number): boolean => {
    let needed = 0;
    for (let up = row; up >= 0 && !shown[up]; up = tree.parent[up]!) needed++;
    if (used + needed > maxRows) return false;
    for (let up = row; up >= 0 && !shown[up]; up = tree.parent[up]!) shown[up] = 1;
    used += needed;
    return true;
  };
  const worth = shownLevel(tree.flags);
  for (const level of [3, 2, 1].filter((each) => each >= worth)) {
    for (let row = 0; row < tree.count; row++) if (tree.flags[row] === level && add(row)) flaggedShown++;
  }
  if (tree.flaggedCount > 0) {
    for (let row = 0; row < tree.count; row++) {
      if (tree.parent[row]! >= 0 && tree.flags[tree.parent[row]!] === 3 && shown[tree.parent[row]!]) add(row);
    }
  } else {
    const byDepth = Array.from({ length: tree.count }, (_, row) => row).sort(
      (a, b) => tree.depth[a]! - tree.depth[b]! || tree.below[b]! - tree.below[a]! || a - b,
    );
    for (const row of byDepth.slice(0, maxRows)) add(row);
  }
  return { shown, flaggedShown };
}

/** The lines of a picture: what is shown in its place, what is not as one counted line under its parent. */
export function foldTree(tree: ProcessTree, shown: Uint8Array): TreeLine[] {
  const lines: TreeLine[] = [];
  const open: { row: number; line: number; names: Map<string, number>; children: number; processes: number }[] = [];
  const close = () => {
    const { row, line, names, children, processes } = open.pop()!;
    if (children === 0) return;
    const ranked = [...names].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
    lines.push({
      kind: 'folded',
      depth: row < 0 ? 0 : tree.depth[row]! + 1,
      parentLine: line,
      children,
      processes,
      names: ranked,
    });
  };
  open.push({ row: -1, line: -1, names: new Map(), children: 0, processes: 0 });
  for (let row = 0; row < tree.count; ) {
    while (open.at(-1)!.row !== tree.parent[row]!) close();
    const top = open.at(-1)!;
    if (shown[row]) {
      const line = lines.push({ kind: 'process', row, parentLine: top.line }) - 1;
      open.push({ row, line, names: new Map(), children: 0, processes: 0 });
      row++;
    } else {
      const name = tree.names[row]!;
      top.names.set(name, (top.names.get(name) ?? 0) + 1);
      top.children++;
      top.processes += 1 + tree.below[row]!;
      row += 1 + tree.below[row]!;
    }
  }
  while (open.length > 0) close();
  return lines;
}
