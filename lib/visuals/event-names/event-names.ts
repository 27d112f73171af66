import {
  type Column,
  getColumn,
  isTextColumn,
  type Table,
  type TableSchema,
  type TableSource,
} from '../../tables/index.ts';
import { type Categories, categoriesOf, cellText, firstColumn } from '../columns.ts';
import { EVENT_WRITERS } from './windows-events.ts';

const ID_COLUMNS = ['EventID', 'EventId', 'Event_ID', 'EventCode', 'event_id', 'event.code', 'winlog.event_id'];
const PROVIDER_COLUMNS = [
  'EventSourceName',
  'ProviderName',
  'Provider',
  'Provider_Name',
  'SourceName',
  'Source',
  'event.provider',
  'winlog.provider_name',
];
const LOG_COLUMNS = ['Channel', 'EventLog', 'LogName', 'Log', 'winlog.channel'];

/** Below this, ids are so common that without their writer they say nothing. */
const FIRST_TELLING_ID = 1000;

const byProvider = new Map(EVENT_WRITERS.flatMap((writer) => writer.providers.map((name) => [name, writer] as const)));
const byLog = new Map(EVENT_WRITERS.flatMap((writer) => (writer.log === undefined ? [] : [[writer.log, writer]])));
const anywhere = new Map<number, ReadonlySet<string>>();
for (const { names } of EVENT_WRITERS) {
  for (const [id, name] of Object.entries(names))
    anywhere.set(Number(id), new Set([...(anywhere.get(Number(id)) ?? []), name]));
}

/**
 * What an event is called: by its provider, else by its log. Without either, only if all writers that use the id mean
 * the same by it. `undefined` where that is not known.
 *
 * @example eventName(1, 'Microsoft-Windows-Sysmon') // 'Process creation'
 */
export function eventName(id: number, provider = '', log = ''): string | undefined {
  if (provider !== '' || log !== '') {
    const names = byProvider.get(provider.toLowerCase())?.names ?? byLog.get(log.toLowerCase())?.names;
    return names && Object.hasOwn(names, id) ? names[id] : undefined;
  }
  const names = anywhere.get(id);
  return id >= FIRST_TELLING_ID && names?.size === 1 ? [...names][0] : undefined;
}

/** The id with its name, `4688 Process created`; the id alone where no name is known. */
function labelOf(id: string, provider: string, log: string): string {
  const name = /^\d{1,6}$/.test(id) ? eventName(Number(id), provider, log) : undefined;
  return name === undefined ? id : `${id} ${name}`;
}

interface NamingColumns {
  readonly id: string;
  readonly provider: string | undefined;
  readonly log: string | undefined;
}

function namingColumns(schema: TableSchema): NamingColumns | undefined {
  const id = firstColumn(schema, ID_COLUMNS, (type) => type === 'int' || type === 'long' || type === 'string');
  if (id === undefined) return undefined;
  const isText = (type: string) => type === 'string';
  return { id, provider: firstColumn(schema, PROVIDER_COLUMNS, isText), log: firstColumn(schema, LOG_COLUMNS, isText) };
}

function namedColumn(table: Table, { id, provider, log }: NamingColumns): Column {
  const ids = getColumn(table, id);
  const none: Categories = { codes: new Int32Array(table.rowCount).fill(-1), labels: [] };
  const textsOf = (name: string | undefined) =>
    name === undefined ? none : categoriesOf(getColumn(table, name), 'omit');
  const [providers, logs] = [textsOf(provider), textsOf(log)];
  const nulls = isTextColumn(ids) ? undefined : ids.nulls;
  /** By provider and log, then by id. */
  const labels = new Map<number, Map<unknown, string>>();
  const values = Array.from({ length: table.rowCount }, (_, row) => {
    const value = nulls?.[row] ? null : ids.values[row]!;
    if (value === null) return null;
    const writer = (providers.codes[row]! + 1) * (logs.labels.length + 1) + logs.codes[row]! + 1;
    const known = labels.get(writer) ?? new Map<unknown, string>();
    labels.set(writer, known);
    let label = known.get(value);
    if (label === undefined) {
      label = labelOf(
        cellText(ids, row),
        providers.labels[providers.codes[row]!] ?? '',
        logs.labels[logs.codes[row]!] ?? '',
      );
      known.set(value, label);
    }
    return label;
  });
  return { name: id, type: 'string', values };
}

/** The name of the column of event ids, and what its values are called in all rows alike. */
export async function eventNamesOf(
  source: TableSource,
): Promise<{ column: string; names: Readonly<Record<string, string>> } | undefined> {
  const naming = namingColumns(source.schema);
  if (!naming) return undefined;
  const { id } = naming;
  const [plain, named] = await Promise.all([source.read([id]), withEventNames(source).read([id])]);
  const names = new Map<string, string>();
  const labels = getColumn(named, id).values;
  for (let row = 0; row < plain.rowCount; row++) {
    const text = cellText(getColumn(plain, id), row);
    const label = String(labels[row] ?? '');
    names.set(text, (names.get(text) ?? label) === label ? label : text);
  }
  return { column: id, names: Object.fromEntries([...names].filter(([text, label]) => label !== text)) };
}

/**
 * A table whose column of event ids, if it has one, reads as text with the events' names. `except`: columns that are
 * needed as numbers.
 */
export function withEventNames(source: TableSource, except: readonly (string | undefined)[] = []): TableSource {
  const naming = namingColumns(source.schema);
  if (!naming || except.includes(naming.id)) return source;
  const further = [naming.provider, naming.log].filter((name) => name !== undefined);
  const named = async (wanted: readonly string[], read: (columns: readonly string[]) => Promise<Table>) => {
    if (!wanted.includes(naming.id)) return read(wanted);
    const table = await read([...new Set([...wanted, ...further])]);
    const column = namedColumn(table, naming);
    const columns = wanted.map((name) =>
      name === naming.id ? column : table.columns.find((each) => each.name === name)!,
    );
    return { ...table, columns };
  };
  const all = source.schema.map(({ name }) => name);
  return {
    name: source.name,
    schema: source.schema.map((column) => (column.name === naming.id ? { ...column, type: 'string' } : column)),
    rowCount: source.rowCount,
    read: (columns = all) => named(columns, (names) => source.read(names)),
    take: (rows, columns = all) => named(columns, (names) => source.take(rows, names)),
  };
}
