export { type DetectedFormat, detectFormat, type ReadableFormat } from './detect.ts';
export { type ReadTableFileOptions, readTableFile } from './read-table-file.ts';
export {
  type BadLine,
  READER_LIMITS,
  type ReaderLimits,
  type ReaderLog,
  type RecordBlock,
  type RecordReader,
} from './record-block.ts';
