export * from './parse-url.ts';
