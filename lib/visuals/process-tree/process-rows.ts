import { TrailhoundError } from '../../errors.ts';
import {
  type Column,
  getColumn,
  isTextColumn,
  type Table,
  type TableSchema,
  type TableSource,
} from '../../tables/index.ts';
import { cellText, firstColumn, requireColumn, timesInMs } from '../columns.ts';

/** How bad a process looks: 0 not at all, 3 very. */
export type FlagLevel = 0 | 1 | 2 | 3;

/** What the drawing of a process tree needs to know; all arrays have one entry per process. */
export interface ProcessRows {
  readonly count: number;
  /** Position of the parent process, or -1. */
  readonly parents: Int32Array;
  readonly names: readonly string[];
  readonly processIds: readonly string[];
  readonly commandLines: readonly string[];
  readonly accounts: readonly string[];
  readonly hosts: readonly string[];
  /** ms since 1970, or NaN. */
  readonly starts: Float64Array;
  /** ms since 1970, or NaN where the end was not seen. */
  readonly ends: Float64Array;
  readonly flags: Uint8Array;
  readonly reasons: readonly string[];
  /** True for processes that are known only as someone's parent. */
  readonly inferred: Uint8Array;
}

/** Names of the columns that hold each field: as a built tree has them, then as the logs have them. */
const FIELDS = {
  key: ['NodeKey', 'ProcessKey', 'proc_key'],
  parentKey: ['ParentKey', 'ParentProcessKey', 'parent_key'],
  name: ['ProcessName', 'NewProcessName', 'CreatedProcessName', 'Image', 'FileName', 'exe', 'process', 'name'],
  processId: ['NodeProcessId', 'NewProcessId', 'CreatedProcessId', 'ProcessId', 'pid', 'process_id'],
  parentId: [
    'ParentProcessId',
    'CreatedProcessParentId',
    'InitiatingProcessId',
    'CreatorProcessId',
    'ppid',
    'parent',
    'parentpid',
    'parent_id',
  ],
  commandLine: [
    'CommandLine',
    'ProcessCommandLine',
    'CreatedProcessCommandLine',
    'cmdline',
    'processcmdline',
    'cmd_line',
  ],
  account: [
    'Account',
    'SubjectUserName',
    'AccountName',
    'CreatedProcessAccountName',
    'User',
    'UserName',
    'acct',
    'username',
    'user_name',
  ],
  host: ['Computer', 'DeviceName', 'ComputerDnsName', 'Host', 'hostname', 'host'],
  time: [
    'StartTime',
    'ProcessStartTime',
    'TimeGenerated',
    'CreatedProcessCreationTime',
    'ProcessCreationTime',
    'Timestamp',
    'UtcTime',
    'calendarTime',
    'starttime',
  ],
  end: ['EndTime', 'ProcessEndTime', 'TerminatedTime', 'endtime'],
  flag: ['Severity', 'FlagLevel', 'Flagged', 'IsFlagged', 'RiskScore', 'Score', 'Risk'],
  reason: ['WhyFlagged', 'Reason', 'Reasons', 'FlagReason', 'RuleTitle', 'Rule'],
  inferred: ['IsInferred', 'Inferred'],
  guid: ['ProcessGuid', 'ProcessUniqueId'],
  parentGuid: ['ParentProcessGuid', 'InitiatingProcessUniqueId'],
} as const;
type Field = keyof typeof FIELDS;
export type ColumnChoice = Readonly<Partial<Record<Field, string | undefined>>>;

/** Which column holds which field: as asked for by `<field>Column`, else by its name. */
export function chooseColumns(schema: TableSchema, wanted: ColumnChoice): ColumnChoice {
  const chosen: Partial<Record<Field, string>> = {};
  for (const field of Object.keys(FIELDS) as Field[]) {
    const name = wanted[field];
    const found =
      name === undefined ? firstColumn(schema, FIELDS[field]) : requireColumn(schema, name, `${field}Column`).name;
    if (found !== undefined) chosen[field] = found;
  }
  // In 4688 events, `ProcessId` is the creator's.
  if (
    wanted.parentId === undefined &&
    chosen.processId === 'NewProcessId' &&
    schema.some(({ name }) => name === 'ProcessId')
  ) {
    chosen.parentId = 'ProcessId';
  }
  if (chosen.processId === chosen.parentId) delete chosen.parentId;
  const linked =
    (chosen.key && chosen.parentKey) || (chosen.guid && chosen.parentGuid) || (chosen.processId && chosen.parentId);
  if (linked && (chosen.name || chosen.commandLine)) return chosen;
  throw new TrailhoundError('usage', 'this table has no columns that make a process tree', {
    hint: 'It needs a name and NodeKey with ParentKey, or ProcessId with ParentProcessId (see build.process-tree); or name them: keyColumn, parentKeyColumn, …',
  });
}

const SEVERITY_FLAGS: Readonly<Record<string, FlagLevel>> = {
  critical: 3,
  high: 3,
  malicious: 3,
  true: 3,
  medium: 2,
  suspicious: 2,
  low: 1,
  informational: 0,
  information: 0,
  none: 0,
  unknown: 0,
  benign: 0,
  false: 0,
};

/** The flag level of a cell: a severity in words, true, a score of 0 to 100, or a level of 1 to 3. */
function flagLevels(column: Column): Uint8Array {
  const levels = new Uint8Array(column.values.length);
  const numbers = isTextColumn(column)
    ? undefined
    : Float64Array.from(column.values as ArrayLike<number | bigint>, Number);
  const asScore = !/level/i.test(column.name);
  for (let row = 0; row < levels.length; row++) {
    if (isTextColumn(column)) levels[row] = SEVERITY_FLAGS[(column.values[row] ?? '').toLowerCase()] ?? 0;
    else if (column.nulls?.[row]) levels[row] = 0;
    else if (column.type === 'bool') levels[row] = column.values[row] ? 3 : 0;
    else {
      const value = numbers![row]!;
      levels[row] = asScore
        ? value >= 70
          ? 3
          : value >= 40
            ? 2
            : value >= 20
              ? 1
              : 0
        : Math.max(0, Math.min(3, value));
    }
  }
  return levels;
}

function texts(table: Table, name: string | undefined): string[] {
  if (name === undefined) return new Array<string>(table.rowCount).fill('');
  const column = getColumn(table, name);
  return Array.from({ length: table.rowCount }, (_, row) => cellText(column, row));
}

function times(table: Table, name: string | undefined): Float64Array {
  return name === undefined ? new Float64Array(table.rowCount).fill(Number.NaN) : timesInMs(getColumn(table, name));
}

/** `0x1a2c`, `6700` and `6700.0` are the same process id. */
export function processNumber(text: string): number | undefined {
  if (/^0x[0-9a-f]{1,13}$/i.test(text)) return Number.parseInt(text, 16);
  return /^\d{1,15}(\.0)?$/.test(text) ? Number.parseInt(text, 10) : undefined;
}

function parentsByKey(keys: readonly string[], parentKeys: readonly string[]): Int32Array {
  const byKey = new Map<string, number>();
  keys.forEach((key, row) => {
    if (key !== '' && !byKey.has(key)) byKey.set(key, row);
  });
  return Int32Array.from(parentKeys, (key, row) => {
    const parent = key === '' ? undefined : byKey.get(key);
    return parent === undefined || parent === row ? -1 : parent;
  });
}

/** The latest earlier process of that id on the same host: process ids are used again. */
function parentsById(
  hosts: readonly string[],
  ids: readonly string[],
  parentIds: readonly string[],
  starts: Float64Array,
): Int32Array {
  const keyOf = (row: number, id: string) => `${hosts[row]!.toLowerCase()}\u0000${processNumber(id) ?? id}`;
  const byProcess = new Map<string, number[]>();
  const inTime = ids.map((_, row) => row).sort((a, b) => (starts[a]! || 0) - (starts[b]! || 0) || a - b);
  for (const row of inTime) {
    const key = keyOf(row, ids[row]!);
    const rows = byProcess.get(key);
    if (rows) rows.push(row);
    else byProcess.set(key, [row]);
  }
  return Int32Array.from(parentIds, (id, row) => {
    if (id === '') return -1;
    const candidates = byProcess.get(keyOf(row, id)) ?? [];
    let parent = -1;
    for (let low = 0, high = candidates.length - 1; low <= high; ) {
      const middle = (low + high) >> 1;
      const candidate = candidates[middle]!;
      if (candidate !== row && !(starts[candidate]! > starts[row]!)) {
        parent = candidate;
        low = middle + 1;
      } else high = middle - 1;
    }
    return parent;
  });
}

/** Reads the processes of a table: a tree that is built already, or events whose tree is built here. */
export async function readProcessRows(
  source: TableSource,
  wanted: ColumnChoice,
  more: readonly string[] = [],
): Promise<{ rows: ProcessRows; table: Table; columns: ColumnChoice }> {
  const columns = chooseColumns(source.schema, wanted);
  const table = await source.read([
    ...new Set([...Object.values(columns).filter((name) => name !== undefined), ...more]),
  ]);
  const hosts = texts(table, columns.host);
  const processIds = texts(table, columns.processId);
  const starts = times(table, columns.time);
  const reasons = texts(table, columns.reason);
  const flags =
    columns.flag === undefined ? new Uint8Array(table.rowCount) : flagLevels(getColumn(table, columns.flag));
  if (columns.flag === undefined) {
    reasons.forEach((reason, row) => {
      if (reason !== '') flags[row] = 2;
    });
  }
  const parents =
    columns.key && columns.parentKey
      ? parentsByKey(texts(table, columns.key), texts(table, columns.parentKey))
      : columns.guid && columns.parentGuid
        ? parentsByKey(texts(table, columns.guid), texts(table, columns.parentGuid))
        : parentsById(hosts, processIds, texts(table, columns.parentId), starts);
  return {
    table,
    columns,
    rows: {
      count: table.rowCount,
      parents,
      names: texts(table, columns.name ?? columns.commandLine),
      processIds,
      commandLines: texts(table, columns.commandLine),
      accounts: texts(table, columns.account),
      hosts,
      starts,
      ends: times(table, columns.end),
      flags,
      reasons,
      inferred: Uint8Array.from(texts(table, columns.inferred), (text) => (text === 'true' ? 1 : 0)),
    },
  };
}
