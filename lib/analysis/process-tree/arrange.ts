import type { Links } from './link-parents.ts';

/** The forest in the order in which it is read: each process before its children, all in order of time. */
export interface Arrangement {
  /** Nodes in that order. */
  readonly order: Int32Array;
  /** By node: 0 at a root. */
  readonly depths: Int32Array;
  /** By node, after cycles were cut; -1: root. */
  readonly parents: Int32Array;
  readonly childCounts: Int32Array;
  /** Nodes whose link was cut, because it closed a cycle. */
  readonly cutNodes: readonly number[];
}

/** Cuts cycles and puts the nodes in order. Linear, without recursion: a chain may be a million deep. */
export function arrange(links: Links, times: Float64Array, rowCount: number): Arrangement {
  const nodeCount = rowCount + links.inferred.length;
  const parents = Int32Array.from(links.parents);
  const cutNodes = cutCycles(parents, links.starts);
  const startOf = (node: number) => (node < rowCount ? times[node]! : Number.NaN);
  const siblings = chainSiblings(parents, links, rowCount, nodeCount);
  const order = new Int32Array(links.starts.length + links.inferred.length);
  const depths = new Int32Array(nodeCount);
  let count = 0;
  for (const root of rootsInOrder(parents, links, siblings.first, startOf, rowCount, nodeCount)) {
    let node = root;
    while (node >= 0) {
      order[count++] = node;
      const parent = parents[node]!;
      depths[node] = parent < 0 ? 0 : depths[parent]! + 1;
      let next = siblings.first[node]!;
      while (next < 0 && node !== root) {
        next = siblings.next[node]!;
        if (next < 0) node = parents[node]!;
      }
      node = next;
    }
  }
  return { order, depths, parents, childCounts: siblings.counts, cutNodes };
}

/** A walk up that comes back to itself is cut where it began its last round. */
function cutCycles(parents: Int32Array, starts: Int32Array): number[] {
  const cut: number[] = [];
  const seenIn = new Int32Array(parents.length);
  let walk = 0;
  for (const start of starts) {
    walk++;
    let node = start;
    while (node >= 0 && seenIn[node] === 0) {
      seenIn[node] = walk;
      const parent = parents[node]!;
      if (parent >= 0 && seenIn[parent] === walk) {
        parents[node] = -1;
        cut.push(node);
        break;
      }
      node = parent;
    }
  }
  return cut;
}

interface Siblings {
  readonly first: Int32Array;
  readonly next: Int32Array;
  readonly counts: Int32Array;
}

/** Children as linked lists. Going backwards through the order of time leaves each list in that order. */
function chainSiblings(parents: Int32Array, links: Links, rowCount: number, nodeCount: number): Siblings {
  const first = new Int32Array(nodeCount).fill(-1);
  const next = new Int32Array(nodeCount).fill(-1);
  const counts = new Int32Array(nodeCount);
  const add = (node: number) => {
    const parent = parents[node]!;
    if (parent < 0) return;
    next[node] = first[parent]!;
    first[parent] = node;
    counts[parent]!++;
  };
  for (let at = links.starts.length - 1; at >= 0; at--) add(links.starts[at]!);
  for (let node = nodeCount - 1; node >= rowCount; node--) add(node);
  return { first, next, counts };
}

/** Roots by their own time, or their first child's where they have none; then by number. */
function rootsInOrder(
  parents: Int32Array,
  links: Links,
  first: Int32Array,
  startOf: (node: number) => number,
  rowCount: number,
  nodeCount: number,
): Int32Array {
  const roots: number[] = [];
  for (const node of links.starts) if (parents[node]! < 0) roots.push(node);
  for (let node = rowCount; node < nodeCount; node++) if (parents[node]! < 0) roots.push(node);
  const keys = new Float64Array(nodeCount);
  for (const root of roots) {
    let node = root;
    while (node >= 0 && Number.isNaN(startOf(node))) node = first[node]!;
    keys[root] = node < 0 ? Number.NEGATIVE_INFINITY : startOf(node);
  }
  return Int32Array.from(roots).sort((a, b) => keys[a]! - keys[b]! || a - b);
}
