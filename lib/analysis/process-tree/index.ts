export * from './build-tree.ts';
export * from './detect-schema.ts';
export * from './msticpy-tree.ts';
export * from './relatives.ts';
export * from './sandbox-tree.ts';
export * from './schema.ts';
export * from './tree-text.ts';
