export * from './entity.ts';
export * from './parse-entities.ts';
