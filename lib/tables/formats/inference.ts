import type { DuckDBConnection } from '@duckdb/node-api';
import { sqlName, sqlText } from '../duckdb.ts';
import type { ColumnSchema, KqlType } from '../schema.ts';
import { conversionSql, strictConversionSql } from './conversions.ts';

/** A column and the key of the records that it comes from. */
export interface SourceColumn extends ColumnSchema {
  /** JSON pointer into the record, as `/winlog/event_data/Image`. */
  readonly pointer: string;
  /** True if the type was found from the values: all of them have its plain form. */
  readonly isInferred: boolean;
}

export interface InferredColumns {
  readonly columns: readonly SourceColumn[];
  /** Keys beyond the limit; their values are kept together in the column `OverflowFields`. */
  readonly overflow: number;
  /** Columns that had to take another name, for one like their own but for its case is there already. */
  readonly renamed: readonly { readonly key: string; readonly name: string }[];
}

export interface InferenceOptions {
  /** The keys that the records may have, in the order that columns are wanted in. */
  readonly keys: ReadonlySet<string>;
  /** Types that are known beforehand, by key. Such columns exist even where no record has the key. */
  readonly known?: ReadonlyMap<string, KqlType>;
  /** Keys that other columns already hold. */
  readonly without?: ReadonlySet<string>;
  /** Names that other columns of the table already have. */
  readonly taken?: readonly string[];
  /** True where all values are texts (CSV): numbers and booleans are told by their form. */
  readonly textual?: boolean;
  /** True to name columns so that KQL takes them without brackets: `id.orig_h` becomes `id_orig_h`. */
  readonly plainNames?: boolean;
  /** Default 500. */
  readonly maxColumns?: number;
}

const SAMPLE_ROWS = 2000;
export const OVERFLOW_COLUMN = 'OverflowFields';

/** A key of an object as a JSON pointer. */
export function pointerTo(key: string): string {
  return `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/**
 * The columns of records that no signature describes: their keys in the order of appearance, with the narrowest type
 * that every value of the relations (each with `line` and `j`) fits, so that nothing is lost.
 */
export async function inferColumns(
  connection: DuckDBConnection,
  relations: readonly string[],
  options: InferenceOptions,
): Promise<InferredColumns> {
  const all = relations.map((relation) => `SELECT line, j FROM ${relation}`).join(' UNION ALL ');
  const skip = new Set([...(options.known?.keys() ?? []), ...(options.without ?? [])]);
  const keys = [...options.keys].filter((key) => !skip.has(key));
  const maxColumns = options.maxColumns ?? 500;
  const known = options.known ?? new Map<string, KqlType>();
  const wanted = [...new Set([...known.keys(), ...keys.slice(0, maxColumns)])];
  const { names, renamed } = columnNames(wanted, options);
  const undecided = wanted.filter((key) => !known.has(key));
  const guessed = await guessTypes(connection, all, undecided, options.textual ?? false);
  await dropMisfits(connection, all, guessed);
  const columns = wanted.map((key, index) => ({
    name: names[index]!,
    type: known.get(key) ?? guessed.get(key) ?? 'string',
    pointer: pointerTo(key),
    isInferred: !known.has(key),
  }));
  return { columns, overflow: Math.max(0, keys.length - maxColumns), renamed };
}

/** Names that the database can hold: not empty, not too long, and none like another but for its case. */
function columnNames(keys: readonly string[], { taken = [], plainNames = false }: InferenceOptions) {
  const used = new Set(taken.map((name) => name.toLowerCase()));
  const renamed: { key: string; name: string }[] = [];
  const names = keys.map((key) => {
    const plain = plainNames ? key.replace(/^@/, '').replaceAll(/@|\.(?=\w)/g, '_') : key.replace(/@100ns$/, '_100ns');
    const start = plain.replaceAll('\0', '_').slice(0, 200).toWellFormed() || 'Column';
    let name = start;
    for (let suffix = 1; used.has(name.toLowerCase()); suffix++) name = `${start}${suffix}`;
    used.add(name.toLowerCase());
    if (name !== start) renamed.push({ key, name });
    return name;
  });
  return { names, renamed };
}

async function guessTypes(
  connection: DuckDBConnection,
  all: string,
  keys: readonly string[],
  textual: boolean,
): Promise<Map<string, KqlType>> {
  const types = new Map<string, KqlType>();
  if (keys.length === 0) return types;
  const bits = await inChunks(connection, all, keys, (index) => [
    `coalesce(bit_or(${jsonTypeBitSql(`t${index}`)}), 0)`,
  ]);
  for (const [index, key] of keys.entries()) types.set(key, typeOf(Number(bits[index]![0])));
  const texts = keys.filter((_, index) => Number(bits[index]![0]) === TEXT);
  const forms = textual ? TEXT_FORMS : JSON_FORMS;
  const fits = await inChunks(connection, all, texts, (index) => forms.map((type) => fitsAllSql(type, `v${index}`)));
  for (const [index, key] of texts.entries()) {
    types.set(key, forms.find((_, form) => fits[index]![form] === true) ?? 'string');
  }
  return types;
}

/** What aggregates over a sample give for each key; they see its values' JSON types as `t…` and texts as `v…`. */
async function inChunks(
  connection: DuckDBConnection,
  all: string,
  keys: readonly string[],
  aggregates: (index: number) => readonly string[],
): Promise<unknown[][]> {
  const results: unknown[][] = [];
  for (let start = 0; start < keys.length; start += KEYS_AT_ONCE) {
    const some = keys.slice(start, start + KEYS_AT_ONCE);
    const pointers = `[${some.map((key) => sqlText(pointerTo(key))).join(', ')}]`;
    const lists = `SELECT json_type(j, ${pointers}) AS t, json_extract_string(j, ${pointers}) AS v FROM (SELECT j FROM (${all}) LIMIT ${SAMPLE_ROWS})`;
    const columns = some.map((_, index) => `t[${index + 1}] AS t${index}, v[${index + 1}] AS v${index}`);
    const items = some.map((_, index) => aggregates(index));
    const sql = `SELECT ${items.flat().join(', ')} FROM (SELECT ${columns.join(', ')} FROM (${lists}))`;
    const row = (await connection.runAndReadAll(sql)).getRows()[0]!;
    let at = 0;
    for (const { length } of items) {
      results.push(row.slice(at, at + length));
      at += length;
    }
  }
  return results;
}

/** Keys that one query looks at: the database keeps buffers for every expression of a query. */
const KEYS_AT_ONCE = 50;
const TEXT_FORMS = ['datetime', 'long', 'real', 'bool'] as const satisfies readonly KqlType[];
const JSON_FORMS = ['datetime'] as const satisfies readonly KqlType[];

const INTEGER = 1;
const REAL = 2;
const BOOLEAN = 4;
const TEXT = 8;
const NESTED = 16;

function jsonTypeBitSql(type: string): string {
  return `CASE ${type} WHEN 'BIGINT' THEN ${INTEGER} WHEN 'UBIGINT' THEN ${INTEGER} WHEN 'DOUBLE' THEN ${REAL}
    WHEN 'BOOLEAN' THEN ${BOOLEAN} WHEN 'VARCHAR' THEN ${TEXT} WHEN 'OBJECT' THEN ${NESTED} WHEN 'ARRAY' THEN ${NESTED} ELSE 0 END`;
}

function fitsAllSql(type: KqlType, text: string): string {
  return `coalesce(bool_and(${strictSql(type, text)}) FILTER (${text} <> ''), false)`;
}

function typeOf(jsonTypes: number): KqlType {
  if (jsonTypes & NESTED) return 'dynamic';
  if (jsonTypes === INTEGER) return 'long';
  if (jsonTypes === REAL || jsonTypes === (INTEGER | REAL)) return 'real';
  return jsonTypes === BOOLEAN ? 'bool' : 'string';
}

/** True where the text is a value of that type and nothing of it is lost by taking it as one. */
function strictSql(type: KqlType, text: string): string {
  switch (type) {
    case 'long':
      return `regexp_full_match(${text}, '-?(0|[1-9]\\d{0,17})')`;
    case 'real':
      return `regexp_full_match(${text}, '-?(0|[1-9]\\d{0,14})(\\.\\d{1,20})?([eE][+-]?\\d{1,3})?')`;
    case 'bool':
      return `lower(${text}) IN ('true', 'false')`;
    case 'datetime':
      return `th_iso(${text}) IS NOT NULL`;
    default:
      return 'true';
  }
}

/** A guess from the sample that some later value contradicts becomes text. */
async function dropMisfits(connection: DuckDBConnection, all: string, guessed: Map<string, KqlType>): Promise<void> {
  const doubtful = [...guessed].filter(([, type]) => type !== 'string' && type !== 'dynamic');
  if (doubtful.length === 0) return;
  for (let start = 0; start < doubtful.length; start += KEYS_AT_ONCE) {
    const some = doubtful.slice(start, start + KEYS_AT_ONCE);
    const pointers = `[${some.map(([key]) => sqlText(pointerTo(key))).join(', ')}]`;
    const texts = some.map((_, index) => `v[${index + 1}] AS v${index}`);
    const checks = some.map(
      ([, type], index) => `coalesce(bool_or(NOT ${strictSql(type, `v${index}`)}) FILTER (v${index} <> ''), false)`,
    );
    const lists = `SELECT json_extract_string(j, ${pointers}) AS v FROM (${all})`;
    const [row] = (
      await connection.runAndReadAll(`SELECT ${checks.join(', ')} FROM (SELECT ${texts.join(', ')} FROM (${lists}))`)
    ).getRows();
    some.forEach(([key], index) => {
      if (row![index]) guessed.set(key, 'string');
    });
  }
}

/** SQL of a relation with `line` and the columns, from one with `line` and `j`. */
export function extractSql(columns: readonly SourceColumn[], relation: string): string {
  const pointers = `[${columns.map(({ pointer }) => sqlText(pointer)).join(', ')}]`;
  const items = columns.map(({ name, type, isInferred }, index) => {
    const convert = isInferred ? strictConversionSql : conversionSql;
    return `${convert(type, `v[${index + 1}]`)} AS ${sqlName(name)}`;
  });
  return `SELECT line, ${items.join(', ')} FROM (SELECT line, json_extract_string(j, ${pointers}) AS v FROM ${relation})`;
}
