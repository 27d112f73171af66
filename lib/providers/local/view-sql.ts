import { sqlName, sqlText } from '../../tables/duckdb.ts';
import { conversionSql } from '../../tables/formats/conversions.ts';
import type { TableSchema } from '../../tables/index.ts';
import { WORKING_TYPES } from '../../tables/parquet-form.ts';
import { isOneOfSql, sourceSql } from './recognition/source.ts';
import type { ViewSource } from './recognition/views/index.ts';

/**
 * SQL of `line` and the view's columns in working form, from a relation of `line` and the source's columns.
 * `Column/key` is a key of a dynamic column.
 */
export function viewSql(viewSchema: TableSchema, source: ViewSource, relation: string, schema: TableSchema): string {
  const types = new Map(schema.map(({ name, type }) => [name, type]));
  const text = (name: string): string => {
    const slash = name.indexOf('/');
    if (slash > 0) return `json_extract_string(${text(name.slice(0, slash))}, ${sqlText(name.slice(slash))})`;
    const type = types.get(name);
    if (type === undefined) return 'NULL::VARCHAR';
    return type === 'string' || type === 'dynamic' || type === 'guid' ? sqlName(name) : `${sqlName(name)}::VARCHAR`;
  };
  const items = viewSchema.map(({ name, type }) => {
    const from = source.columns[name];
    if (from === undefined) return `NULL::${WORKING_TYPES[type]} AS ${sqlName(name)}`;
    if (typeof from === 'string' && !from.includes('/') && types.get(from) === type)
      return `${sqlName(from)} AS ${sqlName(name)}`;
    return `${conversionSql(type, sourceSql(from, text))} AS ${sqlName(name)}`;
  });
  const conditions = Object.entries(source.where).map(([column, values]) =>
    isOneOfSql(
      `lower(${text(column)})`,
      values.map((value) => value.toLowerCase()),
    ),
  );
  if (source.matches) {
    conditions.push(`regexp_matches(${text(source.matches.column)}, ${sqlText(source.matches.pattern)})`);
  }
  return `SELECT line, ${items.join(', ')} FROM ${relation} WHERE ${conditions.join(' AND ') || 'true'}`;
}
