export * from './document.ts';
export * from './finish-investigation.ts';
export * from './names.ts';
export * from './plan-investigation.ts';
export * from './request.ts';
export * from './run-step.ts';
export * from './runtime.ts';
export * from './step-result.ts';
