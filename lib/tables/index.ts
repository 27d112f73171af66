export * from './cell-text.ts';
export * from './column.ts';
export * from './datetime.ts';
export * from './parquet.ts';
export * from './schema.ts';
export * from './table.ts';
export * from './table-source.ts';
export * from './write-table-file.ts';
