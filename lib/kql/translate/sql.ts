import type { KqlType } from '../../tables/index.ts';

/** How KQL's types lie in the engine: as in tables' working form, but dynamics are DuckDB's JSON. */
export const SQL_TYPES: Readonly<Record<KqlType, string>> = {
  string: 'VARCHAR',
  guid: 'VARCHAR',
  decimal: 'VARCHAR',
  dynamic: 'JSON',
  long: 'BIGINT',
  datetime: 'BIGINT',
  timespan: 'BIGINT',
  int: 'INTEGER',
  real: 'DOUBLE',
  bool: 'BOOLEAN',
};

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""').replaceAll('\0', '\uFFFD')}"`;
}

/** A text as an SQL literal. SQL's literals cannot hold NUL. */
export function quoteText(text: string): string {
  const pieces = text.split('\0').map((piece) => `'${piece.replaceAll("'", "''")}'`);
  return pieces.length === 1 ? pieces[0]! : `(${pieces.join(' || chr(0) || ')})`;
}

/** The typed null of a KQL type; strings have none and give the empty text. */
export function nullOf(type: KqlType): string {
  return type === 'string' ? "''" : `CAST(NULL AS ${SQL_TYPES[type]})`;
}

export function isNumber(type: KqlType): boolean {
  return type === 'int' || type === 'long' || type === 'real' || type === 'decimal';
}

export function isWhole(type: KqlType): boolean {
  return type === 'int' || type === 'long';
}

/** A text as a regular expression that matches it alone. */
export function escapeRegex(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
}

/** HUGEINT arithmetic brought back to 64 bits as Kusto does: by wrapping around. */
export function wrapLong(huge: string): string {
  return `CAST((((${huge}) + 9223372036854775808) & 18446744073709551615) - 9223372036854775808 AS BIGINT)`;
}
