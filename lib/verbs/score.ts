import { z } from 'zod';
import { basename } from '../analysis/generalise.ts';
import { countCombinations, type RarityScore, scoreCombinations } from '../analysis/rarity/index.ts';
import { TrailhoundError } from '../errors.ts';
import { type Evidence, excerptOf, type Finding, severityOf } from '../outcome.ts';
import {
  cellText,
  findColumn,
  type Table,
  type TableSchema,
  type TableSource,
  tableFromRows,
} from '../tables/index.ts';
import { defineVerb, type OutputColumn, type Verb } from './verb.ts';

const columnName = z.string().min(1).max(200);

const OUTPUT_COLUMNS: readonly OutputColumn[] = [
  { name: 'TimeGenerated', type: 'datetime', description: 'Time of the first row with the combination' },
  { name: 'Computer', type: 'string', description: 'Computer of that row' },
  { name: 'Combination', type: 'string', description: 'The values, in order of the columns' },
  { name: 'Count', type: 'long', description: 'Rows with the combination' },
  { name: 'Computers', type: 'long', description: 'Computers with the combination' },
  { name: 'Score', type: 'long', description: '0 to 100' },
  { name: 'SurpriseInBits', type: 'real', description: '−log2 of its share of rows' },
  { name: 'Reason', type: 'string', description: 'Why it is notable, in words' },
  { name: 'SourceRow', type: 'long', description: '0-based position of the first row in the input' },
];

const rarityParameters = z.strictObject({
  columns: z.array(columnName).min(1).max(8).describe('Columns whose combinations are counted'),
  normalise: z
    .enum(['basename', 'generalised', 'exact'])
    .default('basename')
    .describe('basename: last part of paths; generalised: without users, GUIDs and numbers; exact: as it is'),
  computerColumn: columnName.default('Computer').describe('Column by which computers are counted, if it is there'),
  timeColumn: columnName.default('TimeGenerated').describe('Column with the time of a row, if it is there'),
  excerptColumns: z
    .array(columnName)
    .max(8)
    .default(['CommandLine'])
    .describe('What is shown as evidence beside the combination, as far as it is there'),
  maxCount: z.int().min(1).max(1_000_000).default(3).describe('Combinations seen more often are not rare'),
  relation: z.string().max(200).optional().describe('How the values belong together in words, as "{0} started {1}"'),
  notable: z
    .record(columnName, z.array(z.string().max(200)).max(200))
    .default({})
    .describe('Column: values that matter more when a combination with them is rare'),
  techniques: z
    .array(z.string().regex(/^T\d{4}(\.\d{3})?$/))
    .max(20)
    .default([])
    .describe('ATT&CK techniques of the findings'),
  minimumScore: z.int().min(0).max(100).default(30).describe('Findings below this score are rows only'),
  maxFindings: z.int().min(0).max(1000).default(15).describe('More findings than this are rows only'),
  maxRows: z.int().min(1).max(1_000_000).default(10_000).describe('Rows of the output, the highest scores first'),
});

type Parameters = z.output<typeof rarityParameters>;

const scoreRarity = defineVerb({
  name: 'score.rarity',
  summary: 'Find rare combinations of columns, with the reason in words',
  description: [
    'Counts how often each combination of the columns’ values occurs, and scores those that are rare among many: parent',
    'and child of processes, source, target and access mask, account and address, whatever the columns are. Where most',
    'combinations are rare, being rare says little, and the scores say so (the estimate of Good and Turing).',
    'Linear in the rows; the same rows always give the same scores.',
  ].join('\n'),
  entities: ['host', 'process', 'account', 'ip'],
  inputTables: { min: 1, max: 1 },
  columnParameters: [{ parameter: 'columns', types: [] }],
  parameters: rarityParameters,
  output: { keepsInput: false, columns: OUTPUT_COLUMNS },
  runsIn: 'worker',
  example: 'pairs: { verb: score.rarity, from: processes, with: { columns: [ParentImage, Image] } }',
  async run([input], parameters, { signal }) {
    const source = input!;
    const { columns, computerColumn, timeColumn } = parameters;
    const has = (name: string) => source.schema.some((column) => column.name === name);
    const absent = columns.find((name) => !has(name));
    if (absent !== undefined) {
      throw new TrailhoundError('usage', `table ${source.name} has no column "${absent}"`, {
        hint: `It has: ${source.schema.map((column) => column.name).join(', ')}`,
      });
    }
    const table = await source.read([...new Set([...columns, ...[computerColumn].filter(has)])]);
    const computers = findColumn(table, computerColumn) ?? null;
    const counts = countCombinations(
      columns.map((name) => findColumn(table, name)!),
      parameters.normalise,
      computers,
    );
    signal.throwIfAborted();
    const scores = scoreCombinations(counts, columns, {
      maxCount: parameters.maxCount,
      notable: Object.entries(parameters.notable).map(([column, values]) => ({ column, values })),
      relation: parameters.relation ?? null,
    });
    const shown = scores.slice(0, parameters.maxRows);
    const details = await detailsOf(
      source,
      shown,
      [computerColumn, timeColumn, ...parameters.excerptColumns].filter(has),
    );
    const worthy = shown.slice(0, parameters.maxFindings).filter((score) => score.score >= parameters.minimumScore);
    const warnings =
      shown.length < scores.length
        ? [{ code: 'limit', message: `${scores.length} combinations are rare; the ${shown.length} highest are kept` }]
        : [];
    return {
      table: rarityTable(shown, details, parameters),
      findings: worthy.map((score) => findingOf(score, source, details, parameters)),
      warnings,
      partial: warnings.length > 0,
    };
  },
});

/** The further columns of the rows that are shown, by position in the input. */
interface Details {
  readonly table: Table;
  readonly positionOf: ReadonlyMap<number, number>;
}

async function detailsOf(source: TableSource, scores: readonly RarityScore[], columns: string[]): Promise<Details> {
  const rows = [...new Set(scores.flatMap((score) => score.combination.rows))].sort((a, b) => a - b);
  const names = [...new Set(columns)];
  const table = names.length > 0 ? await source.take(rows, names) : { rowCount: rows.length, columns: [] };
  return { table, positionOf: new Map(rows.map((row, position) => [row, position])) };
}

function detail({ table, positionOf }: Details, name: string, row: number): string | null {
  const column = findColumn(table, name);
  return column ? cellText(column, positionOf.get(row)!) : null;
}

function rarityTable(scores: readonly RarityScore[], details: Details, parameters: Parameters): Table {
  const schema: TableSchema = [
    ...OUTPUT_COLUMNS.map(({ name, type }) => ({ name, type })),
    ...parameters.columns.map((name) => ({ name: `Value_${name}`, type: 'string' as const })),
  ];
  const time = findColumn(details.table, parameters.timeColumn);
  return tableFromRows(
    schema,
    scores.map(({ combination, score, surpriseInBits, reason }) => {
      const first = combination.rows[0]!;
      const ticks = time?.type === 'datetime' ? time.values[details.positionOf.get(first)!] : undefined;
      return [
        ticks,
        detail(details, parameters.computerColumn, first),
        combination.values.join(' → '),
        combination.count,
        combination.computers.size,
        score,
        surpriseInBits,
        reason,
        first,
        ...combination.values,
      ];
    }),
  );
}

function findingOf(score: RarityScore, source: TableSource, details: Details, parameters: Parameters): Finding {
  const { combination, reason } = score;
  const first = combination.rows[0]!;
  const computer = detail(details, parameters.computerColumn, first);
  const evidence = combination.rows.map((row): Evidence => {
    const texts = parameters.excerptColumns.map((name) => detail(details, name, row)).filter((text) => text);
    return {
      table: source.name,
      row,
      time: detail(details, parameters.timeColumn, row),
      excerpt: excerptOf([combination.values.join(' → '), ...texts].join(' · ')),
    };
  });
  const processes = parameters.columns.flatMap((name, i) =>
    /image|process/i.test(name) ? [{ kind: 'process', id: combination.values[i]! }] : [],
  );
  return {
    score: score.score,
    severity: severityOf(score.score),
    title: `Rare: ${titleOf(combination.values, parameters)}${computer ? ` on ${computer}` : ''}`,
    reason,
    techniques: parameters.techniques,
    entities: [...(computer ? [{ kind: 'host', id: computer }] : []), ...processes],
    evidence,
  };
}

function titleOf(values: readonly string[], { relation }: Parameters): string {
  const shown = values.map(basename);
  if (relation === undefined) return shown.join(' → ');
  return relation.replace(/\{(\d+)\}/g, (_, index: string) => shown[Number(index)] ?? '');
}

export const scoreVerbs: readonly Verb[] = [scoreRarity];
