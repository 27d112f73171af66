/** Processes in the order of a tree's rows: parents before children, siblings by their given order. */
export interface TreeLayout {
  /** Node at each row. */
  readonly order: Int32Array;
  /** The rest is by row, too. */
  readonly depth: Int32Array;
  /** Row of the parent, or -1. */
  readonly parent: Int32Array;
  /** Number of descendants. */
  readonly below: Int32Array;
}

/**
 * Lays out a forest given by each node's parent (-1: none). Iterative, linear, and safe on what logs hold: a parent
 * that is missing makes a root, and a cycle is cut at its first node. Children keep the order of their numbers.
 */
export function layOutTree(parents: Int32Array): TreeLayout {
  const count = parents.length;
  const firstChild = new Int32Array(count).fill(-1);
  const nextSibling = new Int32Array(count).fill(-1);
  for (let node = count - 1; node >= 0; node--) {
    const parent = parents[node]!;
    if (parent >= 0 && parent !== node) {
      nextSibling[node] = firstChild[parent]!;
      firstChild[parent] = node;
    }
  }
  const rowOf = new Int32Array(count).fill(-1);
  const order = new Int32Array(count);
  const depth = new Int32Array(count);
  const parent = new Int32Array(count).fill(-1);
  let rows = 0;
  const stack: number[] = [];
  const pending: number[] = [];
  const walkFrom = (root: number) => {
    stack.push(root);
    while (stack.length > 0) {
      const node = stack.pop()!;
      if (rowOf[node]! >= 0) continue;
      const row = rows++;
      rowOf[node] = row;
      order[row] = node;
      const up = node === root ? -1 : rowOf[parents[node]!]!;
      parent[row] = up;
      depth[row] = up < 0 ? 0 : depth[up]! + 1;
      pending.length = 0;
      for (let child = firstChild[node]!; child >= 0; child = nextSibling[child]!) pending.push(child);
      for (let index = pending.length - 1; index >= 0; index--) stack.push(pending[index]!);
    }
  };
  for (let node = 0; node < count; node++) if (parents[node]! < 0 || parents[node] === node) walkFrom(node);
  for (let node = 0; node < count; node++) if (rowOf[node]! < 0) walkFrom(node);
  const below = new Int32Array(count);
  for (let row = count - 1; row > 0; row--) if (parent[row]! >= 0) below[parent[row]!]! += below[row]! + 1;
  return { order, depth, parent, below };
}
