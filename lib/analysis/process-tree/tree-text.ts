import { cellText, findColumn, getColumn, type Table } from '../../tables/index.ts';
import type { ProcessSchema } from './schema.ts';
import { wrapText } from './wrap-text.ts';

/** Lines of a node: labels and the columns that they show. */
type Template = readonly (readonly (readonly [label: string, column: string])[])[];

/**
 * A tree as text, a block for each process: name and pid, time, command line, account. Depth is shown by indentation.
 * The form is that of MSTICPy's `tree_to_text`, line for line.
 */
export function treeText(tree: Table, schema: ProcessSchema): string {
  const template = templateOf(schema);
  const depths = depthsOf(tree);
  const lines: string[] = [];
  for (const row of rowsInOrder(tree)) {
    const depth = depths(row);
    const head = depth === 0 ? '+ ' : `${'   '.repeat(depth)}+-- `;
    const indent = `${' '.repeat(head.length)} `;
    const [first, ...others] = template.map((items) =>
      items.map(([label, column]) => `${label}: ${shownCell(tree, column, row)}`).join('  '),
    );
    lines.push(`${head} ${wrapText(first!, { first: '', next: indent }).join('\n')}`);
    for (const text of others) lines.push(wrapText(text, { first: indent, next: `${indent}   ` }).join('\n'));
  }
  return lines.map((line) => `${line}\n`).join('');
}

function templateOf(schema: ProcessSchema): Template {
  const accounts = [schema.userId, schema.logonId].filter((column) => column !== undefined);
  return [
    [
      ['Process', schema.processName],
      ['PID', schema.processId],
    ],
    [['Time', schema.timeStamp]],
    ...(schema.cmdLine ? [[['Cmdline', schema.cmdLine] as const]] : []),
    ...(accounts.length > 0 ? [accounts.map((column) => ['Account', column] as const)] : []),
  ];
}

function rowsInOrder(tree: Table): number[] {
  const rows = Array.from({ length: tree.rowCount }, (_, row) => row);
  const order = findColumn(tree, 'TreeOrder');
  return order ? rows.sort((a, b) => Number(order.values[a]) - Number(order.values[b])) : rows;
}

function depthsOf(tree: Table): (row: number) => number {
  const own = findColumn(tree, 'Depth');
  if (own) return (row) => Number(own.values[row]);
  const paths = getColumn(tree, 'path').values as readonly (string | null)[];
  return (row) => (paths[row]?.split('/').length ?? 1) - 1;
}

function shownCell(tree: Table, name: string, row: number): string {
  const column = findColumn(tree, name);
  if (!column) return '';
  const text = cellText(column, row);
  if (text === null) return 'nan';
  return column.type === 'datetime' ? text.replace('T', ' ').replace(/0Z$/, '+00:00') : text;
}
