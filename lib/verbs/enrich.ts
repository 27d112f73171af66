import { z } from 'zod';
import { classifyIp, isGloballyReachable, msticpyIpType } from '../enrichment/ip-type/index.ts';
import { TrailhoundError } from '../errors.ts';
import {
  cellText,
  columnFromCells,
  findColumn,
  freeName,
  getColumn,
  isTextColumn,
  type Table,
  withColumns,
} from '../tables/index.ts';
import { defineVerb, type OutputColumn, type Verb } from './verb.ts';

const COLUMNS: readonly OutputColumn[] = [
  {
    name: 'IpType',
    type: 'string',
    description: 'public, private, loopback, … or invalid; null where nothing is asked',
  },
  { name: 'IpVersion', type: 'int', description: '4 or 6' },
  { name: 'IpGlobal', type: 'bool', description: 'Whether the address is reachable from the internet' },
  { name: 'IpBlock', type: 'string', description: 'The special-purpose block that it lies in' },
  { name: 'IpBlockName', type: 'string', description: 'IANA’s name of the block, with its RFC' },
];

/** Columns that hold addresses, in the order in which they are tried. */
const ADDRESS_COLUMNS = ['IpAddress', 'IPAddress', 'DestinationIp', 'SourceIp', 'RemoteIP', 'Observable'];

interface Enriched {
  readonly cells: readonly [string, number | null, boolean, string | null, string | null];
}

const enrichIpType = defineVerb({
  name: 'enrich.ip-type',
  summary: 'Say what kind of address an IP address is',
  description: [
    'Adds the type of each address by IANA’s special-purpose registries: `public`, `private`, `loopback`, `link-local`,',
    '`multicast`, `broadcast`, `unspecified`, `shared`, `documentation`, `benchmarking`, `translated`, `special`,',
    '`reserved`; `invalid` marks what is no address. Under `compatibility: msticpy` the types are MSTICPy’s.',
  ].join('\n'),
  entities: ['ip'],
  inputTables: { min: 1, max: 1 },
  columnParameters: [
    {
      parameter: 'column',
      types: ['string'],
      defaults: ADDRESS_COLUMNS,
    },
  ],
  parameters: z.strictObject({
    column: z.string().min(1).max(200).optional().describe('Column with addresses; default: the first known one'),
    where: z
      .record(z.string(), z.union([z.string(), z.array(z.string()).max(100)]))
      .default({})
      .describe('Column: value or values; other rows are left without a type'),
    compatibility: z.enum(['none', 'msticpy']).default('none').describe('msticpy: MSTICPy’s names of the types'),
  }),
  output: { keepsInput: true, columns: COLUMNS },
  runsIn: 'worker',
  example: 'addresses: { verb: enrich.ip-type, from: network, with: { column: DestinationIp } }',
  async run([input], parameters) {
    const table = await input!.read();
    const name = parameters.column ?? ADDRESS_COLUMNS.find((one) => findColumn(table, one) !== undefined);
    if (name === undefined) {
      throw new TrailhoundError('usage', `table ${input!.name} has no column that is known to hold addresses`, {
        hint: 'Name it: with: { column: … }',
      });
    }
    const column = getColumn(table, name);
    if (!isTextColumn(column)) {
      throw new TrailhoundError('usage', `column "${name}" is ${column.type}, not text with addresses`);
    }
    const asked = askedRows(table, parameters.where);
    const known = new Map<string, Enriched>();
    let invalid = 0;
    const rows = column.values.map((value, row) => {
      if (value === null || value === '' || !asked(row)) return null;
      let enriched = known.get(value);
      if (!enriched) {
        enriched = enrich(value, parameters.compatibility === 'msticpy');
        known.set(value, enriched);
      }
      if (enriched.cells[1] === null) invalid++;
      return enriched;
    });
    const taken = new Set(table.columns.map((one) => one.name));
    const added = COLUMNS.map(({ name: columnName, type }, index) =>
      columnFromCells(
        freeName(taken, columnName),
        type,
        rows.map((enriched) => enriched?.cells[index]),
      ),
    );
    const warnings =
      invalid > 0 ? [{ code: 'bad-values', message: `${invalid} values of ${name} are no IP addresses` }] : [];
    return { table: withColumns(table, added), warnings };
  },
});

function enrich(text: string, compatible: boolean): Enriched {
  const found = classifyIp(text);
  const { block } = found;
  return {
    cells: [
      compatible ? msticpyIpType(text) : found.type,
      found.version,
      isGloballyReachable(found),
      block?.block ?? null,
      block ? `${block.name} (${block.reference})` : null,
    ],
  };
}

function askedRows(
  table: Table,
  where: Readonly<Record<string, string | readonly string[]>>,
): (row: number) => boolean {
  const conditions = Object.entries(where).map(([name, values]) => ({
    column: getColumn(table, name),
    values: new Set([values].flat().map((value) => value.toLowerCase())),
  }));
  return (row) => conditions.every(({ column, values }) => values.has((cellText(column, row) ?? '').toLowerCase()));
}

export const enrichVerbs: readonly Verb[] = [enrichIpType];
