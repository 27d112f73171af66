export { type ReadTableFileOptions, readTableFile } from './read-table-file.ts';
export type { BadLine } from './record-block.ts';
