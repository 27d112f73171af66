import { sqlName, sqlText } from '../../../tables/duckdb.ts';
import { conversionSql } from '../../../tables/formats/conversions.ts';
import { OVERFLOW_COLUMN, type SourceColumn } from '../../../tables/formats/inference.ts';
import type { Classifier } from '../../../tables/formats/staging.ts';
import type { TableSchema } from '../../../tables/index.ts';
import { type Condition, conditionSql, fieldsOf, fieldsOfCondition, type Source, sourceSql } from './source.ts';

const NO_FIELD = 'NULL::VARCHAR';

/**
 * A list of JSON pointers that one call extracts, and the SQL of each one's text. Fields whose first key no record has
 * are left out, for most columns of a wide table are empty in any one file.
 */
export class FieldList {
  readonly #index = new Map<string, number>();
  readonly #list: string;

  constructor(list: string, fields: Iterable<string>, present?: ReadonlySet<string>) {
    this.#list = list;
    for (const field of fields) {
      const isPresent = !present || present.has(keyOf(field.split('/', 1)[0]!));
      if (isPresent && !this.#index.has(field)) this.#index.set(field, this.#index.size + 1);
    }
  }

  /** SQL of the list of texts, over the column of JSON text. */
  extract(json: string): string {
    const pointers = [...this.#index.keys()].map((field) => sqlText(`/${field}`));
    return pointers.length === 0 ? '[]::VARCHAR[]' : `json_extract_string(${json}, [${pointers.join(', ')}])`;
  }

  /** SQL of one field's text. */
  readonly text = (field: string): string => {
    const index = this.#index.get(field);
    return index === undefined ? NO_FIELD : `${this.#list}[${index}]`;
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
      'v',
      possible.flatMap(({ conditions }) => conditions.flatMap(fieldsOfCondition)),
      present,
    );
    const cases = possible.map(({ conditions, kind }) => {
      const all = conditions.map((condition) => conditionSql(condition, fields.text)).join(' AND ');
      return `WHEN ${all} THEN ${kind}`;
    });
    const kindSql = cases.length === 0 ? `${kinds.length}` : `CASE ${cases.join(' ')} ELSE ${kinds.length} END`;
    return { extract: fields.extract('j'), kindSql };
  };
}

function canHold(condition: Condition, present: ReadonlySet<string>): boolean {
  if ('not' in condition) return true;
  if ('any' in condition) return condition.any.some((part) => canHold(part, present));
  if ('all' in condition) return condition.all.every((part) => canHold(part, present));
  return fieldsOfCondition(condition).every((field) => present.has(keyOf(field.split('/', 1)[0]!)));
}

/** Mapped columns first, then those under their own key. */
export interface RecordPlan {
  readonly mapped: readonly {
    readonly name: string;
    readonly type: TableSchema[number]['type'];
    readonly from: Source;
  }[];
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

/** SQL of `line`, the columns and `unfit` (names of columns whose value did not fit) from a relation of `line` and `j`. */
export function recordSql(plan: RecordPlan, relation: string): string {
  const fields = new FieldList(
    'v',
    [...plan.mapped.flatMap(({ from }) => fieldsOf(from)), ...plan.own.map(({ pointer }) => pointer.slice(1))],
    plan.present,
  );
  const columns = [
    ...plan.mapped.map(({ name, type, from }) => ({ name, type, text: sourceSql(from, fields.text) })),
    ...plan.own.map(({ name, type, pointer }) => ({ name, type, text: fields.text(pointer.slice(1)) })),
  ];
  const items = columns.map(({ name, type, text }) => `${conversionSql(type, text)} AS ${sqlName(name)}`);
  if (plan.overflowKeys) {
    const own = Object.fromEntries(plan.own.map(({ pointer }) => [keyOf(pointer.slice(1)), null]));
    items.push(
      `nullif(json_merge_patch(j, ${sqlText(JSON.stringify(own))})::VARCHAR, '{}') AS ${sqlName(OVERFLOW_COLUMN)}`,
    );
  }
  const typed = `SELECT line, v, ${items.join(', ')} FROM (SELECT line, j, ${fields.extract('j')} AS v FROM ${relation})`;
  return `SELECT * EXCLUDE (v), ${unfitSql(columns)} AS "@unfit" FROM (${typed})`;
}

/** The key that one part of a JSON pointer stands for. */
function keyOf(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** Texts that stand for no value: they do not count as a value that does not fit. */
const NO_VALUE = `('', '-', 'null', 'NULL', 'None', 'N/A', 'n/a', 'nan', 'NaN', 'NaT', '(empty)', '(null)')`;

/** SQL of the list of columns whose text is a value, but none of the column's type, over the columns and texts. */
export function unfitSql(
  columns: readonly { name: string; type: TableSchema[number]['type']; text: string }[],
): string {
  const checks = columns
    .filter(({ type, text }) => type !== 'string' && type !== 'dynamic' && text !== NO_FIELD)
    .map(({ name, text }) => {
      return `CASE WHEN ${sqlName(name)} IS NULL AND ${text} NOT IN ${NO_VALUE} THEN ${sqlText(name)} END`;
    });
  return checks.length === 0
    ? 'NULL::VARCHAR[]'
    : `nullif(list_filter([${checks.join(', ')}], lambda x: x IS NOT NULL), [])`;
}
