import { sqlName, sqlText } from '../../../tables/duckdb.ts';
import { conversionSql } from '../../../tables/formats/conversions.ts';
import { OVERFLOW_COLUMN, type SourceColumn } from '../../../tables/formats/inference.ts';
import type { TableSchema } from '../../../tables/index.ts';
import { type Condition, conditionSql, fieldsOf, fieldsOfCondition, type Source, sourceSql } from './source.ts';

/** A list of JSON pointers that one call extracts, and the SQL of each one's text. */
export class FieldList {
  readonly #index = new Map<string, number>();
  readonly #list: string;

  constructor(list: string, fields: Iterable<string>) {
    this.#list = list;
    for (const field of fields) if (!this.#index.has(field)) this.#index.set(field, this.#index.size + 1);
  }

  /** SQL of the list of texts, over the column of JSON text. */
  extract(json: string): string {
    const pointers = [...this.#index.keys()].map((field) => sqlText(`/${field}`));
    return pointers.length === 0 ? '[]::VARCHAR[]' : `json_extract_string(${json}, [${pointers.join(', ')}])`;
  }

  /** SQL of one field's text. */
  readonly text = (field: string): string => `${this.#list}[${this.#index.get(field)!}]`;
}

/** The SQL by which staging tells a record's kind: the number of the first list of conditions that all hold. */
export function kindClassifier(kinds: readonly (readonly Condition[])[]): { extract: string; kindSql: string } {
  const fields = new FieldList(
    'v',
    kinds.flatMap((conditions) => conditions.flatMap(fieldsOfCondition)),
  );
  const cases = kinds.map((conditions, kind) => {
    const all = conditions.map((condition) => conditionSql(condition, fields.text)).join(' AND ');
    return `WHEN ${all} THEN ${kind}`;
  });
  return { extract: fields.extract('j'), kindSql: `CASE ${cases.join(' ')} ELSE ${kinds.length} END` };
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
  const fields = new FieldList('v', [
    ...plan.mapped.flatMap(({ from }) => fieldsOf(from)),
    ...plan.own.map(({ pointer }) => pointer.slice(1)),
  ]);
  const columns = [
    ...plan.mapped.map(({ name, type, from }) => ({ name, type, text: sourceSql(from, fields.text) })),
    ...plan.own.map(({ name, type, pointer }) => ({ name, type, text: fields.text(pointer.slice(1)) })),
  ];
  const items = columns.map(({ name, type, text }) => `${conversionSql(type, text)} AS ${sqlName(name)}`);
  if (plan.overflowKeys) {
    const own = Object.fromEntries(plan.own.map(({ pointer }) => [keyOf(pointer), null]));
    items.push(
      `nullif(json_merge_patch(j, ${sqlText(JSON.stringify(own))})::VARCHAR, '{}') AS ${sqlName(OVERFLOW_COLUMN)}`,
    );
  }
  return `SELECT line, ${items.join(', ')}, ${unfitSql(columns)} AS "@unfit" FROM (SELECT line, j, ${fields.extract('j')} AS v FROM ${relation})`;
}

function keyOf(pointer: string): string {
  return pointer.slice(1).replaceAll('~1', '/').replaceAll('~0', '~');
}

/** Texts that stand for no value: they do not count as a value that does not fit. */
const NO_VALUE = `('', '-', 'null', 'NULL', 'None', 'N/A', 'n/a', 'nan', 'NaN', 'NaT', '(empty)', '(null)')`;

/** SQL of the list of columns whose text is a value, but none of the column's type. */
export function unfitSql(
  columns: readonly { name: string; type: TableSchema[number]['type']; text: string }[],
): string {
  const checks = columns
    .filter(({ type }) => type !== 'string' && type !== 'dynamic')
    .map(({ name, type, text }) => {
      const fails = `${conversionSql(type, text)} IS NULL AND ${text} NOT IN ${NO_VALUE}`;
      return `CASE WHEN ${fails} THEN ${sqlText(name)} END`;
    });
  return checks.length === 0
    ? 'NULL::VARCHAR[]'
    : `nullif(list_filter([${checks.join(', ')}], lambda x: x IS NOT NULL), [])`;
}
