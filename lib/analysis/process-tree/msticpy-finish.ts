/** A node as MSTICPy's builders leave it: keys, and where it came from. */
export interface MsticpyNode {
  readonly procKey: string | null;
  readonly parentKey: string | null;
  /** Ticks; null: none. */
  readonly time: bigint | null;
  /** Row of the input, or -1 for an inferred process. */
  readonly row: number;
  /** What is known of an inferred process, by column of the input. */
  readonly told?: Readonly<Record<string, string | null>>;
  readonly extra?: Readonly<Record<string, string | null>>;
}

export interface MsticpyTreeNode extends MsticpyNode {
  /** Position among all nodes, five digits or more. */
  readonly sourceIndex: string;
  readonly path: string;
  readonly parentIndex: string | null;
  readonly isRoot: boolean;
  readonly isLeaf: boolean;
  readonly isBranch: boolean;
}

/**
 * Flags, paths and order as MSTICPy 3.0.2 gives them: flags before equal keys collapse to their first node, paths of
 * zero-padded positions level by level, then sorted by path and time.
 */
export function finishLikeMsticpy(nodes: readonly MsticpyNode[]): MsticpyTreeNode[] {
  const parentKeys = new Set(nodes.map((node) => node.parentKey));
  const kept = new Map<string | null, { node: MsticpyNode; sourceIndex: string; hasChild: boolean }>();
  nodes.forEach((node, position) => {
    if (kept.has(node.procKey)) return;
    const sourceIndex = String(position).padStart(5, '0');
    kept.set(node.procKey, { node, sourceIndex, hasChild: parentKeys.has(node.procKey) });
  });
  const childrenOf = new Map<string, (string | null)[]>();
  for (const [key, { node }] of kept) {
    if (node.parentKey === null) continue;
    const siblings = childrenOf.get(node.parentKey);
    if (siblings) siblings.push(key);
    else childrenOf.set(node.parentKey, [key]);
  }
  const paths = new Map<string | null, { path: string; parentIndex: string | null }>();
  let level: (string | null)[] = [];
  for (const [key, { node, sourceIndex }] of kept) {
    paths.set(key, { path: sourceIndex, parentIndex: null });
    if (node.parentKey === null) level.push(key);
  }
  while (level.length > 0) {
    const next: (string | null)[] = [];
    for (const key of level) {
      for (const child of key === null ? [] : (childrenOf.get(key) ?? [])) {
        const parentIndex = kept.get(key)!.sourceIndex;
        paths.set(child, { path: `${paths.get(key)!.path}/${kept.get(child)!.sourceIndex}`, parentIndex });
        next.push(child);
      }
    }
    level = next;
  }
  const finished = [...kept].map(([key, { node, sourceIndex, hasChild }]): MsticpyTreeNode => {
    const isRoot = node.parentKey === null;
    const { path, parentIndex } = paths.get(key)!;
    return { ...node, sourceIndex, path, parentIndex, isRoot, isLeaf: !hasChild, isBranch: !isRoot && hasChild };
  });
  return finished.sort((a, b) => compareText(a.path, b.path) || compareTimes(a.time, b.time));
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareTimes(a: bigint | null, b: bigint | null): number {
  if (a === b) return 0;
  if (a === null || b === null) return a === null ? 1 : -1;
  return a < b ? -1 : 1;
}

const TICKS_PER_10_US = 100n;

/** Rounded to 10 µs, half to even, as `2019-02-09 20:04:38.017000`. */
export function keyTime(ticks: bigint): string {
  const whole = ticks / TICKS_PER_10_US;
  const rest = ticks % TICKS_PER_10_US;
  const isUp = rest > 50n || (rest === 50n && whole % 2n === 1n);
  const rounded = (whole + (isUp ? 1n : 0n)) * TICKS_PER_10_US - 621_355_968_000_000_000n;
  const ms = Number(rounded / 10_000n);
  const micros = Number((rounded % 10_000n) / 10n);
  return `${new Date(ms).toISOString().replace('T', ' ').slice(0, -1)}${String(micros).padStart(3, '0')}`;
}

/** `name|id|time`, or null where a part is. A missing id reads `nan`, as there. */
export function processKey(name: string | null, id: string | null, ticks: bigint | null): string | null {
  return name === null || ticks === null ? null : `${name}|${id ?? 'nan'}|${keyTime(ticks)}`;
}
