import { TrailhoundError } from '../../errors.ts';
import { findColumn, getColumn, isTextColumn, type Table } from '../../tables/index.ts';

export const RELATIONS = [
  'roots',
  'root',
  'parent',
  'children',
  'descendants',
  'ancestors',
  'siblings',
  'root-tree',
] as const;
export type Relation = (typeof RELATIONS)[number];

/** A built tree (of either form) as links between the rows of its table. */
export interface ProcessForest {
  readonly table: Table;
  /** Row of the process of that key (NodeKey, or proc_key). An unknown key is an error. */
  rowOf(key: string): number;
  roots(): number[];
  /** Undefined at a root. */
  parentOf(row: number): number | undefined;
  /** From the process up to its root, the root first. */
  ancestorsOf(row: number): number[];
  childrenOf(row: number): readonly number[];
  /** Level by level, at most so many levels (default: all), in tree order. */
  descendantsOf(row: number, maxLevels?: number): number[];
  siblingsOf(row: number): number[];
}

/** Opens a table that `build.process-tree` made. */
export function openForest(table: Table): ProcessForest {
  const isOwn = findColumn(table, 'NodeKey') !== undefined;
  const keys = texts(table, isOwn ? 'NodeKey' : 'proc_key');
  const parentKeys = texts(table, isOwn ? 'ParentKey' : 'parent_key');
  const places = isOwn ? numbers(table, 'TreeOrder') : null;
  const rowByKey = new Map<string, number>();
  keys.forEach((key, row) => {
    if (key !== null && !rowByKey.has(key)) rowByKey.set(key, row);
  });
  const parents = parentKeys.map((key) => (key === null ? undefined : rowByKey.get(key)));
  // MSTICPy's rows are in tree order already.
  const byPlace = (a: number, b: number) => (places ? places[a]! - places[b]! : a - b);
  const children = new Map<number, number[]>();
  const rootRows: number[] = [];
  for (const row of Array.from(keys.keys()).sort(byPlace)) {
    const parent = parents[row];
    if (parent === undefined) {
      if (parentKeys[row] === null) rootRows.push(row);
      continue;
    }
    const siblings = children.get(parent);
    if (siblings) siblings.push(row);
    else children.set(parent, [row]);
  }
  const childrenOf = (row: number): readonly number[] => children.get(row) ?? [];
  return {
    table,
    rowOf: (key) => {
      const row = rowByKey.get(key);
      if (row === undefined) throw new TrailhoundError('not-found', `the tree has no process "${key.slice(0, 200)}"`);
      return row;
    },
    roots: () => [...rootRows],
    parentOf: (row) => parents[row],
    ancestorsOf(row) {
      const line: number[] = [];
      for (let at: number | undefined = row; at !== undefined && line.length <= keys.length; at = parents[at])
        line.push(at);
      return line.reverse();
    },
    childrenOf,
    descendantsOf(row, maxLevels = Number.POSITIVE_INFINITY) {
      const found: number[] = [];
      let level: readonly number[] = [row];
      for (let depth = 0; depth < maxLevels && level.length > 0; depth++) {
        level = level.flatMap((parent) => childrenOf(parent));
        for (const child of level) found.push(child);
      }
      return found.sort(byPlace);
    },
    siblingsOf(row) {
      const parent = parents[row];
      return parent === undefined ? [] : childrenOf(parent).filter((sibling) => sibling !== row);
    },
  };
}

/** The rows that stand in a relation to a process, in tree order; with it itself if `includeSource`. */
export function relatives(
  forest: ProcessForest,
  relation: Relation,
  key: string | undefined,
  includeSource: boolean,
  maxLevels?: number,
): number[] {
  if (relation === 'roots') return forest.roots();
  if (key === undefined) throw new TrailhoundError('usage', `${relation} are of a process: its key is needed`);
  const row = forest.rowOf(key);
  const own = includeSource ? [row] : [];
  switch (relation) {
    case 'root':
      return [forest.ancestorsOf(row)[0]!];
    case 'parent': {
      const parent = forest.parentOf(row);
      return parent === undefined ? [] : [parent];
    }
    case 'children':
      return [...own, ...forest.childrenOf(row)];
    case 'descendants':
      return [...own, ...forest.descendantsOf(row, maxLevels)];
    case 'ancestors':
      return includeSource ? forest.ancestorsOf(row) : forest.ancestorsOf(row).slice(0, -1);
    case 'siblings':
      return includeSource ? [...own, ...forest.siblingsOf(row)] : forest.siblingsOf(row);
    case 'root-tree': {
      const root = forest.ancestorsOf(row)[0]!;
      return [root, ...forest.descendantsOf(root)];
    }
  }
}

function texts(table: Table, name: string): readonly (string | null)[] {
  const column = getColumn(table, name);
  return isTextColumn(column) ? column.values : [];
}

function numbers(table: Table, name: string): Float64Array {
  return Float64Array.from(getColumn(table, name).values as ArrayLike<number>, Number);
}
