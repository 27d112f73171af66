export * from './query-library.ts';
