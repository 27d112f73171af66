export * from './build-events.ts';
export * from './msticpy-events.ts';
export * from './read-rows.ts';
