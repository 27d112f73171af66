import { sqlText } from '../../../tables/duckdb.ts';

/**
 * Where a column's value comes from: a field (JSON pointer without the first slash, or a column's name), or a rule over
 * other sources. Data, so that a table of signatures can be read, printed and checked.
 */
export type Source =
  | string
  | { readonly text: string }
  /** The first that is not empty. */
  | { readonly first: readonly Source[] }
  /** All of them with a separator between; empty if any is empty or `-`. */
  | { readonly join: readonly Source[]; readonly by: string }
  /** What follows the last slash or backslash. */
  | { readonly fileName: Source }
  /** What the first group of a regular expression (RE2) matches. */
  | { readonly match: string; readonly in: Source }
  /** One source where a field has one of the values, else another. */
  | { readonly when: string; readonly is: readonly string[]; readonly gives: Source; readonly otherwise?: Source }
  /** A text looked up in a table of names; itself if it is not there. */
  | { readonly name: Source; readonly among: Readonly<Record<string, string>> };

/** The fields that a source reads. */
export function fieldsOf(source: Source): string[] {
  if (typeof source === 'string') return [source];
  if ('text' in source) return [];
  if ('first' in source) return source.first.flatMap(fieldsOf);
  if ('join' in source) return source.join.flatMap(fieldsOf);
  if ('fileName' in source) return fieldsOf(source.fileName);
  if ('match' in source) return fieldsOf(source.in);
  if ('name' in source) return fieldsOf(source.name);
  return [
    source.when,
    ...fieldsOf(source.gives),
    ...(source.otherwise === undefined ? [] : fieldsOf(source.otherwise)),
  ];
}

/** True if a source may give a text that no field holds. */
export function hasConstant(source: Source): boolean {
  if (typeof source === 'string') return false;
  if ('text' in source) return true;
  if ('first' in source) return source.first.some(hasConstant);
  if ('when' in source)
    return hasConstant(source.gives) || (source.otherwise !== undefined && hasConstant(source.otherwise));
  return false;
}

/** SQL of a source's text. `field` gives the SQL of a field's text. */
export function sourceSql(source: Source, field: (name: string) => string): string {
  const sql = (part: Source): string => sourceSql(part, field);
  if (typeof source === 'string') return field(source);
  if ('text' in source) return sqlText(source.text);
  if ('first' in source) return `coalesce(${source.first.map((part) => `nullif(${sql(part)}, '')`).join(', ')})`;
  if ('join' in source) {
    const parts = source.join.map(sql);
    const filled = parts.map((part) => `coalesce(${part}, '') NOT IN ('', '-')`);
    return `CASE WHEN ${filled.join(' AND ')} THEN ${parts.join(` || ${sqlText(source.by)} || `)} END`;
  }
  if ('fileName' in source) return `split_part(replace(${sql(source.fileName)}, '/', '\\'), '\\', -1)`;
  if ('match' in source) return `nullif(regexp_extract(${sql(source.in)}, ${sqlText(source.match)}, 1), '')`;
  if ('name' in source) {
    const cases = Object.entries(source.among).map(([key, name]) => `WHEN ${sqlText(key)} THEN ${sqlText(name)}`);
    return `CASE ${sql(source.name)} ${cases.join(' ')} ELSE ${sql(source.name)} END`;
  }
  const condition = isOneOfSql(field(source.when), source.is);
  return `CASE WHEN ${condition} THEN ${sql(source.gives)}${source.otherwise === undefined ? '' : ` ELSE ${sql(source.otherwise)}`} END`;
}

/** SQL that is true for one of the values. Not `IN`, which the database turns into a join of its own, with its memory. */
export function isOneOfSql(text: string, values: readonly string[]): string {
  return `list_contains([${values.map(sqlText).join(', ')}], ${text})`;
}

/** A record's property by which its kind is told. Texts are compared without regard to case. */
export type Condition =
  | { readonly has: string }
  | { readonly at: string; readonly is: readonly string[] }
  /** A regular expression (RE2) that the whole text matches. */
  | { readonly at: string; readonly matches: string }
  | { readonly any: readonly Condition[] }
  | { readonly all: readonly Condition[] }
  | { readonly not: Condition };

/** The fields that a condition reads. */
export function fieldsOfCondition(condition: Condition): string[] {
  if ('has' in condition) return [condition.has];
  if ('at' in condition) return [condition.at];
  if ('any' in condition) return condition.any.flatMap(fieldsOfCondition);
  if ('all' in condition) return condition.all.flatMap(fieldsOfCondition);
  return fieldsOfCondition(condition.not);
}

/** SQL of a condition; never null. */
export function conditionSql(condition: Condition, field: (name: string) => string): string {
  const sql = (part: Condition): string => conditionSql(part, field);
  if ('has' in condition) return `${field(condition.has)} IS NOT NULL`;
  if ('is' in condition) {
    const values = condition.is.map((value) => value.toLowerCase());
    return `coalesce(${isOneOfSql(`lower(${field(condition.at)})`, values)}, false)`;
  }
  if ('matches' in condition) {
    return `coalesce(regexp_full_match(${field(condition.at)}, ${sqlText(condition.matches)}, 'i'), false)`;
  }
  if ('any' in condition) return `(${condition.any.map(sql).join(' OR ')})`;
  if ('all' in condition) return `(${condition.all.map(sql).join(' AND ')})`;
  return `NOT ${sql(condition.not)}`;
}
