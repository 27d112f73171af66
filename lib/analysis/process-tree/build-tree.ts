import {
  type Column,
  columnFromCells,
  findColumn,
  isTextColumn,
  makeTable,
  type Table,
  withColumns,
} from '../../tables/index.ts';
import { type Arrangement, arrange } from './arrange.ts';
import { inheritColumns } from './inherit-columns.ts';
import { combine, makeProcessJudge, NOTHING_NOTABLE, type ProcessJudgement, rarer } from './judge-process.ts';
import { type Links, linkParents } from './link-parents.ts';
import { baseName } from './names.ts';
import { nodeKeys } from './node-keys.ts';
import { makeNumberIndex } from './number-index.ts';
import { type ProcessRows, readProcessRows } from './process-rows.ts';
import type { ProcessSchema } from './schema.ts';

/** Columns that a tree adds to its input's. */
export const TREE_COLUMNS = [
  { name: 'NodeKey', type: 'string', description: 'Identifies the process: its GUID, or host, pid and start' },
  { name: 'ParentKey', type: 'string', description: 'NodeKey of the parent; null at a root' },
  { name: 'Depth', type: 'int', description: '0 at a root' },
  {
    name: 'Path',
    type: 'string',
    description: 'Names from the root to the process; of long lines the last ones, twelve at most',
  },
  {
    name: 'TreeOrder',
    type: 'int',
    description: 'Position when read from the roots down, each process before its children',
  },
  { name: 'IsRoot', type: 'bool', description: 'Has no parent' },
  { name: 'IsLeaf', type: 'bool', description: 'Has no children' },
  { name: 'IsBranch', type: 'bool', description: 'Has a parent and children' },
  { name: 'Inferred', type: 'bool', description: 'No event tells of it, but its children do' },
  { name: 'Orphan', type: 'bool', description: 'Nothing is told of its parent, or the link to it closed a cycle' },
  { name: 'Score', type: 'int', description: 'How notable the process is by itself, 0 to 100' },
  { name: 'Reason', type: 'string', description: 'Why, in words' },
  { name: 'SourceRow', type: 'long', description: 'Row of the input, null for inferred processes' },
] as const;

export interface TreeSummary {
  readonly processes: number;
  readonly roots: number;
  readonly leaves: number;
  readonly branches: number;
  /** Roots without children. */
  readonly isolated: number;
  /** Levels. */
  readonly largestDepth: number;
  readonly inferred: number;
  readonly orphans: number;
  readonly reusedPids: number;
  readonly duplicates: number;
  readonly cycles: number;
  /** Input rows that are no process starts. */
  readonly otherRows: number;
}

export interface NotableProcess extends ProcessJudgement {
  /** Row of the input. */
  readonly row: number;
  readonly path: string;
  readonly parentPath: string;
}

export interface ProcessTree {
  /**
   * The input's columns and TREE_COLUMNS: process starts in the input's order, then inferred processes. Sorted by
   * TreeOrder, each process comes before its children.
   */
  readonly table: Table;
  readonly summary: TreeSummary;
  /** In order of input rows. */
  readonly notable: readonly NotableProcess[];
}

/** Builds the forest of processes of a table of process starts. The input is not changed. */
export function buildProcessTree(input: Table, schema: ProcessSchema): ProcessTree {
  const rows = readProcessRows(input, schema);
  const links = linkParents(rows);
  const arrangement = arrange(links, rows.times, rows.rowCount);
  const starts = inputOrder(links.starts);
  const judged = judgeAll(input, schema, rows, links, starts);
  const nodes = new Int32Array(starts.length + links.inferred.length);
  nodes.set(starts);
  for (let at = starts.length; at < nodes.length; at++) nodes[at] = rows.rowCount + at - starts.length;
  const inherited = inheritColumns(input, starts, links.inferred, schema);
  const added = treeColumns(nodes, rows, links, arrangement, judged);
  const table = withColumns(makeTable(inherited, nodes.length), added);
  return { table, summary: summarise(rows, links, arrangement), notable: judged.notable };
}

const SHOWN_IN_PATH = 12;

function treeColumns(
  nodes: Int32Array,
  rows: ProcessRows,
  links: Links,
  arrangement: Arrangement,
  judged: Judged,
): Column[] {
  const { order, depths, parents, childCounts, cutNodes } = arrangement;
  const { rowCount } = rows;
  const count = nodes.length;
  const names = nodeNames(rows, links);
  const keys = nodeKeys(rows, links, (node) => names.name(node));
  const pathOf = new Array<string>(parents.length);
  const orders = new Float64Array(parents.length);
  for (let position = 0; position < order.length; position++) {
    const node = order[position]!;
    const parent = parents[node]!;
    orders[node] = position;
    // A long line starts anew every so often: no path has to be put together from its root.
    const isLong = parent >= 0 && depths[node]! % SHOWN_IN_PATH === 0;
    pathOf[node] =
      parent < 0
        ? names.name(node)
        : isLong
          ? `… > ${names.name(parent)}${names.step(node)}`
          : pathOf[parent]! + names.step(node);
  }
  const cut = new Set(cutNodes);
  const values = {
    nodeKeys: new Array<string>(count),
    parentKeys: new Array<string | null>(count),
    depths: new Float64Array(count),
    paths: new Array<string>(count),
    orders: new Float64Array(count),
    isRoot: new Uint8Array(count),
    isLeaf: new Uint8Array(count),
    isBranch: new Uint8Array(count),
    isInferred: new Uint8Array(count),
    isOrphan: new Uint8Array(count),
    scores: new Float64Array(count),
    reasons: new Array<string | null>(count).fill(null),
    sourceRows: new Int32Array(count * 2),
  };
  for (let at = 0; at < count; at++) {
    const node = nodes[at]!;
    const parent = parents[node]!;
    values.nodeKeys[at] = keys[node]!;
    values.parentKeys[at] = parent < 0 ? null : keys[parent]!;
    values.depths[at] = depths[node]!;
    values.paths[at] = pathOf[node]!;
    values.orders[at] = orders[node]!;
    const hasChildren = childCounts[node]! > 0;
    if (parent < 0) values.isRoot[at] = 1;
    if (!hasChildren) values.isLeaf[at] = 1;
    else if (parent >= 0) values.isBranch[at] = 1;
    if (node >= rowCount) {
      values.isInferred[at] = 1;
      continue;
    }
    values.isOrphan[at] = links.orphans[node]! | (cut.has(node) ? 1 : 0);
    values.sourceRows[2 * at] = node;
  }
  const positions = links.starts.length === rowCount ? null : new Map(Array.from(nodes, (node, at) => [node, at]));
  for (const { row, score, reasons } of judged.notable) {
    const at = positions?.get(row) ?? row;
    values.scores[at] = score;
    values.reasons[at] = reasons.join('; ');
  }
  const bool = (name: string, flags: Uint8Array): Column => ({ name, type: 'bool', values: flags });
  const sourceRows = new BigInt64Array(values.sourceRows.buffer);
  return [
    { name: 'NodeKey', type: 'string', values: values.nodeKeys },
    { name: 'ParentKey', type: 'string', values: values.parentKeys },
    { name: 'Depth', type: 'int', values: values.depths },
    { name: 'Path', type: 'string', values: values.paths },
    { name: 'TreeOrder', type: 'int', values: values.orders },
    bool('IsRoot', values.isRoot),
    bool('IsLeaf', values.isLeaf),
    bool('IsBranch', values.isBranch),
    bool('Inferred', values.isInferred),
    bool('Orphan', values.isOrphan),
    { name: 'Score', type: 'int', values: values.scores },
    { name: 'Reason', type: 'string', values: values.reasons },
    {
      name: 'SourceRow',
      type: 'long',
      values: sourceRows,
      ...(links.inferred.length > 0 ? { nulls: values.isInferred } : {}),
    },
  ];
}

interface NodeNames {
  /** Base name, in lower case. */
  name(node: number): string;
  /** The name as a further step of a path. */
  step(node: number): string;
}

function nodeNames(rows: ProcessRows, links: Links): NodeNames {
  const bases = rows.names.texts.map(baseName);
  const steps = bases.map((name) => ` > ${name}`);
  const codeOf = (node: number): number => {
    if (node < rows.rowCount) return rows.names.codes[node]!;
    const { childRow, generation } = links.inferred[node - rows.rowCount]!;
    return (generation === 1 ? rows.parentNames : rows.grandparents!.names).codes[childRow]!;
  };
  return {
    name: (node) => bases[codeOf(node)] ?? '?',
    step: (node) => steps[codeOf(node)] ?? ' > ?',
  };
}

interface Judged {
  readonly notable: readonly NotableProcess[];
}

/** Rows ascending; where they are so already, as in a log that is sorted by time, they are taken as they are. */
function inputOrder(rows: Int32Array): Int32Array {
  for (let at = 1; at < rows.length; at++) if (rows[at]! < rows[at - 1]!) return Int32Array.from(rows).sort();
  return rows;
}

function judgeAll(input: Table, schema: ProcessSchema, rows: ProcessRows, links: Links, starts: Int32Array): Judged {
  const judge = makeProcessJudge();
  const commands = schema.cmdLine ? findColumn(input, schema.cmdLine) : undefined;
  const commandTexts = commands && isTextColumn(commands) ? commands.values : null;
  const { texts, codes } = rows.names;
  const nameOf = (code: number) => (code < 0 ? '' : texts[code]!);
  const startsByName = new Uint32Array(texts.length + 1);
  for (const row of links.starts) startsByName[codes[row]! + 1]!++;
  const pairs = makeNumberIndex(links.starts.length + 1);
  const ofPairs: ProcessJudgement[] = [];
  const notable: NotableProcess[] = [];
  for (let at = 0; at < starts.length; at++) {
    const row = starts[at]!;
    const name = codes[row]!;
    const parent = parentNameOf(rows, links, row);
    const pair = pairs.idOf((name + 1) * (texts.length + 1) + parent + 1);
    if (pair === ofPairs.length) ofPairs.push(judge.ofPaths(nameOf(name), nameOf(parent)));
    const ofPaths = ofPairs[pair]!;
    const command = commandTexts?.[row];
    const ofCommand = command ? judge.ofCommand(command) : NOTHING_NOTABLE;
    if (ofPaths.score === 0 && ofCommand.score === 0) continue;
    const judgement = rarer(combine([ofPaths, ofCommand]), startsByName[name + 1]!, links.starts.length);
    notable.push({ ...judgement, row, path: nameOf(name), parentPath: nameOf(parent) });
  }
  return { notable };
}

/** As the event tells it, else as the parent's own event does. */
function parentNameOf(rows: ProcessRows, links: Links, row: number): number {
  const told = rows.parentNames.codes[row]!;
  const parent = links.parents[row]!;
  return told >= 0 || parent < 0 || parent >= rows.rowCount ? told : rows.names.codes[parent]!;
}

function summarise(rows: ProcessRows, links: Links, arrangement: Arrangement): TreeSummary {
  const { order, parents, childCounts, depths, cutNodes } = arrangement;
  let roots = 0;
  let leaves = 0;
  let isolated = 0;
  let deepest = -1;
  for (let at = 0; at < order.length; at++) {
    const node = order[at]!;
    const isRoot = parents[node]! < 0;
    const isLeaf = childCounts[node] === 0;
    if (isRoot) roots++;
    if (isLeaf) leaves++;
    if (isRoot && isLeaf) isolated++;
    if (depths[node]! > deepest) deepest = depths[node]!;
  }
  return {
    processes: order.length,
    roots,
    leaves,
    branches: order.length - roots - leaves + isolated,
    isolated,
    largestDepth: deepest + 1,
    inferred: links.inferred.length,
    orphans: links.orphanCount + cutNodes.length,
    reusedPids: links.reusedPids,
    duplicates: links.duplicates,
    cycles: cutNodes.length,
    otherRows: rows.rowCount - links.starts.length - links.duplicates,
  };
}

/** The summary as a table of one row. */
export function summaryTable(summary: TreeSummary): Table {
  return makeTable(
    Object.entries(summary).map(([name, value]) =>
      columnFromCells(name[0]!.toUpperCase() + name.slice(1), 'long', [value]),
    ),
    1,
  );
}
