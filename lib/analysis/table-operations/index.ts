export * from './combine.ts';
export * from './filter.ts';
export * from './join.ts';
export * from './summarise.ts';
