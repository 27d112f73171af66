import { z } from 'zod';
import { buildEvents, eventsOfLines, eventsOfMessages, messagesOf, readRecords } from '../analysis/auditd/index.ts';
import { parseCommandLine } from '../analysis/command-line/index.ts';
import { asKustoUrl, type ParsedUrl, parseUrl } from '../analysis/url/index.ts';
import { eventData, parseXml } from '../analysis/xml/index.ts';
import type { Warning } from '../outcome.ts';
import {
  type Cell,
  type Column,
  cell,
  columnFromCells,
  freeName,
  getColumn,
  isTextColumn,
  type KqlType,
  makeTable,
  selectRows,
  type Table,
  type TableSource,
  withColumns,
} from '../tables/index.ts';
import { TEXT_COLUMNS, textColumn } from './input-column.ts';
import { defineVerb, type OutputColumn, type Verb } from './verb.ts';

const columnName = z.string().min(1).max(200);
const AUDIT_COLUMNS = ['AuditdMessage', 'RawData', 'raw_data', 'SyslogMessage', 'Message', 'Text', 'line'] as const;

const parseAuditd = defineVerb({
  name: 'parse.auditd',
  summary: 'Merge Linux audit records into events',
  description: [
    'Reads audit records, raw (also behind syslog’s prefix) or as lists as Log Analytics holds them in AuditdMessage,',
    'and merges those of one host, time and serial number into one event with typed columns. Process starts get their',
    'whole command line. `build.process-tree` takes the result. With `compatibility: msticpy` events and columns are',
    'those of MSTICPy 3.0.2’s `read_from_file` and `extract_events_to_df`. See `docs/parse-auditd.md`.',
  ].join('\n'),
  entities: ['host', 'process', 'account'],
  inputTables: { min: 1, max: 1 },
  columnParameters: [{ parameter: 'column', types: ['string', 'dynamic'], defaults: AUDIT_COLUMNS }],
  parameters: z.strictObject({
    column: columnName.optional().describe('Column with the records'),
    eventTypes: z.array(z.string().min(1).max(100)).max(100).optional().describe('Only these, as SYSCALL_EXECVE'),
    compatibility: z.enum(['none', 'msticpy']).default('none').describe('msticpy: its events and columns'),
  }),
  output: {
    keepsInput: false,
    columns: [
      { name: 'TimeGenerated', type: 'datetime', description: 'Time of the event, from its id' },
      { name: 'Computer', type: 'string', description: 'The record’s node, else the row’s Computer' },
      {
        name: 'EventType',
        type: 'string',
        description: 'SYSCALL_EXECVE for process starts, else the first record’s type',
      },
      { name: 'MessageId', type: 'string', description: 'Time and serial number' },
      { name: 'SourceRow', type: 'long', description: 'First row of the input that told of it' },
    ],
  },
  runsIn: 'worker',
  example: 'events: { verb: parse.auditd, from: raw, with: { column: RawData } }',
  async run([input], parameters) {
    const source = input!;
    const name = textColumn(source, parameters.column, AUDIT_COLUMNS);
    const table = await source.read();
    if (parameters.compatibility === 'msticpy') {
      return { table: onlyTypes(eventsLikeMsticpy(table, name), parameters.eventTypes) };
    }
    const { records, badRows, firstProblem } = readRecords(table, name);
    const { table: events, sourceRows } = buildEvents(records);
    const located = withColumns(events, [
      { name: 'SourceRow', type: 'long', values: BigInt64Array.from(sourceRows, BigInt) },
    ]);
    const warnings = problems(badRows, firstProblem ?? '', 'hold no audit records');
    return { table: onlyTypes(located, parameters.eventTypes), warnings };
  },
});

function eventsLikeMsticpy(table: Table, name: string): Table {
  const column = getColumn(table, name);
  const texts = isTextColumn(column) ? column.values : [];
  const isListed = texts.some((text) => text !== null && /^\s*\[/.test(text));
  if (!isListed) return eventsOfLines(texts.flatMap((text) => text?.split(/\r?\n/) ?? []));
  const kept = table.columns.filter((other) => other !== column);
  return eventsOfMessages(
    texts.map((text) => (text ? messagesOf(text) : [])),
    kept,
  );
}

/** The events of these types, without the columns that are empty then. */
function onlyTypes(events: Table, types: readonly string[] | undefined): Table {
  if (!types) return events;
  const kinds = getColumn(events, 'EventType');
  const rows: number[] = [];
  for (let row = 0; row < events.rowCount; row++) if (types.includes(String(kinds.values[row]))) rows.push(row);
  const kept = selectRows(events, rows);
  const filled = kept.columns.filter((column) => rows.some((_, row) => cell(column, row) !== null));
  return makeTable(filled, rows.length);
}

function problems(rows: readonly number[], first: string, what: string): Warning[] {
  if (rows.length === 0) return [];
  return [{ code: 'bad-data', message: `${rows.length} rows ${what}; the first is row ${rows[0]}: ${first}` }];
}

interface ParsedField<T> extends OutputColumn {
  readonly of: (parsed: T) => Cell;
}

/** Adds columns that a parser fills from one text column; equal texts are parsed once. */
async function parseColumn<T>(
  source: TableSource,
  column: string,
  parse: (text: string) => T | null,
  fields: readonly ParsedField<T>[],
  what: string,
): Promise<{ table: Table; warnings: Warning[]; parsed: (T | null)[] }> {
  const table = await source.read();
  const texts = getColumn(table, column);
  const known = new Map<string, T | null>();
  const badRows: number[] = [];
  let first = '';
  const parsed = (isTextColumn(texts) ? texts.values : []).map((text, row): T | null => {
    if (text === null || text === '') return null;
    let value = known.get(text);
    if (value === undefined) {
      try {
        value = parse(text);
      } catch (thrown) {
        value = null;
        first ||= (thrown as Error).message;
      }
      if (known.size < 200_000) known.set(text, value);
    }
    if (value === null) badRows.push(row);
    return value;
  });
  const taken = new Set(table.columns.map((other) => other.name));
  const added = fields.map(({ name, type, of }) => {
    const free = freeName(taken, name);
    taken.add(free);
    return columnFromCells(
      free,
      type,
      parsed.map((value) => (value === null ? null : of(value))),
    );
  });
  return {
    table: makeTable([...table.columns, ...added], table.rowCount),
    warnings: problems(badRows, first || 'not of that form', what),
    parsed,
  };
}

type CommandLine = ReturnType<typeof parseCommandLine>;
const COMMAND_FIELDS: readonly ParsedField<CommandLine>[] = [
  { name: 'Program', type: 'string', description: 'The first word', of: ({ program }) => program },
  {
    name: 'Arguments',
    type: 'dynamic',
    description: 'The other words, a list',
    of: (it) => JSON.stringify(it.arguments),
  },
  { name: 'ArgumentCount', type: 'int', description: 'How many', of: (it) => it.arguments.length },
  { name: 'Switches', type: 'dynamic', description: 'Name → value, or true', of: (it) => JSON.stringify(it.switches) },
  { name: 'SplitRules', type: 'string', description: 'windows or posix', of: ({ rules }) => rules },
];

const parseCommandLineVerb = defineVerb({
  name: 'parse.command-line',
  summary: 'Split command lines into program, arguments and switches',
  description: 'Splits as Windows programs or POSIX shells do. See `docs/parse-columns.md`.',
  entities: ['process'],
  inputTables: { min: 1, max: 1 },
  columnParameters: [{ parameter: 'column', types: ['string', 'dynamic'], defaults: TEXT_COLUMNS }],
  parameters: z.strictObject({
    column: columnName.optional().describe('Column with command lines'),
    rules: z.enum(['auto', 'windows', 'posix']).default('auto').describe('auto: by what the line looks like'),
  }),
  output: { keepsInput: true, columns: COMMAND_FIELDS.map(({ of: _of, ...column }) => column) },
  runsIn: 'worker',
  example: 'words: { verb: parse.command-line, from: processes }',
  async run([input], { column, rules }) {
    const name = textColumn(input!, column, TEXT_COLUMNS);
    const { table, warnings } = await parseColumn(
      input!,
      name,
      (text) => parseCommandLine(text, rules),
      COMMAND_FIELDS,
      'hold no command line',
    );
    return { table, warnings };
  },
});

const URL_COLUMNS = ['Url', 'URL', 'RemoteUrl', 'RequestURL', 'Observable', 'url'] as const;
const URL_FIELDS: readonly ParsedField<ParsedUrl>[] = [
  { name: 'UrlScheme', type: 'string', description: 'Scheme', of: ({ scheme }) => scheme },
  { name: 'UrlHost', type: 'string', description: 'Host', of: ({ host }) => host },
  { name: 'UrlPort', type: 'string', description: 'Port; empty if none is given', of: ({ port }) => port },
  { name: 'UrlPath', type: 'string', description: 'Path', of: ({ path }) => path },
  {
    name: 'UrlQuery',
    type: 'dynamic',
    description: 'Parameters: name → value',
    of: ({ query }) => JSON.stringify(query),
  },
  { name: 'UrlFragment', type: 'string', description: 'Fragment', of: ({ fragment }) => fragment },
  { name: 'UrlDomain', type: 'string', description: 'Registrable domain', of: ({ domain }) => domain },
  { name: 'UrlSubdomain', type: 'string', description: 'What is before it', of: ({ subdomain }) => subdomain },
  { name: 'UrlSuffix', type: 'string', description: 'Public suffix', of: ({ suffix }) => suffix },
  {
    name: 'ParsedUrl',
    type: 'dynamic',
    description: 'As KQL’s parse_url gives it',
    of: (url) => JSON.stringify(asKustoUrl(url)),
  },
];

const parseUrlVerb = defineVerb({
  name: 'parse.url',
  summary: 'Take URLs apart',
  description:
    'Parts as KQL’s parse_url gives them, and the host’s domain and public suffix. See `docs/parse-columns.md`.',
  entities: ['url', 'dns'],
  inputTables: { min: 1, max: 1 },
  columnParameters: [{ parameter: 'column', types: ['string', 'dynamic'], defaults: URL_COLUMNS }],
  parameters: z.strictObject({ column: columnName.optional().describe('Column with URLs') }),
  output: { keepsInput: true, columns: URL_FIELDS.map(({ of: _of, ...column }) => column) },
  runsIn: 'worker',
  example: 'urls: { verb: parse.url, from: requests, with: { column: RequestURL } }',
  async run([input], { column }) {
    const name = textColumn(input!, column, URL_COLUMNS);
    const { table, warnings } = await parseColumn(input!, name, parseUrl, URL_FIELDS, 'hold no URL');
    return { table, warnings };
  },
});

const XML_COLUMNS = ['EventData', 'EventXml', 'RenderedDescription', 'Xml', 'xml'] as const;
const XML_FIELDS: readonly ParsedField<ReturnType<typeof parseXml>>[] = [
  {
    name: 'ParsedXml',
    type: 'dynamic',
    description: 'As KQL’s parse_xml gives it',
    of: (value) => JSON.stringify(value),
  },
];
const MAX_EVENT_COLUMNS = 200;

const parseXmlVerb = defineVerb({
  name: 'parse.xml',
  summary: 'Read XML columns, and the data of Windows events in them',
  description: 'The form of KQL’s parse_xml; entities of a document’s own are refused. See `docs/parse-columns.md`.',
  entities: [],
  inputTables: { min: 1, max: 1 },
  columnParameters: [{ parameter: 'column', types: ['string', 'dynamic'], defaults: XML_COLUMNS }],
  parameters: z.strictObject({
    column: columnName.optional().describe('Column with XML'),
    eventData: z.boolean().default(false).describe('A column for each <Data Name="…"> as well'),
  }),
  output: { keepsInput: true, columns: XML_FIELDS.map(({ of: _of, ...column }) => column) },
  runsIn: 'worker',
  example: 'events: { verb: parse.xml, from: raw, with: { column: EventData, eventData: true } }',
  async run([input], parameters) {
    const name = textColumn(input!, parameters.column, XML_COLUMNS);
    const { table, warnings, parsed } = await parseColumn(input!, name, parseXml, XML_FIELDS, 'hold no XML');
    if (!parameters.eventData) return { table, warnings };
    const data = parsed.map((value) => (value === null ? null : eventData(value)));
    const names = [...new Set(data.flatMap((pairs) => (pairs ? Object.keys(pairs) : [])))];
    if (names.length > MAX_EVENT_COLUMNS) {
      warnings.push({
        code: 'limit',
        message: `${names.length} names of data; the first ${MAX_EVENT_COLUMNS} are columns`,
      });
    }
    const taken = new Set(table.columns.map((column) => column.name));
    const added = names.slice(0, MAX_EVENT_COLUMNS).map((own): Column => {
      const free = freeName(taken, own);
      taken.add(free);
      return columnFromCells(
        free,
        'string' satisfies KqlType,
        data.map((pairs) => pairs?.[own] ?? null),
      );
    });
    return { table: makeTable([...table.columns, ...added], table.rowCount), warnings };
  },
});

export const parseVerbs: readonly Verb[] = [parseAuditd, parseCommandLineVerb, parseUrlVerb, parseXmlVerb];
