import {
  type Cell,
  type Column,
  cell,
  columnFromCells,
  findColumn,
  isTextColumn,
  makeTable,
  type Table,
  withColumns,
} from '../../tables/index.ts';
import { type Arrangement, arrange } from './arrange.ts';
import { makeIsoFormatter } from './iso-times.ts';
import { makeProcessJudge, type ProcessJudgement } from './judge-process.ts';
import { type InferredParent, type Links, linkParents } from './link-parents.ts';
import { baseName } from './names.ts';
import { type ProcessRows, readProcessRows } from './process-rows.ts';
import type { ProcessSchema } from './schema.ts';

/** Columns that a tree adds to its input's. */
export const TREE_COLUMNS = [
  { name: 'NodeKey', type: 'string', description: 'Identifies the process: its GUID, or host, pid, start and name' },
  { name: 'ParentKey', type: 'string', description: 'NodeKey of the parent; null at a root' },
  { name: 'Depth', type: 'int', description: '0 at a root' },
  { name: 'Path', type: 'string', description: 'Names from the root to the process; of long lines the last twelve' },
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
  /** The input's columns and TREE_COLUMNS; each process before its children, all in order of time. */
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
  const { order } = arrangement;
  const judged = judgeAll(input, schema, rows, links);
  const inherited = input.columns.map((column) =>
    spread(column, order, rows.rowCount, (inferred) => tell(column.name, inferred, input, schema)),
  );
  const table = withColumns(
    makeTable(
      inherited.map((make) => make(links.inferred)),
      order.length,
    ),
    treeColumns(rows, links, arrangement, judged),
  );
  return { table, summary: summarise(rows, links, arrangement), notable: judged.notable };
}

/** A column in the order of nodes, with what is told of inferred ones. */
function spread(column: Column, order: Int32Array, rowCount: number, tellOf: (inferred: InferredParent) => Cell) {
  return (inferred: readonly InferredParent[]): Column => {
    if (isTextColumn(column)) {
      const values = new Array<string | null>(order.length);
      for (let at = 0; at < order.length; at++) {
        const node = order[at]!;
        if (node < rowCount) values[at] = column.values[node] ?? null;
        else {
          const told = tellOf(inferred[node - rowCount]!);
          values[at] = told === null ? null : String(told);
        }
      }
      return { name: column.name, type: column.type, values };
    }
    const source = column.values as Float64Array;
    const values = new (source.constructor as Float64ArrayConstructor)(order.length);
    const nulls = column.nulls || inferred.length > 0 ? new Uint8Array(order.length) : undefined;
    for (let at = 0; at < order.length; at++) {
      const node = order[at]!;
      if (node < rowCount) {
        values[at] = source[node]!;
        if (nulls && column.nulls) nulls[at] = column.nulls[node]!;
        continue;
      }
      const told = tellOf(inferred[node - rowCount]!);
      if (told === null) nulls![at] = 1;
      else (values as unknown as Cell[])[at] = column.type === 'bool' ? Number(told) : told;
    }
    return { ...column, values, ...(nulls ? { nulls } : {}) } as Column;
  };
}

/** What an inferred process has in a column: what its child's event tells of it. */
function tell(name: string, inferred: InferredParent, input: Table, schema: ProcessSchema): Cell {
  const from = (told: string | undefined): Cell => {
    const source = told === undefined ? undefined : findColumn(input, told);
    const target = findColumn(input, name)!;
    const value = source ? cell(source, inferred.childRow) : null;
    if (value === null || source!.type === target.type) return value;
    return isTextColumn(target) ? String(value) : null;
  };
  const isParent = inferred.generation === 1;
  switch (name) {
    case schema.hostNameColumn:
    case schema.eventIdColumn:
      return from(name);
    case schema.processName:
      return from(isParent ? schema.parentName : schema.grandparentName);
    case schema.processId:
      return from(isParent ? schema.parentId : schema.grandparentId);
    case schema.startTime ?? schema.timeStamp:
      return from(isParent ? schema.parentTime : schema.grandparentTime);
    case schema.processGuid:
      return isParent ? from(schema.parentGuid) : null;
    case schema.cmdLine:
      return isParent ? from(schema.parentCmdLine) : null;
    case schema.parentName:
      return isParent ? from(schema.grandparentName) : null;
    case schema.parentId:
      return isParent && schema.grandparentId ? from(schema.grandparentId) : null;
    default:
      return null;
  }
}

const SHOWN_IN_PATH = 12;

function treeColumns(rows: ProcessRows, links: Links, arrangement: Arrangement, judged: Judged): Column[] {
  const { order, depths, parents, childCounts, cutNodes } = arrangement;
  const count = order.length;
  const keys = nodeKeys(rows, links, order);
  const names = nodeNames(rows, links);
  const cut = new Set(cutNodes);
  const nodeKeyValues = new Array<string>(count);
  const parentKeyValues = new Array<string | null>(count);
  const depthValues = new Float64Array(count);
  const byNode = new Array<string>(parents.length);
  const paths = new Array<string>(count);
  const flags = { root: new Uint8Array(count), leaf: new Uint8Array(count), branch: new Uint8Array(count) };
  const inferred = new Uint8Array(count);
  const orphans = new Uint8Array(count);
  const sourceRows = new BigInt64Array(count);
  const sourceHalves = new Int32Array(sourceRows.buffer);
  const scores = new Float64Array(count);
  const reasons = new Array<string | null>(count).fill(null);
  for (let at = 0; at < count; at++) {
    const node = order[at]!;
    const parent = parents[node]!;
    const depth = depths[node]!;
    nodeKeyValues[at] = keys[node]!;
    parentKeyValues[at] = parent < 0 ? null : keys[parent]!;
    depthValues[at] = depth;
    const name = names(node);
    byNode[node] =
      parent < 0 ? name : depth < SHOWN_IN_PATH ? `${byNode[parent]!} > ${name}` : lastNames(node, parents, names);
    paths[at] = byNode[node]!;
    const hasChildren = childCounts[node]! > 0;
    if (parent < 0) flags.root[at] = 1;
    if (!hasChildren) flags.leaf[at] = 1;
    else if (parent >= 0) flags.branch[at] = 1;
    if (node >= rows.rowCount) {
      inferred[at] = 1;
      continue;
    }
    orphans[at] = links.orphans[node]! | (cut.has(node) ? 1 : 0);
    sourceHalves[2 * at] = node;
    const judgement = judged.byRow.get(node);
    if (!judgement) continue;
    scores[at] = judgement.score;
    reasons[at] = judgement.reasons.join('; ');
  }
  const bool = (name: string, values: Uint8Array): Column => ({ name, type: 'bool', values });
  return [
    { name: 'NodeKey', type: 'string', values: nodeKeyValues },
    { name: 'ParentKey', type: 'string', values: parentKeyValues },
    { name: 'Depth', type: 'int', values: depthValues },
    { name: 'Path', type: 'string', values: paths },
    bool('IsRoot', flags.root),
    bool('IsLeaf', flags.leaf),
    bool('IsBranch', flags.branch),
    bool('Inferred', inferred),
    bool('Orphan', orphans),
    { name: 'Score', type: 'int', values: scores },
    { name: 'Reason', type: 'string', values: reasons },
    { name: 'SourceRow', type: 'long', values: sourceRows, ...(links.inferred.length > 0 ? { nulls: inferred } : {}) },
  ];
}

function lastNames(node: number, parents: Int32Array, names: (node: number) => string): string {
  const shown: string[] = [];
  for (let at = node; at >= 0 && shown.length < SHOWN_IN_PATH; at = parents[at]!) shown.push(names(at));
  return `… > ${shown.reverse().join(' > ')}`;
}

/** Base names as they are known in lower case. */
function nodeNames(rows: ProcessRows, links: Links): (node: number) => string {
  const bases = rows.names.texts.map(baseName);
  return (node) => {
    const { codes, childRow } = nameSource(rows, links, node);
    const code = codes[childRow]!;
    return code < 0 ? '?' : bases[code]!;
  };
}

function nameSource(rows: ProcessRows, links: Links, node: number): { codes: Int32Array; childRow: number } {
  if (node < rows.rowCount) return { codes: rows.names.codes, childRow: node };
  const { childRow, generation } = links.inferred[node - rows.rowCount]!;
  return { codes: generation === 1 ? rows.parentNames.codes : rows.grandparents!.names.codes, childRow };
}

function nodeKeys(rows: ProcessRows, links: Links, order: Int32Array): string[] {
  const iso = makeIsoFormatter();
  const names = nodeNames(rows, links);
  const keys = new Array<string>(rows.rowCount + links.inferred.length);
  const taken = new Set<string>();
  for (const node of order) {
    if (node < rows.rowCount) {
      const guid = rows.guids?.[node] ?? null;
      const key = guid ?? describe(node, rows.pids[node]!, rows.times[node]!, names(node));
      keys[node] = links.tied[node] || Number.isNaN(rows.times[node]!) ? `${key}#${node}` : key;
      continue;
    }
    const { childRow, generation } = links.inferred[node - rows.rowCount]!;
    const isParent = generation === 1;
    const pids = isParent ? rows.parentPids : rows.grandparents!.pids;
    const times = isParent ? rows.parentTimes : rows.grandparents!.times;
    const guid = isParent ? (rows.parentGuids?.[childRow] ?? null) : null;
    const key = guid ?? describe(childRow, pids[childRow]!, times?.[childRow] ?? Number.NaN, names(node));
    // Two inferred parents may differ in their folders only.
    keys[node] = taken.has(key) ? `${key}#${node}` : key;
    taken.add(key);
  }
  return keys;

  function describe(row: number, pid: number, time: number, name: string): string {
    const host = rows.hosts.codes[row]!;
    return `${host < 0 ? '' : rows.hosts.texts[host]}|${name}|${pid}|${Number.isNaN(time) ? '?' : iso(time)}`;
  }
}

interface Judged {
  readonly byRow: ReadonlyMap<number, NotableProcess>;
  readonly notable: readonly NotableProcess[];
}

function judgeAll(input: Table, schema: ProcessSchema, rows: ProcessRows, links: Links): Judged {
  const judge = makeProcessJudge();
  const commands = schema.cmdLine ? findColumn(input, schema.cmdLine) : undefined;
  const commandTexts = commands && isTextColumn(commands) ? commands.values : null;
  const startsByName = new Uint32Array(rows.names.texts.length);
  for (const row of links.starts) if (rows.names.codes[row]! >= 0) startsByName[rows.names.codes[row]!]!++;
  const byRow = new Map<number, NotableProcess>();
  const ordered = Int32Array.from(links.starts).sort();
  for (const row of ordered) {
    const name = rows.names.codes[row]!;
    const parent = parentNameOf(rows, links, row);
    const path = name < 0 ? '' : rows.names.texts[name]!;
    const parentPath = parent < 0 ? '' : rows.names.texts[parent]!;
    const starts = name < 0 ? links.starts.length : startsByName[name]!;
    const judgement = judge.judge(path, parentPath, commandTexts?.[row] ?? '', starts, links.starts.length);
    if (judgement.score > 0) byRow.set(row, { ...judgement, row, path, parentPath });
  }
  return { byRow, notable: [...byRow.values()] };
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
  for (const node of order) {
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
    orphans: links.orphans.reduce((sum, bit) => sum + bit, 0) + cutNodes.length,
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
