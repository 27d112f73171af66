import { z } from 'zod';
import {
  DEFAULT_IOC_TYPES,
  type ExtractedColumn,
  extractColumn,
  extractLikeMsticpy,
  IOC_TYPES,
  MSTICPY_IOC_TYPES,
  scopeOf,
} from '../analysis/iocs/index.ts';
import type { Warning } from '../outcome.ts';
import { type Column, getColumn, makeTable, type Table, type TableSource } from '../tables/index.ts';
import { present, TEXT_COLUMNS, textColumn } from './input-column.ts';
import { defineVerb, type OutputColumn, type Verb } from './verb.ts';

const IOC_COLUMNS: readonly OutputColumn[] = [
  {
    name: 'IoCType',
    type: 'string',
    description: 'ipv4, ipv6, dns, url, email, md5_hash… or the name of a custom pattern',
  },
  {
    name: 'Observable',
    type: 'string',
    description: 'The indicator, refanged; hosts, schemes and digests in lower case',
  },
  { name: 'Original', type: 'string', description: 'As it stood in the text' },
  { name: 'SourceColumn', type: 'string', description: 'The column that it was in' },
  { name: 'SourceRow', type: 'long', description: '0-based position of the row in the input' },
  { name: 'Position', type: 'int', description: '0-based position in the text, of the first occurrence' },
  { name: 'Occurrences', type: 'int', description: 'How often it is in the text' },
  {
    name: 'IsPrivate',
    type: 'bool',
    description: 'Of addresses: internal (private, loopback, link-local…); null for others',
  },
  { name: 'AddressRange', type: 'string', description: 'Of addresses: the IANA range; unicast is public' },
];

const columnName = z.string().min(1).max(200);

const extractIocs = defineVerb({
  name: 'extract.iocs',
  summary: 'Extract indicators of compromise from text columns',
  description: [
    'Finds addresses, host names, URLs, e-mail addresses, digests, paths, registry keys, CVE and ATT&CK ids and wallets',
    'in any text, defanged or not, each value of a type once per cell. Host names must end in a public suffix; version',
    'numbers, times, file names and code are not taken for indicators. Linear in the text, whatever it holds.',
    'With `compatibility: msticpy` rows and columns are those of MSTICPy 3.0.2’s `extract`. See `docs/extract-iocs.md`.',
  ].join('\n'),
  entities: ['ip', 'dns', 'url', 'file', 'file-hash', 'process', 'registry-key'],
  inputTables: { min: 1, max: 1 },
  columnParameters: [{ parameter: 'columns', types: ['string', 'dynamic'], defaults: TEXT_COLUMNS }],
  parameters: z.strictObject({
    columns: z.array(columnName).min(1).max(50).optional().describe('Columns with text'),
    types: z
      .array(z.enum(IOC_TYPES))
      .min(1)
      .optional()
      .describe('What to look for; default: all but guid and file_name'),
    patterns: z
      .record(z.string().regex(/^[a-z][a-z0-9_]{0,39}$/), z.string().min(1).max(2000))
      .default({})
      .describe('Further types: name → regular expression without look-around; a group named value narrows it'),
    keep: z.array(columnName).max(20).default(['TimeGenerated', 'Computer']).describe('Input columns kept, if there'),
    privateAddresses: z.boolean().default(true).describe('false: leave internal addresses out'),
    compatibility: z.enum(['none', 'msticpy']).default('none').describe('msticpy: its patterns, rows and columns'),
    includePaths: z.boolean().default(false).describe('With compatibility msticpy and no types: Windows paths too'),
    ignoreTlds: z.boolean().default(false).describe('With compatibility msticpy: any top-level domain will do'),
    defanged: z.boolean().default(true).describe('With compatibility msticpy: match defanged forms, and leave them so'),
    maxRows: z.int().min(1).max(10_000_000).default(5_000_000).describe('More rows than this: cut, and said so'),
  }),
  output: { keepsInput: false, columns: IOC_COLUMNS },
  runsIn: 'worker',
  example: 'iocs: { verb: extract.iocs, from: decoded, with: { columns: [DecodedText] } }',
  async run([input], parameters) {
    const source = input!;
    const names = parameters.columns ?? [textColumn(source, undefined, TEXT_COLUMNS)];
    const columns = names.map((name) => textColumn(source, name, []));
    const table = await source.read(columns);
    if (parameters.compatibility === 'msticpy') return { table: msticpyTable(table, columns, parameters) };
    const warnings: Warning[] = [];
    const found = columns.map((name) => {
      const extracted = extractColumn(getColumn(table, name), {
        ...parameters,
        types: parameters.types ?? DEFAULT_IOC_TYPES,
      });
      warnings.push(...warningsOf(name, extracted));
      return { name, extracted };
    });
    const kept = present(source, parameters.keep).filter((name) => !IOC_COLUMNS.some((column) => column.name === name));
    return {
      table: await iocTable(source, found, kept, parameters.privateAddresses),
      warnings,
      partial: warnings.length > 0,
    };
  },
});

function warningsOf(column: string, { isCut, rows, longTexts, failures }: ExtractedColumn): Warning[] {
  const warnings: Warning[] = [];
  if (isCut) warnings.push({ code: 'limit', message: `${column}: only the first ${rows.length} indicators are kept` });
  if (longTexts > 0) {
    warnings.push({ code: 'limit', message: `${column}: of ${longTexts} texts only the first 8 MiB were looked at` });
  }
  const [first] = failures;
  if (first) {
    const message = `${column}: ${failures.length} rows failed; the first is row ${first.row}: ${first.message}`;
    warnings.push({ code: 'bad-data', message });
  }
  return warnings;
}

interface Place {
  readonly row: number;
  readonly column: string;
  readonly ioc: ExtractedColumn['iocs'][number];
}

async function iocTable(
  source: TableSource,
  found: readonly { name: string; extracted: ExtractedColumn }[],
  kept: readonly string[],
  privateAddresses: boolean,
): Promise<Table> {
  const scopes = new Map<string, ReturnType<typeof scopeOf>>();
  const scope = ({ ioc }: Place) => {
    if (ioc.type !== 'ipv4' && ioc.type !== 'ipv6') return null;
    let known = scopes.get(ioc.value);
    if (known === undefined) {
      known = scopeOf(ioc.value);
      scopes.set(ioc.value, known);
    }
    return known;
  };
  let places: Place[] = [];
  for (const { name, extracted } of found) {
    for (let at = 0; at < extracted.rows.length; at++) {
      places.push({ row: extracted.rows[at]!, column: name, ioc: extracted.iocs[at]! });
    }
  }
  // Each column's rows ascend; sorting is stable, so within a row the columns keep their order.
  if (found.length > 1) places.sort((a, b) => a.row - b.row);
  if (!privateAddresses) places = places.filter((place) => !scope(place)?.isPrivate);
  const count = places.length;
  const nulls = new Uint8Array(count);
  const isPrivate = new Uint8Array(count);
  const ranges = new Array<string | null>(count).fill(null);
  const positions = new Float64Array(count);
  const occurrences = new Float64Array(count);
  places.forEach((place, at) => {
    const known = scope(place);
    if (known) {
      ranges[at] = known.range;
      isPrivate[at] = known.isPrivate ? 1 : 0;
    } else nulls[at] = 1;
    positions[at] = place.ioc.start;
    occurrences[at] = place.ioc.occurrences;
  });
  const rows = places.map(({ row }) => row);
  const inherited: readonly Column[] = kept.length > 0 ? (await source.take(rows, kept)).columns : [];
  return makeTable(
    [
      ...inherited,
      { name: 'IoCType', type: 'string', values: places.map(({ ioc }) => ioc.type) },
      { name: 'Observable', type: 'string', values: places.map(({ ioc }) => ioc.value) },
      { name: 'Original', type: 'string', values: places.map(({ ioc }) => ioc.original) },
      { name: 'SourceColumn', type: 'string', values: places.map(({ column }) => column) },
      { name: 'SourceRow', type: 'long', values: BigInt64Array.from(rows, BigInt) },
      { name: 'Position', type: 'int', values: positions },
      { name: 'Occurrences', type: 'int', values: occurrences },
      { name: 'IsPrivate', type: 'bool', values: isPrivate, nulls },
      { name: 'AddressRange', type: 'string', values: ranges },
    ],
    count,
  );
}

/** MSTICPy's four columns; `SourceIndex` is the position of the row. */
function msticpyTable(
  table: Table,
  columns: readonly string[],
  parameters: { types?: string[] | undefined; includePaths: boolean; ignoreTlds: boolean; defanged: boolean },
): Table {
  const noPaths = MSTICPY_IOC_TYPES.filter((type) => type !== 'linux_path' && type !== 'windows_path');
  const types = new Set<string>(parameters.types ?? [...noPaths, ...(parameters.includePaths ? ['windows_path'] : [])]);
  const { ignoreTlds, defanged } = parameters;
  const found = extractLikeMsticpy(
    columns.map((name) => getColumn(table, name)),
    { types, ignoreTlds, defanged },
  );
  return makeTable([
    { name: 'IoCType', type: 'string', values: found.map(({ type }) => type) },
    { name: 'Observable', type: 'string', values: found.map(({ observable }) => observable) },
    { name: 'SourceIndex', type: 'long', values: BigInt64Array.from(found, ({ row }) => BigInt(row)) },
    { name: 'Input', type: 'string', values: found.map(({ input }) => input) },
  ]);
}

export const extractVerbs: readonly Verb[] = [extractIocs];
