import { sqlName, sqlText } from '../../../tables/duckdb.ts';
import { conversionSql, strictConversionSql } from '../../../tables/formats/conversions.ts';
import { OVERFLOW_COLUMN, type SourceColumn } from '../../../tables/formats/inference.ts';
import type { Classifier } from '../../../tables/formats/staging.ts';
import type { ColumnSchema, TableSchema } from '../../../tables/index.ts';
import {
  type Condition,
  conditionSql,
  fieldsOf,
  fieldsOfCondition,
  hasConstant,
  type Source,
  sourceSql,
} from './source.ts';

const NO_FIELD = 'NULL::VARCHAR';

/**
 * A list of JSON pointers that one call extracts, and the SQL of each one's text. Fields whose first key no record has
 * are left out, for most columns of a wide table are empty in any one file.
 */
export class FieldList {
  readonly #index = new Map<string, number>();

  constructor(fields: Iterable<string>, present?: ReadonlySet<string>) {
    for (const field of fields) {
      const isPresent = !present || present.has(keyOf(field.split('/', 1)[0]!));
      if (isPresent && !this.#index.has(field)) this.#index.set(field, this.#index.size + 1);
    }
  }

  /** SQL of the columns `kept` of a relation, and of a column for each field's text in the column of JSON text. */
  select(json: string, relation: string, kept: string): string {
    const pointers = [...this.#index.keys()].map((field) => sqlText(`/${field}`));
    if (pointers.length === 0) return `SELECT ${kept} FROM ${relation}`;
    const items = pointers.map((_, index) => `v[${index + 1}] AS f${index + 1}`);
    return `SELECT * EXCLUDE (v), ${items.join(', ')} FROM (SELECT ${kept}, json_extract_string(${json}, [${pointers.join(', ')}]) AS v FROM ${relation})`;
  }

  /** SQL of one field's text, over what `select` gives. */
  readonly text = (field: string): string => {
    const index = this.#index.get(field);
    return index === undefined ? NO_FIELD : `f${index}`;
  };
}

/**
 * The SQL by which staging tells a record's kind: the number of the first list of conditions that all hold. Kinds that
 * need a key which no record has are left out.
 */
export function kindClassifier(kinds: readonly (readonly Condition[])[]): (present: ReadonlySet<string>) => Classifier {
  return (present) => {
    const possible = kinds.flatMap((conditions, kind) =>
      conditions.every((condition) => canHold(condition, present)) ? [{ conditions, kind }] : [],
    );
    const fields = new FieldList(
      possible.flatMap(({ conditions }) => conditions.flatMap(fieldsOfCondition)),
      present,
    );
    const cases = possible.map(({ conditions, kind }) => {
      const all = conditions.map((condition) => conditionSql(condition, fields.text)).join(' AND ');
      return `WHEN ${all} THEN ${kind}`;
    });
    const kindSql = cases.length === 0 ? `${kinds.length}` : `CASE ${cases.join(' ')} ELSE ${kinds.length} END`;
    return { select: (relation) => fields.select('j', relation, 'line, j'), kindSql };
  };
}

function canHold(condition: Condition, present: ReadonlySet<string>): boolean {
  if ('not' in condition) return true;
  if ('any' in condition) return condition.any.some((part) => canHold(part, present));
  if ('all' in condition) return condition.all.every((part) => canHold(part, present));
  return fieldsOfCondition(condition).every((field) => present.has(keyOf(field.split('/', 1)[0]!)));
}

/** A column and where its value comes from. */
export interface MappedColumn extends ColumnSchema {
  readonly from: Source;
  /** True if all values are known to have the type's plain form. */
  readonly isStrict?: boolean;
}

/** Mapped columns first, then those under their own key. */
export interface RecordPlan {
  readonly mapped: readonly MappedColumn[];
  readonly own: readonly SourceColumn[];
  /** Keys beyond the limit of columns are kept together. */
  readonly overflowKeys: boolean;
  /** The keys that records have. */
  readonly present: ReadonlySet<string>;
}

/** The columns that a record plan makes. */
export function planSchema(plan: RecordPlan): TableSchema {
  return [
    ...plan.mapped.map(({ name, type }) => ({ name, type })),
    ...plan.own.map(({ name, type }) => ({ name, type })),
    ...(plan.overflowKeys ? [{ name: OVERFLOW_COLUMN, type: 'dynamic' as const }] : []),
  ];
}

/** SQL of `line`, the columns and `@unfit` from a relation of `line` and `j`. */
export function recordSql(plan: RecordPlan, relation: string): string {
  const own = plan.own.map(({ name, type, pointer, isInferred }) => ({
    name,
    type,
    from: pointer.slice(1),
    isStrict: isInferred,
  }));
  const columns: MappedColumn[] = [...plan.mapped, ...own];
  const fields = new FieldList(
    columns.flatMap(({ from }) => fieldsOf(from)),
    plan.present,
  );
  const rest: Record<string, string> = {};
  if (plan.overflowKeys) {
    const keys = Object.fromEntries(plan.own.map(({ pointer }) => [keyOf(pointer.slice(1)), null]));
    rest[OVERFLOW_COLUMN] = `nullif(json_merge_patch(j, ${sqlText(JSON.stringify(keys))})::VARCHAR, '{}')`;
  }
  return typedSql(columns, fields.text, fields.select('j', relation, 'line, j'), rest);
}

/**
 * SQL of `line`, the columns in working form and `@unfit` (the names of columns whose value is none of their type),
 * from a query of `line` and the fields. `further`: SQL of columns that need no conversion. Columns that no record fills
 * are left out. In steps, so that each text is found once and each conversion done once.
 */
export function typedSql(
  columns: readonly MappedColumn[],
  field: (name: string) => string,
  fieldsQuery: string,
  further: Readonly<Record<string, string>>,
): string {
  const filled = columns
    .filter(({ from }) => hasConstant(from) || fieldsOf(from).some((name) => field(name) !== NO_FIELD))
    .map((column, index) => ({ ...column, sql: sourceSql(column.from, field), text: `t${index}` }));
  const kept = Object.entries(further).map(([name, sql]) => `${sql} AS ${sqlName(name)}`);
  const textItems = ['line', ...filled.map(({ sql, text }) => `${sql} AS ${text}`), ...kept];
  const typedItems = filled.map(({ name, type, text, isStrict }) => {
    const convert = isStrict ? strictConversionSql : conversionSql;
    return `${convert(type, text)} AS ${sqlName(name)}`;
  });
  const furtherNames = Object.keys(further).map(sqlName);
  const checked = filled.filter(({ type, isStrict }) => !isStrict && type !== 'string' && type !== 'dynamic');
  const typed = `SELECT ${['line', ...typedItems, ...furtherNames, ...checked.map(({ text }) => text)].join(', ')}
    FROM (SELECT ${textItems.join(', ')} FROM (${fieldsQuery}))`;
  if (checked.length === 0) return `SELECT *, NULL::VARCHAR[] AS "@unfit" FROM (${typed})`;
  return `SELECT * EXCLUDE (${checked.map(({ text }) => text).join(', ')}), ${unfitSql(checked)} AS "@unfit" FROM (${typed})`;
}

/** The key that one part of a JSON pointer stands for. */
function keyOf(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** True for a text that stands for no value: it does not count as a value that does not fit. */
function isNoValueSql(text: string): string {
  return `regexp_full_match(${text}, '-?|(?i:null|none|n/a|nan|nat|\\(empty\\)|\\(null\\))')`;
}

function unfitSql(columns: readonly { readonly name: string; readonly text: string }[]): string {
  const fails = columns.map(({ name, text }) => `(${sqlName(name)} IS NULL AND NOT ${isNoValueSql(text)})`);
  const names = columns.map(({ name }, index) => `CASE WHEN ${fails[index]} THEN ${sqlText(name)} END`);
  return `CASE WHEN ${fails.join(' OR ')} THEN list_filter([${names.join(', ')}], lambda x: x IS NOT NULL) END`;
}
