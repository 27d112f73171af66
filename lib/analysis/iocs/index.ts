export * from './custom-patterns.ts';
export * from './extract-column.ts';
export * from './ioc.ts';
export * from './msticpy-scan.ts';
export * from './refang.ts';
export * from './scan-text.ts';
export * from './scope.ts';
