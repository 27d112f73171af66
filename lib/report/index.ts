export { gatherReport } from './gather.ts';
export * from './input.ts';
export { mergeVerdicts, rankFindings } from './rank.ts';
export { type Report, renderReport } from './render.ts';
export { counted } from './sections/parts.ts';
