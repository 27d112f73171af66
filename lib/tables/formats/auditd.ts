import { textLines } from './lines.ts';
import { BlockBuilder, type RecordReader } from './record-block.ts';

/** `node=… type=SYSCALL msg=audit(1604994496.155:92733): key=value …` */
const LINE = /^(?:node=(\S+) )?type=(\S+) msg=audit\((\d+\.\d+):(\d+)\):\s*(.*)$/;
const PAIR = /([\w.[\]-]+)=("(?:[^"]*)"|'(?:[^']*)'|\S*)/g;
/** Lines of one event that are held together; an event with more is cut into several. */
const MAX_LINES_OF_EVENT = 1000;

type AuditRecord = Record<string, string>;

/** True for a line of the Linux audit log. */
export function isAuditdLine(line: string): boolean {
  return LINE.test(line);
}

/**
 * The Linux audit log: a record per line, with the fields under their names. An event is several lines with one id:
 * its SYSCALL record also gets what the others tell of it (`cmdline`, `cwd`, `proctitle`) and, if a program was
 * started, the `EventType` SYSCALL_EXECVE, as MSTICPy names it.
 */
export const readAuditd: RecordReader = async function* (bytes, log, limits) {
  const blocks = new BlockBuilder();
  let event: { id: string; lines: { line: number; record: AuditRecord }[] } | undefined;
  for await (const { firstLine, lines } of textLines(bytes, log, limits)) {
    for (let i = 0; i < lines.length; i++) {
      const text = lines[i]!;
      if (text.trim() === '' || text === '----') continue;
      const record = parseLine(text);
      if (!record) {
        log.bad(firstLine + i, 'not a line of the audit log');
        continue;
      }
      const id = record['AuditId']!;
      if (event && (event.id !== id || event.lines.length >= MAX_LINES_OF_EVENT)) {
        for (const { line, record: done } of complete(event.lines)) {
          const block = blocks.add(line, JSON.stringify(done));
          if (block) yield block;
        }
        event = undefined;
      }
      event ??= { id, lines: [] };
      event.lines.push({ line: firstLine + i, record });
    }
  }
  for (const { line, record } of complete(event?.lines ?? [])) {
    const block = blocks.add(line, JSON.stringify(record));
    if (block) yield block;
  }
  const block = blocks.flush();
  if (block) yield block;
};

function parseLine(text: string): AuditRecord | undefined {
  const match = LINE.exec(text);
  if (!match) return undefined;
  const [, node, type, time, serial, rest] = match as unknown as [
    string,
    string | undefined,
    string,
    string,
    string,
    string,
  ];
  const record: AuditRecord = Object.create(null);
  record['AuditTime'] = time;
  record['AuditId'] = `${time}:${serial}`;
  record['EventType'] = type;
  if (node) record['Computer'] = node;
  // A group separator stands before the fields that auditd itself resolved (log_format = ENRICHED).
  addPairs(record, rest.replaceAll('\x1d', ' '));
  if (type === 'EXECVE') record['cmdline'] = commandLine(record);
  if (record['proctitle']) record['proctitle'] = hexDecoded(record['proctitle']);
  if (type === 'USER_CMD' && record['cmd']) record['cmd'] = hexDecoded(record['cmd']);
  return record;
}

function addPairs(record: AuditRecord, text: string): void {
  for (const [, key, quoted] of text.matchAll(PAIR) as Iterable<[string, string, string]>) {
    const inner = /^["']/.test(quoted) ? quoted.slice(1, -1) : quoted;
    // Records of programs carry their own fields in msg='…'.
    if (key === 'msg' && inner.includes('=')) addPairs(record, inner);
    else if (!(key in record)) record[key] = inner;
  }
}

/** The arguments a0, a1… with spaces between; auditd writes those that are not plain text in hexadecimal. */
function commandLine(record: AuditRecord): string {
  const args: string[] = [];
  for (let i = 0; record[`a${i}`] !== undefined || record[`a${i}[0]`] !== undefined; i++) {
    const whole = record[`a${i}`];
    if (whole !== undefined) args.push(hexDecoded(whole));
    else {
      let pieces = '';
      for (let piece = 0; record[`a${i}[${piece}]`] !== undefined; piece++) pieces += record[`a${i}[${piece}]`];
      args.push(hexDecoded(pieces));
    }
  }
  return args.join(' ');
}

const HEX = /^(?:[0-9A-F]{2}){2,}$/;

function hexDecoded(text: string): string {
  if (!HEX.test(text)) return text;
  const decoded = Buffer.from(text, 'hex').toString('utf8').replaceAll('\0', ' ').trimEnd();
  return decoded.includes('\uFFFD') ? text : decoded.toWellFormed();
}

function complete<T extends { readonly record: AuditRecord }>(lines: readonly T[]): readonly T[] {
  const call = lines.find(({ record }) => record['EventType'] === 'SYSCALL')?.record;
  if (!call) return lines;
  for (const { record } of lines) {
    const type = record['EventType'];
    if (type === 'EXECVE') {
      call['EventType'] = 'SYSCALL_EXECVE';
      call['cmdline'] ??= record['cmdline']!;
    } else if (type === 'CWD' && record['cwd']) call['cwd'] ??= record['cwd'];
    else if (type === 'PROCTITLE' && record['proctitle']) call['proctitle'] ??= record['proctitle'];
  }
  return lines;
}
