/** KQL's scalar types, the only types that tables have. */
export const KQL_TYPES = [
  'string',
  'long',
  'int',
  'real',
  'bool',
  'datetime',
  'timespan',
  'dynamic',
  'guid',
  'decimal',
] as const;
export type KqlType = (typeof KQL_TYPES)[number];

export interface ColumnSchema {
  readonly name: string;
  readonly type: KqlType;
}

export type TableSchema = readonly ColumnSchema[];
