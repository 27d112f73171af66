export * from './default-columns.ts';
export * from './maskers.ts';
export * from './obfuscate.ts';
