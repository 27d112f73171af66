import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  buildEvents,
  eventsOfLines,
  eventsOfMessages,
  messagesOf,
  readRecords,
} from '../../../../lib/analysis/auditd/index.ts';
import { buildLikeMsticpy, buildProcessTree, detectSchema } from '../../../../lib/analysis/process-tree/index.ts';
import {
  cellText,
  columnFromCells,
  getColumn,
  makeTable,
  selectRows,
  type Table,
  toRows,
} from '../../../../lib/tables/index.ts';
import { itWithShared, sharedPath } from '../../../support/shared.ts';
import { csvTable } from '../support/csv.ts';

const EXECVE = [
  'type=SYSCALL msg=audit(1767690000.123:45): arch=c000003e syscall=59 success=yes exit=0 a0=7f17 ppid=100 pid=101 auid=4294967295 uid=0 gid=0 ses=4294967295 comm="sh" exe="/bin/dash" key=(null)',
  'type=EXECVE msg=audit(1767690000.123:45): argc=4 a0="/bin/sh" a1="-c" a2=6563686F206869 a3="x y"',
  'type=CWD msg=audit(1767690000.123:45): cwd="/root"',
  'type=PATH msg=audit(1767690000.123:45): item=0 name="/bin/sh" inode=26',
  'type=PROCTITLE msg=audit(1767690000.123:45): proctitle=2F62696E2F7368002D63006563686F206869',
];

function eventsOf(lines: readonly string[]) {
  const table = makeTable([columnFromCells('RawData', 'string', lines)]);
  const { records, badRows } = readRecords(table, 'RawData');
  return { ...buildEvents(records), badRows };
}

function onlyStarts(events: Table): Table {
  const kinds = getColumn(events, 'EventType').values;
  return selectRows(
    events,
    Array.from(kinds.keys()).filter((row) => kinds[row] === 'SYSCALL_EXECVE'),
  );
}

describe('audit events like MSTICPy’s', () => {
  itWithShared('oracle/auditd_events.csv', 'equal its own, column by column', () => {
    const events = eventsOfLines(readFileSync(sharedPath('data/msticpy/auditd_log.txt'), 'utf8').split('\n'));
    const oracle = csvTable(sharedPath('oracle/auditd_events.csv'));
    expect(events.columns.map((column) => column.name)).toEqual(oracle.columns.map((column) => column.name));
    for (const column of oracle.columns) {
      const own = getColumn(events, column.name);
      const shown = Array.from({ length: events.rowCount }, (_, row) => {
        const text = cellText(own, row);
        return column.name === 'TimeGenerated' ? text!.slice(0, 23).replace('T', ' ') : text || null;
      });
      // pandas prints whole numbers in columns with gaps as 1.0.
      const expected = (column.values as readonly (string | null)[]).map((text) =>
        column.name === 'TimeGenerated' ? text!.slice(0, 23) : (text?.replace(/^(-?\d+)\.0$/, '$1') ?? null),
      );
      expect(shown, column.name).toEqual(expected);
    }
    const starts = onlyStarts(events);
    const filled = starts.columns.filter((column) =>
      toRows(makeTable([column])).some((row) => row[column.name] !== null),
    );
    expect([starts.rowCount, filled.length]).toEqual([78, 20]);
  });

  itWithShared(
    'data/msticpy/linux_events.csv',
    'equal its counts for events from Log Analytics, and their tree',
    () => {
      const table = csvTable(sharedPath('data/msticpy/linux_events.csv'));
      const messages = (getColumn(table, 'AuditdMessage').values as readonly string[]).map(messagesOf);
      const events = eventsOfMessages(
        messages,
        table.columns.filter((column) => column.name !== 'AuditdMessage'),
      );
      // One more column there is the file's own index.
      expect([events.rowCount, events.columns.length]).toEqual([100, 31]);
      const starts = onlyStarts(events);
      expect(starts.rowCount).toBe(82);
      const tree = toRows(buildLikeMsticpy(starts, undefined));
      const deepest = Math.max(...tree.map((row) => String(row['path']).split('/').length));
      expect([tree.length, tree.filter((row) => row['IsRoot']).length, deepest]).toEqual([85, 3, 5]);
    },
  );
});

describe('audit events', () => {
  it('are merged by time and serial number, with the whole command line', () => {
    const other = EXECVE.map((line) => line.replace(':45)', ':46)').replace('pid=101', 'pid=102'));
    const { table, sourceRows } = eventsOf([...EXECVE, ...other]);
    expect(sourceRows).toEqual([0, 5]);
    expect(toRows(table)[0]).toMatchObject({
      EventType: 'SYSCALL_EXECVE',
      MessageId: '1767690000.123:45',
      TimeGenerated: 639_032_868_001_230_000n,
      exe: '/bin/dash',
      cmdline: '/bin/sh -c echo hi x y',
      pid: 101n,
      ppid: 100n,
      ses: -1n,
      cwd: '/root',
      proctitle: '/bin/sh -c echo hi',
      paths: '["/bin/sh"]',
    });
  });

  it('are read behind syslog’s prefix, with a node, and in messages in quotes', () => {
    const { table } = eventsOf([
      `Jan  6 09:00:00 web01 audispd: node=web01 type=USER_LOGIN msg=audit(1767690001.5:47): pid=9 uid=0 msg='op=login acct="root" exe="/usr/sbin/sshd" hostname=? addr=203.0.113.7 terminal=ssh res=failed'`,
    ]);
    expect(toRows(table)[0]).toMatchObject({
      Computer: 'web01',
      EventType: 'USER_LOGIN',
      acct: 'root',
      addr: '203.0.113.7',
      res: 'failed',
      op: 'login',
    });
  });

  it('put long arguments together, and fall back on the title', () => {
    const [syscall] = EXECVE as [string];
    const pieces = 'type=EXECVE msg=audit(1767690000.123:45): argc=2 a0="x" a1_len=6 a1[0]=616263 a1[1]=646566';
    expect(toRows(eventsOf([syscall, pieces]).table)[0]).toMatchObject({ cmdline: 'x abcdef' });
    const lacking = 'type=EXECVE msg=audit(1767690000.123:45): argc=3 a0="x"';
    const title = 'type=PROCTITLE msg=audit(1767690000.123:45): proctitle=7800616200636400';
    expect(toRows(eventsOf([syscall, lacking, title]).table)[0]).toMatchObject({ cmdline: 'x ab cd' });
  });

  it('make a process tree', () => {
    const { table } = eventsOf([
      ...EXECVE,
      ...EXECVE.map((line) => line.replace('.123:45)', '.223:46)').replace('ppid=100 pid=101', 'ppid=101 pid=102')),
    ]);
    expect(buildProcessTree(table, detectSchema(table.columns)).summary).toMatchObject({
      processes: 3,
      largestDepth: 3,
    });
  });

  it('count rows that are none', () => {
    expect(eventsOf(['nothing of that kind', ...EXECVE, '{"broken'])).toMatchObject({ badRows: [0, 6] });
  });

  it('survive any text', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(...EXECVE, "msg='", '"', '=', '\x1d', 'a0=41', '[{', "{'A': ['b=c']}", ')', ': '),
    );
    fc.assert(
      fc.property(fc.array(fc.array(piece, { maxLength: 5 }), { maxLength: 8 }), (lines) => {
        const texts = lines.map((pieces) => pieces.join(''));
        eventsOf(texts);
        eventsOfLines(texts);
      }),
      { numRuns: 200 },
    );
  });
});
