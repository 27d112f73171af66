export * from '../read-yaml.ts';
export * from './inputs.ts';
export * from './library.ts';
export * from './plan.ts';
export * from './playbook.ts';
