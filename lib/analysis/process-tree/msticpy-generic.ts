import { cellText, type Table } from '../../tables/index.ts';
import { byTime, TIME_ZERO, textsOf, ticksOfColumn } from './msticpy-columns.ts';
import { type MsticpyNode, processKey } from './msticpy-finish.ts';
import type { ProcessSchema } from './schema.ts';

/**
 * The nodes that MSTICPy's builder for Windows, Linux and generic schemas makes: parents by pid and name (not by host),
 * the latest not after the child, itself included; one inferred parent for equal host, pid, logon and name.
 */
export function genericNodes(table: Table, schema: ProcessSchema): MsticpyNode[] {
  const times = ticksOfColumn(table, schema.timeStamp);
  const ids = textsOf(table, schema.processId)!;
  const parentIds = textsOf(table, schema.parentId)!;
  const names = textsOf(table, schema.processName)!;
  const parentNames = textsOf(table, schema.parentName);
  const hosts = textsOf(table, schema.hostNameColumn);
  const logons = textsOf(table, schema.logonId);
  const targets = logons ? textsOf(table, schema.targetLogonId) : null;
  const lower = (text: string | null | undefined) => text?.toLowerCase() ?? null;
  const parentNameOf = (row: number) => {
    const name = parentNames?.[row];
    return name === '' ? 'unknown' : (name ?? null);
  };
  const effectiveLogon = (row: number) => {
    const target = targets?.[row];
    return target !== null && target !== undefined && target !== '0x0'
      ? target
      : (logons?.[row] ?? (logons ? null : '0'));
  };
  // Sorted, filtered and sorted again, as there: the second sorting moves equal times once more.
  const isStart = startRows(table, schema);
  const once = byTime(distinctRows(table), times).filter((row) => isStart(row));
  const order = byTime(once, times);
  const parents = latestParents(order, times, ids, parentIds, parentNames ? names : null, parentNameOf);
  const nodes: MsticpyNode[] = [];
  const inferred = new Map<string, MsticpyNode>();
  for (const [position, row] of order.entries()) {
    const parent = parents[position]!;
    const isRoot = parent < 0;
    const parentName = parentNames ? lower(parentNameOf(row)) : isRoot ? 'unknown' : lower(names[parent]);
    const parentTime = isRoot ? TIME_ZERO : (times[parent] ?? null);
    nodes.push({
      row,
      procKey: processKey(lower(names[row]), ids[row] ?? null, times[row] ?? null),
      parentKey: processKey(parentName, parentIds[row] ?? null, parentTime),
      time: times[row] ?? null,
      extra: { EffectiveLogonId: effectiveLogon(row), new_process_lc: lower(names[row]), parent_proc_lc: parentName },
    });
    if (!isRoot) continue;
    const logon = logons ? (logons[row] ?? null) : '0';
    const shownName = parentNames ? parentNameOf(row) : 'unknown';
    const identity = [hosts?.[row] ?? null, parentIds[row] ?? null, logon, shownName, parentName];
    const key = JSON.stringify(identity);
    if (inferred.has(key)) continue;
    inferred.set(key, {
      row: -1,
      procKey: processKey(parentName, parentIds[row] ?? null, TIME_ZERO),
      parentKey: null,
      time: TIME_ZERO,
      told: {
        ...(schema.hostNameColumn ? { [schema.hostNameColumn]: hosts?.[row] ?? null } : {}),
        ...(schema.logonId ? { [schema.logonId]: logon } : {}),
        ...(schema.eventIdColumn ? { [schema.eventIdColumn]: String(schema.eventIdIdentifier ?? '') } : {}),
        ...(parentNames ? { [schema.processName]: shownName } : {}),
        [schema.processId]: parentIds[row] ?? null,
      },
      extra: { EffectiveLogonId: logon, new_process_lc: parentName, parent_proc_lc: null },
    });
  }
  return [...nodes, ...inferred.values()];
}

function startRows(table: Table, schema: ProcessSchema): (row: number) => boolean {
  const kinds = schema.eventIdIdentifier === undefined ? null : textsOf(table, schema.eventIdColumn);
  return (row) => kinds === null || kinds[row] === String(schema.eventIdIdentifier);
}

/** Of rows that are equal in every column, the first. */
function distinctRows(table: Table): number[] {
  const seen = new Set<string>();
  return Array.from({ length: table.rowCount }, (_, row) => row).filter((row) => {
    const key = JSON.stringify(table.columns.map((column) => cellText(column, row)));
    return !seen.has(key) && seen.add(key);
  });
}

/** By position in `order`: the row of the parent, or -1. With names null, the pid alone decides. */
function latestParents(
  order: readonly number[],
  times: readonly (bigint | null)[],
  ids: readonly (string | null)[],
  parentIds: readonly (string | null)[],
  names: readonly (string | null)[] | null,
  parentNameOf: (row: number) => string | null,
): Int32Array {
  const key = (id: string | null | undefined, name: string | null) =>
    id === null || id === undefined || (names && name === null) ? null : `${id}\n${name?.toLowerCase() ?? ''}`;
  const latest = new Map<string, number>();
  const parents = new Int32Array(order.length).fill(-1);
  for (let from = 0, to = 0; from < order.length; from = to) {
    const time = times[order[from]!];
    do to++;
    while (to < order.length && times[order[to]!] === time);
    for (const row of order.slice(from, to)) {
      const own = key(ids[row], names?.[row] ?? null);
      if (own !== null) latest.set(own, row);
    }
    for (let at = from; at < to; at++) {
      const row = order[at]!;
      const wanted = key(parentIds[row], names ? parentNameOf(row) : null);
      if (wanted !== null) parents[at] = latest.get(wanted) ?? -1;
    }
  }
  return parents;
}
