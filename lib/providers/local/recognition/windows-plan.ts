import { sqlName, sqlText } from '../../../tables/duckdb.ts';
import type { TableSchema } from '../../../tables/index.ts';
import { FieldList, typedSql } from './plan.ts';
import { knownTypes } from './schemas.ts';
import { fieldsOf, type Source, sourceSql } from './source.ts';
import { ENVELOPE_KEYS, type WindowsData, type WindowsShape } from './windows-shapes.ts';
import { SYSMON, SYSMON_TABLE, type WindowsTable } from './windows-tables.ts';

const ENVELOPE_PARTS = [
  'channel',
  'provider',
  'eventId',
  'computer',
  'level',
  'task',
  'opcode',
  'recordId',
  'processId',
  'user',
  'message',
] as const;
const TIME_PARTS = ['system', 'local', 'received', 'receivedLocal'] as const;
/** Fifteen minutes in ticks: time zones differ by multiples of it. */
const QUARTER = 9_000_000_000;

/** Keys that the records of one shape have in a file: at their top, and in their EventData (undefined: not known). */
export interface ShapeKeys {
  readonly record: ReadonlySet<string>;
  readonly data: ReadonlySet<string> | undefined;
}

/** SQL of all distinct keys of the EventData of a shape that has it as JSON. */
export function dataKeysSql(shape: WindowsShape, relation: string): string {
  const fields = new FieldList(dataFields(shape.data));
  const data = dataSql(shape.data, fields.text, new Set());
  const object = `CASE WHEN json_valid(${data}) THEN ${data} END`;
  return `SELECT DISTINCT k FROM (SELECT unnest(json_keys(${object})) AS k
    FROM (${fields.select('j', relation, 'line')})) LIMIT 20000`;
}

/** SQL of what `clockSql` needs of the records of one shape. */
export function clockEvidenceSql(shape: WindowsShape, relation: string): string {
  const { channel, provider } = shape;
  const system = shape.time.system!;
  const fields = new FieldList([channel, provider, system].flatMap(fieldsOf).concat(utcFields(shape.data)));
  const utc = utcFields(shape.data).map(fields.text);
  return `SELECT th_datetime(${sourceSql(system, fields.text)}) AS system, CASE WHEN ${SYSMON} THEN th_iso(coalesce(${utc.join(', ')})) END AS utc
    FROM (SELECT *, ${sourceSql(channel, fields.text)} AS channel, ${sourceSql(provider, fields.text)} AS provider
      FROM (${fields.select('j', relation, 'line')}))`;
}

function utcFields(data: WindowsData): string[] {
  return 'object' in data ? fieldsOf(data.object).map((field) => `${field}/UtcTime`) : ['UtcTime'];
}

/** SQL of the envelope (see `windows-shapes.ts`) from a relation of `line` and `j` that holds records of one shape. */
export function envelopeSql(shape: WindowsShape, relation: string, keys: ShapeKeys): string {
  const parts = ENVELOPE_PARTS.map((part) => [part, shape[part]] as const);
  const times = TIME_PARTS.map((part) => [part, shape.time[part]] as const);
  const sources = [...parts, ...times].flatMap(([, source]) => (source === undefined ? [] : fieldsOf(source)));
  const fields = new FieldList([...sources, ...dataFields(shape.data)]);
  const sql = (source: Source | undefined) => (source === undefined ? 'NULL::VARCHAR' : sourceSql(source, fields.text));
  const items = [
    ...parts.map(
      ([part, source]) => `${part === 'channel' ? channelSql(sql(source)) : sql(source)} AS ${sqlName(part)}`,
    ),
    ...times.map(
      ([part, source]) => `${source === undefined ? 'NULL::BIGINT' : `th_datetime(${sql(source)})`} AS ${part}`,
    ),
    `${shape.time.authoritative === true} AS authoritative`,
    `${sqlText(shape.id)} AS shape`,
    `${dataSql(shape.data, fields.text, keys.record)} AS data`,
  ];
  return `SELECT line, j, ${items.join(', ')} FROM (${fields.select('j', relation, 'line, j')})`;
}

/** Tools spell the names of channels in different case, some in one file. */
const CHANNELS = [
  'Application',
  'Security',
  'Setup',
  'System',
  'Windows PowerShell',
  'Microsoft-Windows-PowerShell/Operational',
  'Microsoft-Windows-Sysmon/Operational',
];

function channelSql(text: string): string {
  const cases = CHANNELS.map((channel) => `WHEN ${sqlText(channel.toLowerCase())} THEN ${sqlText(channel)}`);
  return `CASE lower(${text}) ${cases.join(' ')} ELSE ${text} END`;
}

function dataFields(data: WindowsData): string[] {
  if ('object' in data) return fieldsOf(data.object);
  if ('json' in data) return fieldsOf(data.json);
  return 'xml' in data ? fieldsOf(data.xml) : [];
}

/** Keys beside EventData in the shapes of Sentinel's table Event. */
const EVENT_KEYS = ['EventLog', 'Source', 'RenderedDescription', 'ParameterXml', 'EventData', 'EventData_string'];

function dataSql(data: WindowsData, field: (name: string) => string, recordKeys: ReadonlySet<string>): string {
  if ('object' in data) return sourceSql(data.object, field);
  if ('json' in data) {
    const text = sourceSql(data.json, field);
    return `CASE WHEN json_valid(${text}) THEN ${text} END`;
  }
  const envelope = [...ENVELOPE_KEYS, ...('xml' in data ? EVENT_KEYS : [])].filter((key) => recordKeys.has(key));
  const rest = `json_merge_patch(j, ${sqlText(JSON.stringify(Object.fromEntries(envelope.map((key) => [key, null]))))})`;
  if (!('xml' in data)) return `${rest}::VARCHAR`;
  const xml = `th_event_data(${sourceSql(data.xml, field)})`;
  return `CASE WHEN ${xml} IS NULL THEN ${rest} ELSE json_merge_patch(${rest}, ${xml}) END::VARCHAR`;
}

const UNESCAPED = `replace(replace(replace(replace(replace(t, '&lt;', '<'), '&gt;', '>'), '&quot;', '"'), '&apos;', ''''), '&amp;', '&')`;

/** Macros of this mapping. */
export const WINDOWS_MACROS: readonly string[] = [
  `th_unescape(t) AS ${UNESCAPED}`,
  // <Data Name="Image">…</Data> pairs of an event's XML as a JSON object.
  `th_event_data(x) AS CASE WHEN x LIKE '%<Data Name=%' THEN '{' || array_to_string(list_transform(
     list_zip(regexp_extract_all(x, '<Data Name=[''"]([^''"<>]*)[''"]\\s*(?:/>|>([^<]*)</Data>)', 1),
              regexp_extract_all(x, '<Data Name=[''"]([^''"<>]*)[''"]\\s*(?:/>|>([^<]*)</Data>)', 2)),
     lambda p: to_json(th_unescape(p[1])) || ':' || to_json(th_unescape(p[2]))), ',') || '}' END`,
];

/** SQL of the envelope with `utc` (Sysmon's own time), and with what a file's clock is off by. */
export function withUtc(envelope: string): string {
  return `SELECT *, CASE WHEN ${SYSMON} THEN th_iso(json_extract_string(data, '/UtcTime')) END AS utc FROM (${envelope})`;
}

/**
 * Some exporters write local time, in 12-hour form without AM or PM, and mark it `Z`. Sysmon's events carry their true
 * time too: where most of them disagree with the exporter by the same multiple of a quarter of an hour, that is what
 * the exporter's clock is off by. By hour of the exporter's clock, for the 12-hour form jumps at noon.
 */
export function clockSql(evidence: string): string {
  return `SELECT hour, off, sum(n) OVER () AS all_n, sum(n) FILTER (off <> 0) OVER () AS off_n, n FROM (
    SELECT hour, mode(off) AS off, count(*) AS n FROM (
      SELECT system // 36000000000 AS hour, round((utc - system) / ${QUARTER})::BIGINT AS off
      FROM (${evidence}) WHERE utc IS NOT NULL AND system IS NOT NULL
    ) GROUP BY hour)`;
}

/** Quarters of an hour by which the exporter's clock is off, by hour of that clock; `otherwise` for other hours. */
export interface ClockCorrection {
  readonly byHour: ReadonlyMap<bigint, bigint>;
  readonly otherwise: bigint;
}

function timeSql(clock: ClockCorrection | undefined): string {
  let system = 'system';
  if (clock) {
    const cases = [...clock.byHour].map(([hour, quarters]) => `WHEN ${hour} THEN ${quarters * BigInt(QUARTER)}`);
    const off = `(CASE system // 36000000000 ${cases.join(' ')} ELSE ${clock.otherwise * BigInt(QUARTER)} END)`;
    system = `(system + ${off})`;
  }
  const zone = `round((received - coalesce(receivedLocal, local)) / ${QUARTER})::BIGINT * ${QUARTER}`;
  return `CASE WHEN authoritative THEN system WHEN utc IS NOT NULL THEN utc
    WHEN local IS NOT NULL AND received IS NOT NULL THEN local + ${zone} ELSE coalesce(${system}, received, local) END`;
}

/** The table that an entry makes, with its columns' sources. */
export function windowsColumns(table: WindowsTable) {
  return [...knownTypes(table.table)].map(([name, type]) => ({ name, type, from: table.columns[name] ?? name }));
}

export function windowsSchema(table: WindowsTable): TableSchema {
  const columns = windowsColumns(table).map(({ name, type }) => ({ name, type }));
  return table.view ? columns : [...columns, { name: 'RawRecord', type: 'string' }];
}

/** SQL of a Windows table from a relation of envelopes with `utc`. */
export function windowsTableSql(
  table: WindowsTable,
  envelopes: string,
  clock: ClockCorrection | undefined,
  dataKeys: ReadonlySet<string> | undefined,
): string {
  const columns = windowsColumns(table).filter(({ name }) => name !== 'TimeGenerated' && name !== 'EventData');
  const inData = columns.flatMap(({ from }) => fieldsOf(from)).filter((field) => !field.startsWith('#'));
  const fields = new FieldList(inData, dataKeys);
  const field = (name: string) => (name.startsWith('#') ? sqlName(name.slice(1)) : fields.text(name));
  const time = table.view ? `CASE WHEN utc IS NOT NULL THEN utc ELSE ${timeSql(clock)} END` : timeSql(clock);
  const further: Record<string, string> = { TimeGenerated: time };
  if (!table.view) Object.assign(further, { EventData: 'data', RawRecord: 'j' });
  return typedSql(
    columns,
    field,
    fields.select('data', `(SELECT * FROM ${envelopes} WHERE ${table.where})`, '*'),
    further,
  );
}

/** SQL of the table Sysmon from Sysmon for Linux, whose events lie as XML in the messages of a table Syslog. */
export function linuxSysmonTableSql(syslog: string): string {
  const part = (pattern: string) => `nullif(regexp_extract("SyslogMessage", ${sqlText(pattern)}, 1), '')`;
  const items = {
    line: 'line',
    j: '"SyslogMessage"',
    channel: part('<Channel>([^<]*)</Channel>'),
    provider: `'Linux-Sysmon'`,
    eventId: part('<EventID>(\\d+)</EventID>'),
    computer: `coalesce("Computer", ${part('<Computer>([^<]*)</Computer>')})`,
    system: `th_datetime(${part('SystemTime="([^"]*)"')})`,
    data: 'th_event_data("SyslogMessage")',
  };
  const select = Object.entries(items).map(([name, sql]) => `${sql} AS ${sqlName(name)}`);
  const envelope = `SELECT ${select.join(', ')}, NULL::BIGINT AS local, NULL::BIGINT AS received,
    NULL::BIGINT AS receivedLocal, false AS authoritative, 'linux-sysmon' AS shape
    FROM ${syslog} WHERE regexp_matches("SyslogMessage", '<Provider Name="Linux-Sysmon"')`;
  return windowsTableSql(SYSMON_TABLE, `(${withUtc(envelope)})`, undefined, undefined);
}
