import { z } from 'zod';
import {
  DEFAULT_COLUMN_LIMITS,
  type DecodedColumn,
  type DecodedRowText,
  type DecodeLimit,
  decodeColumn,
  type HashedItem,
  type Judgement,
  judgeDecoded,
  type MsticpyResult,
  unpackLikeMsticpy,
} from '../analysis/base64/index.ts';
import { type Finding, severityOf, type Warning } from '../outcome.ts';
import {
  type Cell,
  type Column,
  columnFromCells,
  freeName,
  getColumn,
  isTextColumn,
  makeTable,
  renameColumn,
  type Table,
  type TableSource,
  type TextValues,
} from '../tables/index.ts';
import { evidenceOf, TEXT_COLUMNS, textColumn } from './input-column.ts';
import { defineVerb, type OutputColumn, type Verb } from './verb.ts';

const DECODE_COLUMNS: readonly (OutputColumn & { readonly of: (item: HashedItem) => Cell })[] = [
  {
    name: 'DecodedText',
    type: 'string',
    description: 'The decoded text; null where it is binary',
    of: (item) => item.string?.text ?? null,
  },
  {
    name: 'Encoding',
    type: 'string',
    description: 'utf-8, utf-16le, utf-16be or binary',
    of: (item) => item.string?.encoding ?? 'binary',
  },
  {
    name: 'FileType',
    type: 'string',
    description: 'By its first bytes: exe, dll, zip, gz, pdf…; null if unknown',
    of: (item) => item.fileType,
  },
  { name: 'FileName', type: 'string', description: 'Name within an archive', of: (item) => item.fileName },
  {
    name: 'Method',
    type: 'string',
    description: 'base64, base64url, base64-reversed, base64-joined, hex, char-codes, gzip, deflate, zip, tar, xor',
    of: (item) => item.method,
  },
  {
    name: 'Reference',
    type: 'string',
    description: '1, 2… in the text; what is within item 2 is 2.1, 2.2…',
    of: (item) => item.reference,
  },
  {
    name: 'ParentReference',
    type: 'string',
    description: 'The item that this was within; null in the text itself',
    of: (item) => item.parent,
  },
  { name: 'Depth', type: 'int', description: '1 in the text itself', of: (item) => item.depth },
  { name: 'SizeInBytes', type: 'long', description: 'Size of the decoded bytes', of: (item) => item.bytes.length },
  { name: 'Md5', type: 'string', description: 'Of the decoded bytes', of: (item) => item.md5 },
  { name: 'Sha1', type: 'string', description: 'Of the decoded bytes', of: (item) => item.sha1 },
  { name: 'Sha256', type: 'string', description: 'Of the decoded bytes', of: (item) => item.sha256 },
  {
    name: 'EncodedText',
    type: 'string',
    description: 'What was decoded, at most 1,000 characters',
    of: (item) => cut(item.encoded, 1000),
  },
  {
    name: 'FirstBytes',
    type: 'string',
    description: 'The first 64 bytes in hex, where it is binary',
    of: (item) => (item.string ? null : item.bytes.toString('hex', 0, 64)),
  },
];

const FURTHER_COLUMNS: readonly OutputColumn[] = [
  { name: 'DecodedCommand', type: 'string', description: 'The whole input text with everything decoded in its place' },
  { name: 'SourceRow', type: 'long', description: '0-based position of the row in the input' },
];

const LIMIT_MESSAGES: Readonly<Record<DecodeLimit, string>> = {
  depth: 'had more layers than maxDepth: the innermost are left encoded',
  items: 'had more encoded parts than maxItems',
  size: 'unfolded to more bytes than maxSizeInBytes: what is beyond is left encoded',
  members: 'held an archive with more members than maxMembers',
  ratio: 'held data packed more tightly than maxRatio: it is left packed',
  'text-length': 'held a text longer than 8 MiB, which was not looked at',
  'damaged-archive': 'held an archive that is damaged, encrypted or of a kind that is not opened (7z, rar…)',
};

const limit = (most: number) => z.int().min(1).max(most);

const decodeBase64 = defineVerb({
  name: 'decode.base64',
  summary: 'Decode base64 and what is within it, layer by layer',
  description: [
    'Finds base64 of both alphabets (wrapped, unpadded, cut into literals, reversed), hex and character codes; decodes',
    'text in UTF-8 and UTF-16; opens gzip, deflate, zip and tar; undoes one-byte XOR; and looks at what comes out again.',
    'Each decoded item is a row: the columns of its input row, then its own. Commands that hide something notable',
    'become findings. With `compatibility: msticpy` rows and columns are those of MSTICPy 3.0.2’s `unpack_df`.',
    'See `docs/decode-base64.md`.',
  ].join('\n'),
  entities: ['process', 'url', 'file'],
  inputTables: { min: 1, max: 1 },
  columnParameters: [{ parameter: 'column', types: ['string', 'dynamic'], defaults: TEXT_COLUMNS }],
  parameters: z.strictObject({
    column: z.string().min(1).max(200).optional().describe('Column with the text'),
    compatibility: z.enum(['none', 'msticpy']).default('none').describe('msticpy: its rows, columns and order'),
    utf16: z.boolean().default(false).describe('With compatibility msticpy: try UTF-16 before UTF-8'),
    maxDepth: limit(50).default(DEFAULT_COLUMN_LIMITS.maxDepth).describe('Layers within layers'),
    maxItems: limit(10_000).default(DEFAULT_COLUMN_LIMITS.maxItems).describe('Decoded items of one text'),
    maxSizeInBytes: limit(2 ** 28)
      .default(DEFAULT_COLUMN_LIMITS.maxSizeInBytes)
      .describe('Decoded bytes of one text'),
    maxMembers: limit(10_000).default(DEFAULT_COLUMN_LIMITS.maxMembers).describe('Files taken from one archive'),
    maxRatio: limit(100_000).default(DEFAULT_COLUMN_LIMITS.maxRatio).describe('Unpacked to packed size'),
    maxFindings: z.int().min(0).max(1000).default(200).describe('Findings kept, the highest scores first'),
  }),
  output: {
    keepsInput: true,
    columns: [...DECODE_COLUMNS.map(({ of: _of, ...column }) => column), ...FURTHER_COLUMNS],
  },
  runsIn: 'worker',
  example: 'decoded: { verb: decode.base64, from: processes, with: { column: CommandLine } }',
  async run([input], parameters) {
    const source = input!;
    const column = textColumn(source, parameters.column, TEXT_COLUMNS);
    const texts = getColumn(await source.read([column]), column);
    const values = isTextColumn(texts) ? texts.values : [];
    if (parameters.compatibility === 'msticpy') return { table: msticpyTable(column, values, parameters.utf16) };
    const decoded = decodeColumn(values, { ...DEFAULT_COLUMN_LIMITS, ...parameters });
    const warnings = warningsOf(decoded);
    const findings = await findingsOf(source, values, decoded, parameters.maxFindings, warnings);
    return { table: await decodedTable(source, decoded), findings, warnings, partial: warnings.length > 0 };
  },
});

async function decodedTable(source: TableSource, { rows, decoded }: DecodedColumn): Promise<Table> {
  const items: HashedItem[] = [];
  const sourceRows: number[] = [];
  const wholes: string[] = [];
  rows.forEach((row, position) => {
    const { items: own, text } = decoded[position]!;
    for (const item of own) {
      items.push(item);
      sourceRows.push(row);
      wholes.push(text);
    }
  });
  const inherited = await source.take(sourceRows);
  const added: Column[] = [
    ...DECODE_COLUMNS.map(({ name, type, of }) => columnFromCells(name, type, items.map(of))),
    { name: 'DecodedCommand', type: 'string', values: wholes },
    { name: 'SourceRow', type: 'long', values: BigInt64Array.from(sourceRows, BigInt) },
  ];
  return makeTable([...inherited.columns, ...withFreeNames(inherited.columns, added)], items.length);
}

/** An input column of the same name keeps it; ours gets a number, as in KQL's join. */
function withFreeNames(kept: readonly Column[], added: readonly Column[]): Column[] {
  const taken = new Set(kept.map((column) => column.name));
  return added.map((column) => {
    const name = freeName(taken, column.name);
    taken.add(name);
    return renameColumn(column, name);
  });
}

function warningsOf({ limitsMet, failures, rowsLeftOut }: DecodedColumn): Warning[] {
  const warnings = [...limitsMet].map(([limit, rows]) => ({
    code: limit === 'damaged-archive' ? 'bad-data' : 'limit',
    message: `${rows} ${rows === 1 ? 'row' : 'rows'} ${LIMIT_MESSAGES[limit]}`,
  }));
  const [first] = failures;
  if (first) {
    const message = `${failures.length} rows could not be decoded; the first is row ${first.row}: ${first.message}`;
    warnings.push({ code: 'bad-data', message });
  }
  if (rowsLeftOut > 0) {
    warnings.push({ code: 'limit', message: `${rowsLeftOut} rows were left out: the rows before unfolded to 256 MiB` });
  }
  return warnings;
}

const MAX_EVIDENCE = 20;

/** One finding for equal texts, with the rows that hold it as evidence. */
async function findingsOf(
  source: TableSource,
  values: TextValues,
  { rows, decoded }: DecodedColumn,
  maxFindings: number,
  warnings: Warning[],
): Promise<Finding[]> {
  const judged = new Map<DecodedRowText, { judgement: Judgement | null; rows: number[] }>();
  rows.forEach((row, position) => {
    const found = decoded[position]!;
    const known = judged.get(found);
    if (known) known.rows.push(row);
    else judged.set(found, { judgement: judgeDecoded(values[row]!, found), rows: [row] });
  });
  const notable = [...judged]
    .flatMap(([found, { judgement, rows }]) => (judgement ? [{ found, judgement, rows }] : []))
    .sort((a, b) => b.judgement.score - a.judgement.score || a.rows[0]! - b.rows[0]!);
  if (notable.length > maxFindings) {
    const message = `${notable.length} findings were made; the ${maxFindings} with the highest score are kept`;
    warnings.push({ code: 'limit', message });
  }
  const kept = notable.slice(0, maxFindings);
  const shown = kept.flatMap(({ rows }) => rows.slice(0, MAX_EVIDENCE));
  const { evidence, computers } = await evidenceOf(source, shown, (row) => values[row]!);
  return kept.map(({ found, judgement, rows }) => {
    const { score, title, reason, techniques } = judgement;
    const hosts = [...new Set(rows.slice(0, MAX_EVIDENCE).flatMap((row) => computers.get(row) ?? []))];
    const others = rows.length > MAX_EVIDENCE ? ` ${rows.length} rows hold the same.` : '';
    return {
      score,
      severity: severityOf(score),
      title: hosts.length === 1 ? `${title} on ${hosts[0]}` : title,
      reason: `${reason} In plain: ${cut(found.text.replaceAll(/\s+/g, ' '), 300)}${others}`,
      techniques,
      entities: hosts.map((id) => ({ kind: 'host', id })),
      evidence: rows.slice(0, MAX_EVIDENCE).map((row) => evidence.get(row)!),
    };
  });
}

function cut(text: string, characters: number): string {
  return text.length > characters ? `${text.slice(0, characters - 1)}…` : text;
}

/** The 15 columns of MSTICPy's `unpack_df`; `src_index` is the position of the row. */
function msticpyTable(column: string, values: TextValues, utf16: boolean): Table {
  const undecodable = new Set<string>();
  const results: { row: number; text: string; result: MsticpyResult }[] = [];
  values.forEach((text, row) => {
    if (text) results.push({ row, text, result: unpackLikeMsticpy(text, { utf16, undecodable }) });
  });
  const rows = results.flatMap(({ row, text, result }) =>
    result.items.map((item) => ({ row, text, item, whole: result.text })),
  );
  const make = (name: string, type: 'string' | 'dynamic' | 'long', of: (row: (typeof rows)[number]) => Cell) =>
    columnFromCells(name, type, rows.map(of));
  return makeTable([
    make('reference', 'dynamic', ({ item }) => JSON.stringify(item.reference)),
    make('original_string', 'string', ({ item }) => item.originalString),
    make('file_name', 'string', ({ item }) => item.fileName),
    make('file_type', 'string', ({ item }) => item.fileType),
    make('input_bytes', 'string', ({ item }) => item.inputBytes.toString('base64')),
    make('decoded_string', 'string', ({ item }) => item.decodedString),
    make('encoding_type', 'string', ({ item }) => item.encodingType),
    make('file_hashes', 'dynamic', ({ item }) =>
      JSON.stringify({ md5: item.md5, sha1: item.sha1, sha256: item.sha256 }),
    ),
    make('md5', 'string', ({ item }) => item.md5),
    make('sha1', 'string', ({ item }) => item.sha1),
    make('sha256', 'string', ({ item }) => item.sha256),
    make('printable_bytes', 'string', ({ item }) => item.printableBytes),
    make('src_index', 'long', ({ row }) => row),
    make(column, 'string', ({ text }) => text),
    make('full_decoded_string', 'string', ({ whole }) => whole),
  ]);
}

export const decodeVerbs: readonly Verb[] = [decodeBase64];
