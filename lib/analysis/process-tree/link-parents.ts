import { matchNames, type NameMatcher } from './names.ts';
import { makeNumberIndex } from './number-index.ts';
import { MAX_PID, type ProcessRows } from './process-rows.ts';

/** A parent that no event tells of, known from its children's events alone. */
export interface InferredParent {
  /** Row of a child (or grandchild), which tells of it. */
  readonly childRow: number;
  /** 1: parent of that row's process; 2: its grandparent. */
  readonly generation: 1 | 2;
}

/** Nodes are the rows of the table by number, and after them the inferred parents. */
export interface Links {
  /** By node; -1: none. */
  readonly parents: Int32Array;
  readonly inferred: readonly InferredParent[];
  /** The rows that are nodes, in order of time. */
  readonly starts: Int32Array;
  /** 1: nothing is told of the row's parent. */
  readonly orphans: Uint8Array;
  readonly orphanCount: number;
  /** 1: shares its GUID, or its host, pid and time with an earlier row. */
  readonly tied: Uint8Array;
  /** Starts under a pid that another process had before on the same host. */
  readonly reusedPids: number;
  /** Events that tell of a start once more: they are no nodes. */
  readonly duplicates: number;
}

/** How far back among the earlier owners of a pid a parent is sought. */
const MAX_EARLIER_OWNERS = 64;
/** Ticks by which two records of the same start may differ. */
const SAME_START_TICKS = 100;
/** Ticks by which two sources may differ about the same start. */
const SAME_EVENT_TICKS = 20_000_000;
/** Ticks by which an end may be logged early. */
const END_SLACK_TICKS = 10_000_000;

/**
 * Finds each process's parent, on its own host: by GUID where there is one; else by pid and the parent's start time
 * where that is told; else the latest process that had the pid when the child started and, where the parent's name is
 * told, bore it. A process that is known to have ended is no parent. Parents that no event tells of are inferred, one
 * for equal host, pid, name and start.
 */
export function linkParents(table: ProcessRows): Links {
  const order = orderedRows(table);
  const { rowCount, times } = table;
  const index = makeNumberIndex(order.length * 2 + 2);
  const idOf = (row: number, pid: number) =>
    Number.isNaN(pid) ? -1 : index.idOf((table.hosts.codes[row]! + 1) * MAX_PID + pid);
  const ownIds = new Int32Array(rowCount).fill(-1);
  const parentIds = new Int32Array(rowCount).fill(-1);
  for (let at = 0; at < order.length; at++) {
    const row = order[at]!;
    ownIds[row] = idOf(row, table.kinds[row] === 2 && table.endPids ? table.endPids[row]! : table.pids[row]!);
    parentIds[row] = idOf(row, table.parentPids[row]!);
  }
  const tied = new Uint8Array(rowCount);
  const state: LinkState = {
    table,
    names: matchNames(table.names.texts),
    byGuid: indexGuids(table, order, tied),
    tied,
    isDuplicate: findRetold(table, order, ownIds, index.size),
    last: new Int32Array(index.size).fill(-1),
    earlier: new Int32Array(rowCount).fill(-1),
    ends: new Float64Array(rowCount).fill(Number.NaN),
    parents: new Int32Array(rowCount).fill(-1),
    orphans: new Uint8Array(rowCount),
    inferred: [],
    inferredByKey: new Map(),
    reusedPids: 0,
    orphanCount: 0,
  };
  for (let from = 0, to = 0; from < order.length; from = to) {
    const time = times[order[from]!]!;
    do to++;
    while (to < order.length && times[order[to]!] === time);
    for (let at = from; at < to; at++) if (table.kinds[order[at]!] === 1) enter(state, order[at]!, ownIds[order[at]!]!);
    for (let at = from; at < to; at++) {
      const row = order[at]!;
      if (table.kinds[row] === 1 && !state.isDuplicate[row]) link(state, row, parentIds[row]!);
    }
    for (let at = from; at < to; at++) if (table.kinds[order[at]!] === 2) leave(state, order[at]!, ownIds[order[at]!]!);
  }
  const parents = linkInferred(state);
  const starts = new Int32Array(order.length);
  let count = 0;
  let duplicates = 0;
  for (let at = 0; at < order.length; at++) {
    const row = order[at]!;
    if (state.isDuplicate[row]) duplicates++;
    else if (table.kinds[row] === 1) starts[count++] = row;
  }
  const { inferred, orphans, orphanCount, reusedPids } = state;
  return { parents, inferred, starts: starts.subarray(0, count), orphans, orphanCount, tied, reusedPids, duplicates };
}

interface LinkState {
  readonly table: ProcessRows;
  readonly names: NameMatcher;
  readonly byGuid: Map<string, number> | null;
  readonly isDuplicate: Uint8Array;
  /** By host and pid: the row that has the pid now. */
  readonly last: Int32Array;
  /** By row: the row that had its pid before it. */
  readonly earlier: Int32Array;
  /** By row: when the process is known to have ended. */
  readonly ends: Float64Array;
  readonly parents: Int32Array;
  readonly orphans: Uint8Array;
  readonly tied: Uint8Array;
  readonly inferred: InferredParent[];
  readonly inferredByKey: Map<string, number>;
  reusedPids: number;
  orphanCount: number;
}

/** Starts and ends in order of time; rows without a time come first, for nothing is known to have been before them. */
function orderedRows(table: ProcessRows): Int32Array {
  const { kinds, times, rowCount } = table;
  const rows = new Int32Array(rowCount);
  let count = 0;
  let isSorted = true;
  let previous = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < rowCount; row++) {
    if (kinds[row] === 0) continue;
    rows[count++] = row;
    const time = times[row]!;
    if (!(time >= previous)) isSorted = false;
    previous = time;
  }
  const order = rows.subarray(0, count);
  if (isSorted) return order;
  const timeOf = (row: number) => (Number.isNaN(times[row]!) ? Number.NEGATIVE_INFINITY : times[row]!);
  return order.sort((a, b) => {
    const left = timeOf(a);
    const right = timeOf(b);
    return left < right ? -1 : left > right ? 1 : a - b;
  });
}

function indexGuids(table: ProcessRows, order: Int32Array, tied: Uint8Array): Map<string, number> | null {
  if (!table.guids || !table.parentGuids) return null;
  const byGuid = new Map<string, number>();
  for (const row of order) {
    const guid = table.guids[row];
    if (!guid || table.kinds[row] !== 1) continue;
    if (byGuid.has(guid)) tied[row] = 1;
    else byGuid.set(guid, row);
  }
  return byGuid.size > 0 ? byGuid : null;
}

/**
 * Marks starts that are told twice: by the same source (equal host, pid, time and name), or by one with GUIDs and one
 * without within two seconds; then the one with a GUID stays.
 */
function findRetold(table: ProcessRows, order: Int32Array, ownIds: Int32Array, idCount: number): Uint8Array {
  const isDuplicate = new Uint8Array(table.rowCount);
  const last = new Int32Array(idCount).fill(-1);
  for (let at = 0; at < order.length; at++) {
    const row = order[at]!;
    const id = ownIds[row]!;
    if (table.kinds[row] !== 1 || id < 0) continue;
    const before = last[id]!;
    last[id] = row;
    if (before < 0 || table.names.codes[before] !== table.names.codes[row]) continue;
    const apart = table.times[row]! - table.times[before]!;
    const guid = table.guids?.[row] ?? null;
    const guidBefore = table.guids?.[before] ?? null;
    const isRetold =
      guid === guidBefore ? apart === 0 : apart <= SAME_EVENT_TICKS && (guid === null || guidBefore === null);
    if (!isRetold) continue;
    const isRicher = guid !== null && guidBefore === null;
    isDuplicate[isRicher ? before : row] = 1;
    if (!isRicher) last[id] = before;
  }
  return isDuplicate;
}

function enter(state: LinkState, row: number, id: number): void {
  if (id < 0 || state.isDuplicate[row]) return;
  const before = state.last[id]!;
  if (before >= 0) {
    state.reusedPids++;
    if (state.table.times[before] === state.table.times[row]) state.tied[row] = 1;
  }
  state.earlier[row] = before;
  state.last[id] = row;
}

function leave(state: LinkState, row: number, id: number): void {
  const owner = id < 0 ? -1 : state.last[id]!;
  if (owner >= 0) state.ends[owner] = state.table.times[row]!;
}

function link(state: LinkState, row: number, parentId: number): void {
  const { table } = state;
  const guid = table.parentGuids?.[row] ?? null;
  const known = guid === null ? undefined : state.byGuid?.get(guid);
  if (known !== undefined && known !== row && !state.isDuplicate[known]) {
    state.parents[row] = known;
    return;
  }
  const parentTime = table.parentTimes?.[row] ?? Number.NaN;
  const name = table.parentNames.codes[row]!;
  const owner =
    parentId < 0 ? -1 : findOwner(state, row, parentId, name, parentTime, guid !== null && state.byGuid !== null);
  if (owner >= 0) {
    state.parents[row] = owner;
    return;
  }
  const pid = table.parentPids[row]!;
  if (guid === null && name < 0 && (Number.isNaN(pid) || pid === 0)) {
    if (Number.isNaN(pid)) {
      state.orphans[row] = 1;
      state.orphanCount++;
    }
    return;
  }
  state.parents[row] = inferParent(state, row, 1, guid ?? parentKey(state, row, pid, name, parentTime));
}

function findOwner(
  state: LinkState,
  row: number,
  id: number,
  name: number,
  time: number,
  withoutGuid: boolean,
): number {
  const { table, names, earlier, ends } = state;
  let owner = state.last[id]!;
  for (let step = 0; owner >= 0 && step < MAX_EARLIER_OWNERS; step++, owner = earlier[owner]!) {
    if (owner === row) continue;
    if (withoutGuid && table.guids?.[owner]) continue;
    if (!names.matches(table.names.codes[owner]!, name)) continue;
    if (Number.isNaN(time)) {
      // It had the name and is gone; those that had the pid before it have been gone for longer.
      if (ends[owner]! + END_SLACK_TICKS < table.times[row]!) return -1;
      return owner;
    }
    if (Math.abs(table.times[owner]! - time) <= SAME_START_TICKS) return owner;
  }
  return -1;
}

function parentKey(state: LinkState, row: number, pid: number, name: number, time: number): string {
  const host = state.table.hosts.codes[row]!;
  return Number.isNaN(time)
    ? `${host}|${pid}|${name}`
    : `${host}|${pid}|${state.names.baseOf(name)}|${Math.round(time / SAME_START_TICKS)}`;
}

function inferParent(state: LinkState, childRow: number, generation: 1 | 2, key: string): number {
  let node = state.inferredByKey.get(key);
  if (node === undefined) {
    node = state.table.rowCount + state.inferred.length;
    state.inferredByKey.set(key, node);
    state.inferred.push({ childRow, generation });
  }
  return node;
}

/** Inferred parents have parents too, where their child's event tells of its grandparent. */
function linkInferred(state: LinkState): Int32Array {
  const { table, inferred } = state;
  const { grandparents, rowCount } = table;
  const known = grandparents ? indexStarts(state) : null;
  const links: number[] = [];
  if (grandparents) {
    const count = inferred.length;
    for (let at = 0; at < count; at++) {
      const { childRow } = inferred[at]!;
      const pid = grandparents.pids[childRow]!;
      const name = grandparents.names.codes[childRow]!;
      const key = parentKey(state, childRow, pid, name, grandparents.times[childRow]!);
      const node =
        Number.isNaN(pid) || (pid === 0 && name < 0) ? -1 : (known?.get(key) ?? inferParent(state, childRow, 2, key));
      links.push(node === rowCount + at ? -1 : node);
    }
  }
  const parents = new Int32Array(rowCount + inferred.length).fill(-1);
  parents.set(state.parents);
  parents.set(links, rowCount);
  return parents;
}

function indexStarts(state: LinkState): Map<string, number> {
  const { table } = state;
  const known = new Map<string, number>();
  for (let row = 0; row < table.rowCount; row++) {
    if (table.kinds[row] !== 1 || state.isDuplicate[row]) continue;
    known.set(parentKey(state, row, table.pids[row]!, table.names.codes[row]!, table.times[row]!), row);
  }
  return known;
}
