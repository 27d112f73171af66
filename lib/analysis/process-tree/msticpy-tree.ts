import {
  type Cell,
  type Column,
  cell,
  columnFromCells,
  isTextColumn,
  makeTable,
  type Table,
  withColumns,
} from '../../tables/index.ts';
import { detectLikeMsticpy } from './detect-schema.ts';
import { defenderNodes, toInternalForm } from './msticpy-defender.ts';
import { finishLikeMsticpy, type MsticpyTreeNode } from './msticpy-finish.ts';
import { genericNodes } from './msticpy-generic.ts';
import type { NamedSchema, ProcessSchema } from './schema.ts';

/**
 * The tree that MSTICPy 3.0.2's `build_process_tree` makes, row by row. Its helper columns of the matched parent
 * (`…_par`) are left out.
 */
export function buildLikeMsticpy(input: Table, given: ProcessSchema | undefined): Table {
  const schema = given ?? detectLikeMsticpy(input.columns);
  const isDefender = (schema as NamedSchema).name?.startsWith('defender') ?? false;
  const table = isDefender && schema.processName === 'FileName' ? toInternalForm(input) : input;
  const nodes = finishLikeMsticpy(isDefender ? defenderNodes(table) : genericNodes(table, schema));
  const inherited = table.columns.map((column) =>
    spread(column, nodes, isDefender ? 'CreatedProcessCreationTime' : schema.timeStamp),
  );
  const text = (name: string, of: (node: MsticpyTreeNode) => Cell): Column =>
    columnFromCells(name, 'string', nodes.map(of));
  const flag = (name: string, of: (node: MsticpyTreeNode) => boolean): Column =>
    columnFromCells(name, 'bool', nodes.map(of));
  const extras = [...new Set(nodes.flatMap((node) => Object.keys(node.extra ?? {})))];
  return withColumns(makeTable(inherited, nodes.length), [
    ...extras.map((name) => text(name, (node) => node.extra?.[name] ?? null)),
    text('proc_key', (node) => node.procKey),
    text('parent_key', (node) => node.parentKey),
    text('source_index', (node) => node.sourceIndex),
    text('path', (node) => node.path),
    text('parent_index', (node) => node.parentIndex),
    flag('IsRoot', (node) => node.isRoot),
    flag('IsLeaf', (node) => node.isLeaf),
    flag('IsBranch', (node) => node.isBranch),
  ]);
}

function spread(column: Column, nodes: readonly MsticpyTreeNode[], timeColumn: string): Column {
  const cells = nodes.map((node): Cell => {
    if (node.row >= 0) return cell(column, node.row);
    if (column.name === timeColumn) return column.type === 'datetime' ? node.time : null;
    const told = node.told?.[column.name] ?? null;
    if (told === null || isTextColumn(column)) return told;
    const number = Number(told);
    return Number.isInteger(number) && column.type !== 'bool' ? number : null;
  });
  return columnFromCells(column.name, column.type, cells);
}
