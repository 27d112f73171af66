import { cellText, findColumn, renameColumn, type Table } from '../../tables/index.ts';
import { byTime, TIME_ZERO, textsOf, ticksOfColumn } from './msticpy-columns.ts';
import { type MsticpyNode, processKey } from './msticpy-finish.ts';

/** DeviceProcessEvents' names → those of Defender's internal form. */
const INTERNAL_NAMES: Readonly<Record<string, string>> = {
  AccountDomain: 'CreatedProcessAccountDomainName',
  AccountName: 'CreatedProcessAccountName',
  AccountSid: 'CreatedProcessAccountSid',
  DeviceId: 'MachineId',
  DeviceName: 'ComputerDnsName',
  FileName: 'CreatedProcessName',
  FolderPath: 'CreatedProcessFilePath',
  InitiatingProcessAccountDomain: 'InitiatingProcessAccountDomainName',
  InitiatingProcessCommandLine: 'Process_CommandLine',
  InitiatingProcessFileName: 'InitiatingProcessName',
  InitiatingProcessFolderPath: 'InitiatingProcessImageFilePath',
  InitiatingProcessMD5: 'InitiatingProcessImageMd5',
  InitiatingProcessParentFileName: 'InitiatingProcessParentProcessName',
  InitiatingProcessParentId: 'InitiatingProcessParentProcessId',
  InitiatingProcessSHA1: 'InitiatingProcessImageSha1',
  InitiatingProcessSHA256: 'InitiatingProcessImageSha256',
  InitiatingProcessTokenElevation: 'InitiatingProcessTokenElevationType',
  MD5: 'CreatedProcessFileMd5',
  ProcessCommandLine: 'CreatedProcessCommandLine',
  ProcessCreationTime: 'CreatedProcessCreationTime',
  ProcessId: 'CreatedProcessId',
  ProcessIntegrityLevel: 'CreatedProcessIntegrityLevel',
  ProcessTokenElevation: 'CreatedProcessTokenElevationType',
  SHA1: 'CreatedProcessFileSha1',
  SHA256: 'CreatedProcessFileSha256',
};

/** The table with the internal form's names, and what MSTICPy fills in for missing values. */
export function toInternalForm(table: Table): Table {
  const { rowCount } = table;
  const without = table.columns.filter(
    ({ name }) => name !== 'ProcessCreationTime' && name !== 'CreatedProcessParentId',
  );
  const filled = (source: string, target: string) => ({
    name: target,
    type: 'datetime' as const,
    values: BigInt64Array.from(ticksOfColumn(table, source), (ticks) => ticks ?? TIME_ZERO),
  });
  const text = (source: string, target: string, change: (text: string) => string) => ({
    name: target,
    type: 'string' as const,
    values: (textsOf(table, source) ?? new Array<null>(rowCount).fill(null)).map((value) =>
      value === null ? null : change(value),
    ),
  });
  const replaced = new Map(
    [
      filled('InitiatingProcessCreationTime', 'InitiatingProcessCreationTime'),
      filled('InitiatingProcessParentCreationTime', 'InitiatingProcessParentCreationTime'),
      text('InitiatingProcessFileName', 'InitiatingProcessFileName', (name) => (name === '' ? 'unknown' : name)),
      text('InitiatingProcessFolderPath', 'InitiatingProcessFolderPath', (path) => {
        const end = path.lastIndexOf('\\');
        return end < 0 ? path : path.slice(0, end);
      }),
    ].map((column) => [column.name, column] as const),
  );
  const columns = without.map((column) => {
    const own = replaced.get(column.name) ?? column;
    return renameColumn(own, Object.hasOwn(INTERNAL_NAMES, own.name) ? INTERNAL_NAMES[own.name]! : own.name);
  });
  const parentIds = text('InitiatingProcessId', 'CreatedProcessParentId', (id) => id);
  return { rowCount, columns: [...columns, filled('Timestamp', 'CreatedProcessCreationTime'), parentIds] };
}

/**
 * The nodes that MSTICPy's builder for Defender makes: keys of short name, id and start; missing parents from the
 * InitiatingProcess columns, and missing grandparents from theirs.
 */
export function defenderNodes(table: Table): MsticpyNode[] {
  const created = readProcess(table, 'CreatedProcessName', 'CreatedProcessId', 'CreatedProcessCreationTime');
  const parent = readProcess(table, 'InitiatingProcessName', 'InitiatingProcessId', 'InitiatingProcessCreationTime');
  const rows = Array.from({ length: table.rowCount }, (_, row) => row);
  const procKeys = rows.map((row) => created.key(row));
  const parentKeys = rows.map((row) => parent.key(row));
  const known = new Set(procKeys);
  const nodes: MsticpyNode[] = rows.map((row) => ({
    row,
    procKey: procKeys[row]!,
    parentKey: parentKeys[row]!,
    time: created.times[row] ?? null,
  }));
  const missing = byTime(
    rows.filter((row) => !known.has(parentKeys[row]!)),
    parent.times,
  );
  const parents = inferParents(table, distinctInitiators(table, missing), parent, parentKeys);
  const all = [...nodes, ...parents.map(({ node }) => node)];
  const keys = new Set(all.map((node) => node.procKey));
  const grandparents = new Map<string, MsticpyNode>();
  for (const { node, parentName, parentId, parentTime } of parents) {
    if (node.parentKey !== null && keys.has(node.parentKey)) continue;
    const identity = JSON.stringify([parentName, parentId, String(parentTime)]);
    if (grandparents.has(identity)) continue;
    const name = stem(parentName);
    const told = { CreatedProcessName: name, CreatedProcessId: parentId };
    const key = processKey(name.toLowerCase(), parentId?.toLowerCase() ?? null, parentTime);
    grandparents.set(identity, { row: -1, procKey: key, parentKey: null, time: parentTime, told });
  }
  return [...all, ...grandparents.values()];
}

function readProcess(table: Table, name: string, id: string, time: string) {
  const names = textsOf(table, name) ?? [];
  const ids = textsOf(table, id) ?? [];
  const times = ticksOfColumn(table, time);
  const key = (row: number) =>
    processKey(names[row]?.toLowerCase() ?? null, ids[row]?.toLowerCase() ?? null, times[row] ?? null);
  return { names, ids, times, key };
}

/** Of rows whose Initiating columns are all equal, the first. */
function distinctInitiators(table: Table, rows: readonly number[]): number[] {
  const columns = table.columns.filter(
    (column) => column.name.includes('Initiating') && column.name !== 'InitiatingProcessFileName',
  );
  const seen = new Set<string>();
  return rows.filter((row) => {
    const identity = JSON.stringify(columns.map((column) => cellText(column, row)));
    return !seen.has(identity) && seen.add(identity);
  });
}

function inferParents(
  table: Table,
  rows: readonly number[],
  parent: ReturnType<typeof readProcess>,
  parentKeys: readonly (string | null)[],
) {
  const names = textsOf(table, 'InitiatingProcessParentProcessName') ?? [];
  const ids = textsOf(table, 'InitiatingProcessParentProcessId') ?? [];
  const times = ticksOfColumn(table, 'InitiatingProcessParentCreationTime');
  return rows.map((row) => {
    // An absent name is an empty text there, and makes a key.
    const parentName = names[row] ?? '';
    const parentId = ids[row] ?? null;
    const parentTime = times[row] ?? null;
    const shortName = stem(parentName).toLowerCase();
    const told: Record<string, string | null> = {
      CreatedProcessName: parent.names[row] ?? null,
      CreatedProcessId: parent.ids[row] ?? null,
      CreatedProcessParentName: parentName,
      CreatedProcessParentId: parentId,
    };
    for (const name of ['ComputerDnsName', 'MachineId']) {
      const column = findColumn(table, name);
      if (column) told[name] = cellText(column, row);
    }
    const node: MsticpyNode = {
      row: -1,
      procKey: parentKeys[row]!,
      parentKey: processKey(shortName, parentId?.toLowerCase() ?? null, parentTime),
      time: parent.times[row] ?? null,
      told,
    };
    return { node, parentName, parentId, parentTime };
  });
}

function stem(path: string): string {
  return path.slice(path.lastIndexOf('\\') + 1);
}
