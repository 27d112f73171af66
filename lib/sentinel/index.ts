export * from './arm-client.ts';
export * from './arm-id.ts';
export * from './incident.ts';
export * from './incident-inputs.ts';
export * from './playbook-rules.ts';
