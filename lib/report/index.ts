export { gatherReport } from './gather.ts';
export * from './input.ts';
export { mergeVerdicts, rankFindings } from './rank.ts';
export { type Report, renderReport } from './render.ts';
export { counted, countText } from './sections/parts.ts';
