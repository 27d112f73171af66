import { columnFromCells, getColumn, isTextColumn, makeTable, type Table } from '../../tables/index.ts';
import { splitWindows } from '../command-line/index.ts';
import type { ProcessSchema } from './schema.ts';

/** The column of a VirusTotal behaviour report (v3) that holds its tree, as JSON. */
export const SANDBOX_COLUMN = 'processes_tree';

const MAX_PROCESSES = 100_000;
const MAX_DEPTH = 1000;

export const SANDBOX_SCHEMA: ProcessSchema = {
  processName: 'name',
  processId: 'process_id',
  parentId: 'parent_id',
  timeStamp: 'time_stamp',
  cmdLine: 'cmd_line',
  hostNameColumn: 'host',
  processGuid: 'node',
  parentGuid: 'parent_node',
};

interface SandboxProcess {
  readonly host: string;
  readonly name: string;
  readonly processId: string | null;
  readonly parentId: string | null;
  readonly commandLine: string;
  readonly node: string;
  readonly parentNode: string | null;
  readonly row: number;
}

export interface SandboxProcesses {
  /** In SANDBOX_SCHEMA's columns, and `ReportRow`: the row of the report. */
  readonly table: Table;
  readonly reportRows: readonly number[];
  readonly badRows: readonly number[];
  readonly isCut: boolean;
}

/**
 * The processes of sandbox reports, one row each, with links that follow the nesting. Their names are command lines
 * there: the program is the first word. A report's host is its `sandbox_name`, else its `id`, else its row.
 */
export function expandSandboxTrees(reports: Table): SandboxProcesses {
  const trees = getColumn(reports, SANDBOX_COLUMN);
  const processes: SandboxProcess[] = [];
  const badRows: number[] = [];
  let isCut = false;
  (isTextColumn(trees) ? trees.values : []).forEach((text, row) => {
    if (!text) return;
    try {
      isCut = addReport(JSON.parse(text), hostOf(reports, row), row, processes) || isCut;
    } catch {
      badRows.push(row);
    }
  });
  const column = (name: string, of: (process: SandboxProcess) => string | null) =>
    columnFromCells(name, 'string', processes.map(of));
  const reportRows = processes.map(({ row }) => row);
  const table = makeTable([
    columnFromCells('time_stamp', 'datetime', new Array<null>(processes.length).fill(null)),
    column('host', ({ host }) => host),
    column('name', ({ name }) => name),
    column('process_id', ({ processId }) => processId),
    column('parent_id', ({ parentId }) => parentId),
    column('cmd_line', ({ commandLine }) => commandLine),
    column('node', ({ node }) => node),
    column('parent_node', ({ parentNode }) => parentNode),
    columnFromCells('ReportRow', 'long', reportRows),
  ]);
  return { table, reportRows, badRows, isCut };
}

function hostOf(reports: Table, row: number): string {
  for (const name of ['sandbox_name', 'id']) {
    const column = reports.columns.find((other) => other.name === name);
    const value = column && isTextColumn(column) ? column.values[row] : null;
    if (value) return value;
  }
  return `report ${row}`;
}

/** Adds a report's processes, parents first. True if it was cut. */
function addReport(tree: unknown, host: string, row: number, processes: SandboxProcess[]): boolean {
  const waiting = [{ children: tree, parentId: null as string | null, parentNode: null as string | null, depth: 0 }];
  for (let level = waiting.shift(); level; level = waiting.shift()) {
    if (!Array.isArray(level.children)) continue;
    for (const [index, child] of level.children.entries()) {
      if (typeof child !== 'object' || child === null) continue;
      if (processes.length >= MAX_PROCESSES || level.depth > MAX_DEPTH) return true;
      const { process_id: id, name, children } = child as Record<string, unknown>;
      const commandLine = typeof name === 'string' ? name : '';
      const node = level.parentNode === null ? `${row}/${index}` : `${level.parentNode}/${index}`;
      const processId = typeof id === 'string' || typeof id === 'number' ? String(id) : null;
      const { parentId, parentNode, depth } = level;
      processes.push({
        host,
        name: splitWindows(commandLine)[0]!,
        processId,
        parentId,
        commandLine,
        node,
        parentNode,
        row,
      });
      waiting.push({ children, parentId: processId, parentNode: node, depth: depth + 1 });
    }
  }
  return false;
}
