export * from './decode-column.ts';
export * from './decode-text.ts';
export * from './judge.ts';
export type { DecodeMethod } from './layer.ts';
export * from './limits.ts';
export * from './msticpy-unpack.ts';
