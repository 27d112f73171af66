import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sourceOf, type Table, tableFromRows, ticksFromMs } from '../../../lib/tables/index.ts';
import { drawProcessTree, processTreeOptions } from '../../../lib/visuals/index.ts';
import { processNumber, readProcessRows } from '../../../lib/visuals/process-tree/process-rows.ts';
import {
  foldTree,
  formatProcessId,
  makeProcessTree,
  rowsToShow,
} from '../../../lib/visuals/process-tree/process-tree.ts';
import { layOutTree } from '../../../lib/visuals/process-tree/tree-layout.ts';
import { DAY_START, processes } from './sample-tables.ts';

describe('layOutTree', () => {
  it('shows each node once, below its parent, whatever the parents are', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1, max: 40 }), { maxLength: 41 }), (list) => {
        const parents = Int32Array.from(list, (parent) => (parent < list.length ? parent : -1));
        const { order, depth, parent, below } = layOutTree(parents);
        expect([...order].sort((a, b) => a - b)).toEqual(list.map((_, node) => node));
        order.forEach((_, row) => {
          const up = parent[row]!;
          expect(up).toBeLessThan(row);
          expect(depth[row]).toBe(up < 0 ? 0 : depth[up]! + 1);
          if (up >= 0) expect(row).toBeLessThanOrEqual(up + below[up]!);
        });
      }),
    );
  });

  it('takes a chain of 100,000', () => {
    const { depth } = layOutTree(Int32Array.from({ length: 100_000 }, (_, node) => node - 1));
    expect(depth[99_999]).toBe(99_999);
  });
});

const treeOf = async (table: Table) => {
  const { rows } = await readProcessRows(sourceOf(table), {});
  return makeProcessTree(rows, { codes: new Int32Array(rows.count), labels: ['all'] }, 'auto');
};

describe('folding', () => {
  it('shows flagged processes with their ancestors, and counts all others in place', async () => {
    const tree = await treeOf(processes(200));
    const { shown, flaggedShown } = rowsToShow(tree, 60);
    expect(flaggedShown).toBe(4);
    const lines = foldTree(tree, shown);
    const names = lines.flatMap((line) => (line.kind === 'process' ? [tree.names[line.row]] : []));
    expect(names).toEqual(
      expect.arrayContaining(['smss.exe', 'explorer.exe', 'WINWORD.EXE', 'cmd.exe', 'powershell.exe', 'whoami.exe']),
    );
    const folded = lines.reduce((sum, line) => sum + (line.kind === 'folded' ? line.processes : 0), 0);
    expect(names.length + folded).toBe(tree.processCount);
  });

  it('keeps the worst where there is no room for all', async () => {
    const tree = await treeOf(processes(10));
    const { shown, flaggedShown } = rowsToShow(tree, 5);
    expect(flaggedShown).toBeLessThan(4);
    expect(tree.names.filter((_, row) => shown[row])).toContain('powershell.exe');
  });
});

describe('reading processes', () => {
  const rows = (names: string[], cells: (string | bigint | null)[][]) =>
    tableFromRows(
      names.map((name) => ({
        name,
        type: name === 'TimeGenerated' || name === 'UtcTime' ? ('datetime' as const) : ('string' as const),
      })),
      cells,
    );
  const at = (second: number) => ticksFromMs(DAY_START + second * 1000);

  it('takes 4688 events, whose ProcessId is the creator’s', async () => {
    const { rows: read } = await readProcessRows(
      sourceOf(
        rows(
          ['TimeGenerated', 'Computer', 'NewProcessName', 'NewProcessId', 'ProcessId'],
          [
            [at(0), 'a', 'C:\\explorer.exe', '0x64', '0x4'],
            [at(1), 'a', 'C:\\cmd.exe', '0x68', '0x64'],
            [at(1), 'b', 'C:\\cmd.exe', '0x68', '0x64'],
          ],
        ),
      ),
      {},
    );
    expect([...read.parents]).toEqual([-1, 0, -1]);
  });

  it('takes the latest earlier process of a reused id', async () => {
    const { rows: read } = await readProcessRows(
      sourceOf(
        rows(
          ['TimeGenerated', 'Computer', 'exe', 'pid', 'ppid'],
          [
            [at(0), 'a', '/bin/old', '7', '1'],
            [at(10), 'a', '/bin/new', '7', '1'],
            [at(5), 'a', '/bin/x', '8', '7'],
            [at(11), 'a', '/bin/y', '9', '7'],
          ],
        ),
      ),
      {},
    );
    expect([...read.parents]).toEqual([-1, -1, 0, 1]);
  });

  it('prefers the GUIDs of Sysmon', async () => {
    const { rows: read } = await readProcessRows(
      sourceOf(
        rows(
          ['UtcTime', 'Computer', 'Image', 'ProcessId', 'ParentProcessId', 'ProcessGuid', 'ParentProcessGuid'],
          [
            [at(0), 'a', 'C:\\a.exe', '5', '4', '{a}', '{z}'],
            [at(1), 'a', 'C:\\b.exe', '5', '4', '{b}', '{a}'],
          ],
        ),
      ),
      {},
    );
    expect([...read.parents]).toEqual([-1, 0]);
  });

  it('reads and writes ids in hex and decimal', () => {
    expect([processNumber('0x1A2c'), processNumber('6700'), processNumber('6700.0'), processNumber('{guid}')]).toEqual([
      6700,
      6700,
      6700,
      undefined,
    ]);
    expect([
      formatProcessId('0x1a2c', 'decimal'),
      formatProcessId('6700', 'hex'),
      formatProcessId('0x1A2C', 'auto'),
      formatProcessId('-', 'hex'),
    ]).toEqual(['6700', '0x1a2c', '0x1A2C', '-']);
  });

  it('says what is missing', async () => {
    await expect(readProcessRows(sourceOf(rows(['Computer'], [['a']])), {})).rejects.toThrow(
      /no columns that make a process tree/,
    );
  });
});

it('flags processes by a second table of detections', async () => {
  const tree = tableFromRows(
    [
      { name: 'NodeKey', type: 'string' },
      { name: 'ParentKey', type: 'string' },
      { name: 'NewProcessName', type: 'string' },
      { name: 'SourceRow', type: 'long' },
    ],
    [
      ['a', null, 'C:\\a.exe', 0n],
      ['b', 'a', 'C:\\b.exe', 1n],
    ],
  );
  const detections = tableFromRows(
    ['RuleTitle', 'Level', 'SourceTable', 'SourceRow', 'SuppressedBy'].map((name) => ({
      name,
      type: name === 'SourceRow' ? ('long' as const) : ('string' as const),
    })),
    [
      ['Encoded command', 'high', 'processes', 1n, null],
      ['Known good', 'high', 'processes', 0n, 'entry 1'],
    ],
  );
  const [page] = await drawProcessTree(
    [sourceOf(tree, 'tree'), sourceOf(detections, 'detections')],
    processTreeOptions.parse({ formats: ['html'] }),
    'tree',
  );
  const payload = JSON.parse(/id="payload">([^<]*)/.exec(String(page!.content))![1]!) as {
    flags: number[];
    reasons: number[];
    texts: string[];
  };
  expect(payload.flags).toEqual([0, 3]);
  expect(payload.texts[payload.reasons[1]!]).toBe('Encoded command');
});
