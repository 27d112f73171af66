import { type Column, columnFromCells, type Table } from '../../tables/index.ts';
import { type EventFields, fieldColumns, sideBySide, ticksOfId } from './event-table.ts';

type Fields = Map<string, string | number | null>;
export type AuditMessage = Readonly<Record<string, readonly string[]>>;

const ENCODED: Readonly<Record<string, ReadonlySet<string>>> = {
  EXECVE: new Set(['a0', 'a1', 'a2', 'a3', 'arch']),
  PROCTITLE: new Set(['proctitle']),
  USER_CMD: new Set(['cmd']),
};
const SESSION_FIELDS = '#pid #uid #auid #ses msg acct exe hostname addr terminal res';
/** Fields taken of a record, in order, up to the first that is missing; `#` marks whole numbers. */
const TAKEN: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  Object.entries({
    SYSCALL: 'success #ppid #pid #auid #uid #gid #euid #egid #ses exe com',
    CWD: 'cwd',
    PROCTITLE: 'proctitle',
    LOGIN: '#pid #uid tty #old-ses #ses res',
    EXECVE: '#argc a0 a1 a2',
    _USER_START: SESSION_FIELDS,
    USER_END: SESSION_FIELDS,
    CRED_DISP: SESSION_FIELDS,
    USER_ACCT: SESSION_FIELDS,
    CRED_ACQ: SESSION_FIELDS,
    USER_CMD: '#pid #uid #auid #ses msg cmd terminal res',
  }).map(([type, fields]) => [type, fields.split(' ')]),
);
const UNSET = 4_294_967_295;

/** A line as MSTICPy splits it: at `': '`, and what is after a second one is lost. */
export function parseLikeMsticpy(line: string): { id: string; message: AuditMessage } {
  const [header = '', body = ''] = line.trimEnd().split(': ');
  const id = /.*msg=audit\(([^)]+)\)/.exec(header)?.[1]?.split(':')[0] ?? '';
  const type = /^type=(\S+)/.exec(header)?.[1];
  return { id, message: type === undefined ? {} : { [type]: body.split(' ') } };
}

/**
 * Events as MSTICPy 3.0.2's `read_from_file` makes them: records of one timestamp are one event (its serial number is
 * dropped there), and of known records only some fields are taken.
 */
export function eventsOfLines(lines: readonly string[]): Table {
  const byId = new Map<string, AuditMessage[]>();
  for (const line of lines) {
    if (line.trim() === '') continue;
    const { id, message } = parseLikeMsticpy(line);
    const messages = byId.get(id);
    if (messages) messages.push(message);
    else byId.set(id, [message]);
  }
  const groups = [...byId].sort(([a], [b]) => (a < b ? -1 : 1));
  const kept = { name: 'mssg_id', type: 'string' as const, values: groups.map(([id]) => id) };
  return eventsOfMessages(
    groups.map(([, messages]) => messages),
    [kept],
  );
}

/** Events of messages as Log Analytics holds them, with the other columns of their rows; one is `mssg_id`. */
export function eventsOfMessages(messages: readonly (readonly AuditMessage[])[], kept: readonly Column[]): Table {
  const events = messages.map((own) => extractEvent(unpack(own)));
  const fields = fieldColumns(
    events.map((event) => event.fields),
    (names) => names.sort((a, b) => (a < b ? -1 : 1)),
  );
  const types = columnFromCells(
    'EventType',
    'string',
    events.map((event) => event.type),
  );
  const ids = kept.find((column) => column.name === 'mssg_id');
  const times = columnFromCells(
    'TimeGenerated',
    'datetime',
    messages.map((_, row) => (typeof ids?.values[row] === 'string' ? ticksOfId(ids.values[row]) : null)),
  );
  const others = kept.filter((column) => column.name !== 'TimeGenerated' && hasValues(column));
  const all = [...fields, types, ...others, times];
  // The last five columns come first there, whichever they are.
  return sideBySide([...all.slice(-5), ...all.slice(0, -5)], messages.length);
}

function hasValues(column: Column): boolean {
  return column.values.some((value, row) => value !== null && !('nulls' in column && column.nulls?.[row]));
}

/** By record type: fields; a later record of a type replaces the earlier one, in its place. */
function unpack(messages: readonly AuditMessage[]): Map<string, Fields> {
  const records = new Map<string, Fields>();
  for (const message of messages) {
    for (const [type, tokens] of Object.entries(message)) records.set(type, unpackTokens(type, tokens));
  }
  return records;
}

function unpackTokens(type: string, tokens: readonly string[]): Fields {
  const fields: Fields = new Map();
  const encoded = Object.hasOwn(ENCODED, type) ? ENCODED[type] : undefined;
  for (const token of tokens) {
    const equals = token.indexOf('=');
    if (equals < 0) {
      fields.set(token, null);
      continue;
    }
    const name = token.slice(0, equals);
    const value = token.slice(equals + 1);
    const isPlain = !encoded?.has(name) || value.startsWith('"');
    fields.set(name, isPlain ? value.replace(/^"+|"+$/g, '') : (textOfHex(value) ?? value));
  }
  return fields;
}

function textOfHex(hex: string): string | null {
  if (hex.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(hex)) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(hex, 'hex'));
  } catch {
    return null;
  }
}

function extractEvent(records: ReadonlyMap<string, Fields>): { type: string | null; fields: EventFields } {
  const fields: Fields = new Map();
  if (records.has('SYSCALL') && records.has('EXECVE')) {
    for (const type of ['SYSCALL', 'CWD', 'EXECVE', 'PROCTITLE']) {
      const record = records.get(type);
      if (!record) continue;
      takeFields(type, record, fields);
      if (type === 'EXECVE') fields.set('cmdline', commandLine(fields));
    }
    return { type: 'SYSCALL_EXECVE', fields };
  }
  for (const [type, record] of records) {
    if (Object.hasOwn(TAKEN, type)) takeFields(type, record, fields);
    else for (const [name, value] of record) fields.set(name, value);
  }
  return { type: records.keys().next().value ?? null, fields };
}

function takeFields(type: string, record: Fields, fields: Fields): void {
  for (const field of TAKEN[type]!) {
    const isNumber = field.startsWith('#');
    const name = isNumber ? field.slice(1) : field;
    const value = record.get(name);
    if (!value) return;
    const number = isNumber ? Number(value) : Number.NaN;
    const taken = isNumber && Number.isInteger(number) ? (number === UNSET ? -1 : number) : value;
    fields.set(fields.has(name) ? `${name}_${type}` : name, taken);
  }
}

/** The arguments that were taken, and an empty text for each that was not. */
function commandLine(fields: Fields): string {
  const count = Math.min(Number(fields.get('argc') ?? 1) || 0, 10_000);
  return Array.from({ length: count }, (_, index) => fields.get(`a${index}`) ?? '').join(' ');
}
