import type { Column, Table } from '../../tables/index.ts';
import { columnFromCells } from '../../tables/index.ts';
import { type EventFields, fieldColumns, sideBySide, ticksOfId } from './event-table.ts';
import type { AuditRecord } from './record.ts';

type Fields = Map<string, string | number | null>;

/** Fields that hold whole numbers; 4294967295 (no session, no login) becomes -1. */
const NUMBERS = new Set(
  'pid ppid uid auid gid euid egid suid sgid fsuid fsgid ouid ogid ses old-ses old-auid argc items exit sauid'.split(
    ' ',
  ),
);
/** Fields that the kernel writes in hex when they hold anything but plain characters. */
const HEX_FIELDS = new Set('proctitle cmd name cwd exe comm acct path data key dir old new vm tty'.split(' '));
const UNSET = 4_294_967_295;
const MAX_ARGUMENTS = 4096;

export interface AuditEvents {
  /** One row per event; columns: TimeGenerated, Computer, EventType, MessageId, then the fields. */
  readonly table: Table;
  /** For each event, the first input row that told of it. */
  readonly sourceRows: readonly number[];
}

export interface LocatedRecord extends AuditRecord {
  readonly row: number;
  /** What the row says of its host, where the record does not. */
  readonly computer: string | null;
}

/**
 * Events of audit records: records of one host, time and serial number are one event. A process start (SYSCALL with
 * EXECVE) is `SYSCALL_EXECVE`, with all its arguments in `cmdline`; where an argument was cut off, PROCTITLE serves.
 */
export function buildEvents(records: readonly LocatedRecord[]): AuditEvents {
  const groups = new Map<string, LocatedRecord[]>();
  for (const record of records) {
    const key = `${record.host ?? record.computer ?? ''} ${record.id}`;
    const group = groups.get(key);
    if (group) group.push(record);
    else groups.set(key, [record]);
  }
  const grouped = [...groups.values()];
  const events = grouped.map(buildEvent);
  const text = (name: string, of: (group: readonly LocatedRecord[], index: number) => string | null): Column =>
    columnFromCells(name, 'string', grouped.map(of));
  const columns = [
    columnFromCells(
      'TimeGenerated',
      'datetime',
      grouped.map((group) => ticksOfId(group[0]!.id)),
    ),
    text('Computer', ([first]) => first!.host ?? first!.computer),
    text('EventType', (_, index) => events[index]!.type),
    text('MessageId', ([first]) => first!.id),
    ...fieldColumns(
      events.map((event) => event.fields),
      inReadingOrder,
    ),
  ];
  return { table: sideBySide(columns, events.length), sourceRows: grouped.map(([first]) => first!.row) };
}

const FIRST = 'exe cmdline pid ppid uid auid acct ses success cwd comm tty terminal hostname addr res op cmd'.split(
  ' ',
);

function inReadingOrder(names: string[]): string[] {
  const known = FIRST.filter((name) => names.includes(name));
  return [...known, ...names.filter((name) => !known.includes(name)).sort((a, b) => (a < b ? -1 : 1))];
}

function buildEvent(records: readonly LocatedRecord[]): { type: string; fields: EventFields } {
  const types = new Set(records.map((record) => record.type));
  const isStart = types.has('SYSCALL') && types.has('EXECVE');
  const fields: Fields = new Map();
  const paths: string[] = [];
  const execve: Fields = new Map();
  for (const record of records) {
    const own = fieldsOf(record);
    if (record.type === 'PATH') {
      const name = own.get('name');
      if (typeof name === 'string') paths.push(name);
      continue;
    }
    if (record.type === 'EXECVE') {
      for (const [name, value] of own) execve.set(name, value);
      continue;
    }
    for (const [name, value] of own) {
      // The arguments of a system call are numbers of the kernel: they would be taken for the program's.
      if (record.type === 'SYSCALL' && /^a[0-3]$/.test(name)) continue;
      const isTaken = fields.has(name) && fields.get(name) !== value;
      fields.set(isTaken ? `${name}_${record.type}` : name, value);
    }
  }
  if (paths.length > 0) fields.set('paths', JSON.stringify(paths));
  if (isStart) addCommandLine(execve, fields);
  return { type: isStart ? 'SYSCALL_EXECVE' : records[0]!.type, fields };
}

function fieldsOf(record: AuditRecord): Fields {
  const fields: Fields = new Map();
  for (const token of record.tokens) {
    const equals = token.indexOf('=');
    if (equals <= 0) continue;
    const name = token.slice(0, equals);
    fields.set(name, readValue(name, token.slice(equals + 1), record.type));
  }
  return fields;
}

function readValue(name: string, raw: string, type: string): string | number | null {
  if (raw === '(null)' || raw === '?' || raw === '(none)' || raw === '') return null;
  const isQuoted = /^["']/.test(raw);
  if (isQuoted) return raw.replace(/^["']|["']$/g, '');
  if (NUMBERS.has(name) && /^-?\d{1,10}$/.test(raw)) return Number(raw) === UNSET ? -1 : Number(raw);
  const isHex = HEX_FIELDS.has(name) || (type === 'EXECVE' && /^a\d+(?:\[\d+\])?$/.test(name));
  if (!isHex || raw.length % 2 !== 0 || raw.length < 4 || !/^[0-9A-F]+$/.test(raw)) return raw;
  // Program names and arguments end in NUL: on screen they are apart by spaces.
  return Buffer.from(raw, 'hex').toString('utf8').replace(/\0+$/, '').replaceAll('\0', ' ');
}

function addCommandLine(execve: Fields, fields: Fields): void {
  const count = Math.min(Number(execve.get('argc') ?? 0) || 0, MAX_ARGUMENTS);
  const given: string[] = [];
  let isWhole = true;
  for (let index = 0; index < count; index++) {
    const whole = execve.get(`a${index}`) ?? piecesOf(execve, index);
    if (whole === null || whole === undefined) isWhole = false;
    else given.push(String(whole));
  }
  const title = fields.get('proctitle');
  const line = isWhole || typeof title !== 'string' ? given.join(' ') : title;
  fields.set('argc', count);
  fields.set('cmdline', line);
}

/** A long argument comes in pieces: `a2[0]`, `a2[1]`… */
function piecesOf(execve: Fields, index: number): string | null {
  let text = '';
  for (let piece = 0; piece < MAX_ARGUMENTS; piece++) {
    const value = execve.get(`a${index}[${piece}]`);
    if (value === undefined) return piece === 0 ? null : text;
    text += String(value ?? '');
  }
  return text;
}
